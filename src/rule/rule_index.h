/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_H
#define UAUDIT_RULE_RULE_INDEX_H

/*
 * A rule set compiled into an index, whose cost per event does not grow with the rules (docs/architecture.md). An index
 * is immutable but for where the marks of the rules are at the moment, which it looks up in the set. It holds nothing of
 * the set but the numbers of rules and marks, so it ends with the next change of the rules; rule_set.h keeps one.
 */

#include "rule/rule_index_blob.h"
#include "rule/rule_set.h"

struct rule_index;

/* -ENOMEM; -E2BIG: more than UINT16_MAX paths, or a blob of more than 512 MiB; -EINVAL: a list that is not in the order of its
 * rules' priorities, which rule_set_add() makes none. */
int rule_index_build(struct rule_index **ret, const struct rule_set *set);
/* Without what a program in the kernel wants to know of system calls, which takes most of the time: the flags and
 * permission classes of the blob are 0. */
int rule_index_build_here(struct rule_index **ret, const struct rule_set *set);
void rule_index_free(struct rule_index *index);

/* For rule_index_eval.h, and for a BPF array if *ret_len (bytes) is at most sizeof(struct index_blob). Borrowed. */
const void *rule_index_blob(const struct rule_index *index, size_t *ret_len);

/* RULE_NR_* of every system call, by enum index_abi and number: head.nrs of the blob. */
void rule_index_nr_flags(
	const struct rule_index *index, uint8_t ret_flags[static INDEX_ABIS * INDEX_NRS]);

/* What stands in index_facts for a mark of the set: its place in set->marks. -ENOENT: it is none of them. */
int rule_index_mark_id(const struct rule_set *set, const struct rule_mark *mark);

#endif
