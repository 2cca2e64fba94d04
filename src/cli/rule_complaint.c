// SPDX-License-Identifier: MIT
#include "cli/rule_complaint.h"

#include <string.h>

#define SHOWN_MAX 300 /* bytes of a rule that are shown with a mark under its bad word */

void rule_put_shown(FILE *to, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			(void)fprintf(to, "\\%03o", (unsigned char)*text);
		else
			(void)fputc(*text, to);
	}
}

/* One line of output for each of text. */
static void put_lines(FILE *to, const char *prefix, const char *text)
{
	char line[RULE_ERROR_MAX];
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		(void)snprintf(line, sizeof(line), "%.*s", (int)len, text);
		(void)fputs(prefix, to);
		rule_put_shown(to, line);
		(void)fputc('\n', to);
	}
}

/* The rule with a mark under the bad place; nothing if it would not fit. */
static void put_mark(FILE *to, const struct rule_place *place, const struct rule_error *error)
{
	size_t i, column = 0, total = 0;

	for (i = 0; i < place->n_words; i++) {
		if (i == error->word)
			column = total + error->column;
		total += strlen(place->words[i]) + 1;
	}
	if (total > SHOWN_MAX || error->word >= place->n_words)
		return;
	(void)fputs("    ", to);
	for (i = 0; i < place->n_words; i++) {
		if (i)
			(void)fputc(' ', to);
		rule_put_shown(to, place->words[i]);
	}
	(void)fprintf(to, "\n    %*s^\n", (int)column, "");
}

void rule_complain(FILE *to, const struct rule_place *place, const struct rule_error *error)
{
	char prefix[4096];

	if (place->file)
		(void)snprintf(prefix, sizeof(prefix), "%s:%u:%zu: ", place->file, place->line,
			error->column + 1);
	else
		(void)snprintf(prefix, sizeof(prefix), "uaudit: ");
	put_lines(to, prefix, error->message[0] ? error->message : "not a rule");
	if (!place->file)
		put_mark(to, place, error);
	put_lines(to, "    ", error->hint);
}

void rule_warn(FILE *to, const struct rule_place *place, const char *text)
{
	char prefix[4096];

	if (place->file)
		(void)snprintf(prefix, sizeof(prefix), "%s:%u: ", place->file, place->line);
	else
		(void)snprintf(prefix, sizeof(prefix), "uaudit: ");
	put_lines(to, prefix, text);
}
