// SPDX-License-Identifier: MIT
/* A program that closes itself to everybody but root, and opens a file, in a child as well. */
#include "run_test.h"

#include <fcntl.h>
#include <sys/prctl.h>

int main(void)
{
	int status;
	pid_t pid;

	MUST(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	MUST(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
	pid = fork();
	if (!pid)
		_exit(open("/etc/group", O_RDONLY | O_CLOEXEC) < 0);
	MUST(waitpid(pid, &status, 0) == pid);
	say_status("child", status);
	return 0;
}
