// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>

#include "cli/commands.h"

void complain(const char *format, ...)
{
	va_list args;

	(void)fputs("uaudit: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}
