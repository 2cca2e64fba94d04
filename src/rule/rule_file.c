// SPDX-License-Identifier: MIT
/* Lines of rule files: words, escapes, comments (spec userspace 1.9), and several rules in one row of words. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rule/rule_options.h"
#include "rule/rule_parser.h"

/* The words of one line. */
struct words {
	char *text; /* the words, each with its NUL */
	const char **word;
	size_t *start; /* offset of each word in the line */
	size_t n;
};

static void words_deinit(struct words *w)
{
	free(w->text);
	free(w->word);
	free(w->start);
}

static int words_init(struct words *w, size_t len)
{
	/* A word and the space behind it are two bytes at least. */
	*w = (struct words){
		.text = malloc(len + 2),
		.word = calloc(len / 2 + 2, sizeof(*w->word)),
		.start = calloc(len / 2 + 2, sizeof(*w->start)),
	};
	return w->text && w->word && w->start ? 0 : -ENOMEM;
}

/* Splits at spaces; "\ " is a space inside a word and "\\" a backslash, any other backslash stands for itself. */
static int split_line(struct words *w, const char *line, size_t len)
{
	size_t at = 0;
	char *to;
	int r;

	r = words_init(w, len);
	if (r < 0)
		return r;
	to = w->text;
	while (at < len) {
		if (line[at] == ' ') {
			at++;
			continue;
		}
		w->word[w->n] = to;
		w->start[w->n++] = at;
		for (; at < len && line[at] != ' '; at++) {
			if (line[at] == '\\' && at + 1 < len &&
				(line[at + 1] == ' ' || line[at + 1] == '\\'))
				at++;
			*to++ = line[at];
		}
		*to++ = '\0';
	}
	return 0;
}

/* The column of a word's byte in the line: escapes before it take two bytes. */
static size_t column_in_line(
	const struct words *w, size_t word, size_t column, const char *line, size_t len)
{
	size_t at;

	if (word >= w->n)
		return 0;
	for (at = w->start[word]; column > 0 && at < len; column--)
		at += line[at] == '\\' && at + 1 < len &&
				      (line[at + 1] == ' ' || line[at + 1] == '\\')
			      ? 2
			      : 1;
	return at;
}

static int fail(struct rule_error *reterr, size_t column, const char *message, const char *hint)
{
	*reterr = (struct rule_error){ .column = column, .status = 1 };
	(void)snprintf(reterr->message, sizeof(reterr->message), "%s", message);
	(void)snprintf(reterr->hint, sizeof(reterr->hint), "%s", hint);
	return -EINVAL;
}

/* line: without leading blanks, which took skipped bytes. */
static int parse_line(struct rule_request *ret, const char *line, size_t len, size_t skipped,
	unsigned number, const struct rule_env *env, struct rule_error *reterr)
{
	struct words w = { 0 };
	size_t i;
	int r;

	*ret = (struct rule_request){ .kind = RULE_REQUEST_NONE };
	if (len + skipped > RULE_LINE_MAX)
		return fail(reterr, RULE_LINE_MAX, "the line is too long",
			"a line has 6143 bytes at most; auditctl would read this as two lines");
	if (memchr(line, '\0', len))
		return fail(reterr,
			skipped + (size_t)((const char *)memchr(line, '\0', len) - line),
			"the line holds a NUL byte", "is this a text file?");
	r = split_line(&w, line, len);
	if (r == 0)
		r = rule_parse_numbered(ret, w.word, w.n, number, env, reterr);
	if (r == 0) {
		for (i = 0; ret->data && i < ret->data->field_count; i++)
			ret->origin[i].column =
				(uint32_t)(skipped + column_in_line(&w, ret->origin[i].word,
							     ret->origin[i].column, line, len));
	} else if (r == -EINVAL) {
		reterr->column =
			skipped + column_in_line(&w, reterr->word, reterr->column, line, len);
		reterr->status = 1;
	}
	words_deinit(&w);
	return r < 0 ? r : 1;
}

int rule_parse_line(struct rule_request *ret, const char *text, size_t len, size_t *at,
	unsigned *line, const struct rule_env *env, struct rule_error *reterr)
{
	while (*at < len) {
		const char *start = text + *at, *end = memchr(start, '\n', len - *at);
		size_t line_len = end ? (size_t)(end - start) : len - *at, skipped = 0;

		*at += line_len + (end ? 1 : 0);
		++*line;
		/* Files from elsewhere: auditctl takes the CR for a part of the last word. */
		if (line_len && start[line_len - 1] == '\r')
			line_len--;
		while (skipped < line_len && (start[skipped] == ' ' || start[skipped] == '\t'))
			skipped++;
		if (skipped == line_len || start[skipped] == '#')
			continue;
		return parse_line(
			ret, start + skipped, line_len - skipped, skipped, *line, env, reterr);
	}
	return 0;
}

size_t rule_words_of_option(const char *const *words, size_t n_words)
{
	static const char options[] = "aAdwWDSFCkpci";
	bool takes_arg = false;
	const char *letter;

	if (!n_words || words[0][0] != '-')
		return 0;
	for (letter = words[0] + 1; *letter; letter++) {
		if (!strchr(options, *letter) || !option_known(*letter, &takes_arg))
			return 0;
		if (takes_arg)
			return letter[1] || n_words == 1 ? 1 : 2;
	}
	return letter > words[0] + 1;
}

size_t rule_words_of_first(const char *const *words, size_t n_words)
{
	static const char beginners[] = "aAdwWD";
	bool begun = false;
	size_t at = 0, n;

	while (at < n_words) {
		n = rule_words_of_option(words + at, n_words - at);
		if (n && strchr(beginners, words[at][1])) {
			if (begun)
				return at;
			begun = true;
		}
		at += n ? n : 1;
	}
	return at;
}
