// SPDX-License-Identifier: MIT
/* usage: loop_openat COUNT FILE: opens and closes an existing file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	if (n <= 0)
		return 2;
	while (n--) {
		int fd = openat(AT_FDCWD, argv[2], O_RDONLY | O_CLOEXEC);

		if (fd < 0) {
			perror(argv[2]);
			return 1;
		}
		close(fd);
	}
	return 0;
}
