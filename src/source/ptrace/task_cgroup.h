/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_CGROUP_H
#define UAUDIT_SOURCE_PTRACE_TASK_CGROUP_H

/* Which control group a task is in: what tells containers and services apart. */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task_cgroup {
	char path[PATH_MAX]; /* as this process sees it */
	size_t len;          /* 0: not known */
	uint64_t id;         /* of a group of version 2; 0: not known */
};

/* Where the hierarchy of version 2 is mounted; NULL: at none of the usual places. */
const char *cgroup_mount(void);

/* Never fails: what cannot be known is empty. mount may be NULL. */
void task_cgroup_read(struct task_cgroup *ret, int procfd, pid_t tid, const char *mount);

/*
 * The path in the text of /proc/TID/cgroup that says most: that of version 2, unless it is the root's; then those of
 * version 1, the named hierarchy of systemd before the others in their order, again unless it is the root's. "/" if all
 * are; NULL if there is none.
 */
const char *cgroup_choose(const char *text, size_t *ret_len, bool *ret_is_v2);

#endif
