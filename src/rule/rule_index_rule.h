/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_RULE_H
#define UAUDIT_RULE_RULE_INDEX_RULE_H

/* The fields of a rule as tests of a board's dimensions: what rule_eval.c does, said as data. */

#include "rule/rule.h"
#include "rule/rule_index_board.h"

/* Which numbers the marks of a set have. */
struct index_marks {
	const struct rule_mark **by_address; /* ascending */
	uint16_t *ids;                       /* beside it */
	size_t n;
};

/* Of a rule on the exit, io_uring or task list: the one that was begun on the board. */
void index_rule_fields(struct index_board_draft *board, const struct audit_krule *rule,
	const struct index_marks *marks);
/* Of a rule on the user or exclude list, up to the first field that is not understood there (rule_match_simple). */
void index_rule_fields_simple(struct index_board_draft *board, const struct audit_krule *rule,
	const struct index_marks *marks);

#endif
