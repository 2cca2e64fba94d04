// SPDX-License-Identifier: MIT
/* What the library says for itself: nothing, unless the program asks (spec userspace 7.1). */

#include <errno.h>
#include <stdio.h>

#include "client/client.h"

static message_t say_where = MSG_QUIET;
static debug_message_t say_debug = DBG_NO;

_public_ void set_aumessage_mode(message_t mode, debug_message_t debug)
{
	say_where = mode;
	say_debug = debug;
}

static void say(int priority, const char *format, va_list args)
{
	int saved = errno;

	if (say_where == MSG_QUIET || (priority == LOG_DEBUG && say_debug == DBG_NO))
		return;
	if (say_where == MSG_SYSLOG) {
		vsyslog(priority, format, args);
	} else {
		(void)vfprintf(stderr, format, args);
		(void)fputc('\n', stderr);
	}
	errno = saved;
}

_public_ void audit_msg(int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(priority, fmt, args);
	va_end(args);
}

void client_failed(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(error == -ECONNREFUSED ? LOG_DEBUG : LOG_WARNING, format, args);
	va_end(args);
}
