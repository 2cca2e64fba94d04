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
		to->ctime_sec = BPF_CORE_READ(third, i_ctime_sec);
		to->ctime_nsec = BPF_CORE_READ(third, i_ctime_nsec) & CTIME_NSEC_MASK;
	} else if (bpf_core_field_exists(second->__i_ctime)) {
		to->ctime_sec = BPF_CORE_READ(second, __i_ctime.tv_sec);
		to->ctime_nsec = BPF_CORE_READ(second, __i_ctime.tv_nsec);
	} else {
		to->ctime_sec = BPF_CORE_READ(first, i_ctime.tv_sec);
		to->ctime_nsec = BPF_CORE_READ(first, i_ctime.tv_nsec);
	}
}

static __always_inline void put_inode(struct cap_inode *to, struct inode *inode)
{
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);

	to->ino = BPF_CORE_READ(inode, i_ino);
	to->fs_magic = BPF_CORE_READ(sb, s_magic);
	to->dev = BPF_CORE_READ(sb, s_dev);
	to->rdev = BPF_CORE_READ(inode, i_rdev);
	to->mode = BPF_CORE_READ(inode, i_mode);
	if (BPF_CORE_READ(inode, i_flags) & S_NOSEC_BIT)
		to->mode |= CAP_MODE_NOSEC;
	to->uid = BPF_CORE_READ(inode, i_uid.val);
	to->gid = BPF_CORE_READ(inode, i_gid.val);
	put_ctime(to, inode);
}

/* The file behind a descriptor of the current task; NULL: there is none. */
static __always_inline struct file *file_of(struct task_struct *task, __s32 fd)
{
	struct files_struct *of_task = task->files;
	struct fdtable *table = of_task ? of_task->fdt : NULL;
	struct file **files, *file = NULL;

	if (!table || fd < 0 || (__u32)fd >= table->max_fds)
		return NULL;
	files = table->fd;
	if (bpf_probe_read_kernel(&file, sizeof(file), files + fd))
		return NULL;
	return file;
}

#endif
