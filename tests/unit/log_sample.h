/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_LOG_SAMPLE_H
#define UAUDIT_TESTS_LOG_SAMPLE_H

/* Log lines as a file has them, made an event. */

#include <string.h>

#include "abi/abi.h"
#include "log/log_event.h"

#define STAMP "audit(1700000000.123:5055): "
#define TASK                                                                                                    \
	" ppid=100 pid=101 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) " \
	"ses=4294967295 comm=\"demo\" exe=\"/usr/local/bin/demo\" key=\"k\"\n"
#define SYSCALL(rest) "type=SYSCALL msg=" STAMP "arch=c000003e syscall=" rest TASK
#define CWD(path)     "type=CWD msg=" STAMP "cwd=" path "\n"
#define INODE         " inode=356 dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00"
#define PATH(n, name, type)                                                                        \
	"type=PATH msg=" STAMP "item=" n " name=" name INODE " nametype=" type                     \
	" cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\n"
#define OTHER(type, rest) "type=" type " msg=" STAMP rest "\n"

static inline int sample_add(struct log_event *ev, const char *lines)
{
	const char *end, *msg;
	char type[64];
	int r = 0;

	log_event_clear(ev);
	for (; r == 0 && *lines; lines = end + 1) {
		end = strchr(lines, '\n');
		msg = strstr(lines, " msg=");
		memcpy(type, lines + 5, (size_t)(msg - lines) - 5);
		type[msg - lines - 5] = '\0';
		r = log_event_add(
			ev, (uint32_t)record_type_nr(type), msg + 5, (size_t)(end - msg) - 5);
	}
	return r;
}

#endif
