// SPDX-License-Identifier: MIT
/* orphans FILE: ends at once with 17; a grandchild goes on, in a session of its own, and says so in FILE. */
#include "run_test.h"

#include <fcntl.h>
#include <time.h>

int main(int argc, char **argv)
{
	const struct timespec time = { .tv_nsec = 300000000 };

	if (argc < 2)
		return 2;
	if (!fork()) {
		(void)setsid();
		if (!fork()) {
			int fd;

			(void)nanosleep(&time, NULL);
			if (!fork())
				_exit(0);
			fd = open(argv[1], O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
			(void)!write(fd, "still here\n", 11);
		}
		_exit(0);
	}
	return 17;
}
