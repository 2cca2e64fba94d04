// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The programs of the BPF source. Each call passes call_enter and call_exit; for one that no rule can select that is one
 * load and a branch in each. What a call is about is gathered in between, in the task's own storage, and put into the
 * CPU's ring at its exit.
 */
#include "aside.bpf.h"
#include "cost.bpf.h"
#include "exec.bpf.h"
#include "filter.bpf.h"
#include "hooks.bpf.h"
#include "login.bpf.h"
#include "privileged.bpf.h"
#include "result.bpf.h"
#include "scope.bpf.h"
#include "signal.bpf.h"
#include "task.bpf.h"
#include "uring.bpf.h"

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

/* x32 numbers have no rows of their own. */
static __always_inline void set_shape(struct call *call, const struct cap_control *c)
{
	__u32 at = call->nr & (CAP_SHAPES - 1);

	if (call->is_compat)
		at += CAP_SHAPES;
	/* Linux 6.1 does not see the bounds of two numbers that are or-ed, which the compiler makes of it. */
	HIDE_RANGE(at);
	if (call->nr >= CAP_SHAPES)
		__builtin_memset(&call->shape, 0, sizeof(call->shape));
	else
		call->shape = (&c->shapes[0][0])[at & (2 * CAP_SHAPES - 1)];
}

/* Puts the record of a call, or an operation, that is over, returned or not, into the ring. */
__noinline int hand_over_in(struct record *r, struct call *call, __u32 has_returned, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 cgroup = cgroup_of(task);
	struct cap_control *c = control_get();
	__u32 at, used, want;
	struct evt_hdr *h;

	if (!r || !call || !c)
		return 0;
	want = want_get(c);
	at = record_begin(r, task, call->is_operation ? EVT_URING : EVT_SYSCALL, cgroup, call->number);
	h = (void *)r->bytes;
	h->arch = call->arch;
	h->nr = call->nr;
	h->ret = ret;
	set_time(h, call->entered);
	__builtin_memcpy(h->args, call->args, sizeof(h->args));
	at = put_exe(r, at, task, &call->exe);
	at = put_tty(r, at, task);
	at = put_label(r, at, c, task);
	if (call->shape.about != CAP_ABOUT_CWD)
		at = put_cwd(r, at, task, &call->cwd);
	at = put_title(r, at, task, &call->title, call->entered);
	at = put_places(r, at, task, want);
	if (want & CAP_WANT_GROUPS)
		at = put_groups(r, at);
	if (want & CAP_WANT_TIMES)
		at = put_times(r, at, call->entered, has_returned);
	if (has_returned) {
		put_missed_args(call);
		put_results(call, ret);
		if (call->shape.about == CAP_ABOUT_CAPSET && ret == 0)
			put_capset(task, call);
		put_removed_module(call);
		if (call->shape.effect == EFFECT_EXEC) {
			at = record_bprm(r, at, task, call);
			if (ret == 0)
				at = record_argv(r, at, call);
		}
		at = record_files(r, at, task, call, ret, want);
	}
	if (call->has_ipc)
		*(struct evt_ipc *)record_item(r, &at, EVT_ITEM_IPC, sizeof(call->ipc)) = call->ipc;
	h->flags |= call->flags | (has_returned ? EVT_F_RETURNED : 0);
	used = call->used;
	if (at >= RECORD_ROOM || used > CALL_ROOM + CALL_STRING) {
		lose_whole();
		return 0;
	}
	at += copy_room(r->bytes + at, call->items, used, CALL_ROOM + CALL_STRING);
	submit(r, at, cgroup, call);
	return 0;
}

static __always_inline void hand_over(struct call *call, __u32 has_returned, long ret)
{
	__u32 zero = 0;
	struct record *r = bpf_map_lookup_elem(&records, &zero);

	if (r)
		hand_over_in(r, call, has_returned, ret);
}

/* The filter first: it needs much of the stack. */
static __always_inline void finish(struct task_struct *task, struct call *call, __u32 has_returned, long ret)
{
	int selected = 1;

	call->is_active = 0;
	if (call->uring == URING_ALONE) /* the task is gone in the middle of an operation */
		return;
	if (has_returned && takes_paths && is_open(call) &&
		(!call->is_expected || ((call->want & CAP_WANT_WATCHES) && !is_opened_again(task, call, ret))))
		note_opened(call, ret);
	if (call->is_login)
		login_ends(call, has_returned, ret);
	if (has_returned && takes_paths && call->shape.about == CAP_ABOUT_BPF)
		put_loaded(task, call, ret);
	if (call->only_aside && !call->is_forced)
		return;
	if (!call->is_forced && !call->is_expected) {
		selected = is_selected(task, call, has_returned, ret);
		learn_selection(call, selected);
	}
	if (selected)
		hand_over(call, has_returned, ret);
	else
		tally_refused(call);
}

