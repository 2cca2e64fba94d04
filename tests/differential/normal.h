/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_NORMAL_H
#define UAUDIT_TESTS_DIFFERENTIAL_NORMAL_H

/*
 * Which values of two runs mean the same although they are written differently: process ids (the k-th task is the
 * k-th task) and numbers that are given anew, of inodes, sessions and programs of the kernel (a one-to-one mapping, which
 * grows as values are seen). Nothing is blanked: a pid or inode that does not fit the mapping is a difference.
 *
 * In a container the kernel's records say ids as the initial namespaces have them, uaudit's as the container has them:
 * uids and gids are CONTAINER_FIRST apart, and those that the container does not have (of the machine's own files) are
 * shown inside as the overflow id; pids that programs see are counted apart from those in records (trail.h).
 */

#include <stdbool.h>
#include <stddef.h>

#include "environment.h"
#include "trail.h"

struct inode_pair {   /* or other numbers that the kernel gives anew: "kind/number" */
	char *kernel; /* "dev/inode" */
	char *uaudit;
	bool removed; /* both were deleted: the number may come back as another file */
};

struct mapping {
	const struct trail *kernel, *uaudit;
	const struct environment *environment;
	const struct trail_event *event; /* whose records are being compared; NULL: unknown */
	struct inode_pair *inodes;
	size_t n_inodes;
};

/* Whether the field of the kernel's record and the same field of uaudit's mean the same. */
bool same_value(
	struct mapping *map, const struct rec *kernel, const struct rec *uaudit, const char *field);
void mapping_deinit(struct mapping *map);

#endif
