// SPDX-License-Identifier: MIT
/* A debugger: its child asks to be traced, and it tries to attach. Both are refused and the program goes on. */
#include "run_test.h"

#include <sys/ptrace.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		long r = ptrace(PTRACE_TRACEME, 0, NULL, NULL);

		_exit(r < 0 ? errno : 0);
	}
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("traceme", status);
	pid = fork();
	if (!pid)
		for (;;)
			(void)pause();
	status = ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0 ? errno : 0;
	printf("attach: errno %d\n", status);
	status = ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ? errno : 0;
	printf("seize: errno %d\n", status);
	MUST(kill(pid, SIGKILL) == 0);
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("end", status);
	return 0;
}
