/* SPDX-License-Identifier: MIT */
/* Filters that programs install themselves, and what the kernel logs of their answers. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cases.h"

#define DATA(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The low word of an argument. */
#define ARGUMENT(i)                                                                                \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (i))
#define UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)
#define RETURN(value)    BPF_STMT(BPF_RET | BPF_K, value)

/* What the call is answered that the cases make for it: getppid. */
static int answer(uint32_t action, unsigned flags)
{
	struct sock_filter filter[] = { DATA(nr), UNLESS(SYS_getppid, 1), RETURN(action),
		RETURN(SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return (int)CALL(seccomp, SECCOMP_SET_MODE_FILTER, flags, &program, 0);
}

static void call_it(void)
{
	CALL(getppid, 0, 0, 0, 0);
	CALL(open, "f", O_RDONLY, 0);
}

static void kill_process(void)
{
	answer(SECCOMP_RET_KILL_PROCESS, 0);
	call_it();
}

static void kill_thread(void)
{
	answer(SECCOMP_RET_KILL_THREAD, 0);
	call_it();
}

/* An action that there is none of kills as well. */
static void kill_unknown(void)
{
	answer(0x00020000, 0);
	call_it();
}

static void handled(int signal)
{
	(void)signal;
	CALL(open, "g", O_RDONLY, 0);
}

static void kill_catching(void)
{
	signal(SIGSYS, handled);
	answer(SECCOMP_RET_KILL_PROCESS, 0);
	call_it();
}

static void seccomp_kill(void)
{
	in_child(kill_process);
	in_child(kill_thread);
	in_child(kill_unknown);
	in_child(kill_catching);
	as_nobody(kill_process); /* without privileges it cannot be installed */
}

static volatile int go; /* the thread waits for its maker's clone to be over */

static int thread_main(void *arg)
{
	(void)arg;
	while (!go)
		;
	CALL(prctl, PR_SET_NAME, "thread", 0, 0, 0);
	call_it();
	return 0;
}

static char stack[65536] __attribute__((aligned(16)));
static int thread_gone; /* the kernel clears it */

static void start_thread(void)
{
	thread_gone = 1;
	clone(thread_main, stack + sizeof(stack),
		CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_CHILD_CLEARTID, NULL,
		NULL, NULL, &thread_gone);
	go = 1;
	while (*(volatile int *)&thread_gone)
		;
}

static void thread_killed(void)
{
	answer(SECCOMP_RET_KILL_THREAD, 0);
	start_thread();
	CALL(open, "g", O_RDONLY, 0);
}

static void process_killed(void)
{
	answer(SECCOMP_RET_KILL_PROCESS, 0);
	start_thread();
	CALL(open, "g", O_RDONLY, 0);
}

static void seccomp_kill_in_thread(void)
{
	in_child(thread_killed);
	in_child(process_killed);
}

static void log_always(void)
{
	answer(SECCOMP_RET_LOG, 0);
	call_it();
	call_it();
}

/* The old way in, with a program that cannot be written to. */
static void log_by_prctl(void)
{
	static const struct sock_filter filter[] = { DATA(nr), UNLESS(SYS_getppid, 1),
		RETURN(SECCOMP_RET_LOG | 7), RETURN(SECCOMP_RET_ALLOW) };
	const struct sock_fprog program = { 4, (struct sock_filter *)filter };

	CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
	call_it();
	/* the program is as it was */
	if (filter[2].k != (SECCOMP_RET_LOG | 7))
		CALL(open, "changed", O_RDONLY, 0);
	in_child(call_it);
}

static void log_and_exec(void)
{
	const char *path = program("args");
	char *const argv[] = { (char *)path, NULL };
	struct sock_filter filter[] = { DATA(nr), UNLESS(SYS_exit_group, 1),
		RETURN(SECCOMP_RET_LOG), RETURN(SECCOMP_RET_ALLOW) };
	struct sock_fprog fprog = { 4, filter };

	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog, 0);
	CALL(execve, path, argv, environ, 0);
}

static void seccomp_log(void)
{
	in_child(log_always);
	in_child(log_by_prctl);
	in_child(log_and_exec);
}

static void trap_logged(void)
{
	signal(SIGSYS, handled);
	answer(SECCOMP_RET_TRAP | 5, SECCOMP_FILTER_FLAG_LOG);
	call_it();
}

static void trap_unlogged(void)
{
	signal(SIGSYS, handled);
	answer(SECCOMP_RET_TRAP, 0);
	call_it();
}

static void trap_fatal(void)
{
	answer(SECCOMP_RET_TRAP, SECCOMP_FILTER_FLAG_LOG);
	call_it();
}

static void trap_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	answer(SECCOMP_RET_TRAP, SECCOMP_FILTER_FLAG_LOG);
	call_it();
}

static void seccomp_trap(void)
{
	in_child(trap_logged);
	in_child(trap_unlogged);
	in_child(trap_fatal);
	in_child(trap_blocked);
}

static void trace_logged(void)
{
	answer(SECCOMP_RET_TRACE | 1, SECCOMP_FILTER_FLAG_LOG);
	call_it();
}

