/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_CORE_FIXES_H
#define UAUDIT_BPF_CORE_FIXES_H

/* What differs between kernels: one function each, chosen by what the kernel's own types say. */

#include "load.bpf.h"

/* The directories of a rename, up to 6.16 and since. */
struct renamedata___inodes {
	struct inode *old_dir, *new_dir;
} __attribute__((preserve_access_index));

struct renamedata___dentries {
	struct dentry *old_parent, *new_parent;
} __attribute__((preserve_access_index));

static __always_inline struct inode *rename_old_dir(const void *data)
{
	const struct renamedata___inodes *inodes = data;
	const struct renamedata___dentries *dentries = data;

	if (bpf_core_field_exists(inodes->old_dir))
		return LOAD(inodes, old_dir);
	return LOAD(dentries, old_parent, d_inode);
}

static __always_inline struct inode *rename_new_dir(const void *data)
{
	const struct renamedata___inodes *inodes = data;
	const struct renamedata___dentries *dentries = data;

	if (bpf_core_field_exists(inodes->new_dir))
		return LOAD(inodes, new_dir);
	return LOAD(dentries, new_parent, d_inode);
}

#endif
