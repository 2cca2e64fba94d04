// SPDX-License-Identifier: MIT
/*
 * What a replay file or a source may hold: decoded, and what can be decoded is made into records, with a rule that selects
 * every call and operation, and with all that can be said beyond the original.
 */
#include "fuzz.h"

#include <string.h>

#include "abi/extra.h"
#include "core/kaudit.h"
#include "event/event.h"
#include "rule/rule_set.h"

struct world {
	struct event ev;
	struct rule_set *rules;
	struct kaudit *audit;
};

/* A record is one line, of which nothing that a program chose can make two. */
static int sink(void *userdata, const struct kaudit_record *record)
{
	(void)userdata;
	if (record->len < 6 || memcmp(record->text, "audit(", 6) != 0)
		abort();
	for (size_t i = 0; i < record->len; i++)
		if ((unsigned char)record->text[i] < ' ' || record->text[i] == 0x7f)
			abort();
	return 0;
}

static void select_all(struct rule_set *rules, uint32_t list)
{
	struct audit_krule *rule = calloc(1, sizeof(*rule));

	if (!rule)
		abort();
	rule->list = list;
	rule->action = AUDIT_ALWAYS;
	memset(rule->mask, 0xff, sizeof(rule->mask));
	if (rule_set_add(rules, rule) < 0)
		abort();
}

static struct world *world(void)
{
	static struct world w;

	if (!w.audit) {
		if (rule_set_new(&w.rules) < 0 || kaudit_new(&w.audit, w.rules, sink, NULL) < 0)
			abort();
		select_all(w.rules, AUDIT_FILTER_EXIT);
		select_all(w.rules, AUDIT_FILTER_URING_EXIT);
		kaudit_set_extra(w.audit, EXTRA_ALL);
	}
	return &w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *w = world();
	size_t used = 0, at = 0;
	uint64_t *aligned = malloc(size ? size : 1);

	if (!aligned)
		return 0;
	memcpy(aligned, data, size);
	while (at < size && event_decode(&w->ev, (char *)aligned + at, size - at, &used) == 0) {
		if (used == 0 || used > size - at)
			abort();
		/* -EMSGSIZE: a record that is too long */
		(void)kaudit_feed(w->audit, &w->ev);
		at += used;
	}
	kaudit_forget_tasks(w->audit);
	free(aligned);
	return 0;
}
