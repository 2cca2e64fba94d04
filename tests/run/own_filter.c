// SPDX-License-Identifier: MIT
/* Programs with seccomp filters of their own: ERRNO, TRAP, TRACE without a tracer, KILL. */
#include "run_test.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

static void filter(int nr, uint32_t answer)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(insns) / sizeof(insns[0]), .filter = insns };

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0);
}

static void on_sys(int signal, siginfo_t *info, void *context)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "SIGSYS code %d nr %d errno %d\n", info->si_code,
		info->si_syscall, info->si_errno);

	(void)signal;
	(void)context;
	(void)!write(STDOUT_FILENO, text, (size_t)n);
}

static void call(const char *what, int nr, uint32_t answer)
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (!pid) {
		const struct sigaction action = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
		long r;

		MUST(sigaction(SIGSYS, &action, NULL) == 0);
		filter(nr, answer);
		errno = 0;
		r = syscall(nr, -1, "/nowhere", 0, 0);
		printf("%s: %ld errno %d\n", what, r == -1 ? r : 0, errno);
		(void)fflush(stdout);
		/* the filter is inherited, also by a program that is executed */
		pid = fork();
		if (!pid)
			_exit(syscall(nr, -1, "/nowhere", 0, 0) == -1 ? 12 : 13);
		MUST(waitpid(pid, &status, 0) == pid);
		say_status(what, status);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0) == pid);
	say_status(what, status);
}

int main(void)
{
	call("errno", SYS_openat, SECCOMP_RET_ERRNO | ENOTUNIQ);
	call("trap", SYS_openat, SECCOMP_RET_TRAP | 5);
	call("trace", SYS_openat, SECCOMP_RET_TRACE | 1);
	call("trace 0", SYS_openat, SECCOMP_RET_TRACE);
	call("trace of getppid", SYS_getppid, SECCOMP_RET_TRACE | 0xffff);
	call("kill", SYS_openat, SECCOMP_RET_KILL_PROCESS);
	call("log", SYS_openat, SECCOMP_RET_LOG);
	return 0;
}
