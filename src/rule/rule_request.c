// SPDX-License-Identifier: MIT
/* Options for requests that are not rules: checked as auditctl does (spec userspace 1.2), carried out by others. */

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "rule/rule_options.h"
#include "rule/rule_parser.h"

static int option_i(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	p->req->ignore_errors = true;
	return SCAN_STOP;
}

static int option_c(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	p->req->ignore_errors = true;
	p->req->continue_on_error = true;
	return SCAN_STOP;
}

/* One more action; next is handed on. text may be NULL. */
static int act(struct rule_parser *p, struct rule_action action, const char *text, int next)
{
	struct rule_request *req = p->req;
	struct rule_action *actions;

	actions = realloc(req->actions, (req->n_actions + 1) * sizeof(*actions));
	if (!actions)
		return -ENOMEM;
	req->actions = actions;
	action.text = text ? strdup(text) : NULL;
	if (text && !action.text)
		return -ENOMEM;
	req->actions[req->n_actions++] = action;
	req->kind = RULE_REQUEST_OPTION;
	return next;
}

static int act_kind(struct rule_parser *p, enum rule_action_kind kind, int next)
{
	return act(p, (struct rule_action){ .kind = kind }, NULL, next);
}

/* auditctl counts all words of the command line, itself included; so do the limits here. */
static size_t n_words_all(const struct option_scan *s)
{
	return s->n_words + 1;
}

static int option_s(struct rule_parser *p, struct option_scan *s)
{
	struct rule_action action = { .kind = RULE_ACTION_STATUS };
	const char *next = option_peek(s, 0);

	if (n_words_all(s) > 3)
		return rule_fail(p, 0, "Too many options for status command");
	if (s->at == 1 && next) {
		if (strcmp(next, "-i") != 0)
			return rule_fail(p, 0, "Only -i option is allowed");
		s->at++;
		action.interpret = true;
	}
	return act(p, action, NULL, SCAN_STOP);
}

static int option_l(struct rule_parser *p, struct option_scan *s)
{
	struct rule_action action = { .kind = RULE_ACTION_LIST };
	const char *next = option_peek(s, 0), *key = NULL;

	if (n_words_all(s) > 4)
		return rule_fail(p, 0, "Wrong number of options for list request");
	if (n_words_all(s) == 3 && (!next || strcmp(next, "-i") != 0))
		return rule_fail(p, 0, "Only -k or -i options are allowed");
	if (n_words_all(s) == 4 && (!next || strcmp(next, "-k") != 0))
		return rule_fail(p, 0, "Only -k or -i options are allowed");
	if (n_words_all(s) == 3)
		action.interpret = true;
	else if (n_words_all(s) == 4)
		key = option_peek(s, 1);
	if (n_words_all(s) > 2)
		s->at = s->n_words;
	return act(p, action, key, SCAN_STOP);
}

static int option_D(struct rule_parser *p, struct option_scan *s)
{
	const char *next = option_peek(s, 0);

	if (n_words_all(s) > 4 || n_words_all(s) == 3)
		return rule_fail(p, 0, "Wrong number of options for Delete all request");
	if (n_words_all(s) == 4) {
		if (!next || strcmp(next, "-k") != 0 || !option_peek(s, 1))
			return rule_fail(p, 0, "Only the -k option is allowed");
		p->req->key = strdup(option_peek(s, 1));
		if (!p->req->key)
			return -ENOMEM;
		s->at = s->n_words;
	}
	p->req->kind = RULE_REQUEST_DELETE_ALL;
	return SCAN_STOP;
}

static int option_v(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	return act_kind(p, RULE_ACTION_VERSION, SCAN_STOP);
}

/* auditctl's status is that of an error. */
static int option_h(struct rule_parser *p, struct option_scan *s)
{
	int r;

	(void)s;
	r = act_kind(p, RULE_ACTION_USAGE, 0);
	return r < 0 ? r : rule_fail(p, 0, "%s", "");
}

static int option_t(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	return act_kind(p, RULE_ACTION_TRIM, SCAN_FINISH);
}

static int option_loginuid_immutable(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	return act_kind(p, RULE_ACTION_LOGINUID_IMMUTABLE, SCAN_FINISH);
}

static int option_reset_lost(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	return act_kind(p, RULE_ACTION_RESET_LOST, SCAN_FINISH);
}

static int option_reset_wait_time(struct rule_parser *p, struct option_scan *s)
{
	(void)s;
	return act_kind(p, RULE_ACTION_RESET_BACKLOG_WAIT_TIME_ACTUAL, SCAN_FINISH);
}

static int set(struct rule_parser *p, enum rule_action_kind kind, uint32_t value)
{
	return act(p, (struct rule_action){ .kind = kind, .value = value }, NULL, SCAN_GO_ON);
}

