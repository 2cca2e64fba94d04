// SPDX-License-Identifier: MIT
/*
 * The options of one rule, in the order given: what auditctl would do with its command line, up to the moment where it
 * would send something (spec userspace 1.1, 1.2, 1.5). Messages are auditctl's own, hints are ours.
 */

#include "rule/rule_parse.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "abi/abi.h"
#include "rule/rule_options.h"
#include "rule/rule_parser.h"
#include "rule/rule_suggest.h"

/* ---- -a, -A, -d ---- */

struct list_option {
	const char *verb;
	const char *task_after_syscalls; /* NULL: -d does not mind */
	uint32_t flags;
};

static const struct list_option option_append = { "Append",
	"Syscall auditing requested for task list", 0 };
static const struct list_option option_insert = { "Add",
	"Error: syscall auditing requested for task list", RULE_PREPEND };
static const struct list_option option_delete = { "Delete", NULL, 0 };

static int bad_keyword(struct rule_parser *p, const struct list_option *option, const char *arg)
{
	const char *comma = strchr(arg, ',');
	int r = rule_fail(p, 0, "%s rule - bad keyword %s", option->verb, arg);

	if (!comma) {
		rule_hint(p, "'%s' needs a list and an action, for example always,exit", arg);
	} else if (strchr(comma + 1, ',')) {
		rule_hint(p, "'%s' has more than one comma: one list and one action", arg);
	} else {
		char first[32], second[32];
		bool first_known, second_known;

		(void)snprintf(first, sizeof(first), "%.*s", (int)(comma - arg), arg);
		(void)snprintf(second, sizeof(second), "%s", comma + 1);
		first_known = list_nr(first) >= 0 || action_nr(first) >= 0;
		second_known = list_nr(second) >= 0 || action_nr(second) >= 0;
		if (strchr(arg, '\t') || strchr(arg, ' '))
			rule_hint(p,
				"there is a blank inside the word: words are separated by spaces, not tabs");
		else if (first_known && second_known)
			rule_hint(p, "'%s' needs one list and one action, not two of a kind", arg);
		else
			rule_hint(p, "'%s' is neither a list nor an action",
				first_known ? second : first);
	}
	rule_hint(p,
		"; lists: task, exit, user, exclude, filesystem, io_uring; actions: always, never (lower case)");
	return r;
}

/* "list,action" or "action,list". 1: possible, which nothing is made of any more. */
static int parse_list(const char *arg, uint32_t *ret_list, uint32_t *ret_action)
{
	const char *comma = strchr(arg, ',');
	char first[32], second[32];
	int list, action;

	if (!comma || strchr(comma + 1, ',') || (size_t)(comma - arg) >= sizeof(first) ||
		strlen(comma + 1) >= sizeof(second))
		return -EINVAL;
	memcpy(first, arg, (size_t)(comma - arg));
	first[comma - arg] = '\0';
	memcpy(second, comma + 1, strlen(comma + 1) + 1);
	list = list_nr(first);
	if (list >= 0) {
		if (strcmp(second, "possible") == 0)
			return 1;
		action = action_nr(second);
	} else {
		action = action_nr(first);
		list = list_nr(second);
	}
	if (list < 0 || action < 0)
		return -EINVAL;
	*ret_list = (uint32_t)list;
	*ret_action = (uint32_t)action;
	return 0;
}

/* to: &p->add or &p->del. */
static int set_list(
	struct rule_parser *p, const struct list_option *option, uint32_t *to, const char *arg)
{
	uint32_t list, action;
	int r;

