// SPDX-License-Identifier: MIT
#include "cli/run_options.h"

#include <errno.h>
#include <string.h>

#include "abi/extra.h"
#include "cli/commands.h"

enum option_kind {
	OPTION_RULE, /* for the parser of rules, which sees the same words as auditctl's */
	OPTION_OUTPUT,
	OPTION_FORMAT,
	OPTION_SUMMARY,
	OPTION_NO_SUMMARY,
	OPTION_QUIET,
	OPTION_RECORD,
	OPTION_ATTACH,
	OPTION_EXTRA,
	OPTION_SHOW_RULES,
};

static const struct option_row {
	char letter;      /* 0: none */
	const char *name; /* without the dashes; NULL: none */
	enum option_kind kind;
	bool has_value;
	const char *what; /* of the value, for errors */
} rows[] = {
	{ 'a', NULL, OPTION_RULE, true, "a list and an action (always,exit)" },
	{ 'A', NULL, OPTION_RULE, true, "a list and an action (always,exit)" },
	{ 'd', NULL, OPTION_RULE, true, "a list and an action (always,exit)" },
	{ 'w', NULL, OPTION_RULE, true, "a path" },
	{ 'W', NULL, OPTION_RULE, true, "a path" },
	{ 'S', NULL, OPTION_RULE, true, "a system call" },
	{ 'F', NULL, OPTION_RULE, true, "a field, an operator and a value (success=0)" },
	{ 'C', NULL, OPTION_RULE, true, "two fields to compare (uid!=euid)" },
	{ 'k', NULL, OPTION_RULE, true, "a key" },
	{ 'p', NULL, OPTION_RULE, true, "permissions (rwxa)" },
	{ 'D', NULL, OPTION_RULE, false, NULL },
	{ 'R', NULL, OPTION_RULE, true, "a file of rules" },
	{ 'o', "output", OPTION_OUTPUT, true, "a file" },
	{ 0, "format", OPTION_FORMAT, true, "text, raw or json" },
	{ 0, "summary", OPTION_SUMMARY, false, NULL },
	{ 0, "no-summary", OPTION_NO_SUMMARY, false, NULL },
	{ 'q', "quiet", OPTION_QUIET, false, NULL },
	{ 0, "record", OPTION_RECORD, true, "a file" },
	{ 0, "attach", OPTION_ATTACH, false, NULL },
	{ 0, "extra", OPTION_EXTRA, true, "paths, args, time, cgroup or all" },
	{ 0, "show-default-rules", OPTION_SHOW_RULES, false, NULL },
};

/* Options of auditctl that set up an engine that is not here. */
static const char engine_letters[] = "bcefhilmrstv";

struct parsing {
	struct run_options *options;
	const char *command;
	bool may_record;
};

static int bad_option(const struct parsing *p, const char *word)
{
	if (word[1] != '-' && word[1] && strchr(engine_letters, word[1]))
		complain(
			"option '%s' of auditctl sets up a running audit system and makes no rule; "
			"'uaudit %s' takes -a, -A, -w and what belongs to them",
			word, p->command);
	else
		complain(
			"unknown option '%s'; 'uaudit help %s' lists the options, and -- ends them",
			word, p->command);
	return -EINVAL;
}

/* The row of the option in word and its value if that is part of the word ("-kfoo", "--format=json"). */
static const struct option_row *row_of(const char *word, const char **ret_value)
{
	const char *name = word + 2, *equals = strchrnul(name, '=');
	size_t len = (size_t)(equals - name);

	*ret_value = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (word[1] == '-') {
			if (!rows[i].name || strlen(rows[i].name) != len ||
				memcmp(rows[i].name, name, len) != 0)
				continue;
			*ret_value = *equals ? equals + 1 : NULL;
			return &rows[i];
		}
		if (rows[i].letter && rows[i].letter == word[1]) {
			*ret_value = word[2] ? word + 2 : NULL;
			return &rows[i];
		}
	}
	return NULL;
}

static int set_format(struct parsing *p, const char *value)
{
	static const struct {
		const char *name;
		enum output_format format;
	} formats[] = { { "text", OUTPUT_TEXT }, { "raw", OUTPUT_RAW }, { "json", OUTPUT_JSON } };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, value) == 0) {
			p->options->output.format = formats[i].format;
			return 0;
		}
	complain("--format '%s': no such format; text, raw and json are known", value);
	return -EINVAL;
}

/* Again and again adds up, but for "none". */
static int set_extra(struct parsing *p, const char *value)
{
	const char *bad;
	size_t len;
	uint32_t set;

	if (extra_parse(value, strlen(value), &set, &bad, &len) < 0) {
		complain(
			"--extra '%.*s': no such word; there are %s; commas stand between them, and none stands alone",
			(int)len, bad, extra_words());
		return -EINVAL;
	}
	p->options->extra = set ? p->options->extra | set : EXTRA_NONE;
	return 0;
}

static int take(
	struct parsing *p, const struct option_row *row, const char *word, const char *value)
{
	struct run_options *o = p->options;

	switch (row->kind) {
	case OPTION_RULE:
		o->words[o->n_words++] = word;
		if (row->has_value && value != word + 2)
			o->words[o->n_words++] = value;
		break;
	case OPTION_OUTPUT:
		o->output.path = value;
		break;
	case OPTION_FORMAT:
		return set_format(p, value);
	case OPTION_SUMMARY:
		o->output.summary = OUTPUT_SUMMARY_YES;
		break;
	case OPTION_NO_SUMMARY:
		o->output.summary = OUTPUT_SUMMARY_NO;
		break;
	case OPTION_QUIET:
		o->output.quiet = true;
		break;
	case OPTION_RECORD:
		o->record = value;
		break;
	case OPTION_ATTACH:
		o->attach = true;
		o->attach_path = value;
		break;
	case OPTION_EXTRA:
		return set_extra(p, value);
	case OPTION_SHOW_RULES:
		o->show_default_rules = true;
		break;
	}
	return 0;
}

/* Options that mean nothing to a replay. */
static bool is_for_run(enum option_kind kind)
{
	return kind == OPTION_RECORD || kind == OPTION_ATTACH;
}

static int parse_word(struct parsing *p, char **argv, int *at)
{
	const char *word = argv[*at], *value;
	const struct option_row *row = row_of(word, &value);

	if (!row || (is_for_run(row->kind) && !p->may_record))
		return bad_option(p, word);
	if (!row->has_value && value && row->kind != OPTION_ATTACH) {
		complain("option '%s' takes no value", word);
		return -EINVAL;
	}
	if (row->has_value && !value) {
		value = argv[*at + 1];
		if (!value) {
			complain("option '%s' needs %s behind it", word, row->what);
			return -EINVAL;
		}
		(*at)++;
	}
	return take(p, row, word, value);
}

int run_options_parse(struct run_options *ret, int argc, char **argv, bool may_record)
{
	struct parsing p = { .options = ret, .command = argv[0], .may_record = may_record };
	int r, at;

	*ret = (struct run_options){ 0 };
	ret->words = calloc((size_t)argc + 1, sizeof(*ret->words));
	if (!ret->words)
		return -ENOMEM;
	for (at = 1; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		r = parse_word(&p, argv, &at);
		if (r < 0) {
			run_options_deinit(ret);
			return r;
		}
	}
	ret->rest = argv + at;
	return 0;
}

void run_options_deinit(struct run_options *options)
{
	free(options->words);
	*options = (struct run_options){ 0 };
}
