// SPDX-License-Identifier: MIT
/*
 * uaudit ctl -R: a whole rule file or nothing of it. First all lines are tried on a copy of the present rules, and every
 * bad one is reported with its place and the remedy. Then the rules go to the other side, to an engine in one
 * transaction; a kernel knows none and takes them one by one. What else the file asks for (-b, -e 2 ...) is carried out
 * at the end, in its order.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi/control.h"
#include "cli/commands.h"
#include "cli/ctl.h"
#include "cli/rule_complaint.h"
#include "cli/rules.h"
#include "system/system_env.h"

#define COMMITS_MAX 10 /* somebody else changes the rules at the same moment, again and again */

struct load {
	struct ctl *ctl;
	const char *path;
	struct buf text;
	bool is_atomic; /* the other side has transactions */
	bool is_told;   /* that it has none */
	bool left_out;  /* lines were bad, and a -c excused them */
};

/* The rules that are loaded now, as a set. */
static int present_rules(const struct ctl *ctl, struct rule_set **ret)
{
	struct ctl_rules rules;
	struct audit_krule *rule;
	struct rule_set *set;
	size_t i;
	int r;

	r = ctl_get_rules(ctl, &rules);
	if (r < 0)
		return r;
	r = rule_set_new(&set);
	for (i = 0; r == 0 && i < rules.n; i++) {
		/* What the other side has and we do not understand stays out of the copy: it has accepted it. */
		r = krule_from_data(
			&rule, rules.rule[i], rules.len[i], &(struct rule_env){ .userdata = NULL });
		if (r == 0)
			r = rule_set_add(set, rule);
		if (r != -ENOMEM)
			r = 0;
	}
	ctl_rules_deinit(&rules);
	*ret = set;
	return r;
}

/* All lines on the copy. 0; -EINVAL after complaints; or another errno. */
static int try_lines(struct load *l)
{
	struct rule_loader loader = { .env = &system_env, .err = stderr };
	int r;

	r = present_rules(l->ctl, &loader.set);
	if (r < 0) {
		ctl_complain_request(l->ctl, "rule list data request", r);
		return r;
	}
	r = rules_add_text(&loader, l->path, l->text.data, l->text.len);
	rule_set_free(loader.set);
	l->left_out = r > 0;
	return r < 0 ? r : 0;
}

/* 0; -EINVAL: refused, after a complaint. */
static int send_line(struct load *l, const struct rule_request *req, const struct rule_place *place)
{
	struct rule_error error;
	int r;

	if (req->kind == RULE_REQUEST_DELETE_ALL)
		return ctl_delete_rules(l->ctl, req->key);
	r = ctl_send_rule(l->ctl, req);
	if (r == 0)
		return 0;
	rule_error_refused(&error, req, r, NULL);
	ctl_complain_rule(l->ctl, place, &error);
	return -EINVAL;
}

static bool is_about_rules(const struct rule_request *req)
{
	return req->data || req->kind == RULE_REQUEST_DELETE_ALL;
}

/* Each line that is right, in order: do_line(), which may be NULL, until it answers a negative errno. */
static int each_line(struct load *l, bool rules,
	int (*do_line)(
		struct load *l, const struct rule_request *req, const struct rule_place *place))
{
	struct rule_place place = { .file = l->path };
	struct rule_request req = { 0 };
	struct rule_error error;
	bool go_on = false, fail_late = false;
	size_t at = 0;
	int parsed, r = 0;

	while (r == 0 && (parsed = rule_parse_line(&req, l->text.data, l->text.len, &at,
				  &place.line, &system_env, &error)) != 0) {
		go_on |= req.ignore_errors;
		fail_late |= req.continue_on_error;
		if (parsed == -ENOMEM)
			r = -ENOMEM;
		else if (parsed > 0 && is_about_rules(&req) == rules)
			r = do_line(l, &req, &place);
		/* Refused behind a -i or -c: left out. try_lines() has told of all that it could foresee. */
		if (r == -EINVAL && go_on) {
			l->left_out |= fail_late;
			r = 0;
		}
		rule_request_deinit(&req);
	}
	return r;
}

static int act_line(struct load *l, const struct rule_request *req, const struct rule_place *place)
{
	if (ctl_act(l->ctl, req) == CTL_OK)
		return 0;
	(void)fprintf(stderr, "%s:%u: the rules are loaded, this is not done\n", place->file,
		place->line);
	return -EINVAL;
}

/* One try. -EBUSY: somebody else has changed the rules meanwhile. */
static int send_lines(struct load *l)
{
	int r = audit_send(l->ctl->fd, CONTROL_RULES_BEGIN, NULL, 0);

	l->is_atomic = r > 0;
	if (r <= 0 && r != -EINVAL) {
		ctl_complain_request(l->ctl, "rules begin request", r);
		return r ? r : -EIO;
	}
	if (!l->is_atomic && !l->is_told)
		ctl_complain(l->ctl,
			"the kernel takes rules one by one: until the last one is there, events meet a part of %s",
			l->path);
	l->is_told = !l->is_atomic;
	r = each_line(l, true, send_line);
	if (!l->is_atomic)
		return r;
	if (r < 0) {
		(void)audit_send(l->ctl->fd, CONTROL_RULES_ABORT, NULL, 0);
		return r;
	}
	r = audit_send(l->ctl->fd, CONTROL_RULES_COMMIT, NULL, 0);
	if (r <= 0 && r != -EBUSY)
		ctl_complain_request(l->ctl, "rules commit request", r);
	return r > 0 ? 0 : r ? r : -EIO;
}

/* Longer each time, and not as long as that of others who try. */
static void pause_before(int try)
{
	const struct timespec pause = { .tv_nsec = (20L * try + getpid() % 23) * 1000000L };

	(void)nanosleep(&pause, NULL);
}

static int send_all(struct load *l)
{
	int i, r = -EBUSY;

	for (i = 0; i < COMMITS_MAX && r == -EBUSY; i++) {
		if (i)
			pause_before(i);
		r = send_lines(l);
	}
	if (r == -EBUSY)
		ctl_complain(l->ctl,
			"somebody else changes the rules all the time: %d tries were in vain",
			COMMITS_MAX);
	return r;
}

static int load(struct load *l)
{
	int r = try_lines(l);

	if (r < 0) {
		ctl_complain(l->ctl, "nothing was loaded from %s", l->path);
		return r;
	}
	r = send_all(l);
	if (r < 0) {
		if (l->is_atomic || r == -EPERM)
			ctl_complain(l->ctl, "nothing was loaded from %s", l->path);
		else
			ctl_complain(l->ctl,
				"what stands before that line is loaded: the kernel takes rules one by one");
		return r;
	}
	r = each_line(l, false, act_line);
	return r < 0 || l->left_out ? -EINVAL : 0;
}

int ctl_load(struct ctl *ctl, const char *path)
{
	struct load l = { .ctl = ctl, .path = path };
	enum ctl_ready ready = ctl_ready(ctl);
	int r;

	if (ready != CTL_READY)
		return ctl_status_of(ctl, ready);
	r = rules_read_file(&l.text, path, stderr);
	if (r < 0)
		return CTL_FAILED;
	r = load(&l);
	buf_deinit(&l.text);
	return r < 0 ? CTL_FAILED : CTL_OK;
}
