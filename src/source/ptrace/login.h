/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_LOGIN_H
#define UAUDIT_SOURCE_PTRACE_LOGIN_H

/* Writing a login uid to /proc/TID/loginuid (record LOGIN, spec kernel 4.8). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/ptrace/task_facts.h"

struct call;
struct event_writer;

/* Of a call in flight. */
struct login_call {
	bool is_login; /* it writes to a file of that kind */
	bool is_own; /* ... its own, at the beginning, a number: it may be refused, and that is recorded */
	uint32_t auid; /* that number */
	struct task_login before;
};

/* Fills all but before. */
void login_entry(struct call *call, int procfd);
/* after: what the task's login is now. */
void login_exit(const struct call *call, int64_t ret, const struct task_login *after,
	struct event_writer *w);

/* What the kernel reads of bytes that are written there. 0, -EINVAL or -ERANGE. */
int login_parse(const char *text, size_t len, uint32_t *ret);

#endif
