/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_FILTER_H
#define UAUDIT_BPF_FILTER_H

/*
 * Whether a call that is over is handed over: the rule index (rule/rule_index_eval.h), with what is known here. What is not
 * known counts in favour of the event.
 */

#include "facts.bpf.h"
#include "tally.bpf.h"
#include "rule/rule_index_eval.h"

/* The index of each of two generations. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct index_blob);
} indexes SEC(".maps");

_Static_assert(CALL_FACTS < INDEX_ITEMS_MAX, "fill_objects() adds one");

struct filter_room {
	struct index_facts facts;
	struct index_work work;
};

/* The tracepoints run with preemption off. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_room);
} filter_rooms SEC(".maps");

static __always_inline void fill_task(struct index_facts *facts, struct task_struct *task)
{
	const struct cred *cred = task->cred;

	facts->value[INDEX_PID] = task->tgid;
	facts->value[INDEX_PPID] = task->real_parent->tgid;
	facts->value[INDEX_UID] = cred->uid.val;
	facts->value[INDEX_EUID] = cred->euid.val;
	facts->value[INDEX_SUID] = cred->suid.val;
	facts->value[INDEX_FSUID] = cred->fsuid.val;
	facts->value[INDEX_GID] = cred->gid.val;
	facts->value[INDEX_EGID] = cred->egid.val;
	facts->value[INDEX_SGID] = cred->sgid.val;
	facts->value[INDEX_FSGID] = cred->fsgid.val;
	facts->value[INDEX_AUID] = task->loginuid.val;
	facts->value[INDEX_SES] = task->sessionid;
	facts->value[INDEX_PERS] = task->personality;
}

static __always_inline void fill_groups(struct index_facts *facts, struct task_struct *task)
{
	struct group_info *groups = task->cred->group_info;
	__u32 n = groups->ngroups;

	facts->n_groups = 0;
	if (n > INDEX_GROUPS_MAX ||
		bpf_probe_read_kernel(facts->groups, (n * sizeof(__u32)) & (INDEX_GROUPS_MAX * 8 - 1),
			(void *)groups + bpf_core_field_offset(struct group_info, gid)))
		facts->unknown |= INDEX_BIT(INDEX_GIDS);
	else
		facts->n_groups = n;
}

/* A function of its own: what it keeps on the stack is gone when the index is asked, which is as deep as Linux 6.1 allows. */
static __noinline int fill_exe(
	struct index_facts *facts, const struct cap_control *c, struct task_struct *task)
{
	struct mm_struct *mm;
	struct file *file;
	struct dentry *dentry;
	__u32 n = 0;

	if (!facts || !c || !task)
		return 0;
	mm = task->mm;
	file = mm ? mm->exe_file : NULL;
	facts->n_exes = 0;
	if (!file)
		return 0;
	dentry = file->f_path.dentry;
	if (add_ids(facts->exes, &n, INDEX_EXES_MAX,
		    marks_at_inode(dentry->d_inode, mark_kind(c, EVT_MARK_EXE))) ||
		add_ids(facts->exes, &n, INDEX_EXES_MAX, marks_at_name(dentry, mark_kind(c, EVT_MARK_EXE))))
		facts->unknown |= INDEX_BIT(INDEX_EXE);
	facts->n_exes = n;
	return 0;
}

static __always_inline void fill_objects(struct index_facts *facts, const struct call *call)
{
	__u32 n = call->n_facts;

	facts->n_items = facts->n_dirs = 0;
	if (!call->knows_objects || call->has_more_facts) {
		facts->unknown |= INDEX_ITEM_SOURCES;
		return;
	}
	if (n > CALL_FACTS)
		n = CALL_FACTS;
	bpf_probe_read_kernel(facts->items, (n * sizeof(struct index_item)) & 1023, call->facts);
	__builtin_memcpy(facts->dirs, call->dirs, sizeof(call->dirs));
	/* "!= a type" asks for there being none among the items, and some of these may be none */
	if (n)
		facts->unknown |= INDEX_BIT(INDEX_FILETYPE);
	/* a name that nothing was found at is an item, too, whose numbers are 0 for rules (rule_eval.c) */
	if (call->shape.effect != EFFECT_NONE) {
		__builtin_memset(&facts->items[n & (INDEX_ITEMS_MAX - 1)], 0, sizeof(struct index_item));
		n++; /* CALL_FACTS are fewer than there is room for */
	}
	facts->n_items = n;
	facts->n_dirs = call->n_dirs;
}

