// SPDX-License-Identifier: MIT
/* What options ask for, carried out (spec userspace 1.1, 1.2). */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/ctl.h"
#include "cli/rule_complaint.h"
#include "system/system_env.h"

#define AUDITCTL_VERSION "3.0.9" /* whose ways these are */

static const char usage[] =
#include "cli/help_auditctl_usage.inc"
	;

/* ---- settings ---- */

static const struct {
	int (*set)(int fd, uint32_t value);
	const char *request;
	const char *hint; /* NULL: none */
} settings[_RULE_ACTION_SETTINGS] = {
	[RULE_ACTION_ENABLED] = { audit_set_enabled, "enable request", NULL },
	[RULE_ACTION_FAILURE] = { audit_set_failure, "failure mode request", NULL },
	[RULE_ACTION_RATE_LIMIT] = { audit_set_rate_limit, "rate limit request", NULL },
	[RULE_ACTION_BACKLOG_LIMIT] = { audit_set_backlog_limit, "backlog limit request", NULL },
	/* auditctl says the same for this one. */
	[RULE_ACTION_BACKLOG_WAIT_TIME] = { audit_set_backlog_wait_time, "backlog limit request",
		"the wait time is in ticks of the kernel's clock, of ten minutes at most" },
};

static int act_setting(struct ctl *ctl, const struct rule_action *action)
{
	int r = settings[action->kind].set(ctl->fd, action->value);

	if (r <= 0) {
		ctl_complain_request(ctl, settings[action->kind].request, r);
		if (r == -EINVAL && settings[action->kind].hint)
			ctl_hint(ctl, "%s", settings[action->kind].hint);
		return CTL_ERROR;
	}
	return CTL_OK;
}

static int act_status(struct ctl *ctl, const struct rule_action *action)
{
	return ctl_status(ctl, action->interpret);
}

static int act_list(struct ctl *ctl, const struct rule_action *action)
{
	return ctl_list(ctl, action->interpret, action->text);
}

static int act_version(struct ctl *ctl, const struct rule_action *action)
{
	(void)action;
	if (ctl->is_compat)
		(void)printf("auditctl version %s\n", AUDITCTL_VERSION);
	else
		(void)printf("uaudit ctl %s, with the options of auditctl %s\n", UAUDIT_VERSION,
			AUDITCTL_VERSION);
	return CTL_OK;
}

static int act_usage(struct ctl *ctl, const struct rule_action *action)
{
	(void)action;
	(void)fputs(ctl->is_compat ? usage : command_ctl.help, stdout);
	return CTL_OK;
}

/* ---- requests that answer nothing but an error ---- */

static int finish(struct ctl *ctl, const char *what, int r)
{
	if (r > 0)
		return CTL_OK;
	ctl_complain_request(ctl, what, r);
	return CTL_ERROR;
}

static int act_trim(struct ctl *ctl, const struct rule_action *action)
{
	(void)action;
	return finish(ctl, "trim subtrees command", audit_trim_subtrees(ctl->fd));
}

static int act_make_equiv(struct ctl *ctl, const struct rule_action *action)
{
	const char *comma = strchr(action->text, ',');
	_cleanup_free_ char *mount_point = strndup(action->text, (size_t)(comma - action->text));

	if (!mount_point)
		return finish(ctl, "make_equivalent command", -ENOMEM);
	return finish(ctl, "make_equivalent command",
		audit_make_equivalent(ctl->fd, mount_point, comma + 1));
}

static int act_message(struct ctl *ctl, const struct rule_action *action)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "text=%s", action->text) < 0)
		return finish(ctl, "user message request", -ENOMEM);
	return finish(ctl, "user message request",
		audit_log_user_message(ctl->fd, AUDIT_USER, text, NULL, NULL, NULL, 1));
}

static int act_loginuid_immutable(struct ctl *ctl, const struct rule_action *action)
{
	int r = audit_set_loginuid_immutable(ctl->fd);

	(void)action;
	if (r > 0)
		return CTL_OK;
	if (r == -ECONNREFUSED)
		ctl_complain_request(ctl, NULL, r);
	else
		ctl_complain(ctl, "Error setting feature (%s)", strerror(-r));
	return CTL_ERROR;
}

