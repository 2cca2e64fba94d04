// SPDX-License-Identifier: MIT
/* Calls that a signal interrupts: restarted or not, as the handler was installed, with the time that was left. */
#include "run_test.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t caught;

static void on_alarm(int signal)
{
	(void)signal;
	caught++;
}

static void install(int flags, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	const struct itimerval soon = { .it_value.tv_usec = 60000 };

	MUST(sigaction(SIGALRM, &action, NULL) == 0);
	caught = 0;
	MUST(setitimer(ITIMER_REAL, &soon, NULL) == 0);
}

/* In steps of 100 ms: 0 for interrupted at once, 2 for the whole time. */
static void say(const char *what, long r, int error, const struct timespec *began)
{
	struct timespec now;
	long ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000;
	printf("%s: %ld errno %d caught %d %s\n", what, r, r < 0 ? error : 0, (int)caught,
		ms < 195 ? "short" : "whole");
	(void)fflush(stdout);
}

static void all(const char *how, int flags, void (*handler)(int))
{
	const struct timespec time = { .tv_nsec = 200000000 };
	struct timespec began;
	char what[64], c;
	struct pollfd nothing;
	int fds[2], status;
	pid_t pid;
	long r;

	printf("-- %s\n", how);
	MUST(pipe(fds) == 0);
	nothing = (struct pollfd){ .fd = fds[0], .events = POLLIN };

	install(flags, handler);
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	r = nanosleep(&time, NULL);
	say("nanosleep", r, errno, &began);

	install(flags, handler);
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	r = poll(&nothing, 1, 200);
	say("poll", r, errno, &began);

	install(flags, handler);
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	(void)fflush(stdout);
	pid = fork();
	if (!pid) {
		const struct timespec later = { .tv_nsec = 220000000 };

		(void)nanosleep(&later, NULL);
		(void)!write(fds[1], "x", 1);
		_exit(0);
	}
	r = read(fds[0], &c, 1);
	(void)snprintf(what, sizeof(what), "read");
	say(what, r, errno, &began);
	while (waitpid(pid, &status, 0) < 0)
		MUST(errno == EINTR);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

int main(void)
{
	all("handler", 0, on_alarm);
	all("handler, SA_RESTART", SA_RESTART, on_alarm);
	all("ignored", 0, SIG_IGN);
	return 0;
}
