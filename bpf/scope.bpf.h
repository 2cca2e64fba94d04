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

static __always_inline int is_in_cgroups(const struct cap_control *c)
{
	__u32 n = c->n_cgroups;

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
		return is_in_cgroups(c);
	case CAP_SCOPE_TREE:
		call = bpf_task_storage_get(&calls, task, 0, 0);
		return call && call->is_in_tree;
	default:
		return 0;
	}
}

#endif
