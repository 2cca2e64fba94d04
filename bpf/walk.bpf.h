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
	hop->parent = BPF_CORE_READ(dentry, d_parent);
	hop->name = BPF_CORE_READ(dentry, d_name.name);
	return 0;
}

/* One step up; 1: the end. The record is looked up again: the verifier follows a callback's context only as numbers. */
static long chain_step(__u32 index, void *context)
{
	struct chain *chain = context;
	struct dentry *dentry = chain->dentry, *parent;
	struct vfsmount *mnt = chain->mnt;
	struct mount *mount, *up;
	__u32 zero = 0;
	struct record *r = bpf_map_lookup_elem(&records, &zero);
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
		chain->mnt_root = BPF_CORE_READ(mnt, mnt_root);
	}
	if (dentry == chain->mnt_root || dentry == parent) {
		mount = mount_of(mnt);
		up = BPF_CORE_READ(mount, mnt_parent);
		if (up == mount) { /* the root of everything, or of what is mounted nowhere */
			chain->is_cut = 0;
			return 1;
		}
		chain->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
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
	return !BPF_CORE_READ(dentry, d_hash.pprev) && dentry != BPF_CORE_READ(dentry, d_parent);
}

/* Writes the chain behind the item at `at`, whose payload has `head` bytes already, and sets the item's length. Returns the
 * offset behind it. root: where the task's world ends. */
static __noinline __u32 record_chain(
	struct record *r, __u32 at, __u32 head, const struct path *path, const struct path *root)
{
	struct evt_item *item = (void *)(r->bytes + (at & (RECORD_ROOM - 1)));
	struct chain chain = {
		.dentry = BPF_CORE_READ(path, dentry),
		.mnt = BPF_CORE_READ(path, mnt),
		.root_dentry = BPF_CORE_READ(root, dentry),
		.root_mnt = BPF_CORE_READ(root, mnt),
		.start = at + sizeof(struct evt_item) + head,
		.to = at + sizeof(struct evt_item) + head,
		.is_cut = 1,
	};
	__u32 len;

	bpf_loop(CHAIN_STEPS, chain_step, &chain, 0);
	len = chain.to - chain.start;
	item->flags = chain.is_cut ? CAP_F_CUT : 0;
	if (is_unhashed(BPF_CORE_READ(path, dentry)))
		item->flags |= CAP_F_DELETED;
	item->len = head + len;
	return at + sizeof(struct evt_item) + PADDED(head + len);
}

#endif
