// SPDX-License-Identifier: MIT
/* usage: loop_spawn COUNT PROGRAM: fork, execve, wait; one after the other. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	if (n <= 0)
		return 2;
	while (n--) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			execv(argv[2], argv + 2);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
			perror(argv[2]);
			return 1;
		}
	}
	return 0;
}
