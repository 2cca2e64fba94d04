// SPDX-License-Identifier: MIT
/* vfork, and clone and clone3 with flags that few use. */
#include "run_test.h"

#include <fcntl.h>
#include <linux/sched.h>

static void finish(const char *what, pid_t pid)
{
	int status;

	MUST(pid > 0);
	MUST(waitpid(pid, &status, __WALL) == pid);
	say_status(what, status);
}

static pid_t clone_with(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

static pid_t clone3_with(uint64_t flags, int exit_signal)
{
	struct clone_args args = { .flags = flags, .exit_signal = (uint64_t)exit_signal };

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void vfork_and_exec(void)
{
	volatile int shared = 0;
	pid_t pid = vfork();

	if (!pid) {
		shared = 1;
		execl("/bin/true", "true", (char *)NULL);
		_exit(98);
	}
	MUST(shared);
	finish("vfork", pid);
}

static void child_of_another_parent(void)
{
	/* CLONE_PARENT: the new task is a sibling. */
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(clone3_with(CLONE_PARENT, 0) < 0 ? 98 : 5);
	for (int i = 0; i < 2; i++) {
		MUST(waitpid(-1, &status, __WALL) > 0);
		say_status("sibling", status);
	}
}

static void pid_fd(void)
{
	int fd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&fd, .exit_signal = SIGCHLD
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(6);
	MUST(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	finish("pidfd", pid);
}

/* The child makes calls that the audit may want: they must work in it as well. */
static int calls_work(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return fd < 0 || close(fd) < 0 ? 97 : 7;
}

int main(void)
{
	pid_t pid;

	for (int i = 0; i < 20; i++)
		vfork_and_exec();
	child_of_another_parent();
	pid_fd();

	pid = clone3_with(
		0, 0); /* no signal at its end: a task that is neither fork nor thread to ptrace */
	if (!pid)
		_exit(calls_work());
	finish("without a signal", pid);

	pid = clone_with(CLONE_UNTRACED | SIGCHLD);
	if (!pid)
		_exit(calls_work());
	finish("clone untraced", pid);

	pid = clone3_with(CLONE_UNTRACED, SIGCHLD);
	if (!pid)
		_exit(calls_work());
	finish("clone3 untraced", pid);

	MUST(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	pid = clone_with(CLONE_PTRACE | CLONE_FILES | CLONE_FS | SIGUSR1);
	if (!pid)
		_exit(calls_work());
	finish("clone ptrace", pid);
	return 0;
}
