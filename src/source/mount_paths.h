/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_MOUNT_PATHS_H
#define UAUDIT_SOURCE_MOUNT_PATHS_H

/*
 * Where an object of another mount namespace is in ours: rules about directory trees name them by paths of here, and a
 * container has the same file systems under other names.
 */

#include <stdint.h>

#include "source/look_budget.h"
#include "source/mountinfo.h"

#define MOUNT_PATHS_OTHERS 8 /* namespaces that are remembered */

struct mount_space {
	uint64_t ns;      /* inode number of the namespace; 0: unused */
	int64_t until_ns; /* CLOCK_MONOTONIC_COARSE: then it is looked at again */
	uint64_t missed;  /* what was not in it last; 0: nothing */
	struct mount_table table;
};

/* {0} knows nothing yet. */
struct mount_paths {
	struct mount_space own, others[MOUNT_PATHS_OTHERS];
	size_t next;
	struct look_budget budget; /* for lists of others */
};

void mount_paths_deinit(struct mount_paths *paths);

/* An object of another mount namespace. */
struct mount_place {
	uint64_t ns;       /* its inode number; 0: that of task */
	pid_t task;        /* who is in it and may be asked; 0: nobody */
	const char *path;  /* from the root of the namespace */
	uint64_t mount_id; /* 0: not known, then by device */
	uint32_t major, minor;
};

/* Its path here, malloc'ed: NULL if it is nowhere. 0; -ESRCH: nobody could be asked; -EBUSY: enough was read for now; -ENOMEM. */
int mount_paths_here(
	struct mount_paths *paths, int procfd, const struct mount_place *place, char **ret);

#endif
