/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_TALLY_H
#define UAUDIT_BPF_TALLY_H

/* What was decided here and is not handed over: the statistics of the rules know of it all the same (abi/capture.h). */
#include "maps.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CAP_TALLIES);
	__type(key, __u32);
	__type(value, __u64);
} tallies SEC(".maps");

static __always_inline void tally(__u32 at)
{
	__u64 *n = bpf_map_lookup_elem(&tallies, &at);

	if (n)
		++*n;
}

#endif
