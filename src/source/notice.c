// SPDX-License-Identifier: MIT
#include "source/notice.h"

#include <stdarg.h>
#include <stdio.h>

void source_notice(const struct source_callbacks *callbacks, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (!callbacks->notice)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	callbacks->notice(callbacks->userdata, text);
}
