/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_CTL_STATS_H
#define UAUDIT_CLI_CTL_STATS_H

/*
 * uaudit ctl -l --stats and --cost: what an engine has counted, which the kernel does not. The options are ours, so that
 * auditctl's grammar knows nothing of them: ctl_own.c reads them, ctl_stats.c asks, ctl_stats_print.c and ctl_cost.c print.
 */

#include "abi/control.h"
#include "cli/ctl.h"

struct interpreter;

/* What is asked for. */
struct ctl_own {
	bool stats, cost;
	bool interpret, reset;
	const char *key;  /* NULL: all rules */
	unsigned seconds; /* of --cost */
};

/* Whether the words are for us: they have --stats or --cost as an option. */
bool ctl_is_own(const char *const *words, size_t n_words);
/* All of it. An exit status. */
int ctl_do_own(struct ctl *ctl, const char *const *words, size_t n_words);
/* 0, or -EINVAL after a complaint. */
int ctl_own_parse(
	struct ctl_own *ret, const struct ctl *ctl, const char *const *words, size_t n_words);

/* An answer to CONTROL_RULE_STATS. */
struct ctl_stats {
	struct control_stats all;
	struct ctl_rules rules;
	struct control_rule_stats *of_rule; /* of each; malloc'ed */
	size_t n_of_rule;
	bool has_all;
};

void ctl_stats_deinit(struct ctl_stats *stats);
/* 0, or a negative errno. */
int ctl_get_stats(const struct ctl *ctl, bool reset, struct ctl_stats *ret);
/* An exit status. */
int ctl_stats(const struct ctl *ctl, const struct ctl_own *own);

/* ctl_stats_print.c. Appends everything that there is to say; colour: for a terminal. */
void ctl_stats_put(struct buf *to, const struct ctl_stats *stats, const char *key,
	struct interpreter *interpreter, bool colour);

/* ctl_advice.c. Appends how less would be written because of that rule, a line each. */
void ctl_advice_put(struct buf *to, const struct audit_rule_data *rule, size_t len);

/* ctl_cost.c. An exit status. */
int ctl_cost(const struct ctl *ctl, unsigned seconds);
struct ctl_cost {
	struct control_cost cost;
	struct control_cost_row rows[CONTROL_COST_ROWS_MAX];
};
/* What has come between the two; counting_ns of each run of a program are the counting's. */
void ctl_cost_put(struct buf *to, const struct ctl_cost *before, const struct ctl_cost *after,
	double counting_ns);

#endif
