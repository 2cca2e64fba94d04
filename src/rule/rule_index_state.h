/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_STATE_H
#define UAUDIT_RULE_RULE_INDEX_STATE_H

/* What rule_index.c and rule_index_match.c share; nobody else includes this. */

#include "rule/rule_index_places.h"
#include "rule/rule_index_pool.h"

struct rule_index {
	struct index_pool pool;
	struct index_places places;
	uint32_t arches[INDEX_ABIS]; /* of enum index_abi; 0: there is none */
};

static inline const struct index_blob *index_blob_of(const struct rule_index *index)
{
	return (const struct index_blob *)index->pool.words;
}

#endif
