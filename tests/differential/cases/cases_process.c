/* SPDX-License-Identifier: MIT */
/* Processes: creating them, signalling them, their ids, memory and descriptors. */
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "cases.h"

static void wait_all(void)
{
	while (wait(NULL) > 0)
		;
}

static void open_one(void)
{
	CALL(open, "f", O_RDONLY);
}

static void fork_calls(void)
{
	if (!CALL(fork)) {
		CALL(open, "f", O_RDONLY);
		_exit(3);
	}
	wait_all();
	if (!vfork())
		_exit(4);
	wait_all();
}

static void clone_calls(void)
{
	if (!CALL(clone, SIGCHLD, NULL, NULL, NULL, 0)) {
		CALL(open, "g", O_RDONLY, 0);
		_exit(0);
	}
	wait_all();
#ifdef SYS_clone3
	struct clone_args args = { .exit_signal = SIGCHLD };

	if (!CALL(clone3, &args, sizeof(args))) {
		CALL(open, "g", O_RDONLY, 0);
		_exit(0);
	}
	wait_all();
#endif
	CALL(clone, CLONE_THREAD, NULL, NULL, NULL, 0);
}

static int thread_main(void *arg)
{
	(void)arg;
	CALL(open, "f", O_RDONLY);
	return 0;
}

static void clone_vm(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	clone(thread_main, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
	wait_all();
	CALL(open, "g", O_RDONLY, 0);
}

static void grandchildren_part(void)
{
	in_child(open_one);
	in_child(open_one);
}

static void grandchildren(void)
{
	in_child(grandchildren_part);
	in_child(grandchildren_part);
}

static void descriptors(void)
{
	int fds[2];

	CALL(pipe, fds);
	CALL(pipe2, fds, O_CLOEXEC);
	CALL(pipe2, fds, 0x1);
	CALL(pipe2, BAD_POINTER, 0);
	CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, fds);
	CALL(socketpair, AF_INET, SOCK_STREAM, 0, fds);
	CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD_POINTER);
	CALL(dup3, fds[0], 50, O_CLOEXEC);
}

/*
 * A child that only waits to be killed: stopped, so that no system call of it is in flight when that happens, which would
 * be recorded or not as the scheduler likes. Returns its pid; it joins the process group.
 */
static int stopped_child(int group)
{
	int pid = fork();

	if (!pid) {
		CALL(setpgid, 0, group);
		for (;;)
			kill(getpid(), SIGSTOP);
	}
	waitpid(pid, NULL, WUNTRACED);
	return pid;
}

static void kill_calls(void)
{
	int pid = stopped_child(0);

	CALL(kill, pid, 0);
	CALL(kill, pid, 1000);
	CALL(kill, pid, SIGTERM);
	CALL(kill, pid, SIGCONT);
	wait_all();
	CALL(kill, pid, SIGTERM);
	CALL(kill, 0x3fffffff, SIGTERM);
	CALL(kill, getpid(), 0);
}

static void kill_group(void)
{
	int first = stopped_child(0);
	int second = stopped_child(first);

	CALL(kill, -first, 0);
	CALL(kill, -first, SIGKILL);
	waitpid(first, NULL, 0);
	waitpid(second, NULL, 0);
	CALL(kill, -first, SIGKILL);
}

/* More targets than the kernel keeps in two blocks. */
static void kill_large_group(void)
{
	int members[41];

	for (int i = 0; i < 41; i++)
		members[i] = stopped_child(i ? members[0] : 0);
	CALL(kill, -members[0], SIGWINCH);
	CALL(kill, -members[0], SIGKILL);
	for (int i = 0; i < 41; i++)
		waitpid(members[i], NULL, 0);
}

static void tgkill_calls(void)
{
	int pid = stopped_child(0);

	CALL(tkill, pid, 0);
	CALL(tgkill, pid, pid, 0);
	CALL(tgkill, pid, 0x3fffffff, 0);
	CALL(tgkill, 0, 0, 0);
	CALL(tgkill, pid, pid, SIGKILL);
	wait_all();
}

static void kill_refused_part(void)
{
	CALL(kill, getppid(), 0);
	CALL(kill, getppid(), SIGURG); /* who is nobody already may, and it does nothing */
}

static void kill_refused(void)
{
	as_nobody(kill_refused_part);
}

static void killed_child(void)
{
	int pid = fork();

	if (!pid) {
		CALL(open, "f", O_RDONLY);
		raise(SIGKILL);
	}
	wait_all();
}

static void interrupted_handler(int sig)
{
	(void)sig;
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = interrupted_handler };
	struct timespec long_time = { .tv_sec = 5 };
	struct itimerspec soon = { .it_value = { .tv_nsec = 200000000 } };
	sigset_t none, alarm_only;
	timer_t timer;

	sigemptyset(&none);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_BLOCK, &alarm_only, NULL);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	timer_settime(timer, 0, &soon, NULL);
	ppoll(NULL, 0, &long_time, &none);
	timer_settime(timer, 0, &soon, NULL);
	sigsuspend(&none);
	sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
	timer_settime(timer, 0, &soon, NULL);
	CALL(nanosleep, &long_time, NULL);
}

