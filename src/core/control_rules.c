// SPDX-License-Identifier: MIT
/* AUDIT_ADD_RULE, AUDIT_DEL_RULE, AUDIT_LIST_RULES (spec kernel 1.11). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"
#include "core/kaudit_log.h"

DEFINE_CLEANUP(struct audit_krule *, krule_free)

struct rule_set *control_rules(const struct control_client *client)
{
	return client->transaction ? transaction_rules(client->transaction)
				   : kaudit_rules(client->control->audit);
}

void control_note_rules(struct control *control)
{
	control->rules_generation++;
}

void control_rules_changing(struct control *control)
{
	if (control->ops.rules_changing)
		control->ops.rules_changing(control->ops.userdata);
}

void control_rules_changed(struct control *control)
{
	control_note_rules(control);
	control->ops.rules_changed(control->ops.userdata);
}

/* key: empty for none. */
void control_log_rule(
	struct control_call *call, const char *op, const char *key, uint32_t list, bool is_done)
{
	struct audit_buffer *ab = control_log_start(call, AUDIT_CONFIG_CHANGE);

	if (!ab)
		return;
	kaudit_log_session(ab, &call->who);
	kaudit_log_format(ab, " op=%s", op);
	ab_key(ab, *key ? key : NULL);
	kaudit_log_format(ab, " list=%u res=%d", list, is_done);
	control_log_end(call, ab);
}

int control_refuse_locked_rule(struct control_call *call, const char *op)
{
	struct audit_buffer *ab = control_log_sender(call, AUDIT_CONFIG_CHANGE);

	kaudit_log_format(ab, " op=%s audit_enabled=%u res=0", op, call->control->enabled);
	control_log_end(call, ab);
	return -EPERM;
}

/* -EPERM with its record, or what is wrong with the rule, without one. */
static int read_rule(struct control_call *call, const char *op, struct audit_krule **ret)
{
	_cleanup_free_ struct audit_rule_data *data = NULL;

	if (control_is_locked(call->control))
		return control_refuse_locked_rule(call, op);
	data = malloc(call->len); /* aligned */
	if (!data)
		return -ENOMEM;
	memcpy(data, call->payload, call->len);
	return krule_from_data(ret, data, call->len, call->control->env);
}

static int finish(struct control_call *call, const char *op, const char *key, uint32_t list, int r)
{
	if (call->client->transaction) {
		if (r < 0)
			transaction_forget_last(call);
		return r;
	}
	if (r == -ENOMEM)
		return r;
	if (r == 0)
		control_rules_changed(call->control);
	control_log_rule(call, op, key, list, r == 0);
	return r;
}

int control_add_rule(struct control_call *call)
{
	char key[AUDIT_MAX_KEY_LEN + 1] = "";
	struct audit_krule *rule;
	uint32_t list;
	int r;

	r = read_rule(call, "add_rule", &rule);
	if (r < 0)
		return r;
	if (rule->filterkey)
		strncpy(key, rule->filterkey, sizeof(key) - 1);
	list = rule->list;
	if (call->client->transaction) {
		r = transaction_note(call, false, rule);
		if (r < 0) {
			krule_free(rule);
			return r;
		}
	} else {
		control_rules_changing(call->control);
	}
	r = rule_set_add(control_rules(call->client), rule); /* takes it */
	return finish(call, "add_rule", key, list, r);
}

int control_del_rule(struct control_call *call)
{
	_cleanup_(krule_freep) struct audit_krule *rule = NULL;
	int r;

	r = read_rule(call, "remove_rule", &rule);
	if (r < 0)
		return r;
	if (call->client->transaction) {
		r = transaction_note(call, true, rule);
		if (r < 0)
			return r;
	} else {
		control_rules_changing(call->control);
	}
	r = rule_set_delete(control_rules(call->client), rule);
	return finish(call, "remove_rule", rule->filterkey ? rule->filterkey : "", rule->list, r);
}

int control_list_rule(struct control_call *call, const struct audit_krule *rule)
{
	size_t len;
	_cleanup_free_ struct audit_rule_data *data = krule_to_data(rule, &len);

	if (!data)
		return -ENOMEM;
	return control_reply_data(call, AUDIT_LIST_RULES, NLM_F_MULTI, data, len);
}

int control_list_rules(struct control_call *call)
{
	const struct rule_set *rules = control_rules(call->client);
	struct buf *replies = &call->control->replies;
	size_t begin = replies->len;
	int r = 0;

	for (size_t list = 0; list < RULE_LISTS && r == 0; list++)
		for (size_t i = 0; i < rules->n_rules[list] && r == 0; i++)
			r = control_list_rule(call, rules->lists[list][i]);
	if (r == 0)
		r = control_reply_data(call, NLMSG_DONE, NLM_F_MULTI, NULL, 0);
	if (r < 0)
		replies->len = begin; /* not half a list */
	return r;
}