static int zero_to_two(
	struct rule_parser *p, enum rule_action_kind kind, const char *what, const char *arg)
{
	if (strlen(arg) != 1 || *arg < '0' || *arg > '2')
		return rule_fail(p, 0, "%s must be 0, 1, or 2 was %s", what, arg);
	return set(p, kind, (uint32_t)(*arg - '0'));
}

static int option_e(struct rule_parser *p, struct option_scan *s)
{
	return zero_to_two(p, RULE_ACTION_ENABLED, "Enable", s->arg);
}

static int option_f(struct rule_parser *p, struct option_scan *s)
{
	return zero_to_two(p, RULE_ACTION_FAILURE, "Failure", s->arg);
}

static int numeric(
	struct rule_parser *p, enum rule_action_kind kind, const char *what, const char *arg)
{
	if (!isdigit((unsigned char)*arg))
		return rule_fail(p, 0, "%s must be a numeric value was %s", what, arg);
	return set(p, kind, rule_number(p, arg));
}

static int option_r(struct rule_parser *p, struct option_scan *s)
{
	return numeric(p, RULE_ACTION_RATE_LIMIT, "Rate", s->arg);
}

static int option_b(struct rule_parser *p, struct option_scan *s)
{
	return numeric(p, RULE_ACTION_BACKLOG_LIMIT, "Backlog", s->arg);
}

static int option_wait_time(struct rule_parser *p, struct option_scan *s)
{
	return numeric(p, RULE_ACTION_BACKLOG_WAIT_TIME, "Backlog_wait_time", s->arg);
}

static int option_m(struct rule_parser *p, struct option_scan *s)
{
	const char *c;

	if (n_words_all(s) > 3)
		return rule_fail(
			p, 0, "The -m option must be only the only option and takes 1 parameter");
	for (c = s->arg; *c; c++)
		if ((unsigned char)*c < 32 || (unsigned char)*c >= 128)
			return rule_fail(
				p, (size_t)(c - s->arg), "Illegal character in audit event");
	return act(p, (struct rule_action){ .kind = RULE_ACTION_MESSAGE }, s->arg, SCAN_FINISH);
}

static int option_q(struct rule_parser *p, struct option_scan *s)
{
	const char *comma = strchr(s->arg, ',');

	if (p->has_syscalls)
		return rule_fail(p, 0, "Syscall auditing requested for make equivalent");
	if (!comma || !comma[1] || strchr(comma + 1, ','))
		return rule_fail(p, 0, "Error parsing equivalent parts");
	return act(p, (struct rule_action){ .kind = RULE_ACTION_MAKE_EQUIV }, s->arg, SCAN_FINISH);
}

static int option_R(struct rule_parser *p, struct option_scan *s)
{
	int r = rule_fail(p, 0, "Error - nested rule files not supported");

	rule_hint(p, "-R %s stands for itself", s->arg);
	return r;
}

static int option_signal(struct rule_parser *p, struct option_scan *s)
{
	/* The second five are the words of auditctl 4.x. */
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "TERM", SIGTERM }, { "HUP", SIGHUP }, { "USR1", SIGUSR1 },
		{ "USR2", SIGUSR2 }, { "CONT", SIGCONT }, { "stop", SIGTERM }, { "reload", SIGHUP },
		{ "rotate", SIGUSR1 }, { "resume", SIGUSR2 }, { "state", SIGCONT } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (strcasecmp(signals[i].name, s->arg) == 0)
			return act(p,
				(struct rule_action){ .kind = RULE_ACTION_SIGNAL,
					.value = (uint32_t)signals[i].number },
				NULL, SCAN_STOP);
	return rule_fail(p, 0, "%s is an unsupported signal", s->arg);
}

static const struct {
	int option;
	rule_option_fn handle;
} handlers[] = {
	{ 'i', option_i },
	{ 'c', option_c },
	{ 'D', option_D },
	{ 's', option_s },
	{ 'l', option_l },
	{ 'v', option_v },
	{ 'h', option_h },
	{ 't', option_t },
	{ 'e', option_e },
	{ 'f', option_f },
	{ 'r', option_r },
	{ 'b', option_b },
	{ 'm', option_m },
	{ 'q', option_q },
	{ 'R', option_R },
	{ OPTION_BACKLOG_WAIT_TIME, option_wait_time },
	{ OPTION_LOGINUID_IMMUTABLE, option_loginuid_immutable },
	{ OPTION_RESET_LOST, option_reset_lost },
	{ OPTION_RESET_BACKLOG_WAIT_TIME_ACTUAL, option_reset_wait_time },
	{ OPTION_SIGNAL, option_signal },
};

rule_option_fn rule_request_option(int option)
{
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (handlers[i].option == option)
			return handlers[i].handle;
	return NULL;
}
