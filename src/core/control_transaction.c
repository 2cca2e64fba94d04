// SPDX-License-Identifier: MIT
/*
 * Rules all or nothing, which the kernel does not have (abi/control.h): the client changes a copy, which takes the place
 * of the rules at once. What has changed is told at the commit, one record a change, as if each had been made then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"

#define CHANGES_MAX ((size_t)16 * 1024 * 1024) /* bytes; 50,000 changes with the longest keys */

struct change {
	uint32_t list;
	uint16_t key_len; /* bytes behind this struct */
	bool is_removal;
};

struct transaction {
	struct rule_set *rules; /* the copy */
	uint64_t generation;    /* of the rules that were copied */
	struct buf changes;     /* struct change and its key, one behind the other */
	size_t last;            /* where the last one begins */
};

struct rule_set *transaction_rules(const struct transaction *transaction)
{
	return transaction->rules;
}

struct transaction *transaction_free(struct transaction *transaction)
{
	if (!transaction)
		return NULL;
	rule_set_free(transaction->rules);
	buf_deinit(&transaction->changes);
	free(transaction);
	return NULL;
}

int transaction_note(struct control_call *call, bool is_removal, const struct audit_krule *rule)
{
	struct transaction *t = call->client->transaction;
	struct change change = {
		.list = rule->list,
		.key_len = rule->filterkey ? (uint16_t)strlen(rule->filterkey) : 0,
		.is_removal = is_removal,
	};

	t->last = t->changes.len;
	if (!buf_reserve(&t->changes, sizeof(change) + change.key_len)) {
		t->changes.error = 0;
		return -ENOMEM;
	}
	buf_put(&t->changes, &change, sizeof(change));
	buf_put(&t->changes, rule->filterkey, change.key_len);
	return 0;
}

void transaction_forget_last(struct control_call *call)
{
	struct transaction *t = call->client->transaction;

	t->changes.len = t->last;
}

int control_rules_begin(struct control_call *call)
{
	struct control *control = call->control;
	struct transaction *t;
	int r;

	if (call->client->transaction)
		return -EALREADY;
	if (control_is_locked(control))
		return control_refuse_locked_rule(call, "add_rule");
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	buf_init(&t->changes, CHANGES_MAX);
	t->generation = control->rules_generation;
	r = rule_set_clone(&t->rules, kaudit_rules(control->audit));
	if (r < 0) {
		(void)transaction_free(t);
		return r;
	}
	call->client->transaction = t;
	return 0;
}

static void log_changes(struct control_call *call, const struct transaction *t)
{
	for (size_t at = 0; at < t->changes.len;) {
		char key[AUDIT_MAX_KEY_LEN + 1] = "";
		struct change change;

		memcpy(&change, t->changes.data + at, sizeof(change));
		at += sizeof(change);
		memcpy(key, t->changes.data + at, change.key_len);
		at += change.key_len;
		control_log_rule(call, change.is_removal ? "remove_rule" : "add_rule", key,
			change.list, true);
	}
}

int control_rules_commit(struct control_call *call)
{
	struct control *control = call->control;
	struct transaction *t = call->client->transaction;
	int r = 0;

	if (!t)
		return -EINVAL;
	call->client->transaction = NULL;
	if (control_is_locked(control)) {
		r = control_refuse_locked_rule(call, "add_rule");
	} else if (t->generation != control->rules_generation) {
		r = -EBUSY;
	} else {
		if (t->changes.len)
			control_rules_changing(control);
		rule_set_swap(kaudit_rules(control->audit), t->rules);
		if (t->changes.len)
			control_rules_changed(control);
		log_changes(call, t);
	}
	(void)transaction_free(t);
	return r;
}

int control_rules_abort(struct control_call *call)
{
	if (!call->client->transaction)
		return -EINVAL;
	call->client->transaction = transaction_free(call->client->transaction);
	return 0;
}
