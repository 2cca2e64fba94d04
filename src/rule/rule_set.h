/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_SET_H
#define UAUDIT_RULE_RULE_SET_H

/* All rules of an engine: the lists in evaluation order, the order for listing, and the marks that rules share. */

#include "event/event.h"
#include "rule/rule.h"

struct rule_counts; /* rule_stats.h */
struct rule_index;  /* rule_index.h */

struct rule_set {
	struct audit_krule *
		*lists[RULE_LISTS]; /* evaluation order; inode rules of lists 4 and 7 included */
	size_t n_rules[RULE_LISTS];
	struct rule_mark **marks;
	size_t n_marks;
	uint64_t prio_low, prio_high; /* next priority of an appended and of a prepended rule */
	struct rule_counts
		*counts; /* of what its rules are asked about; NULL: a copy, that nobody asks */
	uint64_t marks_version;   /* counts changes of bindings; from 1 on */
	struct rule_index *index; /* of the rules as they are; NULL: not built (rule_set_index) */
	uint32_t index_asked;     /* how often, since the rules have changed */
};

int rule_set_new(struct rule_set **ret);
void rule_set_free(struct rule_set *set);
/* A copy that shares nothing with set: rules in the same order and with the same priorities, marks as they are bound. */
int rule_set_clone(struct rule_set **ret, const struct rule_set *set);
/* Each has what was the other's, so that pointers to a set stay good. Marks of with are bound as those of set were, and
 * rules that both have go on with the counters of set's. */
void rule_set_swap(struct rule_set *set, struct rule_set *with);

/* The set owns the rule from here on, also when this fails (it is freed then). -EEXIST for an identical rule
 * (spec kernel 6.4), -ENOMEM. */
int rule_set_add(struct rule_set *set, struct audit_krule *rule);
/* Removes the rule that equals the given one, which stays the caller's. -ENOENT. */
int rule_set_delete(struct rule_set *set, const struct audit_krule *rule);
void rule_set_clear(struct rule_set *set);
/* Whether the second of the two could not be added to a set that has the first. */
bool krule_is_same(const struct audit_krule *a, const struct audit_krule *b);
/* Removes the rules whose key contains the text (auditctl -D -k). The number of rules removed. */
size_t rule_set_clear_key(struct rule_set *set, const char *key);
/* Number of rules on all lists. */
size_t rule_set_count(const struct rule_set *set);
/* Whether a rule stands on a counted list (task, exit, io_uring): contexts are dummies otherwise (spec kernel 4.3). */
bool rule_set_counts(const struct rule_set *set);

/*
 * The set's index, for rule_first.h. NULL: walk the lists. It is built when the same rules have been asked for it a few
 * times, as a change throws it away; and if it cannot be built it is not tried again with these rules.
 */
struct rule_index *rule_set_index(struct rule_set *set);

/* The mark of that kind and rule path; NULL if no rule names it. */
struct rule_mark *rule_set_mark(
	struct rule_set *set, enum evt_mark_kind kind, const char *path, size_t path_len);
/* A new binding of a mark of the set; the previous one is kept beside it until rule_set_settle(). -ENOMEM leaves the mark
 * as it was. */
int rule_set_bind(struct rule_set *set, struct rule_mark *mark, const struct evt_mark *to,
	const char *present, size_t present_len);
/* Forgets the previous bindings: the event that changed them has been filtered. */
void rule_set_settle(struct rule_set *set);

#endif
