// SPDX-License-Identifier: MIT
#include "capture_auditctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool only_reads(uint16_t type)
{
	return type == AUDIT_GET || type == AUDIT_GET_FEATURE || type == AUDIT_LIST_RULES;
}

/* Looks at the call that the tracee is about to make. 1: a request that would change something, now in ret. */
static int look_at_call(struct capture *ret, pid_t pid)
{
	unsigned char bytes[CAPTURE_BYTES_MAX];
	struct __ptrace_syscall_info info;
	struct iovec local = { .iov_base = bytes }, remote;
	struct nlmsghdr head;
	ssize_t n;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) < 0)
		return -errno;
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_sendto)
		return 0;
	local.iov_len =
		info.entry.args[2] < sizeof(bytes) ? (size_t)info.entry.args[2] : sizeof(bytes);
	remote.iov_base = (void *)(uintptr_t)info.entry.args[1];
	remote.iov_len = local.iov_len;
	n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	if (n < (ssize_t)sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > (size_t)n ||
		only_reads(head.nlmsg_type))
		return 0;
	ret->sent = true;
	ret->type = head.nlmsg_type;
	ret->len = head.nlmsg_len - sizeof(head);
	memcpy(ret->bytes, bytes + sizeof(head), ret->len);
	return 1;
}

/* Lets the tracee run until it ends, or is about to send a request; it is ended there. */
static int trace(struct capture *ret, pid_t pid)
{
	int status, signal = 0, r = 0;

	for (;;) {
		if (waitpid(pid, &status, 0) < 0)
			return -errno;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			ret->status =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			return r;
		}
		signal = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			r = look_at_call(ret, pid);
			if (r) {
				/* A call whose entry stop ends with the task's death is not made. */
				(void)kill(pid, SIGKILL);
				r = r < 0 ? r : 0;
				continue;
			}
		} else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP) {
			signal = WSTOPSIG(status);
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal) < 0 &&
			errno != ESRCH)
			return -errno;
	}
}

int capture_auditctl(struct capture *ret, char *const *argv)
{
	int out, r, status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	memset(ret, 0, sizeof(*ret));
	out = memfd_create("auditctl", MFD_CLOEXEC);
	if (out < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		r = -errno;
		(void)close(out);
		return r;
	}
	if (pid == 0) {
		if (dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
			ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(126);
		(void)raise(SIGSTOP);
		execv(argv[0], argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
		ptrace(PTRACE_SETOPTIONS, pid, NULL,
			(void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) < 0 ||
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0) {
		r = -errno;
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		(void)close(out);
		return r ? r : -ECHILD;
	}
	r = trace(ret, pid);
	while (len < sizeof(ret->text) - 1) {
		n = pread(out, ret->text + len, sizeof(ret->text) - 1 - len, (off_t)len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	ret->text[len] = '\0';
	(void)close(out);
	return r;
}
