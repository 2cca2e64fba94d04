/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_FACTS_H
#define UAUDIT_BPF_FACTS_H

/*
 * What rules ask of the objects that a call comes across, gathered while it runs: inodes, and which marks (watches, trees,
 * executables) they hit. It may be more than what ends up in the event, never less: the engine filters again.
 *
 * A mark is hit by the inode that its path meant when the engine looked last, and by whatever has its name in its directory
 * now: so the engine need not be quick about a file that was replaced. What had such a name a moment ago is let through
 * under any other name, until the engine has looked.
 */

#include "maps.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CAP_MARKS_MAX);
	__type(key, struct cap_mark_inode);
	__type(value, struct cap_mark_ids);
} mark_inodes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CAP_MARKS_MAX);
	__type(key, struct cap_mark_name);
	__type(value, struct cap_mark_ids);
} mark_names SEC(".maps");

struct named_inode {
	__u64 ino;
	__u32 dev;
	__u32 reserved;
};

/* What had the name of a watch and was not known to be it, and when. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct named_inode);
	__type(value, __u64);
} named_inodes SEC(".maps");

#define NAMED_NS 10000000000ul /* the engine has looked by then, or is so late that it has not read the event either */

/* Until when there is something in it. */
__u64 named_until;

#define TREE_STEPS 128 /* directories above an object; what is deeper makes trees unknown */

static __always_inline __u32 want_get(const struct cap_control *c)
{
	return c->want[c->generation & 1];
}

static __always_inline __u32 mark_kind(const struct cap_control *c, __u32 kind)
{
	return kind | (c->generation & 1) << 8;
}

static __always_inline const struct cap_mark_ids *marks_at_inode(const struct inode *inode, __u32 kind)
{
	struct cap_mark_inode key = {
		.ino = LOAD(inode, i_ino),
		.dev = LOAD(inode, i_sb, s_dev),
		.kind = kind,
	};

	return bpf_map_lookup_elem(&mark_inodes, &key);
}

static __always_inline const struct cap_mark_ids *marks_at_name(const struct dentry *dentry, __u32 kind)
{
	const struct inode *dir = LOAD(dentry, d_parent, d_inode);
	struct cap_mark_name key = {
		.ino = LOAD(dir, i_ino),
		.dev = LOAD(dir, i_sb, s_dev),
		.kind = kind,
	};

	bpf_probe_read_kernel_str(key.name, sizeof(key.name), LOAD(dentry, d_name.name));
	return bpf_map_lookup_elem(&mark_names, &key);
}

/* Appends the ids to a list of `max`, a power of two. 1: they did not all fit. */
static __always_inline int add_ids(__u16 *list, __u32 *n, __u32 max, const struct cap_mark_ids *ids)
{
	if (!ids)
		return 0;
	for (__u32 i = 0; i < CAP_MARK_IDS && i < ids->n; i++) {
		__u32 at = *n;

		if (at >= max)
			return 1;
		list[at & (max - 1)] = ids->ids[i];
		*n = at + 1;
	}
	return ids->n > CAP_MARK_IDS;
}

static __always_inline struct named_inode named_key(const struct inode *inode)
{
	return (struct named_inode){ .ino = LOAD(inode, i_ino), .dev = LOAD(inode, i_sb, s_dev) };
}

/* The inode has the name of watches: is it known to be these? 1: it was not. */
static __noinline int note_named(const struct inode *inode, const struct cap_mark_ids *known,
	const struct cap_mark_ids *named)
{
	struct named_inode key;
	__u64 now;

	if (!inode || !named)
		return 0;
	if (known && known->n == named->n && known->ids[0] == named->ids[0])
		return 0;
	key = named_key(inode);
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&named_inodes, &key, &now, BPF_ANY);
	named_until = now + NAMED_NS;
	return 1;
}

/* The inode had the name of a watch a moment ago. */
static __noinline int was_named(struct call *call, const struct inode *inode)
{
	struct named_inode key;
	__u64 *at;

	if (!call || !inode)
		return 0;
	key = named_key(inode);
	at = bpf_map_lookup_elem(&named_inodes, &key);
	return at && call->entered < *at + NAMED_NS;
}

