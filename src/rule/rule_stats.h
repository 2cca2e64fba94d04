/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_STATS_H
#define UAUDIT_RULE_RULE_STATS_H

/*
 * What became of each rule: what it decided, what was written because of it. The kernel keeps no such counters.
 *
 * They lie outside of the rule, with counted references: a copy of the set (rule_set_clone) has the same counters, and so
 * has a task that the rule decided on, when the rule is gone. How often a rule was asked is not counted rule by rule,
 * which would cost something for each of them: calls are counted by number, and what a rule had to do with them is summed
 * up when somebody wants to know.
 */

#include <stdbool.h>
#include <stdint.h>

#include "rule/rule_set.h"

struct rule_stats {
	uint32_t n_refs;
	bool has_begun;   /* evaluations_before is known */
	uint64_t hits;    /* events (tasks, messages, records, items) that it decided */
	int64_t last_sec; /* time of the last of them, on the clock of events; with hits */
	uint64_t events, records,
		bytes; /* written because of it: records as lines of a log, without EOE */
	uint64_t time_ns,
		n_timed; /* spent on n_timed of its hits, as far as somebody with a clock has measured */
	uint64_t evaluations_before; /* of rules like this one when it began to count */
};

/* NULL: no memory. */
struct rule_stats *rule_stats_new(void);
struct rule_stats *rule_stats_ref(struct rule_stats *stats);
/* NULL, for the caller's variable; NULL for stats does nothing. */
struct rule_stats *rule_stats_unref(struct rule_stats *stats);

/* A rule outside of a set has none: NULL does nothing. */
static inline void rule_stats_hit(struct rule_stats *stats, int64_t sec)
{
	if (!stats)
		return;
	stats->hits++;
	stats->last_sec = sec;
}

/* n calls (io_uring operations) that the rules of that list are asked about, AUDIT_FILTER_EXIT or _URING_EXIT. */
void rule_set_note_calls(
	const struct rule_set *set, unsigned list, uint32_t arch, int64_t nr, uint64_t n);
/* Something that the rules of another list are asked about. */
void rule_set_note_asked(const struct rule_set *set, unsigned list);
/*
 * How many events came as far as the rule: those of its system calls and machines, decided by an earlier rule or not; on
 * lists that know no system calls all that they were asked about.
 */
uint64_t rule_set_evaluations(const struct rule_set *set, const struct audit_krule *rule);
/* All counters begin anew. */
void rule_set_reset_stats(struct rule_set *set);

/* For rule_set.c and rule_set_clone.c. A rule that has not begun to count does, if its set counts. */
void rule_stats_begin(const struct rule_set *set, const struct audit_krule *rule);
/* The rules of set that are in old, too, go on with their counters, and the others begin. */
void rule_set_keep_stats(struct rule_set *set, const struct rule_set *old);
int rule_counts_new(struct rule_counts **ret);

#endif
