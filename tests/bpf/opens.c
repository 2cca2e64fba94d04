/* SPDX-License-Identifier: MIT */
/*
 * Opens a file many times in one task: for each line "COUNT PATH" of standard input. Prints a line after each: how many
 * could be opened.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *path;
		unsigned long n = strtoul(line, &path, 10), opened = 0;

		path += strspn(path, " ");
		path[strcspn(path, "\n")] = '\0';
		for (unsigned long i = 0; i < n; i++) {
			int fd = open(path, O_RDONLY | O_CLOEXEC);

			if (fd < 0)
				continue;
			opened++;
			(void)close(fd);
		}
		(void)printf("%lu\n", opened);
		if (fflush(stdout) != 0)
			return 1;
	}
	return 0;
}
