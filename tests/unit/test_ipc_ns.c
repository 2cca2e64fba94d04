// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/ptrace/ipc_ns.h"

static int procfd;

static ino_t present(const char *of)
{
	struct stat st;

	assert_int_equal(fstatat(procfd, of, &st, 0), 0);
	return st.st_ino;
}

static void own(void **state)
{
	struct ipc_ns ns;

	(void)state;
	assert_int_equal(ipc_ns_enter(&ns, procfd, getpid()), 0);
	assert_int_equal(ns.own, -1);
	ipc_ns_leave(&ns);
}

/* A child in a namespace of its own, if that may be made; -1 otherwise. */
static pid_t child_elsewhere(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(ready[0]);
		if (unshare(CLONE_NEWIPC) == 0 && write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

static void other(void **state)
{
	pid_t child = child_elsewhere();
	char name[64];
	ino_t before = present("thread-self/ns/ipc"), there;
	struct ipc_ns ns;

	(void)state;
	if (child < 0) {
		print_message("no namespace can be made here\n");
		skip();
	}
	snprintf(name, sizeof(name), "%d/ns/ipc", (int)child);
	there = present(name);
	assert_true(there != before);
	assert_int_equal(ipc_ns_enter(&ns, procfd, child), 0);
	assert_true(present("thread-self/ns/ipc") == there);
	ipc_ns_leave(&ns);
	assert_true(present("thread-self/ns/ipc") == before);
	ipc_ns_leave(&ns); /* once is enough */
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static int open_proc(void **state)
{
	(void)state;
	procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return procfd < 0 ? -1 : 0;
}

static int close_proc(void **state)
{
	(void)state;
	return close(procfd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own),
		cmocka_unit_test(other),
	};

	return cmocka_run_group_tests(tests, open_proc, close_proc);
}
