/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_FILE_H
#define UAUDIT_BPF_FILE_H

/* Inodes, and the files behind descriptors. */

#include "item.bpf.h"

#define FMODE_CREATED_BIT (1u << 20) /* include/linux/fs.h */
#define O_TMPFILE_BIT	  020000000u /* include/uapi/asm-generic/fcntl.h */
#define S_NOSEC_BIT	  (1u << 12) /* include/linux/fs.h */
#define CTIME_NSEC_MASK	  0x7fffffffu /* the top bit says that somebody has asked for it (Linux 6.13) */

/* Where an inode keeps the time of its last change, up to 6.5, from 6.6, from 6.11. */
struct inode___first {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));
struct inode___second {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));
struct inode___third {
	time64_t i_ctime_sec;
	__u32 i_ctime_nsec;
} __attribute__((preserve_access_index));

static __always_inline void put_ctime(struct cap_inode *to, struct inode *inode)
{
	struct inode___first *first = (void *)inode;
	struct inode___second *second = (void *)inode;
	struct inode___third *third = (void *)inode;

	if (bpf_core_field_exists(third->i_ctime_sec)) {
		to->ctime_sec = LOAD(third, i_ctime_sec);
		to->ctime_nsec = LOAD(third, i_ctime_nsec) & CTIME_NSEC_MASK;
	} else if (bpf_core_field_exists(second->__i_ctime)) {
		to->ctime_sec = LOAD(second, __i_ctime.tv_sec);
		to->ctime_nsec = LOAD(second, __i_ctime.tv_nsec);
	} else {
		to->ctime_sec = LOAD(first, i_ctime.tv_sec);
		to->ctime_nsec = LOAD(first, i_ctime.tv_nsec);
	}
}

static __always_inline void put_inode(struct cap_inode *to, struct inode *inode)
{
	struct super_block *sb = LOAD(inode, i_sb);

	to->ino = LOAD(inode, i_ino);
	to->fs_magic = LOAD(sb, s_magic);
	to->dev = LOAD(sb, s_dev);
	to->rdev = LOAD(inode, i_rdev);
	to->mode = LOAD(inode, i_mode);
	if (LOAD(inode, i_flags) & S_NOSEC_BIT)
		to->mode |= CAP_MODE_NOSEC;
	to->uid = LOAD(inode, i_uid.val);
	to->gid = LOAD(inode, i_gid.val);
	put_ctime(to, inode);
}

/* The file behind a descriptor of the current task; NULL: there is none. */
static __always_inline struct file *file_of(struct task_struct *task, __s32 fd)
{
	struct files_struct *of_task = task->files;
	struct fdtable *table = of_task ? of_task->fdt : NULL;

	if (!table || fd < 0 || (__u32)fd >= table->max_fds)
		return NULL;
	return (void *)LOAD_NUMBER_AT(LOAD_NUMBER(table, fd) + (__u32)fd * sizeof(void *));
}

#endif
