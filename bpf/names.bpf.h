/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_NAMES_H
#define UAUDIT_BPF_NAMES_H

/*
 * The names of a call, told by the kernel's own functions of path lookup: the places where it would call its audit hooks
 * (spec kernel 5.2). Each of them ends here in one of
 *
 *   put_name_string()  G: a path was copied
 *   put_name_object()  I: an object was looked up
 *   put_name_child()   C: something is created in a directory, or removed from it
 *
 * and the reader makes the list of names of them, in the order in which they come (source/names.h). These programs may be
 * preempted: what they write goes into the storage of their own task.
 */

#include "chunk.bpf.h"
#include "core_fixes.bpf.h"
#include "facts.bpf.h"
#include "file.bpf.h"
#include "item.bpf.h"

#define NAME_CHAIN_STEPS 128  /* components and mounts of one path; what is deeper is cut */
#define NAME_CHAIN_ROOM	 1024 /* bytes */
#define NAME_COMPONENT	 256  /* NAME_MAX and the NUL */
#define ERRNO_MAX	 4095

#define FMODE_PATH_BIT 0x4000u /* include/linux/fs.h */
#define S_IFMT_BITS    0170000
#define S_IFDIR_BITS   0040000
#define O_CREAT_BIT    00000100u
#define O_EXCL_BIT     00000200u
#define O_PATH_BIT     010000000u

#define ENOENT_NR 2
#define EACCES_NR 13
#define EISDIR_NR 21
#define ENOSPC_NR 28
#define EDQUOT_NR 122

/* Every hook that the kernel's audit has is there: what a call comes across is known here. */
const volatile __u32 knows_names;

static __always_inline int is_tmpfile(__u32 open_flags)
{
	return (open_flags & O_TMPFILE_BIT) != 0;
}

static __always_inline int is_error(const void *p)
{
	return (unsigned long)p >= (unsigned long)-ERRNO_MAX;
}

/* The call that the current task is in, if it is looked at. */
static __always_inline struct call *current_call(void)
{
	struct call *c = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);

	return c && c->is_active ? c : NULL;
}

/* At the entry of a call. */
static __always_inline void forget_hooks(struct call *c)
{
	c->renamed = 0;
	c->has_ipc = 0;
	c->copied = 0;
	__builtin_memset(c->names, 0, sizeof(c->names));
	__builtin_memset(&c->open, 0, sizeof(c->open));
}

/* ---- where an object is ---- */

struct name_chain {
	struct dentry *dentry, *root_dentry;
	struct vfsmount *mnt, *root_mnt; /* mnt NULL: within the file system only */
	__u32 start, to; /* offsets in the call's items */
	__u32 root_at;	 /* bytes of the chain where the root of the task was met */
	__u32 is_cut;
};

/* One step up; 1: the end. The call is looked up again: the verifier follows a callback's context only as numbers. */
static long name_chain_step(__u32 index, void *context)
{
	struct name_chain *chain = context;
	struct call *c = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);
	struct dentry *dentry = chain->dentry, *parent;
	struct vfsmount *mnt = chain->mnt;
	struct mount *mount, *up;
	__u32 to = chain->to;
	long n;

	if (!c)
		return 1;
	if (mnt && dentry == chain->root_dentry && mnt == chain->root_mnt)
		chain->root_at = to - chain->start;
	parent = LOAD(dentry, d_parent);
	if (mnt && (dentry == LOAD(mnt, mnt_root) || dentry == parent)) {
		mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
		up = LOAD(mount, mnt_parent);
		if (up == mount) { /* the root of everything, or of what is mounted nowhere */
			chain->is_cut = 0;
			return 1;
		}
		chain->dentry = LOAD(mount, mnt_mountpoint);
		chain->mnt = (void *)up + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	if (dentry == parent) {
		chain->is_cut = 0;
		return 1;
	}
	if (to >= CALL_ROOM || to - chain->start > NAME_CHAIN_ROOM)
		return 1;
	HIDE_RANGE(to);
	n = bpf_probe_read_kernel_str(c->items + (to & (CALL_ROOM - 1)), NAME_COMPONENT, LOAD(dentry, d_name.name));
	if (n <= 0)
		return 1;
	chain->to = to + (__u32)n;
	chain->dentry = parent;
	return 0;
}

