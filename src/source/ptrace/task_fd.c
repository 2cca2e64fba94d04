// SPDX-License-Identifier: MIT
#include "source/ptrace/task_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/proc_file.h"

#define THREAD_PIDFD O_EXCL /* PIDFD_THREAD, Linux 6.9 */

int task_fd_get(pid_t tid, pid_t tgid, int fd)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, tid, THREAD_PIDFD);
	int own;

	/* threads nearly always share their descriptors */
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, tgid, 0);
	if (pidfd < 0)
		return -errno;
	own = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	return own < 0 ? -errno : own;
}

int task_fd_info(int procfd, pid_t tid, int fd, const char *label, uint32_t *ret)
{
	char name[PROC_NAME_MAX], info[1024];
	const char *at;
	ssize_t n;

	(void)snprintf(name, sizeof(name), "fdinfo/%d", fd);
	n = proc_read(procfd, tid, name, info, sizeof(info));
	if (n < 0)
		return (int)n;
	at = strstr(info, label);
	if (!at)
		return -ENOENT;
	at += strlen(label);
	return parse_u32(at, strcspn(at, "\n"), 10, ret);
}
