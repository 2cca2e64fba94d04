/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_IPC_NS_H
#define UAUDIT_SOURCE_PTRACE_IPC_NS_H

/*
 * System V objects and POSIX queues have names in an IPC namespace only. Whoever wants to look at one that a task names
 * must be in the task's namespace for that moment: it mostly is this process's own; another one can be entered with
 * CAP_SYS_ADMIN (setns(2)), for this thread alone.
 */

#include <sys/types.h>

struct ipc_ns {
	int own; /* descriptor of the namespace to go back to; -1: never left */
};

/* 0; or negative errno: the task's namespace is another one and closed to us, and we are where we were. */
int ipc_ns_enter(struct ipc_ns *ns, int procfd, pid_t tid);
void ipc_ns_leave(struct ipc_ns *ns);

#endif