/* Behind an object that is the last item. mnt may be NULL. */
static __noinline int put_name_chain(struct call *c, struct dentry *dentry, struct vfsmount *mnt)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct name_chain chain = {
		.dentry = dentry,
		.mnt = mnt,
		.root_dentry = LOAD(task, fs, root.dentry),
		.root_mnt = LOAD(task, fs, root.mnt),
		.root_at = CAP_ROOT_ELSEWHERE,
		.is_cut = 1,
	};
	struct cap_object *o;
	__u32 at;

	if (!c)
		return 0;
	chain.start = chain.to = c->used;
	bpf_loop(NAME_CHAIN_STEPS, name_chain_step, &chain, 0);
	at = c->used - sizeof(*o) - sizeof(struct evt_item);
	if (at > CALL_ROOM)
		return 0;
	o = (void *)(c->items + at + sizeof(struct evt_item));
	o->root_at = chain.root_at;
	o->flags |= (mnt ? CAP_F_MOUNTS : 0) | (chain.is_cut ? CAP_F_CUT : 0);
	((struct evt_item *)(void *)(c->items + at))->len = sizeof(*o) + (chain.to - chain.start);
	c->used = chain.start + PADDED(chain.to - chain.start);
	return 0;
}

/* ---- hook G ---- */

static __noinline int put_name_string(struct call *c, const struct filename *name)
{
	struct cap_string *s;
	const char *text;
	long n;

	if (!c)
		return 0;
	s = call_item(c, CAP_ITEM_STRING, sizeof(*s));
	if (!s)
		return 0;
	text = LOAD(name, name);
	for (int i = CALL_NAMES - 1; i > 0; i--)
		c->names[i] = c->names[i - 1];
	c->names[0] = (__u64)name;
	*s = (struct cap_string){ .name = (__u64)name, .pointer = (__u64)LOAD(name, uptr) };
	n = bpf_probe_read_kernel_str(s + 1, CALL_STRING, text);
	if (n <= 0) {
		s->flags = CAP_F_CUT;
	} else if (n < CALL_STRING) {
		call_item_cut(c, s, sizeof(*s) + (__u32)n - 1);
	} else {
		s->nr = ++c->texts;
		s->flags = CAP_F_CHUNKS;
		if (send_kernel_text(c, s->nr, (__u64)text))
			s->flags = CAP_F_CUT;
	}
	return 0;
}

/*
 * Before a lookup: kernels inline the function that copies strings in some calls, and then nobody has told of this one. A
 * string has the same address as one before it only if the kernel is done with that.
 */
static __always_inline void know_name(struct call *c, const struct filename *name)
{
	for (int i = 0; i < CALL_NAMES; i++)
		if (c->names[i] == (__u64)name)
			return;
	put_name_string(c, name);
}

/* ---- what the path of a watch means ---- */

static __always_inline void put_name_of(struct call *c, struct dentry *dentry)
{
	struct dentry *parent = LOAD(dentry, d_parent);
	struct inode *inode = LOAD(dentry, d_inode), *dir = LOAD(parent, d_inode);
	struct cap_named *named;
	long n;

	/* a file that has lost its name keeps it in its dentry, which nobody finds any more */
	if (c->used > CALL_ROOM - 256 || !LOAD(dentry, d_hash.pprev))
		return;
	named = call_item(c, CAP_ITEM_NAMED, sizeof(*named));
	if (!named)
		return;
	named->dir_ino = LOAD(dir, i_ino);
	named->ino = LOAD(inode, i_ino);
	named->dir_dev = LOAD(dir, i_sb, s_dev);
	named->dev = LOAD(inode, i_sb, s_dev);
	n = bpf_probe_read_kernel_str(named + 1, NAME_COMPONENT, LOAD(dentry, d_name.name));
	if (n > 0)
		call_item_cut(c, named, sizeof(*named) + (__u32)n - 1);
}

/*
 * Is this the object that the task came across last, and nothing of it has changed, nor the marks? Then what was told of it is
 * to be told again. If not, it is the last one from now on, of which nothing is known yet. Each change of what a dentry is, or
 * is called, makes its sequence number go on.
 */
