// SPDX-License-Identifier: MIT
/* Rule after rule, as the kernel does it: the oracle of rule_index_match.c, and what decides where there is no index. */

#include "rule/rule_eval.h"
#include "rule/rule_first.h"

static bool may_decide(const struct audit_krule *rule, uint64_t prio, const struct event *ev)
{
	return rule_mask_has(rule->mask, ev->h.nr) && rule->prio > prio;
}

/* *ret_inode_rules: there are inode rules that could still decide. */
static const struct audit_krule *walk_list(const struct rule_set *set, unsigned list,
	const struct event *ev, uint64_t prio, bool *ret_inode_rules)
{
	const struct audit_krule *first = NULL;

	*ret_inode_rules = false;
	for (size_t i = 0; i < set->n_rules[list]; i++) {
		const struct audit_krule *rule = set->lists[list][i];

		if (!may_decide(rule, prio, ev))
			continue;
		if (rule->by_inode) {
			*ret_inode_rules = true;
		} else if (!first && rule_match(rule, ev, RULE_ANY_ITEM)) {
			first = rule;
			prio = rule->prio;
		}
	}
	return first;
}

/* Item by item, and for each item in list order: the first rule that matches ends it. */
static const struct audit_krule *walk_inode_rules(
	const struct rule_set *set, unsigned list, const struct event *ev, uint64_t prio)
{
	for (size_t item = 0; item < ev->n_paths; item++)
		for (size_t i = 0; i < set->n_rules[list]; i++) {
			const struct audit_krule *rule = set->lists[list][i];

			if (rule->by_inode && may_decide(rule, prio, ev) &&
				rule_match(rule, ev, item))
				return rule;
		}
	return NULL;
}

const struct audit_krule *rule_walk_call(
	const struct rule_set *set, unsigned list, const struct event *ev, uint64_t prio)
{
	const struct audit_krule *first, *by_inode = NULL;
	bool inode_rules;

	first = walk_list(set, list, ev, prio, &inode_rules);
	if (inode_rules)
		by_inode = walk_inode_rules(set, list, ev, first ? first->prio : prio);
	return by_inode ? by_inode : first;
}

const struct audit_krule *rule_walk_task(const struct rule_set *set, const struct event *ev)
{
	for (size_t i = 0; i < set->n_rules[AUDIT_FILTER_TASK]; i++)
		if (rule_match(set->lists[AUDIT_FILTER_TASK][i], ev, RULE_ANY_ITEM))
			return set->lists[AUDIT_FILTER_TASK][i];
	return NULL;
}

const struct audit_krule *rule_walk_simple(const struct rule_set *set, unsigned list,
	const struct event *ev, uint32_t record_type, int *ret_match)
{
	for (size_t i = 0; i < set->n_rules[list]; i++) {
		int r = rule_match_simple(set->lists[list][i], ev, record_type);

		if (r != 0) {
			*ret_match = r;
			return set->lists[list][i];
		}
	}
	return NULL;
}

const struct audit_krule *rule_walk_fs(const struct rule_set *set, uint32_t fs_magic)
{
	for (size_t i = 0; i < set->n_rules[AUDIT_FILTER_FS]; i++) {
		const struct audit_krule *rule = set->lists[AUDIT_FILTER_FS][i];

		for (uint32_t n = 0; rule->action == AUDIT_NEVER && n < rule->n_fields; n++)
			if (rule->fields[n].type == AUDIT_FSTYPE &&
				rule_compare_u32(fs_magic, rule->fields[n].op, rule->fields[n].val))
				return rule;
	}
	return NULL;
}
