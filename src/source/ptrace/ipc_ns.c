// SPDX-License-Identifier: MIT
#include "source/ptrace/ipc_ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/proc_file.h"

#define OWN_NS "thread-self/ns/ipc"

static bool is_own(int procfd, const char *name)
{
	struct stat own, other;

	/* gone, or not ours to look at: such a task has hardly left the namespace that it was born in */
	if (fstatat(procfd, name, &other, 0) < 0 || fstatat(procfd, OWN_NS, &own, 0) < 0)
		return true;
	return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

int ipc_ns_enter(struct ipc_ns *ns, int procfd, pid_t tid)
{
	_cleanup_close_ int own = -1, other = -1;
	char name[PROC_NAME_MAX];

	ns->own = -1;
	proc_name(name, tid, "ns/ipc");
	if (is_own(procfd, name))
		return 0;
	own = openat(procfd, OWN_NS, O_RDONLY | O_CLOEXEC);
	other = own < 0 ? -1 : openat(procfd, name, O_RDONLY | O_CLOEXEC);
	if (other < 0 || setns(other, CLONE_NEWIPC) < 0)
		return -errno;
	ns->own = TAKE_FD(own);
	return 0;
}

/* Whoever was allowed to enter the other namespace is allowed to come back. */
void ipc_ns_leave(struct ipc_ns *ns)
{
	if (ns->own < 0)
		return;
	(void)setns(ns->own, CLONE_NEWIPC);
	(void)close(ns->own);
	ns->own = -1;
}
