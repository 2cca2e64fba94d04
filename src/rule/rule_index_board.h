/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_BOARD_H
#define UAUDIT_RULE_RULE_INDEX_BOARD_H

/* One board of an index while it is built: rules are begun one after the other and given their tests. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/rule_index_pool.h"

/* A rule and values that it names: from lo to hi. INDEX_BITS: the test in lo. */
struct index_entry {
	uint64_t lo, hi; /* lo > hi: none */
	uint32_t rule;
};

struct index_dim_draft {
	uint8_t source, kind, a, b;
	struct index_entry *entries; /* of ascending rules */
	size_t n, max;
	uint64_t tests[INDEX_WORDS];
};

struct index_board_draft {
	size_t n_rules;
	bool too_large;
	struct index_dim_draft dims[INDEX_DIMS_MAX];
	size_t n_dims;
	uint32_t positions[INDEX_RULES_MAX];
	uint64_t alive[INDEX_WORDS]; /* rules that can select something at all */
	uint64_t never[INDEX_WORDS], opaque[INDEX_WORDS];
	uint64_t abis[INDEX_ABIS][INDEX_WORDS]; /* rules that an abi's calls pass */
	const uint32_t **masks;                 /* of n_rules; NULL: the list has none */
	int error;                              /* sticky: -ENOMEM */
};

int index_board_draft_new(struct index_board_draft **ret, bool has_masks);
void index_board_draft_free(struct index_board_draft *board);

/* The rule that all of the following is about. False: there is no room for it, and the board is of no use. mask is
 * borrowed. */
bool index_board_begin(
	struct index_board_draft *board, uint32_t position, bool says_never, const uint32_t *mask);

/* What a test asks of. a, b as in struct index_dim. */
struct index_subject {
	uint8_t source, a, b;
};

/* A value op val; of values that are as wide as an operator needs, so that val + 1 does not wrap around. */
void index_board_test(
	struct index_board_draft *board, struct index_subject of, uint32_t op, uint64_t val);
/* No value is val: unlike a test with !=, which some value passes. */
void index_board_none(struct index_board_draft *board, struct index_subject of, uint64_t val);
/* A value among those below 16 whose bit is set. One test of a rule. */
void index_board_set(struct index_board_draft *board, struct index_subject of, uint32_t set);
/* A test that the index cannot have. */
void index_board_opaque(struct index_board_draft *board);
/* Nothing passes. */
void index_board_dead(struct index_board_draft *board);
/* Calls of that enum index_abi do not pass. */
void index_board_not_abi(struct index_board_draft *board, uint32_t abi);

/* Appends the board; errors stick to the pool. */
void index_board_write(
	struct index_board_draft *board, struct index_pool *pool, struct index_board *ret);

#endif
