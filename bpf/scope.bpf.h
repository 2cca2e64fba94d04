/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_SCOPE_H
#define UAUDIT_BPF_SCOPE_H

/* Whose calls are looked at. */

#include "maps.bpf.h"

static __always_inline int is_exempt(const struct cap_control *c, __u32 tgid)
{
	for (int i = 0; i < CAP_EXEMPT_MAX; i++)
		if (c->exempt[i] == tgid)
			return 1;
	return 0;
}

/* The first place is the engine's own, which it fills in itself. */
static __always_inline void begin_exemption(struct cap_control *c, __u32 tgid)
{
	__u32 at = 0;

	/* not within the loop: Linux 6.1 refuses what the compiler makes of that */
	for (int i = CAP_EXEMPT_MAX - 1; i > 0; i--)
		at = c->exempt[i] ? at : i;
	at &= CAP_EXEMPT_MAX - 1;
	if (at)
		(void)__sync_val_compare_and_swap(&c->exempt[at], 0, tgid);
}

/* The process has ended, or has become another program: its number will be somebody else's. */
static __always_inline void end_exemption(struct cap_control *c, __u32 tgid, int is_dead)
{
	for (int i = is_dead ? 0 : 1; i < CAP_EXEMPT_MAX; i++)
		if (c->exempt[i] == tgid)
			__sync_val_compare_and_swap(&c->exempt[i], tgid, 0);
}

/* 1: it was not marked before; 0: it was; -1: no memory, and what it does is not seen, which is counted. */
static __always_inline int mark_in_tree(struct task_struct *task)
{
	struct call *call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct cap_ring_account *account;

	if (call) {
		int is_fresh = !call->is_in_tree;

		call->is_in_tree = 1;
		return is_fresh;
	}
	account = account_get();
	if (account)
		__sync_fetch_and_add(&account->lost_task, 1);
	return -1;
}

#define TREE_DEPTH 64 /* generations that are looked through for the root of a tree */

static __always_inline int is_below(const struct task_struct *task, __u32 root)
{
	for (int i = 0; i < TREE_DEPTH; i++) {
		if (task->tgid == (pid_t)root)
			return 1;
		if (task->pid <= 1)
			return 0;
		task = task->real_parent;
	}
	return 0;
}

static __always_inline int is_in_cgroups(const struct cap_control *c, struct task_struct *task)
{
	__u32 n = c->n_cgroups;

	/* one group and nothing below it, as containers are */
	if (n && c->cgroups[0].id == cgroup_of(task))
		return 1;

	for (__u32 i = 0; i < CAP_SCOPES_MAX; i++) {
		if (i >= n)
			break;
		if (bpf_get_current_ancestor_cgroup_id(c->cgroups[i].level) == c->cgroups[i].id)
			return 1;
	}
	return 0;
}

/* Of the current task. */
static __always_inline int is_in_scope(const struct cap_control *c, struct task_struct *task)
{
	struct call *call;

	if (is_exempt(c, task->tgid))
		return 0;
	switch (c->scope) {
	case CAP_SCOPE_HOST:
		return 1;
	case CAP_SCOPE_CGROUPS:
		return is_in_cgroups(c, task);
	case CAP_SCOPE_TREE:
		call = bpf_task_storage_get(&calls, task, 0, 0);
		return call && call->is_in_tree;
	default:
		return 0;
	}
}

#endif
