// SPDX-License-Identifier: MIT
#include "source/ptrace/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

static char *put_decimal(char *to, unsigned v)
{
	char digits[10];
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (n)
		*to++ = digits[--n];
	return to;
}

const char *proc_name(char name[static PROC_NAME_MAX], pid_t tid, const char *rest)
{
	char *at = put_decimal(name, (unsigned)tid);
	size_t len = strlen(rest);

	*at++ = '/';
	/* rest is one of our own short words; cut rather than overflow should it ever not be */
	if (len > (size_t)(name + PROC_NAME_MAX - 1 - at))
		len = (size_t)(name + PROC_NAME_MAX - 1 - at);
	memcpy(at, rest, len);
	at[len] = '\0';
	return name;
}

const char *proc_name_fd(char name[static PROC_NAME_MAX], pid_t tid, int fd)
{
	char *at = put_decimal(name, (unsigned)tid);

	memcpy(at, "/fd/", 4);
	at = put_decimal(at + 4, (unsigned)fd);
	*at = '\0';
	return name;
}

ssize_t proc_read(int procfd, pid_t tid, const char *file, char *to, size_t size)
{
	_cleanup_close_ int fd = -1;
	char name[PROC_NAME_MAX];
	size_t done = 0;

	fd = openat(procfd, proc_name(name, tid, file), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (done < size - 1) {
		size_t wanted = size - 1 - done;
		ssize_t n = read(fd, to + done, wanted);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
		/* the files read here answer with all that they have; asking again for their end costs as much */
		if ((size_t)n < wanted)
			break;
	}
	to[done] = '\0';
	return (ssize_t)done;
}

ssize_t proc_readlink(int procfd, pid_t tid, const char *file, char *to, size_t size)
{
	char name[PROC_NAME_MAX];
	ssize_t n = readlinkat(procfd, proc_name(name, tid, file), to, size);

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	to[n] = '\0';
	return n;
}