/* The very data that uaudit has for its own. */
static void trace_unlogged(void)
{
	answer(SECCOMP_RET_TRACE | 0x7561, 0);
	call_it();
}

static void errno_unlogged(void)
{
	answer(SECCOMP_RET_ERRNO | EACCES, 0);
	call_it();
}

static void seccomp_refused(void)
{
	in_child(trace_logged);
	in_child(trace_unlogged);
	in_child(errno_unlogged);
}

static void errno_logged(void)
{
	answer(SECCOMP_RET_ERRNO | EACCES, SECCOMP_FILTER_FLAG_LOG);
	call_it();
}

static void seccomp_errno_logged(void)
{
	in_child(errno_logged);
}

/* The strictest answer counts, and of several alike that of the newest filter. */
static void several(void)
{
	answer(SECCOMP_RET_TRAP, 0);
	answer(SECCOMP_RET_LOG, 0);
	answer(SECCOMP_RET_TRAP, SECCOMP_FILTER_FLAG_LOG);
	signal(SIGSYS, handled);
	call_it();
	answer(SECCOMP_RET_TRAP, 0);
	call_it();
	answer(SECCOMP_RET_KILL_THREAD, 0);
	in_child(call_it);
	answer(SECCOMP_RET_KILL_PROCESS, 0);
	call_it();
}

static void log_below_trace(void)
{
	answer(SECCOMP_RET_LOG, 0);
	answer(SECCOMP_RET_TRACE, 0);
	call_it();
	answer(SECCOMP_RET_LOG, 0);
	call_it();
}

/* By arguments, arch and with arithmetic. */
static void by_argument(void)
{
	struct sock_filter filter[] = { DATA(arch), BPF_STMT(BPF_ST, 3), DATA(nr),
		UNLESS(SYS_getppid, 5), ARGUMENT(2), BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 3),
		UNLESS(126, 2), BPF_STMT(BPF_LD | BPF_MEM, 3), RETURN(SECCOMP_RET_LOG),
		RETURN(SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program, 0);
	CALL(getppid, 0, 0, 41, 0);
	CALL(getppid, 0, 0, 42, 0);
}

static void seccomp_several(void)
{
	in_child(several);
	in_child(log_below_trace);
	in_child(by_argument);
}

/* None of them gets in. */
static void seccomp_bad_filters(void)
{
	struct sock_filter no_end[] = { DATA(nr), RETURN(SECCOMP_RET_LOG), DATA(nr) };
	struct sock_fprog program = { 3, no_end };

	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program, 0);
	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, BAD_POINTER, 0);
	program.len = 0;
	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program, 0);
	program.len = 2;
	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0x100, &program, 0);
	program.filter = BAD_POINTER;
	CALL(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program, 0);
	CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, BAD_POINTER, 0, 0);
	call_it();
}

static int waiting_thread(void *arg)
{
	(void)arg;
	while (!go)
		;
	CALL(open, "f", O_RDONLY, 0);
	CALL(getppid, 0, 0, 0, 0);
	return 0;
}

/* All threads get the filter, though only one asks for it. */
static void for_all_threads(void)
{
	thread_gone = 1;
	clone(waiting_thread, stack + sizeof(stack),
		CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_CHILD_CLEARTID, NULL,
		NULL, NULL, &thread_gone);
	answer(SECCOMP_RET_LOG, SECCOMP_FILTER_FLAG_TSYNC);
	answer(SECCOMP_RET_KILL_PROCESS, SECCOMP_FILTER_FLAG_TSYNC);
	go = 1;
	while (*(volatile int *)&thread_gone)
		;
}

static void seccomp_threads(void)
{
	in_child(for_all_threads);
}

/* What the administrator does not want logged is not, whatever filters ask for. */
static void set_logged(const char *actions)
{
	int fd = open("/proc/sys/kernel/seccomp/actions_logged", O_WRONLY);

	(void)!write(fd, actions, strlen(actions));
	close(fd);
}

static void vm_seccomp_actions_logged(void)
{
	set_logged("kill_process trap");
	seccomp_kill();
	seccomp_log();
	seccomp_trap();
	set_logged("log");
	seccomp_kill();
	seccomp_log();
	seccomp_trap();
	set_logged("kill_process kill_thread trap errno user_notif trace log");
}

static const struct diff_case seccomp_cases[] = {
	{ "seccomp_kill", seccomp_kill },
	{ "seccomp_kill_in_thread", seccomp_kill_in_thread },
	{ "seccomp_log", seccomp_log },
	{ "seccomp_trap", seccomp_trap },
	{ "seccomp_refused", seccomp_refused },
	{ "seccomp_errno_logged", seccomp_errno_logged },
	{ "seccomp_several", seccomp_several },
	{ "seccomp_bad_filters", seccomp_bad_filters },
	{ "seccomp_threads", seccomp_threads },
	{ "vm_seccomp_actions_logged", vm_seccomp_actions_logged },
};

TOPIC(seccomp);