/* Those who log people in write a number to a file in /proc with this one. */
static __always_inline int may_be_login(struct task_struct *task, const struct pt_regs *regs, long id)
{
	struct file *file;

	if ((__u32)regs->dx > LOGIN_TEXT_MAX || id != (is_compat_call(task) ? WRITE_NR_32 : WRITE_NR_64))
		return 0;
	file = file_of(task, is_compat_call(task) ? (__s32)regs->bx : (__s32)regs->di);
	return file && LOAD(file, f_inode, i_sb, s_magic) == PROC_MAGIC;
}

/* Whether the call is looked at, made in this way. */
static __always_inline int is_of_interest(struct task_struct *task, const struct pt_regs *regs, long id, __u8 interest)
{
	return (interest & entry_bit(task, id)) || ((interest & CAP_NR_LOGIN) && may_be_login(task, regs, id));
}

#define SETSOCKOPT_NR 54
#define SOL_NETLINK_LEVEL 270 /* include/linux/socket.h */

/* Most options are about nothing that is ever written aside. */
static __always_inline int may_write_aside(const struct task_struct *task, const struct pt_regs *regs, long id)
{
	return id != SETSOCKOPT_NR || is_compat_call(task) || (__u32)regs->si == SOL_NETLINK_LEVEL;
}