static void ptrace_refused(void)
{
	CALL(ptrace, PTRACE_ATTACH, 0x3fffffff, NULL, NULL);
	CALL(ptrace, PTRACE_CONT, getpid(), NULL, NULL);
	CALL(ptrace, PTRACE_ATTACH, getpid(), NULL, NULL);
	CALL(ptrace, PTRACE_SEIZE, getpid(), NULL, 0x800L);
}

static void ptrace_attach(void)
{
	int pid = stopped_child(0);

	CALL(ptrace, PTRACE_SEIZE, pid, NULL, NULL);
	CALL(ptrace, PTRACE_INTERRUPT, pid, NULL, NULL);
	kill(pid, SIGKILL);
	wait_all();
}

static void mmap_calls(void)
{
	int fd = CALL(open, "f", O_RDWR);
	void *p;

	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	CALL(mprotect, p, 4096L, PROT_READ | PROT_EXEC);
	CALL(munmap, p, 4096L);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CALL(msync, p, 4096L, MS_SYNC);
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 99, 0);
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0);
	mmap(NULL, 4096, PROT_READ, 0, fd, 0);
}

static void setuid_part(void)
{
	CALL(setgid, 100);
	CALL(setresgid, -1, 101, -1);
	CALL(setresuid, -1, 102, -1);
	CALL(setresuid, -1, 0, -1);
	CALL(setfsuid, 103);
	CALL(setfsgid, 104);
	CALL(setregid, 105, 106);
	CALL(setreuid, 107, 108);
	CALL(setuid, 0);
	CALL(setresuid, 0, 0, 0);
	CALL(setgroups, 0, NULL);
	CALL(open, "f", O_RDONLY);
	CALL(open, "secret", O_RDONLY);
}

static void ids(void)
{
	in_child(setuid_part);
}

static void capset_part(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	CALL(capget, &header, data);
	data[0].effective &= ~(1u << 1);
	data[0].inheritable = 1u << 13;
	CALL(capset, &header, data);
	data[0].effective = 0xffffffff;
	data[0].permitted = 0xffffffff;
	CALL(capset, &header, data);
	CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 13L, 0L, 0L);
	memset(data, 0, sizeof(data));
	CALL(capset, &header, data);
	CALL(open, "secret", O_RDONLY);
}

static void capabilities(void)
{
	in_child(capset_part);
}

static void session_part(void)
{
	CALL(setsid);
	CALL(setpgid, 0, 0);
	CALL(getsid, 0);
	CALL(open, "f", O_RDONLY);
}

static void session(void)
{
	in_child(session_part);
}

static void names_of_task(void)
{
	CALL(prctl, PR_SET_NAME, "with space", 0L, 0L, 0L);
	CALL(open, "f", O_RDONLY);
	CALL(prctl, PR_SET_NAME, "longer_than_fifteen", 0L, 0L, 0L);
	CALL(open, "f", O_RDONLY);
	CALL(prctl, PR_SET_NAME, "", 0L, 0L, 0L);
	CALL(open, "f", O_RDONLY);
	CALL(prctl, PR_SET_NAME, "\"\x01\xff", 0L, 0L, 0L);
	CALL(open, "f", O_RDONLY);
}

static void personality_calls(void)
{
	CALL(personality, 0xffffffffUL);
	CALL(open, "f", O_RDONLY);
	CALL(personality, 0UL);
	CALL(open, "f", O_RDONLY);
	CALL(personality, (unsigned long)ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC);
	CALL(open, "f", O_RDONLY);
}

static void exit_calls(void)
{
	if (!fork())
		CALL(exit, 5);
	wait_all();
	if (!fork())
		CALL(exit_group, 256 + 6);
	wait_all();
}

static void unknown_calls(void)
{
	syscall(1500);
	syscall(2047, 1, 2, 3, 4);
	syscall(5000);
	syscall(-1);
	CALL(getpid);
	CALL(gettid);
	CALL(getppid);
}

static const struct diff_case process_cases[] = {
	{ "fork", fork_calls },
	{ "clone", clone_calls },
	{ "clone_vm", clone_vm },
	{ "grandchildren", grandchildren },
	{ "descriptors", descriptors },
	{ "kill", kill_calls },
	{ "kill_group", kill_group },
	{ "kill_large_group", kill_large_group },
	{ "tgkill", tgkill_calls },
	{ "kill_refused", kill_refused },
	{ "killed_child", killed_child },
	{ "interrupted", interrupted },
	{ "ptrace_refused", ptrace_refused },
	{ "ptrace_attach", ptrace_attach },
	{ "mmap", mmap_calls },
	{ "ids", ids },
	{ "capabilities", capabilities },
	{ "session", session },
	{ "names_of_task", names_of_task },
	{ "personality", personality_calls },
	{ "exit", exit_calls },
	{ "unknown_calls", unknown_calls },
};
TOPIC(process);