/* What was in the counter is told on stderr. */
static int tell_counter(struct ctl *ctl, const char *name, const char *what, int r)
{
	if (r < 0)
		return finish(ctl, what, r);
	ctl_complain(ctl, "%s: %d", name, r);
	return CTL_OK;
}

static int act_reset_lost(struct ctl *ctl, const struct rule_action *action)
{
	(void)action;
	return tell_counter(ctl, "lost", "lost reset request", audit_reset_lost(ctl->fd));
}

static int act_reset_wait_time(struct ctl *ctl, const struct rule_action *action)
{
	(void)action;
	return tell_counter(ctl, "backlog_wait_time_actual",
		"backlog wait time actual reset request",
		audit_reset_backlog_wait_time_actual(ctl->fd));
}

static int act_signal(struct ctl *ctl, const struct rule_action *action)
{
	pid_t pid = 0;
	int r = ctl_daemon_pid(ctl, &pid);

	if (r < 0) {
		ctl_complain(ctl, "Failed sending signal to auditd (%s)",
			ctl->is_compat || r == -ETIMEDOUT ? "timeout" : strerror(-r));
		return CTL_ERROR;
	}
	if (pid <= 0) {
		ctl_complain(ctl, "Auditd is not running");
		ctl_hint(ctl, "no daemon is registered to receive records (pid 0 in -s)");
		/* auditctl 4.x says it with the status too. */
		return ctl->is_compat ? CTL_OK : 2;
	}
	if (kill(pid, (int)action->value) < 0) {
		ctl_complain(ctl, "Failed sending signal to auditd (%s)", strerror(errno));
		return CTL_ERROR;
	}
	return CTL_OK;
}

static int (*const acts[])(struct ctl *ctl, const struct rule_action *action) = {
	[RULE_ACTION_ENABLED] = act_setting,
	[RULE_ACTION_FAILURE] = act_setting,
	[RULE_ACTION_RATE_LIMIT] = act_setting,
	[RULE_ACTION_BACKLOG_LIMIT] = act_setting,
	[RULE_ACTION_BACKLOG_WAIT_TIME] = act_setting,
	[RULE_ACTION_STATUS] = act_status,
	[RULE_ACTION_LIST] = act_list,
	[RULE_ACTION_VERSION] = act_version,
	[RULE_ACTION_USAGE] = act_usage,
	[RULE_ACTION_TRIM] = act_trim,
	[RULE_ACTION_MAKE_EQUIV] = act_make_equiv,
	[RULE_ACTION_MESSAGE] = act_message,
	[RULE_ACTION_SIGNAL] = act_signal,
	[RULE_ACTION_RESET_LOST] = act_reset_lost,
	[RULE_ACTION_RESET_BACKLOG_WAIT_TIME_ACTUAL] = act_reset_wait_time,
	[RULE_ACTION_LOGINUID_IMMUTABLE] = act_loginuid_immutable,
};

int ctl_act(struct ctl *ctl, const struct rule_request *req)
{
	int status = CTL_OK;

	for (size_t i = 0; i < req->n_actions && status == CTL_OK; i++)
		status = acts[req->actions[i].kind](ctl, &req->actions[i]);
	return status;
}

/* ---- rules ---- */

enum ctl_ready ctl_ready(const struct ctl *ctl)
{
	int enabled;

	errno = 0;
	enabled = audit_is_enabled(ctl->fd);
	if (enabled == 2) {
		ctl_complain(ctl, "The audit system is in immutable mode, no rule changes allowed");
		ctl_hint(
			ctl, "somebody has locked it with -e 2; that ends when it is started anew");
		return CTL_LOCKED;
	}
	if (enabled <= 0 && errno == ECONNREFUSED) {
		ctl_complain_request(ctl, NULL, -ECONNREFUSED);
		return CTL_DISABLED;
	}
	return CTL_READY;
}

/* 3.0.9 takes it for no error that nothing was done; 4.x does, and so do we. */
int ctl_status_of(const struct ctl *ctl, enum ctl_ready ready)
{
	return ready == CTL_READY || ctl->is_compat ? CTL_OK : CTL_FAILED;
}