static __always_inline int is_last_object(struct call *c, struct dentry *dentry)
{
	struct cap_control *control = control_get();
	struct known_name *last = &c->name;
	__u64 parent, inode, ino, hash_len;
	__u32 seq;

	if (!HAS_CASTS || !control) /* to ask would cost as much as to tell */
		return 0;
	seq = LOAD(dentry, d_seq.seqcount.sequence);
	parent = LOAD_NUMBER(dentry, d_parent);
	inode = LOAD_NUMBER(dentry, d_inode);
	ino = LOAD((struct inode *)inode, i_ino);
	hash_len = LOAD(dentry, d_name.hash_len);
	if (last->dentry == (__u64)dentry && last->seq == seq && last->parent == parent && last->inode == inode &&
		last->ino == ino && last->hash_len == hash_len && last->generation == control->generation &&
		last->epoch == *(volatile __u32 *)&control->marks_epoch)
		return 1;
	last->dentry = 0;
	last->seq = seq;
	last->parent = parent;
	last->inode = inode;
	last->ino = ino;
	last->hash_len = hash_len;
	last->generation = control->generation;
	last->epoch = *(volatile __u32 *)&control->marks_epoch;
	return 0;
}

static __always_inline void put_name_again(struct call *c)
{
	__u32 at = c->used, len = c->name.len;

	if (!len || at > CALL_ROOM - 256)
		return;
	copy_room(c->items + at, c->name.item, len, KNOWN_NAME);
	c->used = at + len;
}

/* What was put behind `at`, after is_last_object() has said no. */
static __always_inline void keep_name(struct call *c, struct dentry *dentry, __u32 at)
{
	__u32 len = c->used - at;

	if (!HAS_CASTS || len > KNOWN_NAME || at > CALL_ROOM)
		return;
	copy_room(c->name.item, c->items + at, KNOWN_NAME, KNOWN_NAME);
	c->name.len = len;
	c->name.dentry = (__u64)dentry;
}

/*
 * What the path of a watch meant just now, for the engine, which sees it later. Behind the object, of which call_fact() has
 * said `fact`.
 */
static __noinline int put_named(struct call *c, struct dentry *dentry, int fact)
{
	__u32 at;

	if (!c)
		return 0;
	at = c->used;
	if (fact & FACT_NAMED)
		put_name_of(c, dentry);
	if (c->is_expected && !(fact & FACT_IS_NEW))
		keep_name(c, dentry, at);
	return 0;
}

/* ---- hooks I and C ---- */

static __always_inline void put_name_object(
	struct call *c, const struct filename *name, struct dentry *dentry, struct vfsmount *mnt, __u32 flags)
{
	struct inode *inode = LOAD(dentry, d_inode);
	struct cap_object *o;
	int is_known, fact = 0;

	if (!inode)
		return;
	o = call_item(c, CAP_ITEM_OBJECT, sizeof(*o));
	if (!o)
		return;
	o->name = (__u64)name;
	o->flags = flags;
	o->root_at = CAP_ROOT_ELSEWHERE;
	put_inode(&o->inode, inode);
	is_known = c->is_expected && is_last_object(c, dentry);
	if (!is_known)
		fact = call_fact(c, dentry);
	if (c->want & CAP_WANT_CHAINS)
		put_name_chain(c, dentry, mnt);
	if (is_known)
		put_name_again(c);
	else if (fact || (c->is_expected && (c->want & CAP_WANT_WATCHES)))
		put_named(c, dentry, fact);
}

/* has_inode: what it is is known, if it is anything. */
static __noinline int put_name_child(struct call *c, struct inode *dir, struct dentry *dentry, __u32 type, __u32 has_inode)
{
	struct cap_child *child;
	struct inode *inode;
	long n;

	if (!c || !dir || !dentry)
		return 0;
	child = call_item(c, CAP_ITEM_CHILD, sizeof(*child));
	if (!child)
		return 0;
	__builtin_memset(child, 0, sizeof(*child));
	child->nametype = type;
	put_inode(&child->dir, dir);
	inode = LOAD(dentry, d_inode);
	if (inode && has_inode)
		put_inode(&child->inode, inode);
	n = bpf_probe_read_kernel_str(child + 1, NAME_COMPONENT, LOAD(dentry, d_name.name));
	if (n > 0)
		call_item_cut(c, child, sizeof(*child) + (__u32)n - 1);
	call_fact(c, dentry);
	call_fact(c, LOAD(dentry, d_parent));
	return 0;
}

#endif
