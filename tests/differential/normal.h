/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_NORMAL_H
#define UAUDIT_TESTS_DIFFERENTIAL_NORMAL_H

/*
 * Which values of two runs mean the same although they are written differently: process ids (the k-th task is the
 * k-th task) and inode numbers of files made anew (a one-to-one mapping, which grows as values are seen). Nothing is
 * blanked: a pid or inode that does not fit the mapping is a difference.
 */

#include <stdbool.h>
#include <stddef.h>

#include "trail.h"

struct inode_pair {
	char *kernel; /* "dev/inode" */
	char *uaudit;
	bool removed; /* both were deleted: the number may come back as another file */
};

struct mapping {
	const struct trail *kernel, *uaudit;
	struct inode_pair *inodes;
	size_t n_inodes;
};

/* Whether the field of the kernel's record and the same field of uaudit's mean the same. */
bool same_value(
	struct mapping *map, const struct rec *kernel, const struct rec *uaudit, const char *field);
void mapping_deinit(struct mapping *map);

#endif
