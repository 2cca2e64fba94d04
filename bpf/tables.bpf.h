/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_TABLES_H
#define UAUDIT_BPF_TABLES_H

/* Looking things up in the kernel's own tables: a number in an xarray (include/linux/xarray.h), tasks by their numbers. */

#include "item.bpf.h"

#define XA_DEPTH  11 /* nodes of 6 bits each for an index of 64 */
#define XA_BITS	  6u
#define XA_TAG	  3ul /* the two low bits of an entry */
#define XA_IS_NODE 2ul

/* The pointer that is stored there; 0: none. */
static __always_inline __u64 xarray_find(__u64 entry, __u64 index)
{
	for (int i = 0; i < XA_DEPTH; i++) {
		struct xa_node *node = (void *)(entry - XA_IS_NODE);
		__u8 shift;
		void *slot = NULL;

		if ((entry & XA_TAG) != XA_IS_NODE)
			return i || !index ? entry : 0;
		shift = LOAD(node, shift);
		if (shift > 60 || (!i && index >> shift >> XA_BITS))
			return 0;
		bpf_probe_read_kernel(&slot, sizeof(slot),
			(void *)node + bpf_core_field_offset(struct xa_node, slots) +
				((index >> shift) & ((1u << XA_BITS) - 1)) * sizeof(slot));
		entry = (__u64)slot;
		if (!shift)
			return (entry & XA_TAG) ? 0 : entry;
	}
	return 0;
}

/* The kernel's name for a number in the pid namespace of the task. */
static __always_inline struct pid *pid_find(struct task_struct *task, __s32 number)
{
	struct pid *own = LOAD(task, thread_pid);
	__u32 level = LOAD(own, level);
	struct pid_namespace *ns = NULL;

	if (number <= 0)
		return NULL;
	/* the namespace that the task itself is in is the deepest of its own numbers */
	bpf_probe_read_kernel(&ns, sizeof(ns),
		(void *)own + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid) +
			bpf_core_field_offset(struct upid, ns));
	return ns ? (void *)xarray_find((__u64)LOAD(ns, idr.idr_rt.xa_head), number) : NULL;
}

/* Tasks that have the number as their own, their process's or their group's (enum pid_type) are on a list. */
static __always_inline struct hlist_node *pid_tasks(struct pid *pid, __u32 type)
{
	struct hlist_node *first = NULL;

	bpf_probe_read_kernel(&first, sizeof(first),
		(void *)pid + bpf_core_field_offset(struct pid, tasks) + (type & 3) * sizeof(struct hlist_head));
	return first;
}

static __always_inline struct task_struct *task_of_node(struct hlist_node *node, __u32 type)
{
	return (void *)node - bpf_core_field_offset(struct task_struct, pid_links) -
	       (type & 3) * sizeof(struct hlist_node);
}

#endif
