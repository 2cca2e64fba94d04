/* SPDX-License-Identifier: MIT */
#include "known.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static int add_row(struct known *known, char *line, unsigned line_nr)
{
	char *at = line;
	char *column[4];
	bool is_on_purpose;

	for (size_t i = 0; i < 4; i++) {
		column[i] = strsep(&at, "\t");
		if (!column[i] || !*column[i])
			return -1;
	}
	if (at && !*at)
		return -1;
	is_on_purpose = *column[3] == '!';
	known->rows = xrealloc(known->rows, known->n + 1, sizeof(*known->rows));
	known->rows[known->n++] = (struct known_row){
		.case_pattern = xstrndup(column[0], strlen(column[0])),
		.record = xstrndup(column[1], strlen(column[1])),
		.field = xstrndup(column[2], strlen(column[2])),
		.reason = xstrndup(column[3] + is_on_purpose, strlen(column[3] + is_on_purpose)),
		.is_on_purpose = is_on_purpose,
		.condition = at ? xstrndup(at, strlen(at)) : NULL,
		.line = line_nr,
	};
	return 0;
}

int known_read(struct known *known, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned line_nr = 0;
	int r = 0;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while (getline(&line, &size, file) > 0) {
		line_nr++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (add_row(known, line, line_nr)) {
			fprintf(stderr,
				"%s:%u: not case, record, field, reason and maybe a condition\n",
				path, line_nr);
			r = -1;
		}
	}
	free(line);
	fclose(file);
	return r;
}

static bool matches_qualified(
	const struct known_row *row, const char *qualifier, const char *case_name)
{
	char *qualified = xasprintf("%s/%s", qualifier, case_name);
	bool matches = !fnmatch(row->case_pattern, qualified, FNM_PATHNAME);

	free(qualified);
	return matches;
}

/* Wherever and with whatever, or where and with what it is now. */
static bool is_about(const struct known *known, const struct known_row *row, const char *case_name)
{
	return !fnmatch(row->case_pattern, case_name, 0) ||
	       matches_qualified(row, known->environment, case_name) ||
	       (known->kernel && matches_qualified(row, known->kernel, case_name)) ||
	       (known->source && matches_qualified(row, known->source, case_name));
}

void known_try(struct known *known, const char *case_name)
{
	for (size_t i = 0; i < known->n; i++)
		if (is_about(known, &known->rows[i], case_name) &&
			(strchr(known->rows[i].case_pattern, '/') ||
				!strcmp(known->environment, "root")))
			known->rows[i].is_tried = true;
}

/* One of the words between commas. */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (; *words; words += n + (words[n] == ',')) {
		n = strcspn(words, ",");
		if (n == len && !strncmp(words, word, len))
			return true;
	}
	return false;
}

static bool is_met(const char *condition, const char *holds, const char *call)
{
	static const char calls[] = "call:";
	size_t len = strlen(calls);

	if (!condition)
		return true;
	if (!strncmp(condition, calls, len))
		return call && has_word(condition + len, call);
	return holds && !strcmp(condition, holds);
}

bool known_has(struct known *known, const char *case_name, const char *record, const char *field,
	const char *holds, const char *call)
{
	for (size_t i = 0; i < known->n; i++) {
		struct known_row *row = &known->rows[i];

		if (!strcmp(row->record, record) && !strcmp(row->field, field) &&
			is_about(known, row, case_name) && is_met(row->condition, holds, call)) {
			row->uses++;
			known->uses_on_purpose += row->is_on_purpose;
			return true;
		}
	}
	return false;
}

/* Of all rows with the reason of row i; 0 if an earlier row has it, too. */
static size_t uses_of_reason(const struct known *known, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < known->n; k++) {
		if (strcmp(known->rows[k].reason, known->rows[i].reason) != 0)
			continue;
		if (k < i)
			return 0;
		n += known->rows[k].uses;
	}
	return n;
}

size_t known_uses(const struct known *known)
{
	size_t n = 0;

	for (size_t i = 0; i < known->n; i++)
		n += known->rows[i].uses;
	return n;
}

void known_print_uses(const struct known *known)
{
	for (size_t i = 0; i < known->n; i++) {
		size_t n = uses_of_reason(known, i);

		if (n)
			printf("  known, %zu times: %s\n", n, known->rows[i].reason);
	}
}

void known_free(struct known *known)
{
	for (size_t i = 0; i < known->n; i++) {
		free(known->rows[i].case_pattern);
		free(known->rows[i].record);
		free(known->rows[i].field);
		free(known->rows[i].reason);
		free(known->rows[i].condition);
	}
	free(known->rows);
}
