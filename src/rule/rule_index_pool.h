/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_POOL_H
#define UAUDIT_RULE_RULE_INDEX_POOL_H

/* The blob of an index while it grows: words, and vectors of which equal ones are stored once. */

#include <stddef.h>
#include <stdint.h>

#include "rule/rule_index_blob.h"

struct index_pool_entry {
	uint32_t hash, at, len; /* len 0: free */
};

struct index_pool {
	uint64_t *words;
	size_t n, max;
	struct index_pool_entry *entries; /* open addressing, at most half full */
	size_t n_entries, entries_max;
	int error; /* sticky: -ENOMEM or -E2BIG */
};

void index_pool_deinit(struct index_pool *pool);
/* n zeroed words; their offset. After an error it is 0, and there is nothing to write to. */
uint32_t index_pool_take(struct index_pool *pool, size_t n);
/* The same for n numbers of 32 bits, copied from there. */
uint32_t index_pool_halves(struct index_pool *pool, const uint32_t *from, size_t n);
/* A vector of INDEX_WORDS words; 0: it is empty. */
uint32_t index_pool_vector(struct index_pool *pool, const uint64_t *bits);
/* A row; 0: no rule is in it. */
uint32_t index_pool_row(struct index_pool *pool, const uint64_t dims[static INDEX_DIMS_MAX / 64],
	uint64_t sources, const uint64_t *bits);

#endif
