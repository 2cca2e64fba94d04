// SPDX-License-Identifier: MIT
/* Every way to end is seen by the parent as it was. */
#include "run_test.h"

#include <pthread.h>
#include <sys/resource.h>

static void *leave(void *arg)
{
	_exit(11);
	return arg;
}

int main(int argc, char **argv)
{
	static const int codes[] = { 0, 1, 127, 255 };
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS,
		SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGSYS, 34,
		64 };
	const struct rlimit no_core = { 0, 0 };
	pthread_t thread;
	int status;
	pid_t pid;

	if (argc > 1) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)raise(atoi(argv[1]));
		return 5;
	}
	MUST(setrlimit(RLIMIT_CORE, &no_core) == 0);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		pid = fork();
		if (!pid)
			_exit(codes[i]);
		MUST(waitpid(pid, &status, 0) == pid);
		say_status("exit", status);
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		pid = fork();
		if (!pid) {
			(void)signal(signals[i], SIG_DFL);
			(void)raise(signals[i]);
			_exit(98);
		}
		MUST(waitpid(pid, &status, 0) == pid);
		say_status("signal", status);
	}
	pid = fork();
	if (!pid) {
		MUST(pthread_create(&thread, NULL, leave, NULL) == 0);
		for (;;)
			(void)pause();
	}
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("thread leaves", status);
	/* the kernel reaps for a parent that ignores SIGCHLD */
	(void)signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid)
		_exit(3);
	MUST(waitpid(pid, &status, 0) < 0 && errno == ECHILD);
	return 23;
}
