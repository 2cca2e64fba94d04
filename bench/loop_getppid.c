// SPDX-License-Identifier: MIT
/* usage: loop_getppid COUNT: the cheapest system call there is. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

	if (n <= 0)
		return 2;
	while (n--)
		(void)syscall(SYS_getppid);
	return 0;
}
