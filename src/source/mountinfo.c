// SPDX-License-Identifier: MIT
#include "source/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

#define LINES_MAX 100000

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Blanks and backslashes are written as \ooo. */
static void decode(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && is_octal(text[1]) && is_octal(text[2]) &&
			is_octal(text[3])) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

bool mountinfo_parse(char *line, struct mount_line *ret)
{
	unsigned long long id;
	int root = 0;
	char *end, *next;

	if (sscanf(line, "%llu %*u %u:%u %n", &id, &ret->major, &ret->minor, &root) != 3 || !root)
		return false;
	ret->id = id;
	ret->root = line + root;
	end = strchr(ret->root, ' ');
	if (!end)
		return false;
	*end = '\0';
	ret->point = end + 1;
	next = strchr(ret->point, ' ');
	if (!next)
		return false;
	*next = '\0';
	decode(ret->root);
	decode(ret->point);
	return ret->root[0] == '/' && ret->point[0] == '/';
}

/* One that is kept beyond its line. */
static bool keep(struct mount_table *table, const struct mount_line *line)
{
	size_t root = strlen(line->root) + 1, point = strlen(line->point) + 1;
	struct mount_line *lines = reallocarray(table->lines, table->n + 1, sizeof(*lines));
	char *text = malloc(root + point);

	if (lines)
		table->lines = lines;
	if (!lines || !text) {
		free(text);
		return false;
	}
	lines[table->n] = *line;
	lines[table->n].root = memcpy(text, line->root, root);
	lines[table->n].point = memcpy(text + root, line->point, point);
	table->n++;
	return true;
}

int mount_table_read(struct mount_table *ret, int procfd, pid_t pid)
{
	_cleanup_close_ int fd = -1;
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *text = NULL;
	struct mount_line line;
	char name[32];
	size_t size = 0;

	*ret = (struct mount_table){ 0 };
	(void)snprintf(name, sizeof(name), "%d/mountinfo", (int)pid);
	fd = pid ? openat(procfd, name, O_RDONLY | O_CLOEXEC)
		 : open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file)
		return -errno;
	fd = -1;
	while (ret->n < LINES_MAX && getline(&text, &size, file) > 0) {
		if (mountinfo_parse(text, &line) && !keep(ret, &line)) {
			mount_table_deinit(ret);
			return -ENOMEM;
		}
	}
	return 0;
}

void mount_table_deinit(struct mount_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->lines[i].root);
	free(table->lines);
	*table = (struct mount_table){ 0 };
}
