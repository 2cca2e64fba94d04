/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_WALK_H
#define UAUDIT_BPF_WALK_H

/* Paths as chains of names (abi/capture.h), from a dentry up to a root, across mounts. */

#include "item.bpf.h"

#define CHAIN_STEPS 256	 /* components and mounts; what is deeper is cut */
#define CHAIN_ROOM  4096 /* bytes */
#define CHAIN_NAME  256	 /* NAME_MAX and the NUL */

struct chain {
	struct dentry *dentry, *root_dentry;
	struct vfsmount *mnt, *root_mnt, *known_mnt;
	struct dentry *mnt_root; /* of known_mnt */
	__u32 start, to; /* offsets in the record */
	__u32 place;	 /* of the record */
	__u32 is_cut;
};

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* What a step needs of a dentry: members that stand next to each other, read at once. */
struct hop {
	struct dentry *parent;
	__u64 hash_len;
	const unsigned char *name;
};

static __always_inline int read_hop(struct dentry *dentry, struct hop *hop)
{
	__u32 at = bpf_core_field_offset(struct dentry, d_parent);

	if (bpf_core_field_offset(struct dentry, d_name) - at == sizeof(void *) &&
		bpf_core_field_offset(struct qstr, name) == sizeof(__u64))
		return !!bpf_probe_read_kernel(hop, sizeof(*hop), (void *)dentry + at);
	hop->parent = LOAD(dentry, d_parent);
	hop->name = LOAD(dentry, d_name.name);
	return 0;
}