	if (option->task_after_syscalls && strstr(arg, "task") && p->has_syscalls) {
		r = rule_fail(p, 0, "%s", option->task_after_syscalls);
		rule_hint(p, "rules of the task list are asked at fork: they take no -S");
		return r;
	}
	if (++p->n_lists != 1) {
		r = rule_fail(p, 0, "Multiple rule insert/delete operations are not allowed");
		rule_hint(p, "one of -a, -A, -d a rule");
		return r;
	}
	r = parse_list(arg, &list, &action);
	if (r > 0) {
		rule_say(p, "%s rule - possible is deprecated", option->verb);
		return SCAN_FINISH;
	}
	if (r < 0)
		return bad_keyword(p, option, arg);
	if (*to != RULE_LIST_UNSET) {
		r = rule_fail(p, 0, "%s rule - bad keyword %s", option->verb, arg);
		rule_hint(p, "a watch (-w, -W) is a rule of its own: it takes no %s",
			option->flags   ? "-A"
			: to == &p->add ? "-a"
					: "-d");
		return r;
	}
	if (list == AUDIT_FILTER_URING_EXIT && p->has_syscalls) {
		r = rule_fail(p, 0, "io_uring must be given before -S");
		rule_hint(
			p, "-S names operations of io_uring on this list, syscalls on the others");
		return r;
	}
	*to = list | option->flags;
	p->action = action;
	return SCAN_GO_ON;
}

static int option_a(struct rule_parser *p, struct option_scan *s)
{
	return set_list(p, &option_append, &p->add, s->arg);
}

static int option_A(struct rule_parser *p, struct option_scan *s)
{
	return set_list(p, &option_insert, &p->add, s->arg);
}

static int option_d(struct rule_parser *p, struct option_scan *s)
{
	return set_list(p, &option_delete, &p->del, s->arg);
}

/* ---- parts of a rule ---- */

static int option_S(struct rule_parser *p, struct option_scan *s)
{
	return rule_option_syscalls(p, s->arg);
}

/* Keys are gathered and appended at the end, joined, as one field (spec userspace 1.7). */
static int gather_key(struct rule_parser *p, const char *key, size_t column)
{
	size_t len = strlen(key);
	int r;

	if (!len) {
		rule_note(p, "an empty key is no key");
		return SCAN_GO_ON;
	}
	if (len + p->key.len + (p->key.len > 0) > AUDIT_MAX_KEY_LEN) {
		r = rule_fail(p, column, "key option exceeds size limit");
		rule_hint(p, "the keys of a rule have %d bytes together, one more between two",
			AUDIT_MAX_KEY_LEN);
		return r;
	}
	if (strchr(key, RULE_KEY_SEPARATOR))
		rule_say(p, "key %s has illegal character", key);
	if (p->key.len) {
		buf_putc(&p->key, RULE_KEY_SEPARATOR);
	} else {
		p->key_word = p->word;
		p->key_column = p->column + column;
	}
	buf_put(&p->key, key, len);
	return SCAN_GO_ON;
}

static int option_k(struct rule_parser *p, struct option_scan *s)
{
	int r;

	if (!(p->has_syscalls || p->has_perm || p->has_exe || p->has_fstype) ||
		rule_list(p) == RULE_LIST_UNSET) {
		r = rule_fail(p, 0, "key option needs a watch or syscall given prior to it");
		rule_hint(p,
			"put -k behind -w, -S or a field perm, path, dir, exe or fstype; -F key= may stand anywhere");
		return r;
	}
	return gather_key(p, s->arg, 0);
}

static int option_F(struct rule_parser *p, struct option_scan *s)
{
	int r;

	if (rule_list(p) == RULE_LIST_UNSET) {
		r = rule_fail(p, 0, "List must be given before field");
		rule_hint(p, "begin the rule with -a always,exit or another list, then '-F %s'",
			s->arg);
		return r;
	}
	if (strncmp(s->arg, "key=", 4) == 0)
		return gather_key(p, s->arg + 4, 4);
	return rule_option_field(p, s->arg);
}

static int option_C(struct rule_parser *p, struct option_scan *s)
{
	return rule_option_compare(p, s->arg);
}

static int option_w(struct rule_parser *p, struct option_scan *s)
{
	return rule_option_watch(p, s->arg);
}

