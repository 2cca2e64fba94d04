// SPDX-License-Identifier: MIT
/*
 * A daemon that was killed may have written the last record that it took, or not: it could not say so any more. The next
 * one is asked for the record again, and has the same log open by then. So the one record in doubt is looked for there
 * before it is handed over, and stands in the log once in any case.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"
#include "client/client.h"

#define LOOK_BACK     ((off_t)64 * 1024) /* bytes of the file's end; the record would be its last one */
#define LINE_TEXT_MAX 8900               /* bytes; auditd cuts a little later */

static bool is_end_of_text(char c)
{
	return c == '\n' || c == AUDIT_INTERP_SEPARATOR || c == ' ';
}

/* "msg=" and the text, blanks for newlines, to its end or to where auditd cuts it. */
static bool has_record(const char *log, size_t log_len, const char *text, size_t len)
{
	static const char before[] = "msg=";
	const char *end = log + log_len, *at = log;
	size_t i;

	while (len && (text[len - 1] == ' ' || text[len - 1] == '\0'))
		len--;
	if (len > LINE_TEXT_MAX)
		len = LINE_TEXT_MAX;
	while ((at = memmem(at, (size_t)(end - at), before, sizeof(before) - 1))) {
		at += sizeof(before) - 1;
		for (i = 0; i < len && at + i < end; i++)
			if (at[i] != (text[i] == '\n' ? ' ' : text[i]))
				break;
		if (i == len && at + i < end && (len == LINE_TEXT_MAX || is_end_of_text(at[i])))
			return true;
	}
	return false;
}

static bool is_appended_to(int fd, struct stat *ret)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_APPEND) && (flags & O_ACCMODE) != O_RDONLY &&
	       fstat(fd, ret) == 0 && S_ISREG(ret->st_mode);
}

/* Opened anew: the process's own descriptor is for writing only. */
static bool end_has_record(int fd, off_t size, const char *text, size_t len)
{
	_cleanup_free_ char *end = malloc((size_t)LOOK_BACK);
	_cleanup_close_ int log = -1;
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	log = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (log < 0 || !end)
		return false;
	n = pread(log, end, (size_t)LOOK_BACK, size > LOOK_BACK ? size - LOOK_BACK : 0);
	return n > 0 && has_record(end, (size_t)n, text, len);
}

bool written_by_another(const char *text, size_t len)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	bool is_written = false;
	int saved = errno;

	while (dir && !is_written && (entry = readdir(dir))) {
		struct stat st;
		uint32_t fd;

		if (parse_u32(entry->d_name, strlen(entry->d_name), 10, &fd) == 0 &&
			is_appended_to((int)fd, &st))
			is_written = end_has_record((int)fd, st.st_size, text, len);
	}
	if (dir)
		(void)closedir(dir);
	errno = saved;
	return is_written;
}
