/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_COMPAT_ROWS_H
#define UAUDIT_TESTS_COMPAT_ROWS_H

/* The command lines of tests/data/auditctl-rules*.tsv, as words. */

#include <stdbool.h>
#include <stddef.h>

#define ROW_WORDS_MAX 128

struct row {
	char *line;
	char *words[ROW_WORDS_MAX +
		    1]; /* NULL behind the last; words[0] is free for the program's name */
	size_t n_words; /* without words[0] */
};

/* Each row of a file of the test data. 0; the first answer of each that is not 0; or a negative errno. */
int rows_each(const char *file, int (*each)(void *userdata, const struct row *row), void *userdata);
/* Whether the rule can only match what the tests themselves start: it names a test's program, or ids nobody has. */
bool row_is_scoped(const struct row *row);

#endif
