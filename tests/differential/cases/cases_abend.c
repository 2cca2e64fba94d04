/* SPDX-License-Identifier: MIT */
/* Programs that die of a signal that dumps core: ANOM_ABEND, a record of no call. */
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cases.h"

/* Signal 0: none of the C library's doing. Beyond 31: real-time, which dump nothing. */
static const int fatal[] = { SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV,
	SIGUSR1, SIGSYS, SIGXCPU, SIGXFSZ, SIGKILL, SIGSTKFLT, 40 };

static int signal_number;

static void kill_self(void)
{
	CALL(kill, getpid(), signal_number);
}

static void tgkill_self(void)
{
	int tid = (int)CALL(gettid);

	CALL(tgkill, getpid(), tid, signal_number);
}

static void abend_kill(void)
{
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		signal_number = fatal[i];
		in_child(kill_self);
	}
}

static void abend_tgkill(void)
{
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		signal_number = fatal[i];
		in_child(tgkill_self);
	}
}

static void ignoring(void)
{
	signal(SIGABRT, SIG_IGN);
	CALL(kill, getpid(), SIGABRT);
	CALL(open, "f", O_RDONLY);
}

static void on_signal(int signal)
{
	(void)signal;
	CALL(open, "g", O_RDONLY);
}

static void catching(void)
{
	signal(SIGSEGV, on_signal);
	CALL(kill, getpid(), SIGSEGV);
	CALL(open, "f", O_RDONLY);
}

static void blocking(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGABRT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	CALL(kill, getpid(), SIGABRT);
	CALL(open, "f", O_RDONLY);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	CALL(open, "g", O_RDONLY);
}

static void abend_handled(void)
{
	in_child(ignoring);
	in_child(catching);
	in_child(blocking);
}

static void aborts(void)
{
	abort();
}

static void reads_nothing(void)
{
	*(volatile int *)BAD_POINTER;
}

static void divides(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("xorl %%edx, %%edx; xorl %%ecx, %%ecx; movl $1, %%eax; divl %%ecx" ::
				 : "eax", "ecx", "edx");
#else
	signal_number = SIGFPE;
	kill_self();
#endif
}

static void no_instruction(void)
{
	__builtin_trap();
}

static void breakpoint(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("int3");
#else
	signal_number = SIGTRAP;
	kill_self();
#endif
}

/* A fault finds the default action put back. */
static void faults_ignoring(void)
{
	signal(SIGSEGV, SIG_IGN);
	reads_nothing();
}

static void faults_blocking(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	reads_nothing();
}

/* The handler faults as well. */
static void faults_again_handler(int signal)
{
	(void)signal;
	reads_nothing();
}

static void faults_again(void)
{
	signal(SIGSEGV, faults_again_handler);
	reads_nothing();
}

static void bad_stack_handler(int signal)
{
	(void)signal;
}

/* There is no room for the handler's frame. */
static void no_stack(void)
{
	stack_t stack = { .ss_sp = BAD_POINTER, .ss_size = 65536 };
	struct sigaction action = { .sa_handler = bad_stack_handler, .sa_flags = SA_ONSTACK };

	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	CALL(kill, getpid(), SIGUSR1);
}

static void maps_beyond_end(void)
{
	int fd = open("f", O_RDONLY);
	volatile char *p = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE, fd, 0);

	(void)p[40000];
}

static void (*const faults[])(void) = { aborts, reads_nothing, divides, no_instruction, breakpoint,
	faults_ignoring, faults_blocking, faults_again, no_stack, maps_beyond_end };

static void abend_faults(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		in_child(faults[i]);
}

static void no_core(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	CALL(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	reads_nothing();
}

static void other_name(void)
{
	CALL(prctl, PR_SET_NAME, "na me", 0, 0, 0);
	reads_nothing();
}

static void past_file_size(void)
{
	const struct rlimit small = { 10, 10 };
	int fd;

	setrlimit(RLIMIT_FSIZE, &small);
	fd = open("big", O_WRONLY | O_CREAT, 0600);
	(void)!write(fd, "0123456789", 10);
	(void)!write(fd, "0123456789", 10);
}

static void past_cpu_time(void)
{
	const struct rlimit second = { 1, 5 };

	setrlimit(RLIMIT_CPU, &second);
	for (;;)
		;
}

static void abend_limits(void)
{
	in_child(no_core);
	in_child(other_name);
	as_nobody(reads_nothing);
	in_child(past_file_size);
	in_child(past_cpu_time);
}

static void abend_vfork(void)
{
	int pid = vfork();

	if (!pid) {
		signal_number = SIGSEGV;
		kill_self();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static volatile int is_cloned;

static int thread_main(void *arg)
{
	(void)arg;
	/* records of both stand in the log of one process: the clone is to be over before the end of all */
	while (!is_cloned)
		;
	CALL(prctl, PR_SET_NAME, "thread", 0, 0, 0);
	reads_nothing();
	return 0;
}

/* The other thread dies with it, of no signal that would say so. */
static void thread_faults(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	clone(thread_main, stack + sizeof(stack),
		CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL);
	is_cloned = 1;
	for (;;)
		;
}

static void abend_thread(void)
{
	in_child(thread_faults);
}

/* The program's first page is replaced, but there is no room for its stack. */
static void exec_without_room(void)
{
	const struct rlimit small = { 16384, 16384 };
	char *const argv[] = { "args", NULL };

	setrlimit(RLIMIT_AS, &small);
	CALL(execve, program("args"), argv, environ);
}

static void abend_exec(void)
{
	in_child(exec_without_room);
}

static void abend_self(void)
{
	reads_nothing();
}

static const struct diff_case abend_cases[] = {
	{ "abend_kill", abend_kill },
	{ "abend_tgkill", abend_tgkill },
	{ "abend_handled", abend_handled },
	{ "abend_faults", abend_faults },
	{ "abend_limits", abend_limits },
	{ "abend_vfork", abend_vfork },
	{ "abend_thread", abend_thread },
	{ "abend_exec", abend_exec },
	{ "abend_self", abend_self },
};

TOPIC(abend);
