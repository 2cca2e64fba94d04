// SPDX-License-Identifier: MIT
/* What comes with a signal arrives with it: values of sigqueue(), order, senders, fault addresses, codes. */
#include "run_test.h"

#include <sys/mman.h>
#include <time.h>

#ifdef __aarch64__
#define BREAKPOINT "brk #0"
#else
#define BREAKPOINT "int3"
#endif

static pid_t self;

static void handler(int signal, siginfo_t *info, void *context)
{
	char text[160];
	int n = snprintf(text, sizeof(text), "signal %d code %d value %d%s\n", signal,
		info->si_code,
		info->si_code == SI_QUEUE || info->si_code == SI_TIMER ? info->si_value.sival_int
								       : 0,
		info->si_code <= 0 && info->si_code != SI_TIMER && info->si_pid == self ? " from me"
											: "");

	(void)context;
	(void)!write(STDOUT_FILENO, text, (size_t)n);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "fault %d code %d at %#lx\n", signal, info->si_code,
		(long)info->si_addr & 0xfff);

	(void)context;
	(void)!write(STDOUT_FILENO, text, (size_t)n);
	_exit(8);
}

static void handle(int signal, void (*function)(int, siginfo_t *, void *))
{
	const struct sigaction action = { .sa_sigaction = function, .sa_flags = SA_SIGINFO };

	MUST(sigaction(signal, &action, NULL) == 0);
}

static void fault(bool is_bus)
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (!pid) {
		char *page = mmap(NULL, 4096, is_bus ? PROT_READ : PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		handle(SIGSEGV, on_fault);
		handle(SIGTRAP, on_fault);
		if (is_bus)
			__asm__ volatile(BREAKPOINT);
		((volatile char *)page)[0x123] = 1;
		_exit(98);
	}
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("fault", status);
}

int main(void)
{
	sigset_t set, old;
	siginfo_t info;
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGRTMIN + 2,
		.sigev_value.sival_int = 77 };
	const struct itimerspec soon = { .it_value.tv_nsec = 1000000 };
	int status;
	pid_t pid;

	self = getpid();
	for (int i = 0; i < 3; i++)
		handle(SIGRTMIN + i, handler);
	handle(SIGUSR1, handler);
	handle(SIGTRAP, handler);
	for (int i = 1; i <= 5; i++)
		MUST(sigqueue(self, SIGRTMIN + i % 2, (union sigval){ .sival_int = i * 1000 }) ==
			0);
	MUST(kill(self, SIGUSR1) == 0);
	MUST(raise(SIGTRAP) == 0); /* the tracer's own signal, meant for us */

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGRTMIN);
	MUST(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	for (int i = 1; i <= 5; i++)
		MUST(sigqueue(self, SIGRTMIN, (union sigval){ .sival_int = i }) == 0);
	MUST(sigwaitinfo(&set, &info) == SIGRTMIN);
	printf("waited: value %d\n", info.si_value.sival_int);
	(void)fflush(stdout);
	MUST(sigprocmask(SIG_SETMASK, &old, NULL) == 0);

	MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGRTMIN + 2);
	MUST(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	MUST(timer_settime(timer, 0, &soon, NULL) == 0);
	MUST(sigwaitinfo(&set, &info) == SIGRTMIN + 2);
	printf("timer: code %d value %d\n", info.si_code, info.si_value.sival_int);

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	(void)fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(9);
	MUST(sigwaitinfo(&set, &info) == SIGCHLD);
	printf("child: code %d status %d%s\n", info.si_code, info.si_status,
		info.si_pid == pid ? " its own" : "");
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("child", status);
	fault(false);
	fault(true);
	return 0;
}
