/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_MARK_PLACE_H
#define UAUDIT_SOURCE_BPF_MARK_PLACE_H

/* Where the path of a rule is, in the words of the kernel: inodes and devices of file systems. */

#include <stdbool.h>
#include <stdint.h>

struct mark_place {
	bool has_inode, has_dir;
	uint64_t ino, dir_ino;
	uint32_t dev,
		dir_dev; /* as the kernel encodes them: of the file system, which is not what stat says everywhere */
	const char *name; /* last component, within the path */
};

/* Looks now; a final symlink is not followed. What is not there is not in *ret. */
void mark_place_find(struct mark_place *ret, const char *path);
/* major << 20 | minor */
uint32_t mark_dev(uint32_t major, uint32_t minor);

#endif
