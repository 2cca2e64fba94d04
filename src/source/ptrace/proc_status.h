/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_PROC_STATUS_H
#define UAUDIT_SOURCE_PTRACE_PROC_STATUS_H

/*
 * /proc/TID/status, lines of "Name:\tvalue ...". All groups are in it, of which a task may have 65536; capabilities and
 * signals stand behind them. The kernel escapes newlines in the task's name, so that no name looks like another line.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_STATUS_USUAL ((size_t)4096) /* bytes */

struct proc_status {
	const char *text; /* NUL-terminated */
	char *more;       /* malloc'ed if the file is longer than usual */
	char usual[PROC_STATUS_USUAL];
};

/* 0 or negative errno; to be released in either case. */
int proc_status_read(struct proc_status *ret, int procfd, pid_t tid);
void proc_status_release(struct proc_status *status);

/* The numbers on the line of that name: the first max of them into to, and how many there are. Also for other files of such
 * lines (fdinfo). */
size_t proc_status_numbers(
	const char *text, const char *name, unsigned base, uint64_t *to, size_t max);

#endif