int ctl_send_rule(const struct ctl *ctl, const struct rule_request *req)
{
	int (*send)(int fd, struct audit_rule_data *rule, int flags, int action) =
		req->kind == RULE_REQUEST_ADD ? audit_add_rule_data : audit_delete_rule_data;
	int r = send(ctl->fd, req->data, (int)req->data->flags, (int)req->data->action);

	return r > 0 ? 0 : r ? r : -EIO;
}

int ctl_delete_rules(const struct ctl *ctl, const char *key)
{
	struct ctl_rules rules;
	const char *what = "rule list data request";
	size_t i;
	int r;

	r = ctl_get_rules(ctl, &rules);
	for (i = 0; r == 0 && i < rules.n; i++) {
		struct audit_rule_data *rule = rules.rule[i];

		if (key && !rule_data_has_key(rule, rules.len[i], key))
			continue;
		what = "delete rule data request";
		r = audit_delete_rule_data(ctl->fd, rule, (int)rule->flags, (int)rule->action);
		r = r > 0 ? 0 : r ? r : -EIO;
	}
	ctl_rules_deinit(&rules);
	if (r < 0)
		ctl_complain_request(ctl, what, r);
	return r;
}

static int refused(const struct ctl *ctl, const struct rule_request *req,
	const struct rule_place *place, int error)
{
	struct krule_fault fault = { .field = -1 };
	struct rule_error said = { 0 };
	struct audit_krule *rule;

	if (error == -ECONNREFUSED) {
		ctl_complain_request(ctl, NULL, error);
		return CTL_ERROR;
	}
	/* The other side only has a number; what it means is found out here. */
	if (krule_from_data_fault(&rule, req->data, req->data_len, &system_env, &fault) == 0) {
		krule_free(rule);
		rule_error_refused(&said, req, error, NULL);
	} else {
		rule_error_refused(&said, req, error, &fault);
	}
	ctl_complain_rule(ctl, place, &said);
	return CTL_ERROR;
}

static int carry_out_rule(
	struct ctl *ctl, const struct rule_request *req, const struct rule_place *place)
{
	enum ctl_ready ready = ctl_ready(ctl);
	int r;

	if (ready != CTL_READY)
		return ctl_status_of(ctl, ready);
	r = ctl_send_rule(ctl, req);
	return r < 0 ? refused(ctl, req, place, r) : CTL_OK;
}

static int delete_all(struct ctl *ctl, const char *key)
{
	enum ctl_ready ready = ctl_ready(ctl);

	if (ready != CTL_READY)
		return ready == CTL_DISABLED ? CTL_ERROR : ctl_status_of(ctl, ready);
	if (ctl_delete_rules(ctl, key) < 0)
		return CTL_ERROR;
	return ctl_list(ctl, false, key);
}

/* After settings the status is shown, if nothing else is asked for. */
static bool shows_status(const struct rule_request *req)
{
	return req->kind == RULE_REQUEST_OPTION && !req->ignore_errors && req->n_actions &&
	       req->actions[req->n_actions - 1].kind < _RULE_ACTION_SETTINGS;
}

int ctl_carry_out(struct ctl *ctl, const struct rule_request *req, const struct rule_place *place,
	const struct rule_error *error)
{
	int status = ctl_act(ctl, req);

	if (status != CTL_OK)
		return status;
	if (error) {
		ctl_complain_rule(ctl, place, error);
		return CTL_ERROR;
	}
	switch (req->kind) {
	case RULE_REQUEST_ADD:
	case RULE_REQUEST_DELETE:
		return carry_out_rule(ctl, req, place);
	case RULE_REQUEST_DELETE_ALL:
		return delete_all(ctl, req->key);
	case RULE_REQUEST_OPTION:
		if (!shows_status(req))
			return CTL_OK;
		if (audit_request_status(ctl->fd) <= 0)
			return CTL_ERROR;
		(void)ctl_print_status(ctl, false);
		return CTL_OK;
	case RULE_REQUEST_NONE:
		break;
	}
	return CTL_OK;
}