static int option_W(struct rule_parser *p, struct option_scan *s)
{
	return rule_option_unwatch(p, s->arg);
}

static int option_p(struct rule_parser *p, struct option_scan *s)
{
	return rule_option_perms(p, s->arg);
}

static const struct {
	int option;
	rule_option_fn handle;
} handlers[] = {
	{ 'a', option_a },
	{ 'A', option_A },
	{ 'd', option_d },
	{ 'S', option_S },
	{ 'F', option_F },
	{ 'C', option_C },
	{ 'k', option_k },
	{ 'w', option_w },
	{ 'W', option_W },
	{ 'p', option_p },
};

static rule_option_fn handler_of(int option)
{
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (handlers[i].option == option)
			return handlers[i].handle;
	return rule_request_option(option);
}

static int invalid_option(struct rule_parser *p, const struct option_scan *s)
{
	/* auditctl names the word before the scan position, whichever that is. */
	const char *named = s->words[s->order[s->at ? s->at - 1 : 0]], *word = s->words[s->word];
	int r;

	if (p->line)
		r = rule_fail(p, 0, "Option %s on line %u is invalid", named, p->line);
	else
		r = rule_fail(p, 0, "Option %s is invalid", named);
	if (s->missing_arg)
		rule_hint(p, "'%s' needs an argument", word);
	else if (word[0] == '-' && word[1] == '-')
		rule_hint(p, "there is no option '%s'", word);
	else
		rule_hint(p, "there is no option '-%c'", word[s->column]);
	return r;
}

static int word_left_over(struct rule_parser *p, const struct option_scan *s)
{
	const char *word = option_peek(s, 0);
	int r;

	p->word = s->order[s->at];
	p->column = 0;
	r = rule_fail(p, 0, "parameter passed without an option given");
	if (word[0] == '#' && p->line)
		rule_hint(p, "a comment needs a line of its own");
	else
		rule_hint(p, "'%s' belongs to no option", word);
	return r;
}

/* Runs the options. SCAN_FINISH: done, whatever is left. */
static int scan(struct rule_parser *p, struct option_scan *s)
{
	rule_option_fn handle;
	int option, r = SCAN_GO_ON;

	while (r == SCAN_GO_ON && (option = option_next(s)) != OPTION_END) {
		p->word = s->word;
		p->column = s->column;
		if (option == OPTION_INVALID)
			return invalid_option(p, s);
		handle = handler_of(option);
		if (handle)
			r = handle(p, s);
	}
	if (r < 0 || r == SCAN_FINISH)
		return r;
	if (s->at == 0) {
		/* auditctl says nothing here. */
		p->word = p->column = 0;
		r = rule_fail(p, 0, "%s", "");
		rule_hint(p, "'%s' is not an option: a rule begins with -a, -A, -d, -w or -W",
			s->words[0]);
		return r;
	}
	if (s->at < s->n_words)
		return word_left_over(p, s);
	return r;
}

/* The rule that the options made, as a request. */
static int finish_rule(struct rule_parser *p)
{
	struct rule_request *req = p->req;
	struct audit_rule_data *data;
	int r;

	if (rule_list(p) == RULE_LIST_UNSET) {
		if (!p->has_syscalls)
			return 0;
		p->word = p->column = 0;
		r = rule_fail(p, 0, "Error - no list specified");
		rule_hint(p, "add -a always,exit");
		return r;
	}
	r = rule_append_key(p);
	if (r < 0)
		return r;
	p->data->flags = p->add != RULE_LIST_UNSET ? p->add : p->del;
	p->data->action = p->action;
	if (!p->has_syscalls && rule_list(p) != AUDIT_FILTER_TASK)
		memset(p->data->mask, 0xff, sizeof(p->data->mask));
	p->data->buflen = (uint32_t)p->strings.len;
	data = realloc(p->data, sizeof(*data) + p->strings.len);
	if (!data)
		return -ENOMEM;
	p->data = NULL;
	if (p->strings.len)
		memcpy(data->buf, p->strings.data, p->strings.len);
	req->data = data;
	req->data_len = sizeof(*data) + data->buflen;
	req->kind = p->add != RULE_LIST_UNSET ? RULE_REQUEST_ADD : RULE_REQUEST_DELETE;
	return 0;
}