struct tree_walk {
	struct dentry *dentry;
	__u32 kind;
	__u32 is_done;
};

/* One directory up, within the file system (spec kernel 6.10). */
static long tree_step(__u32 index, void *context)
{
	struct tree_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent = LOAD(dentry, d_parent);
	const struct inode *inode = LOAD(dentry, d_inode);
	const struct cap_mark_ids *ids = inode ? marks_at_inode(inode, walk->kind) : NULL;
	struct call *call;

	if (ids) {
		call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);
		if (call && add_ids(call->dirs, &call->n_dirs, CALL_DIRS, ids))
			call->has_more_facts = 1;
	}
	walk->dentry = parent;
	walk->is_done = parent == dentry;
	return walk->is_done;
}

enum fact {
	FACT_NAMED = 1, /* a watch has its name */
	FACT_IS_NEW = 2, /* ... and the engine does not know yet that it is it */
};

/*
 * The call of the current task has come across the object: for each one whose inode may get into a path item. A child that
 * has no inode yet counts when it has one; its directory is an object of its own. Returns enum fact.
 */
static __noinline int call_fact(struct call *call, struct dentry *dentry)
{
	struct cap_control *c = control_get();
	struct tree_walk walk = { .dentry = dentry };
	const struct inode *inode;
	struct index_item *item;
	const struct cap_mark_ids *known, *named = NULL;
	__u32 n, n_watches = 0, dev, rdev, want, is_new = 0;

	if (!c || !call || !dentry)
		return 0;
	want = want_get(c);
	if (call->is_expected && !(want & CAP_WANT_WATCHES))
		return 0;
	inode = LOAD(dentry, d_inode);
	if (!inode)
		return 0;
	/* rules are not asked, but what a path means is told all the same */
	if (call->is_expected) {
		named = marks_at_name(dentry, mark_kind(c, EVT_MARK_WATCH));
		if (!named)
			return 0;
		is_new = note_named(inode, marks_at_inode(inode, mark_kind(c, EVT_MARK_WATCH)), named);
		return FACT_NAMED | (is_new ? FACT_IS_NEW : 0);
	}
	n = call->n_facts;
	if (n >= CALL_FACTS) {
		call->has_more_facts = 1;
		return 0;
	}
	item = &call->facts[n & (CALL_FACTS - 1)];
	call->n_facts = n + 1;
	dev = LOAD(inode, i_sb, s_dev);
	rdev = LOAD(inode, i_rdev);
	item->ino = LOAD(inode, i_ino);
	item->dev_major = dev >> 20;
	item->dev_minor = dev & 0xfffff;
	item->rdev_major = rdev >> 20;
	item->rdev_minor = rdev & 0xfffff;
	item->mode = LOAD(inode, i_mode);
	item->uid = LOAD(inode, i_uid.val);
	item->gid = LOAD(inode, i_gid.val);
	item->has_inode = 1;
	if (want & CAP_WANT_WATCHES) {
		known = marks_at_inode(inode, mark_kind(c, EVT_MARK_WATCH));
		named = marks_at_name(dentry, mark_kind(c, EVT_MARK_WATCH));
		if (add_ids(item->watches, &n_watches, INDEX_WATCHES_MAX, known) ||
			add_ids(item->watches, &n_watches, INDEX_WATCHES_MAX, named))
			call->has_more_facts = 1;
	}
	if (named)
		is_new = note_named(inode, known, named);
	else if (call->entered < named_until && was_named(call, inode))
		call->has_more_facts = 1;
	item->n_watches = n_watches;
	if (want & CAP_WANT_TREES) {
		walk.kind = mark_kind(c, EVT_MARK_TREE);
		bpf_loop(TREE_STEPS, tree_step, &walk, 0);
		if (!walk.is_done)
			call->has_more_facts = 1;
	}
	return named ? FACT_NAMED | (is_new ? FACT_IS_NEW : 0) : 0;
}

#endif
