// SPDX-License-Identifier: MIT
/* many_processes N: N short processes, up to 20 at once, some of which are killed as they begin. */
#include "run_test.h"

#define AT_ONCE 20

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 2000, running = 0, exited = 0, killed = 0, status;

	for (int i = 0; i < n || running; i++) {
		if (i < n) {
			pid_t pid = fork();

			MUST(pid >= 0);
			if (!pid) {
				if (i % 3)
					_exit(i % 100);
				/* a child of a child that may not live to be seen */
				if (!fork())
					_exit(0);
				_exit(i % 100);
			}
			if (i % 7 == 0)
				MUST(kill(pid, SIGKILL) == 0);
			running++;
		}
		while (running && (running >= AT_ONCE || i >= n)) {
			MUST(waitpid(-1, &status, 0) > 0);
			running--;
			exited += WIFEXITED(status);
			killed += WIFSIGNALED(status);
		}
	}
	printf("%d processes\n", exited + killed);
	return 0;
}
