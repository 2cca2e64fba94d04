/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_URING_H
#define UAUDIT_BPF_URING_H

/*
 * Operations of io_uring, from the beginning of their issue to its end, where the kernel's audit has its hooks (spec kernel 4.7).
 * One that is issued inside a call that is looked at is a part of that; any other is an event of its own, of whichever task
 * issues it.
 */

#include "aside.bpf.h"

enum { URING_NONE, URING_IN_CALL, URING_ALONE };

#define NO_FILE (-9) /* -EBADF */

/* In uaudit.bpf.c. */
int hand_over_in(struct record *r, struct call *call, __u32 has_returned, long ret);

static __always_inline int is_wanted_operation(__u64 operations, __u32 operation)
{
	return operation < 64 && operations >> (operation & 63) & 1;
}

/* Kernel threads that work for a process are made without anybody being told. */
static __always_inline int is_in_scope_as_worker(const struct cap_control *c, struct task_struct *task)
{
	struct call *of_leader;

	if (is_in_scope(c, task))
		return 1;
	if (c->scope != CAP_SCOPE_TREE || is_exempt(c, task->tgid) || !task->group_leader)
		return 0;
	of_leader = bpf_task_storage_get(&calls, task->group_leader, 0, 0);
	return of_leader && of_leader->is_in_tree;
}

/* As if it were a call without arguments. */
static __always_inline void begin_alone(const struct cap_control *c, struct task_struct *task, __u32 operation)
{
	struct call *call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct cap_ring_account *account;

	if (!call) {
		account = account_get();
		if (account)
			__sync_fetch_and_add(&account->lost_task, 1);
		return;
	}
	call->is_compat = 0;
	call->arch = AUDIT_ARCH_X86_64;
	call->nr = operation;
	call->number++;
	call->used = 0;
	call->flags = 0;
	call->texts = 0;
	call->n_facts = call->n_dirs = call->has_more_facts = 0;
	call->is_forced = call->is_login = call->only_aside = 0;
	call->missed = 0;
	__builtin_memset(call->args, 0, sizeof(call->args));
	__builtin_memset(call->passed, 0, sizeof(call->passed));
	__builtin_memset(&call->shape, 0, sizeof(call->shape));
	call->knows_objects = 1;
	call->want = want_get(c);
	call->entered = stamp_now(call->want);
	call->is_expected = 0;
	forget_hooks(call);
	call->uring = URING_ALONE;
	call->is_active = 1;
}

SEC("?fentry/io_issue_sqe")
int BPF_PROG(aside_uring_begins, struct io_kiocb *request)
{
	struct cap_control *c = control_get();
	const struct cap_uring *wanted;
	struct task_struct *task;
	struct call *call;
	__u32 operation;

	if (!c || !c->enabled)
		return 0;
	wanted = &c->uring[c->generation & 1];
	operation = request->opcode;
	if (!is_wanted_operation(wanted->in_calls | wanted->alone, operation))
		return 0;
	task = bpf_get_current_task_btf();
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (call && call->is_active && call->uring != URING_ALONE) {
		call->uring = is_wanted_operation(wanted->in_calls, operation) ? URING_IN_CALL : URING_NONE;
		call->operation = operation;
	} else if (is_wanted_operation(wanted->alone, operation) && is_in_scope_as_worker(c, task)) {
		begin_alone(c, task, operation);
	}
	return 0;
}

static __always_inline void join_operation(struct call *call, long ret)
{
	struct evt_uringop *item = call_item(call, EVT_ITEM_URINGOP, sizeof(*item));

	call->is_forced = 1;
	if (item)
		*item = (struct evt_uringop){ .op = call->operation, .ret = ret };
}

/* Its file was not there: it was not issued at all. */
static __always_inline int has_no_file(const struct cap_control *c, struct io_kiocb *request, __u32 operation, long ret)
{
	return ret == NO_FILE && is_wanted_operation(c->uring_files, operation) && !LOAD(request, file);
}

SEC("?fexit/io_issue_sqe")
int BPF_PROG(aside_uring_ends, struct io_kiocb *request, unsigned int flags, int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call *call = bpf_task_storage_get(&calls, task, 0, 0);
	struct cap_control *c = control_get();
	struct record *r;
	__u32 kind;

	if (!c || !call || !call->uring)
		return 0;
	kind = call->uring;
	call->uring = URING_NONE;
	if (kind == URING_IN_CALL) {
		if (call->is_active && !has_no_file(c, request, call->operation, ret))
			join_operation(call, ret);
		return 0;
	}
	call->is_active = 0;
	if (has_no_file(c, request, call->nr, ret))
		return 0;
	r = aside_begin();
	if (!r)
		return 0;
	call->is_operation = 1;
	hand_over_in(r, call, 1, ret);
	call->is_operation = 0;
	aside_end(r);
	return 0;
}

/* ---- where functions cannot be traced: operations when they are complete, with their results ---- */

/* What the tracepoint passes, since 6.14. Set before loading. */
const volatile __u32 completions_have_entries;

/* Tracepoints run with preemption off. */
static __always_inline void hand_over_completion(struct call *call, __s32 result)
{
	__u32 zero = 0;
	struct record *r = bpf_map_lookup_elem(&records, &zero);

	call->uring = URING_NONE;
	call->is_active = 0;
	if (!r)
		return;
	call->is_operation = 1;
	hand_over_in(r, call, 1, result);
	call->is_operation = 0;
}

static __always_inline int completed(__u64 request, __s32 result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	const struct cap_uring *wanted;
	struct call *call;
	__u8 operation = 0;

	if (!c || !c->enabled || !request)
		return 0;
	wanted = &c->uring[c->generation & 1];
	if (!(wanted->in_calls | wanted->alone))
		return 0;
	bpf_probe_read_kernel(&operation, sizeof(operation), (void *)request + bpf_core_field_offset(struct io_kiocb, opcode));
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (call && call->is_active) {
		call->operation = operation;
		if (is_wanted_operation(wanted->in_calls, operation))
			join_operation(call, result);
		return 0;
	}
	if (!is_wanted_operation(wanted->alone, operation) || !is_in_scope_as_worker(c, task))
		return 0;
	begin_alone(c, task, operation);
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (call && call->uring == URING_ALONE)
		hand_over_completion(call, result);
	return 0;
}

SEC("?tp_btf/io_uring_complete")
int uring_completed(__u64 *ctx)
{
	__s32 result = 0;

	if (completions_have_entries)
		bpf_probe_read_kernel(
			&result, sizeof(result), (void *)ctx[2] + bpf_core_field_offset(struct io_uring_cqe, res));
	else
		result = (__s32)ctx[3];
	/* the issue of what works returns 0, whatever the result is */
	return completed(ctx[1], result < 0 ? result : 0);
}

#endif
