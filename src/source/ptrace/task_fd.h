/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_FD_H
#define UAUDIT_SOURCE_PTRACE_TASK_FD_H

/* Descriptors of a held task. */

#include <stdint.h>
#include <sys/types.h>

/* Our own descriptor of what fd of the task is open for: ours to close, before the task goes on. Negative errno. */
int task_fd_get(pid_t tid, pid_t tgid, int fd);
/* The number that a line of /proc/TID/fdinfo/FD has behind label ("prog_id:\t"). 0 or negative errno. */
int task_fd_info(int procfd, pid_t tid, int fd, const char *label, uint32_t *ret);

#endif
