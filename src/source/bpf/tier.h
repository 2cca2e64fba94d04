/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_TIER_H
#define UAUDIT_SOURCE_BPF_TIER_H

/* Whether this kernel lets programs be attached to its functions, and which of the functions that are wanted it has. */

#include "source/bpf/bpf_source.h"

struct uaudit_bpf;

/*
 * Between opening and loading: chooses the tier and switches the programs on that belong to it. wanted: 0 for the best one
 * that there is. -ENOTSUP, after a notice, when the full tier is asked for and cannot be had.
 */
int tier_choose(struct uaudit_bpf *skeleton, enum bpf_tier wanted, enum bpf_tier *ret,
	const struct source_callbacks *callbacks);

#endif
