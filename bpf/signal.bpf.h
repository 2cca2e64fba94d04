/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_SIGNAL_H
#define UAUDIT_BPF_SIGNAL_H

/* Whom a call is about to signal, or to trace: noted before it does, as it may end them. */

#include "tables.bpf.h"

#define GROUP_MAX 128 /* members of a process group that are looked for; an event has room for fewer */

#define PTRACE_ATTACH_REQUEST 16
#define PTRACE_SEIZE_REQUEST  0x4206

static __always_inline void put_target(struct call *c, struct task_struct *target)
{
	struct evt_obj_pid *item = call_item(c, EVT_ITEM_OBJ_PID, sizeof(*item));

	if (!item)
		return;
	item->pid = LOAD(target, tgid);
	item->auid = LOAD(target, loginuid.val);
	item->uid = LOAD(target, cred, uid.val);
	item->ses = LOAD(target, sessionid);
	__builtin_memset(item->comm, 0, sizeof(item->comm));
	bpf_probe_read_kernel_str(item->comm, sizeof(item->comm), (void *)target + bpf_core_field_offset(struct task_struct, comm));
}

static __always_inline void put_target_of(struct call *c, struct pid *pid, __u32 type)
{
	struct hlist_node *node = pid ? pid_tasks(pid, type) : NULL;

	if (node)
		put_target(c, task_of_node(node, type));
}

struct group_walk {
	struct hlist_node *node;
};

static long group_step(__u32 index, void *context)
{
	struct group_walk *walk = context;
	struct hlist_node *node = walk->node;
	struct call *c = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);

	if (!c || !node)
		return 1;
	put_target(c, task_of_node(node, PIDTYPE_PGID));
	walk->node = LOAD(node, next);
	return 0;
}

/* In the order in which the kernel goes through them. */
static __always_inline void put_group(struct call *c, struct pid *pid)
{
	struct group_walk walk = { .node = pid ? pid_tasks(pid, PIDTYPE_PGID) : NULL };

	bpf_loop(GROUP_MAX, group_step, &walk, 0);
	if (walk.node)
		c->flags |= EVT_F_TRUNCATED;
}

/* kill with a number that is no process's. */
static __always_inline void put_kill_group(struct task_struct *task, struct call *c, __s32 who)
{
	struct signal_struct *signal = LOAD(task, signal);
	struct pid *group = NULL;

	if (who == 0)
		bpf_probe_read_kernel(&group, sizeof(group),
			(void *)signal + bpf_core_field_offset(struct signal_struct, pids) + PIDTYPE_PGID * sizeof(group));
	else if (who < -1)
		group = pid_find(task, -who);
	put_group(c, group);
}

__noinline int put_targets(struct call *c)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__s32 who;

	if (!c)
		return 0;
	who = (__s32)c->args[0];
	switch (c->shape.about) {
	case CAP_ABOUT_KILL:
		if (who > 0)
			put_target_of(c, pid_find(task, who), PIDTYPE_TGID);
		else
			put_kill_group(task, c, who);
		break;
	case CAP_ABOUT_QUEUE_SIGNAL:
		put_target_of(c, pid_find(task, who), PIDTYPE_TGID);
		break;
	case CAP_ABOUT_TKILL:
		put_target_of(c, pid_find(task, who), PIDTYPE_PID);
		break;
	case CAP_ABOUT_TGKILL:
		put_target_of(c, pid_find(task, (__s32)c->args[1]), PIDTYPE_PID);
		break;
	case CAP_ABOUT_PTRACE:
		if (who == PTRACE_ATTACH_REQUEST || who == PTRACE_SEIZE_REQUEST)
			put_target_of(c, pid_find(task, (__s32)c->args[1]), PIDTYPE_PID);
		break;
	}
	return 0;
}

#endif