/* What the call passes, and what it is about to change. */
__noinline int gather(struct call *call)
{
	struct cap_control *c = control_get();

	if (!call || !c)
		return 0;
	__builtin_memcpy(call->passed, call->args, sizeof(call->passed));
	if (call->shape.about == CAP_ABOUT_CWD)
		keep_cwd(bpf_get_current_task_btf(), call);
	put_args(call);
	if (call->shape.about == CAP_ABOUT_WRITE)
		note_login(call);
	if (call->shape.about == CAP_ABOUT_PTRACE ||
		(call->shape.about >= CAP_ABOUT_KILL && call->shape.about <= CAP_ABOUT_QUEUE_SIGNAL &&
			want_get(c) & CAP_WANT_SIGNALS))
		put_targets(call);
	if (call->shape.effect == EFFECT_EXEC)
		put_cred(&call->before, bpf_get_current_task_btf()->cred);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(call_enter, struct pt_regs *regs, long id)
{
	struct cap_control *c = control_get();
	struct task_struct *task;
	struct call *call;
	__u8 interest, entry;
	__u32 asks_aside;
	__u64 begin;

	if (!c)
		return 0;
	/* nearly every call of the machine ends here */
	interest = interest_of(c, id);
	if (!interest)
		return 0;
	task = bpf_get_current_task_btf();
	entry = entry_bit(task, id);
	asks_aside = !(interest & entry) && interest & CAP_NR_ASIDE(entry) && may_write_aside(task, regs, id);
	if (!asks_aside && !is_of_interest(task, regs, id, interest))
		return 0;
	if (!c->enabled || !is_in_scope(c, task))
		return 0;
	begin = cost_begin(c);
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
	call->is_forced = call->is_login = 0;
	call->only_aside = asks_aside;
	call->uring = 0;
	call->missed = 0;
	read_args(call, regs);
	set_shape(call, c);
	call->knows_objects = knows_names || call->shape.effect == EFFECT_NONE;
	call->want = want_get(c);
	call->entered = stamp_now(call->want);
	call->is_expected = is_selection_expected(call);
	forget_hooks(call);
	if (call->shape.about == CAP_ABOUT_END) {
		finish(task, call, 0, 0);
		return 0;
	}
	gather(call);
	/* it was looked at for nothing else */
	if (!call->is_login && !asks_aside && !(interest & entry))
		return 0;
	call->is_active = 1;
	cost_end(begin, 0);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long ret)
{
	struct cap_control *c = control_get();
	long id = (long)regs->orig_ax;
	struct task_struct *task;
	struct call *call;
	__u8 interest;
	__u64 begin;

	if (!c)
		return 0;
	/* a return from a signal handler has no number any more */
	if (id >= 0) {
		interest = interest_of(c, id);
		if (!interest || (interest == CAP_NR_LOGIN && !*(volatile __u32 *)&c->n_logins))
			return 0;
	}
	task = bpf_get_current_task_btf();
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (!call || !call->is_active)
		return 0;
	begin = cost_begin(c);
	finish(task, call, 1, ret);
	cost_end(begin, 1);
	return 0;
}

/* Which file is run; and its path, if it could not be read before, as the program that passed it is gone. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct call *call = bpf_task_storage_get(&calls, task, 0, 0);

	if (!call)
		return 0;
	call->title.read_ns = 0;
	if (!call->is_active)
		return 0;
	if (takes_paths)
		put_program(call, bprm);
	if (call->missed)
		put_program_path(call, bprm);
	return 0;
}

/* A record of a task that begins or ends. */
static __noinline int tell_task(struct task_struct *task, struct task_struct *about, __u16 kind)
{
	__u64 cgroup = cgroup_of(task);
	__u32 zero = 0, at;
	struct record *r = bpf_map_lookup_elem(&records, &zero);
	struct cap_control *c = control_get();
	struct evt_hdr *h;

	if (!r)
		return 0;
	at = record_begin(r, task, kind, cgroup, 0);
	h = (void *)r->bytes;
	h->tid = about->pid;
	h->tgid = about->tgid;
	if (kind == EVT_TASK_NEW)
		h->ppid = task->tgid;
	set_time(h, stamp_now(c ? want_get(c) : 0));
	at = put_exe(r, at, task, NULL);
	if (at < RECORD_ROOM)
		submit(r, at, cgroup, NULL);
	return 0;
}

static __always_inline int tells_tasks(const struct cap_control *c, struct task_struct *task)
{
	return c && c->enabled && (want_get(c) & CAP_WANT_TASKS) && is_in_scope(c, task);
}

/* What the task list said of a task when there was one stands until the task ends, also while nothing is captured. */
static __always_inline int tells_ends(const struct cap_control *c, struct task_struct *task)
{
	return tells_tasks(c, task) || (c && c->tell_ends && is_in_scope(c, task));
}

#define ABEND_SIGNALS (1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 11 | 1u << 24 | 1u << 25 | 1u << 31)

/* The record that a task is about to dump core, whatever the rules say. SIGQUIT is somebody's wish, and no accident. */
static __noinline int tell_abend(struct task_struct *task, int sig)
{
	__u64 cgroup = cgroup_of(task), *item;
	__u32 zero = 0, at;
	struct record *r = bpf_map_lookup_elem(&records, &zero);

	if (!r)
		return 0;
	at = aside_task(r, task, cgroup);
	item = record_item(r, &at, EVT_ITEM_ANOM_ABEND, sizeof(*item));
	*item = sig;
	submit(r, at, cgroup, NULL);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(task_abend, int sig, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();

	if (sig > 31 || !(1u << (sig & 31) & ABEND_SIGNALS) || LOAD(action, sa.sa_handler))
		return 0;
	if (c && c->enabled && is_in_scope(c, task))
		tell_abend(task, sig);
	return 0;
}

/* A call that a task dies in ends with it. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	struct call *call = bpf_task_storage_get(&calls, task, 0, 0);
	struct cap_control *c = control_get();

	if (call && call->is_active)
		finish(task, call, 0, 0);
	if (tells_ends(c, task))
		tell_task(task, task, EVT_TASK_FREE);
	if (c && task->pid == task->tgid)
		end_exemption(c, task->tgid, 1);
	return 0;
}

/* Who belongs to an audited tree has children that do; who is exempt has children that are, until they execute something. */
SEC("tp_btf/task_newtask")
int BPF_PROG(task_new, struct task_struct *task, unsigned long clone_flags)
{
	struct task_struct *parent = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	struct call *of_parent;

	if (!c)
		return 0;
	if (tells_tasks(c, parent))
		tell_task(parent, task, EVT_TASK_NEW);
	if (task->pid == task->tgid && is_exempt(c, parent->tgid))
		begin_exemption(c, task->tgid);
	if (c->scope != CAP_SCOPE_TREE)
		return 0;
	of_parent = bpf_task_storage_get(&calls, parent, 0, 0);
	if (of_parent && of_parent->is_in_tree)
		(void)mark_in_tree(task);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exempt_exec, struct task_struct *task)
{
	struct cap_control *c = control_get();

	if (c)
		end_exemption(c, task->tgid, 0);
	return 0;
}

/* Marks the tasks that are below a process already, when the engine reads it. */
SEC("iter/task")
int tree_mark(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct cap_control *c = control_get();
	int is_fresh;

	if (!task || !c || !is_below(task, c->tree))
		return 0;
	is_fresh = mark_in_tree(task);
	if (is_fresh > 0)
		__sync_fetch_and_add(&c->tree_marked, 1);
	return 0;
}
