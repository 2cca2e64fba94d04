/* SPDX-License-Identifier: MIT */
/*
 * The program that the exec cases execute: its arguments are what matters. Asked to, it removes its own file and opens
 * another, so that a record is made of a task whose program is gone.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char self[PATH_MAX];
	ssize_t len;

	if (argc < 2 || strcmp(argv[1], "unlink"))
		return 0;
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0)
		return 1;
	self[len] = '\0';
	return unlink(self) || open("f", O_RDONLY) < 0;
}
