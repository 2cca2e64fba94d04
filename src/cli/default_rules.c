// SPDX-License-Identifier: MIT
#include "cli/default_rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rule/rule.h"

#define PATH_FIELD "-F path="

static const char text[] =
#include "cli/default_rules.inc"
	;

/* NULL unless it can stand in a rule as one word. */
static const char *home_directory(void)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/')
		return NULL;
	for (const char *p = home; *p; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"'\\#", *p))
			return NULL;
	return home;
}

static bool parent_is_directory(const char *path)
{
	struct buf parent = BUF_NULL;
	struct stat st;
	bool is;

	buf_put(&parent, path, (size_t)(strrchr(path, '/') - path) + 1);
	is = stat(buf_cstr(&parent), &st) == 0 && S_ISDIR(st.st_mode);
	buf_deinit(&parent);
	return is;
}

static void put_path_rule(struct buf *to, const char *line, size_t len, const char *path)
{
	size_t path_len = strcspn(path, " \n");
	struct buf full = BUF_NULL;
	const char *home = home_directory();

	if (path[0] == '~' && home) {
		buf_puts(&full, strcmp(home, "/") == 0 ? "" : home);
		buf_put(&full, path + 1, path_len - 1);
	} else {
		buf_put(&full, path, path_len);
	}
	if (full.len && full.data[0] == '/' && !buf_error(&full)) {
		if (!parent_is_directory(buf_cstr(&full)))
			buf_puts(to, "# no such directory here: ");
		buf_put(to, line, (size_t)(path - line));
		buf_puts(to, buf_cstr(&full));
		buf_put(to, path + path_len, len - (size_t)(path - line) - path_len);
	} else {
		buf_puts(to, "# no usable $HOME: ");
		buf_put(to, line, len);
	}
	buf_deinit(&full);
}

void default_rules(struct buf *to)
{
	const char *line, *end, *path;
	size_t len;

	for (line = text; *line; line = end) {
		end = strchrnul(line, '\n');
		end += *end == '\n';
		len = (size_t)(end - line);
		path = memmem(line, len, PATH_FIELD, strlen(PATH_FIELD));
		if (path)
			put_path_rule(to, line, len, path + strlen(PATH_FIELD));
		else
			buf_put(to, line, len);
	}
}