/* One step up; 1: the end. The record is looked up again: the verifier follows a callback's context only as numbers. */
static long chain_step(__u32 index, void *context)
{
	struct chain *chain = context;
	struct dentry *dentry = chain->dentry, *parent;
	struct vfsmount *mnt = chain->mnt;
	struct mount *mount, *up;
	__u32 place = chain->place;
	struct record *r = bpf_map_lookup_elem(&records, &place);
	struct hop hop;
	long n;

	if (!r)
		return 1;
	if (dentry == chain->root_dentry && mnt == chain->root_mnt) {
		chain->is_cut = 0;
		return 1;
	}
	if (read_hop(dentry, &hop))
		return 1;
	parent = hop.parent;
	if (mnt != chain->known_mnt) {
		chain->known_mnt = mnt;
		chain->mnt_root = LOAD(mnt, mnt_root);
	}
	if (dentry == chain->mnt_root || dentry == parent) {
		mount = mount_of(mnt);
		up = LOAD(mount, mnt_parent);
		if (up == mount) { /* the root of everything, or of what is mounted nowhere */
			chain->is_cut = 0;
			return 1;
		}
		chain->dentry = LOAD(mount, mnt_mountpoint);
		chain->mnt = (void *)up + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	if (chain->to - chain->start > CHAIN_ROOM || chain->to > sizeof(r->bytes) - CHAIN_NAME)
		return 1;
	n = bpf_probe_read_kernel_str(r->bytes + chain->to, CHAIN_NAME, hop.name);
	if (n <= 0)
		return 1;
	chain->to += (__u32)n;
	chain->dentry = parent;
	return 0;
}

/* As d_unlinked() in the kernel. */
static __always_inline int is_unhashed(struct dentry *dentry)
{
	return !LOAD(dentry, d_hash.pprev) && dentry != LOAD(dentry, d_parent);
}

/* ---- chains that a task has been asked for before ---- */

#define SIGNATURE_STEPS 16 /* deeper ones are walked each time */
#define SIGNATURE_PRIME 0x9e3779b97f4a7c15ull

static __always_inline __u64 signature_add(__u64 signature, __u64 value)
{
	signature = (signature ^ value) * SIGNATURE_PRIME;
	return signature ^ signature >> 32;
}

/*
 * What a chain is made of, without reading the names: with each renaming the sequence number of a dentry goes on, and one that
 * has taken another's place has other hashes, which the parent's address is part of. 0: not known.
 */
static __always_inline __u64 chain_signature(const struct chain *chain)
{
	__u64 dentry = (__u64)chain->dentry, mnt = (__u64)chain->mnt, mnt_root, parent, up, name;
	__u64 root_dentry = (__u64)chain->root_dentry, root_mnt = (__u64)chain->root_mnt;
	__u64 signature = signature_add(signature_add(root_dentry, root_mnt), dentry);

	if (!HAS_CASTS) /* to ask would cost as much as to walk */
		return 0;
	signature = signature_add(signature, mnt ^ !LOAD_NUMBER((struct dentry *)dentry, d_hash.pprev));
	mnt_root = LOAD_NUMBER((struct vfsmount *)mnt, mnt_root);
	for (int i = 0; i < SIGNATURE_STEPS; i++) {
		if (dentry == root_dentry && mnt == root_mnt)
			return signature | 1;
		parent = LOAD_NUMBER((struct dentry *)dentry, d_parent);
		if (dentry == mnt_root || dentry == parent) {
			up = LOAD_NUMBER(mount_of((void *)mnt), mnt_parent);
			if (up == (__u64)mount_of((void *)mnt))
				return signature | 1;
			dentry = LOAD_NUMBER(mount_of((void *)mnt), mnt_mountpoint);
			mnt = up + bpf_core_field_offset(struct mount, mnt);
			mnt_root = LOAD_NUMBER((struct vfsmount *)mnt, mnt_root);
			signature = signature_add(signature, mnt ^ dentry * SIGNATURE_PRIME);
			continue;
		}
		name = LOAD((struct dentry *)dentry, d_name.hash_len) ^
		       (__u64)LOAD((struct dentry *)dentry, d_seq.seqcount.sequence) << 40;
		signature = signature_add(signature, name ^ parent * SIGNATURE_PRIME);
		dentry = parent;
	}
	return 0;
}

/* The chain as it was, if it is the same still; returns its length, 0 for none. */
static __always_inline __u32 recall_chain(struct record *r, __u32 to, const struct known_chain *known, __u64 signature)
{
	__u32 len = known->len;

	if (!signature || known->signature != signature || to >= RECORD_ROOM)
		return 0;
	return copy_room(r->bytes + to, known->names, len, KNOWN_CHAIN);
}

static __always_inline void keep_chain(
	struct known_chain *known, __u64 signature, const struct record *r, __u32 from, __u32 len, __u16 flags)
{
	known->signature = 0;
	if (!signature || !len || len > KNOWN_CHAIN || from >= RECORD_ROOM)
		return;
	HIDE_RANGE(len);
	if (len > KNOWN_CHAIN || bpf_probe_read_kernel(known->names, len, r->bytes + from))
		return;
	known->len = len;
	known->flags = flags;
	known->signature = signature;
}

/*
 * Writes the chain behind the item at `at`, whose payload has `head` bytes already, and sets the item's length. Returns the
 * offset behind it. The chain ends at the root directory of the record's task. path: address of a struct path. known: what the
 * task was told before; may be NULL. A global function: the verifier looks at it once.
 */
__noinline __u32 record_chain(struct record *r, __u32 at, __u32 head, __u64 path, struct known_chain *known)
{
	const struct path *of = (const struct path *)path;
	struct evt_item *item;
	struct chain chain = {
		.start = at + sizeof(struct evt_item) + head,
		.to = at + sizeof(struct evt_item) + head,
		.is_cut = 1,
	};
	struct fs_struct *fs;
	__u64 signature;
	__u32 len;

	if (!r || at >= RECORD_ROOM || head > RECORD_ITEM / 2)
		return at;
	item = (void *)(r->bytes + at);
	chain.place = r->place;
	fs = (struct fs_struct *)r->fs;
	chain.dentry = (void *)LOAD_NUMBER(of, dentry);
	chain.mnt = (void *)LOAD_NUMBER(of, mnt);
	chain.root_dentry = (void *)LOAD_NUMBER(fs, root.dentry);
	chain.root_mnt = (void *)LOAD_NUMBER(fs, root.mnt);
	signature = known ? chain_signature(&chain) : 0;
	len = known ? recall_chain(r, chain.start, known, signature) : 0;
	if (len) {
		item->flags = known->flags;
	} else {
		bpf_loop(CHAIN_STEPS, chain_step, &chain, 0);
		len = chain.to - chain.start;
		item->flags = chain.is_cut ? CAP_F_CUT : 0;
		if (is_unhashed((void *)LOAD_NUMBER(of, dentry)))
			item->flags |= CAP_F_DELETED;
		if (known)
			keep_chain(known, signature, r, chain.start, len, item->flags);
	}
	item->len = head + len;
	return at + sizeof(struct evt_item) + PADDED(head + len);
}

#endif