static __always_inline void fill_call(struct index_facts *facts, const struct index_blob *blob,
	const struct call *call, int has_returned, long ret)
{
	facts->nr = call->nr;
	facts->abi = call->is_compat ? INDEX_ABI_COMPAT : INDEX_ABI_NATIVE;
	facts->ret = ret;
	facts->absent = has_returned ? 0 : INDEX_EXIT_SOURCES;
	facts->value[INDEX_ARG0] = call->args[0];
	facts->value[INDEX_ARG1] = call->args[1];
	facts->value[INDEX_ARG2] = call->args[2];
	facts->value[INDEX_ARG3] = call->args[3];
	facts->value[INDEX_PERM] = index_perm(blob, facts->abi, facts->nr, (const struct index_args *)call->args, 0);
	facts->unknown = INDEX_BIT(INDEX_SADDR_FAM);
	if (facts->nr < INDEX_NRS && (blob->head.perms[facts->abi & 1][facts->nr & (INDEX_NRS - 1)] & 0xf0) ==
					     INDEX_PERM_OF_HOW)
		facts->unknown |= INDEX_BIT(INDEX_PERM);
}

/*
 * A rule that says "never" ends here only what does not depend on objects: those of the call may be more than those of the
 * event.
 */
static __noinline int is_selected(struct task_struct *task, struct call *call, int has_returned, long ret)
{
	struct cap_control *c = control_get();
	struct filter_room *room;
	struct index_blob *blob;
	__u32 zero = 0, generation, half;
	__u64 sources;

	if (!c || !call)
		return 1;
	generation = c->generation;
	half = generation & 1;
	room = bpf_map_lookup_elem(&filter_rooms, &zero);
	blob = bpf_map_lookup_elem(&indexes, &half);
	if (!(want_get(c) & CAP_WANT_FILTER) || !room || !blob)
		return 1;
	fill_call(&room->facts, blob, call, has_returned, ret);
	fill_task(&room->facts, task);
	sources = index_sources_exit(blob, room->facts.abi, room->facts.nr);
	if (sources & INDEX_BIT(INDEX_GIDS))
		fill_groups(&room->facts, task);
	if (sources & INDEX_BIT(INDEX_EXE))
		fill_exe(&room->facts, c, task);
	fill_objects(&room->facts, call);
	index_eval_exit(blob, &room->facts, &room->work);
	/* other rules meanwhile: the index may have been written over */
	if (room->work.action == INDEX_ACTION_ALWAYS || *(volatile __u32 *)&c->generation != generation)
		return 1;
	return room->work.position >= 0 && (sources & INDEX_ITEM_SOURCES) && room->facts.n_items;
}

/*
 * Rules that have selected all of the last calls of a task are not asked about the next ones but now and then: the engine asks
 * them anyway, and gets one too many when that ends. Not while a ring fills: what is lost counts as selected.
 */
#define STREAK_LEARN 16 /* calls until that is expected */
#define STREAK_TRUST 64 /* calls until rules are asked again */

static __always_inline struct streak *streak_of(struct call *call)
{
	return &call->streaks[call->nr & (CALL_STREAKS - 1)];
}

static __always_inline int is_selection_expected(struct call *call)
{
	struct streak *streak = streak_of(call);
	struct cap_ring_account *account;

	if (streak->nr != call->nr || streak->n < STREAK_LEARN)
		return 0;
	if (++streak->n >= STREAK_LEARN + STREAK_TRUST)
		return 0;
	account = account_get();
	return account && account->held < ring_bytes / 4;
}

static __always_inline void learn_selection(struct call *call, int is_selected)
{
	struct streak *streak = streak_of(call);

	if (streak->nr != call->nr || !is_selected) {
		streak->nr = call->nr;
		streak->n = 0;
	}
	if (is_selected)
		streak->n = streak->n < STREAK_LEARN ? streak->n + 1 : STREAK_LEARN;
}

/*
 * Counts a call that is_selected() has just refused. Not in there: below it the evaluation takes all of the stack, and this
 * takes some for itself.
 */
static __noinline int tally_refused(const struct call *call)
{
	struct cap_control *c = control_get();
	__u32 zero = 0;
	const struct filter_room *room = bpf_map_lookup_elem(&filter_rooms, &zero);
	__s32 position;

	if (!c || !call || !room)
		return 0;
	if (call->nr < CAP_NRS)
		tally(CAP_TALLY_CALL(call->is_compat & 1, call->nr));
	position = room->work.position;
	if (position >= 0 && position < CAP_TALLY_RULES)
		tally(CAP_TALLY_NEVER(c->generation & 1, position));
	return 0;
}

#endif
