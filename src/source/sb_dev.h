/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_SB_DEV_H
#define UAUDIT_SOURCE_SB_DEV_H

/*
 * stat(2) as the kernel's audit sees a file: with the device of its file system (super_block.s_dev), by which records name it
 * and rules know it (spec kernel 8.3). For some file systems stat gives other numbers: those of the layer that a file
 * of an overlay lies in, those of a subvolume of btrfs. What is mounted says which device it is of.
 */

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "source/look_budget.h"

#define SB_DEV_SLOTS 32

struct sb_dev_slot {
	uint64_t mount_id;
	uint32_t major, minor; /* of the file system */
	uint32_t stat_major, stat_minor;
	int64_t until_ns; /* CLOCK_MONOTONIC_COARSE; a mount's number is given to others once it is gone */
};

/* What was found of mounts, for a second. {0} is empty. */
struct sb_devs {
	struct sb_dev_slot slots[SB_DEV_SLOTS];
	struct look_budget budget;
};

/* Whose mounts a file is looked for in, after this process's own. */
struct sb_view {
	struct sb_devs *devs; /* NULL: nothing is remembered */
	int procfd;           /* O_PATH, of /proc */
	pid_t tid;            /* 0: nobody else's */
};

/* What statx(2) is to be asked for, if the device is to be put right. */
#define SB_STATX_MASK (STATX_BASIC_STATS | STATX_MNT_ID)
/* A mount that nobody knows of leaves what stat says. */
void sb_dev_correct(const struct sb_view *view, struct statx *stx);
/* Both. 0 or negative errno. */
int sb_statx(const struct sb_view *view, struct statx *ret, int dirfd, const char *path, int flags);

#endif