/* NULL for no text. */
static int take_text(char **ret, struct buf *text)
{
	if (!text->len)
		return 0;
	*ret = buf_take(text, NULL);
	return *ret ? 0 : -ENOMEM;
}

/* Warnings of a request that came out; of one that did not, auditctl's stand before its error. */
static int finish_messages(struct rule_parser *p, int r)
{
	struct buf both = BUF_NULL;

	if (r == -EINVAL && p->said.len) {
		buf_put(&both, p->said.data, p->said.len);
		buf_putc(&both, '\n');
		buf_puts(&both, p->err->message);
		if (both.len >= sizeof(p->err->message))
			both.len = sizeof(p->err->message) - 1;
		(void)buf_cstr(&both);
		if (!buf_error(&both))
			memcpy(p->err->message, both.data, both.len + 1);
		buf_deinit(&both);
	}
	if (r < 0)
		return r;
	r = take_text(&p->req->warning, &p->said);
	return r < 0 ? r : take_text(&p->req->note, &p->notes);
}

static int parse(struct rule_parser *p, const char *const *words, size_t n_words)
{
	struct option_scan s;
	int r;

	p->data = calloc(1, sizeof(*p->data));
	if (!p->data)
		return -ENOMEM;
	r = option_scan_init(&s, words, n_words);
	if (r < 0)
		return r;
	r = scan(p, &s);
	option_scan_deinit(&s);
	if (r == SCAN_GO_ON)
		r = finish_rule(p);
	else if (r == SCAN_STOP && rule_list(p) != RULE_LIST_UNSET)
		rule_note(p,
			"the rule is not loaded: -i and -c stand alone, in a file on a line of their own");
	if (buf_error(&p->key) || buf_error(&p->said) || buf_error(&p->notes))
		return -ENOMEM;
	return finish_messages(p, r < 0 ? r : 0);
}

int rule_parse_numbered(struct rule_request *ret, const char *const *words, size_t n_words,
	unsigned line, const struct rule_env *env, struct rule_error *reterr)
{
	static const struct rule_env no_env;
	struct rule_request req = { .kind = RULE_REQUEST_NONE };
	struct rule_parser p = {
		.env = env ? env : &no_env,
		.err = reterr,
		.line = line,
		.add = RULE_LIST_UNSET,
		.del = RULE_LIST_UNSET,
		.strings = BUF_NULL,
		.key = BUF_NULL,
		.said = BUF_NULL,
		.notes = BUF_NULL,
		.req = &req,
	};
	int r = 0;

	if (n_words)
		r = parse(&p, words, n_words);
	free(p.data);
	buf_deinit(&p.strings);
	buf_deinit(&p.key);
	buf_deinit(&p.said);
	buf_deinit(&p.notes);
	if (r == -ENOMEM)
		rule_request_deinit(&req);
	else if (r < 0)
		req.kind = RULE_REQUEST_NONE;
	*ret = req;
	return r;
}

int rule_parse_words(struct rule_request *ret, const char *const *words, size_t n_words,
	const struct rule_env *env, struct rule_error *reterr)
{
	return rule_parse_numbered(ret, words, n_words, 0, env, reterr);
}

void rule_request_deinit(struct rule_request *req)
{
	for (size_t i = 0; i < req->n_actions; i++)
		free(req->actions[i].text);
	free(req->actions);
	free(req->data);
	free(req->warning);
	free(req->note);
	free(req->key);
	*req = (struct rule_request){ .kind = RULE_REQUEST_NONE };
}
