// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule index in the kernel, for tests/bpf/index_bpf.c: evaluates facts that the test writes, and leaves the answer in
 * work. Run by BPF_PROG_TEST_RUN, attached to nothing.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "rule/rule_index_eval.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct index_blob);
} blobs SEC(".maps");

struct index_facts facts;
struct index_work work;
__u32 board;
/* What the test compares beside the answer. */
__u64 args[6];
__u64 how_flags;
__u32 perm;
__u64 sources;

SEC("syscall")
int eval(void *ctx)
{
	__u32 zero = 0;
	const struct index_blob *blob = bpf_map_lookup_elem(&blobs, &zero);

	if (!blob)
		return 1;
	perm = index_perm(blob, facts.abi, facts.nr, (const struct index_args *)args, how_flags);
	sources = index_sources_exit(blob, facts.abi, facts.nr);
	index_eval_list(blob, &facts, &work, board);
	return 0;
}
