/* SPDX-License-Identifier: MIT */
/*
 * The program that the exec cases execute: its arguments are what matters. Asked to, it removes its own file and opens
 * another, so that a record is made of a task whose program is gone; or opens files and makes a directory, which is what an
 * unreadable program does.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char self[PATH_MAX];
	ssize_t len;

	if (argc > 1 && !strcmp(argv[1], "open"))
		return open("f", O_RDONLY) < 0 || open("missing", O_RDONLY) >= 0 ||
		       mkdir("new", 0700);
	if (argc < 2 || strcmp(argv[1], "unlink"))
		return 0;
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0)
		return 1;
	self[len] = '\0';
	return unlink(self) || open("f", O_RDONLY) < 0;
}
