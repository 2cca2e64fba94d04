// SPDX-License-Identifier: MIT
/* Stops and continuations of a child are what its parent sees them to be. */
#include "run_test.h"

#include <pthread.h>

static pid_t start(void (*body)(void))
{
	pid_t pid = fork();

	MUST(pid >= 0);
	if (!pid) {
		body();
		_exit(0);
	}
	return pid;
}

static void await(const char *what, pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, WUNTRACED | WCONTINUED) == pid);
	say_status(what, status);
}

static void *stay(void *arg)
{
	for (;;)
		(void)pause();
	return arg;
}

static void wait_forever(void)
{
	(void)stay(NULL);
}

static void many_threads(void)
{
	pthread_t thread;

	for (int i = 0; i < 10; i++)
		MUST(pthread_create(&thread, NULL, stay, NULL) == 0);
	(void)raise(SIGSTOP);
	_exit(4);
}

static void stop_myself(void)
{
	(void)kill(getpid(), SIGSTOP);
	_exit(5);
}

static void stop_by_default(void)
{
	/* not in an orphaned process group: the parent is in the same session and in another group */
	(void)setpgid(0, 0);
	(void)raise(SIGTSTP);
	(void)raise(SIGTTIN);
	(void)raise(SIGTTOU);
	_exit(6);
}

static volatile sig_atomic_t continued;

static void on_continue(int signal)
{
	continued = signal;
}

static void handle_continue(void)
{
	(void)signal(SIGCONT, on_continue);
	(void)raise(SIGSTOP);
	_exit(continued == SIGCONT ? 7 : 97);
}

int main(void)
{
	siginfo_t info;
	pid_t pid;

	pid = start(wait_forever);
	for (int i = 0; i < 3; i++) {
		MUST(kill(pid, SIGSTOP) == 0);
		await("other", pid);
		MUST(kill(pid, SIGCONT) == 0);
		await("other", pid);
	}
	MUST(kill(pid, SIGSTOP) == 0);
	MUST(waitid(P_PID, (id_t)pid, &info, WSTOPPED) == 0);
	printf("waitid: code %d status %d\n", info.si_code, info.si_status);
	MUST(kill(pid, SIGTERM) == 0); /* pending as long as it is stopped */
	MUST(waitpid(pid, NULL, WNOHANG) == 0);
	MUST(kill(pid, SIGCONT) == 0);
	/* whether the continuation is seen before the end is a race with or without a tracer */
	MUST(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	printf("waitid: code %d status %d\n", info.si_code, info.si_status);

	pid = start(many_threads);
	await("threads", pid);
	MUST(kill(pid, SIGCONT) == 0);
	MUST(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	printf("threads: status %d\n", info.si_status);

	pid = start(stop_myself);
	await("itself", pid);
	MUST(kill(pid, SIGKILL) == 0); /* out of a stop */
	await("itself", pid);

	pid = start(stop_by_default);
	for (int i = 0; i < 3; i++) {
		MUST(waitid(P_PID, (id_t)pid, &info, WSTOPPED) == 0);
		printf("default: status %d\n", info.si_status);
		MUST(kill(pid, SIGCONT) == 0);
	}
	MUST(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	printf("default: status %d\n", info.si_status);

	pid = start(handle_continue);
	await("handler", pid);
	MUST(kill(pid, SIGCONT) == 0);
	MUST(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	printf("handler: status %d\n", info.si_status);
	return 0;
}
