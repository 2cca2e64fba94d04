// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The programs of the BPF source. Each call passes call_enter and call_exit; for one that no rule can select that is one
 * load and a branch in each. What a call is about is gathered in between, in the task's own storage, and put into the
 * CPU's ring at its exit.
 */
#include "args.bpf.h"
#include "filter.bpf.h"
#include "scope.bpf.h"
#include "task.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The bit of cap_control.interest that stands for the way in which the call is made. */
static __always_inline __u8 entry_bit(const struct task_struct *task, long id)
{
	if (is_compat_call(task))
		return CAP_NR_32;
	return id & X32_SYSCALL_BIT ? CAP_NR_X32 : CAP_NR_64;
}

static __always_inline __u8 interest_of(const struct cap_control *c, long id)
{
	return c->interest[c->generation & 1][id & (CAP_NRS - 1)];
}

static __always_inline void read_args(struct call *c, const struct pt_regs *regs)
{
	if (c->is_compat) {
		c->args[0] = (__u32)regs->bx;
		c->args[1] = (__u32)regs->cx;
		c->args[2] = (__u32)regs->dx;
		c->args[3] = (__u32)regs->si;
		c->args[4] = (__u32)regs->di;
		c->args[5] = (__u32)regs->bp;
	} else {
		c->args[0] = regs->di;
		c->args[1] = regs->si;
		c->args[2] = regs->dx;
		c->args[3] = regs->r10;
		c->args[4] = regs->r8;
		c->args[5] = regs->r9;
	}
}

static __always_inline const struct cap_shape *shape_of(const struct cap_control *c, const struct call *call)
{
	__u32 at = call->nr & (CAP_SHAPES - 1);

	if (call->is_compat)
		at += CAP_SHAPES;
	/* Linux 6.1 does not see the bounds of two numbers that are or-ed, which the compiler makes of it. */
	asm volatile("" : "+r"(at));
	return &c->shapes[0][0] + (at & (2 * CAP_SHAPES - 1));
}

SEC("tp_btf/sys_enter")
int BPF_PROG(call_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	const struct cap_shape *shape;
	struct call *call;
	__u8 interest;

	if (!c)
		return 0;
	interest = interest_of(c, id);
	if (!interest || !(interest & entry_bit(task, id)) || !c->enabled || !is_in_scope(c, task))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		struct cap_ring_account *account = account_get();

		if (account)
			__sync_fetch_and_add(&account->lost_task, 1);
		return 0;
	}
	call->is_compat = !!is_compat_call(task);
	call->arch = call->is_compat ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
	call->nr = (__u32)id;
	call->number++;
	call->used = 0;
	call->flags = 0;
	call->texts = 0;
	call->n_facts = call->n_dirs = call->has_more_facts = 0;
	call->is_forced = 0;
	call->entered = bpf_ktime_get_ns();
	read_args(call, regs);
	shape = shape_of(c, call);
	call->knows_objects = shape->effect == EFFECT_NONE;
	for (__u32 i = 0; i < EVT_ARGS; i++) {
		__u8 kind = shape->args[i];

		if (kind == ARG_PATH || kind == ARG_PATH2 || kind == ARG_TEXT)
			put_arg_string(task, call, i, kind);
	}
	call->is_active = 1;
	return 0;
}

/* The record of a call that is over, returned or not. */
static __always_inline void finish(struct task_struct *task, struct call *call, int has_returned, long ret)
{
	__u64 cgroup = bpf_get_current_cgroup_id();
	__u32 zero = 0, at, used = call->used;
	struct record *r = bpf_map_lookup_elem(&records, &zero);
	struct evt_hdr *h;

	call->is_active = 0;
	if (!r || (!call->is_forced && !is_selected(task, call, has_returned, ret)))
		return;
	at = record_begin(r, task, EVT_SYSCALL, cgroup, call->number);
	h = (void *)r->bytes;
	h->arch = call->arch;
	h->nr = call->nr;
	h->ret = ret;
	h->flags = call->flags | (has_returned ? EVT_F_RETURNED : 0);
	h->time_sec = call->entered / 1000000000;
	h->time_nsec = call->entered % 1000000000;
	__builtin_memcpy(h->args, call->args, sizeof(h->args));
	at = put_exe(r, at, task);
	at = put_tty(r, at, task);
	at = put_cwd(r, at, task);
	at = put_title(r, at, task);
	at = put_ids(r, at, task);
	at &= RECORD_ROOM - 1;
	used &= 4095;
	if (used > CALL_ROOM + CALL_STRING)
		return;
	if (bpf_probe_read_kernel(r->bytes + at, used, call->items) == 0)
		at += used;
	submit(r, at, cgroup);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	struct call *call;

	if (!c || !interest_of(c, (long)regs->orig_ax))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (!call || !call->is_active)
		return 0;
	finish(task, call, 1, ret);
	return 0;
}

/* A call that never returns ends with its task; exit_group and exit are of that kind. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	struct call *call = bpf_task_storage_get(&calls, task, 0, 0);

	if (call && call->is_active)
		finish(task, call, 0, 0);
	return 0;
}

/* Who belongs to an audited tree has children that do. */
SEC("tp_btf/task_newtask")
int BPF_PROG(task_new, struct task_struct *task, unsigned long clone_flags)
{
	struct task_struct *parent = bpf_get_current_task_btf();
	struct call *of_parent, *call;

	of_parent = bpf_task_storage_get(&calls, parent, 0, 0);
	if (!of_parent || !of_parent->is_in_tree)
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (call)
		call->is_in_tree = 1;
	return 0;
}
