// SPDX-License-Identifier: MIT
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

static int take_row(char *line, int (*each)(void *userdata, const struct row *row), void *userdata)
{
	struct row row = { .line = line };
	char *save = NULL, *word;
	_cleanup_free_ char *copy = strdup(line);

	if (!copy)
		return -ENOMEM;
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (row.n_words + 1 == ROW_WORDS_MAX)
			return -E2BIG;
		row.words[++row.n_words] = word;
	}
	return each(userdata, &row);
}

int rows_each(const char *file, int (*each)(void *userdata, const struct row *row), void *userdata)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[4096];
	size_t size = 0;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", TEST_DATA, file);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\t\n")] = '\0';
		if (line[0] == '#')
			continue;
		r = take_row(line, each, userdata);
		if (r)
			return r;
	}
	return 0;
}

bool row_is_scoped(const struct row *row)
{
	static const char *const scopes[] = { "exe=/tmp/t/prog", "pid=4194304", "uid=61234",
		"auid=61234" };
	size_t i, k;

	for (i = 1; i + 1 <= row->n_words; i++)
		for (k = 0; k < ARRAY_SIZE(scopes); k++)
			if (i > 1 && strcmp(row->words[i - 1], "-F") == 0 &&
				strcmp(row->words[i], scopes[k]) == 0)
				return true;
	return false;
}
