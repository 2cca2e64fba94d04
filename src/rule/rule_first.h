/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_FIRST_H
#define UAUDIT_RULE_RULE_FIRST_H

/*
 * The first rule of a list that selects an event. Twice: by walking the list, which is what a list means, and by the
 * index of the set, whose answers are the same at a cost that does not grow with the rules. NULL: no rule does.
 */

#include "event/event.h"
#include "rule/rule_index.h"
#include "rule/rule_set.h"

/*
 * The exit or the io_uring list (spec kernel 6.5): the rules on the list, then those on inodes, item by item. Rules
 * count whose priority is above prio; on a call that no rule's mask can hold, none does.
 */
const struct audit_krule *rule_walk_call(
	const struct rule_set *set, unsigned list, const struct event *ev, uint64_t prio);
const struct audit_krule *rule_index_call(struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev, uint64_t prio);

/* The facts of a call or operation, as far as rules of any list test some: what a program in the kernel would collect. False:
 * the index has no rows for such an event. */
bool rule_index_facts(struct index_facts *ret, struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev);

const struct audit_krule *rule_walk_task(const struct rule_set *set, const struct event *ev);
const struct audit_krule *rule_index_task(
	struct rule_index *index, const struct rule_set *set, const struct event *ev);

/* The user or the exclude list: the first rule that rule_match_simple() does not answer with 0, and the answer. */
const struct audit_krule *rule_walk_simple(const struct rule_set *set, unsigned list,
	const struct event *ev, uint32_t record_type, int *ret_match);
const struct audit_krule *rule_index_simple(struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev, uint32_t record_type, int *ret_match);

/* The filesystem list: the rule that skips items there. */
const struct audit_krule *rule_walk_fs(const struct rule_set *set, uint32_t fs_magic);
const struct audit_krule *rule_index_fs(
	struct rule_index *index, const struct rule_set *set, uint32_t fs_magic);

#endif
