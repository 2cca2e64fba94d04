// SPDX-License-Identifier: MIT
/* A thread that is not the leader executes, while others sit in calls; also after the leader has left. */
#include "run_test.h"

#include <pthread.h>

static void *block(void *arg)
{
	int fds[2];
	char c;

	MUST(pipe(fds) == 0);
	(void)!read(fds[0], &c, 1);
	return arg;
}

static const char *program; /* /proc/self is of no use when the leader has left */

static void *execute(void *arg)
{
	execl(program, "exec_from_thread", "again", (char *)NULL);
	_exit(98);
	return arg;
}

static void run(bool leader_leaves)
{
	pthread_t thread;
	int status;
	pid_t pid = fork();

	MUST(pid >= 0);
	if (!pid) {
		for (int i = 0; i < 8; i++)
			MUST(pthread_create(&thread, NULL, block, NULL) == 0);
		MUST(pthread_create(&thread, NULL, execute, NULL) == 0);
		if (leader_leaves)
			pthread_exit(NULL);
		(void)block(NULL);
	}
	MUST(waitpid(pid, &status, 0) == pid);
	say_status(leader_leaves ? "leader left" : "leader blocked", status);
}

int main(int argc, char **argv)
{
	program = argv[0];
	if (argc > 1)
		return getpid() == syscall(SYS_gettid) ? 42 : 43;
	for (int i = 0; i < 10; i++)
		run(i % 2);
	return 0;
}
