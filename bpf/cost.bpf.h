/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_COST_H
#define UAUDIT_BPF_COST_H

/*
 * What goes into calls that are looked at, while somebody wants to know (cap_control.measure). The kernel only counts the
 * time of a program as a whole, of which such calls are the smaller number and each a hundred times the others.
 */
#include "maps.bpf.h"

/* 0: nobody wants to know. */
static __always_inline __u64 cost_begin(const struct cap_control *c)
{
	return c->measure ? bpf_ktime_get_ns() : 0;
}

/* n_calls: 1 where a call ends. The accounts are of one CPU each, on which nothing else runs meanwhile. */
static __always_inline void cost_end(__u64 begin, __u32 n_calls)
{
	struct cap_ring_account *account;

	if (!begin)
		return;
	account = account_get();
	if (!account)
		return;
	account->measured += n_calls;
	account->measured_ns += bpf_ktime_get_ns() - begin;
}

#endif
