// SPDX-License-Identifier: MIT
#include "source/ptrace/proc_status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "source/ptrace/proc_file.h"

#define STATUS_MAX                                                                                 \
	((size_t)1024 * 1024) /* bytes: 65536 groups (NGROUPS_MAX), each with ten digits */

int proc_status_read(struct proc_status *ret, int procfd, pid_t tid)
{
	ssize_t n = proc_read(procfd, tid, "status", ret->usual, sizeof(ret->usual));

	ret->text = ret->usual;
	ret->more = NULL;
	if (n < (ssize_t)sizeof(ret->usual) - 1)
		return n < 0 ? (int)n : 0;
	ret->more = malloc(STATUS_MAX);
	if (!ret->more)
		return -ENOMEM;
	ret->text = ret->more;
	n = proc_read(procfd, tid, "status", ret->more, STATUS_MAX);
	return n < 0 ? (int)n : 0;
}

void proc_status_release(struct proc_status *status)
{
	free(status->more);
}

/* The text behind "name:" at the start of a line; NULL: there is no such line. */
static const char *find_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1;
	return NULL;
}

size_t proc_status_numbers(
	const char *text, const char *name, unsigned base, uint64_t *to, size_t max)
{
	const char *at = find_value(text, name);
	size_t n = 0, used;
	uint64_t value;

	while (at) {
		at += strspn(at, "\t ");
		if (parse_u64_prefix(at, strcspn(at, "\t \n"), base, &value, &used) < 0)
			break;
		if (n < max)
			to[n] = value;
		n++;
		at += used;
	}
	return n;
}
