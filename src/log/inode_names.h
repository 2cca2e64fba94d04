/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_INODE_NAMES_H
#define UAUDIT_LOG_INODE_NAMES_H

/*
 * The last name under which earlier events of a log showed an inode: what a call on a descriptor, whose record has the
 * inode alone, was about. The log may have missed that the number went to another file: who shows such a name says so.
 */

#include "event/event.h"
#include "log/name_set.h"

struct inode_names {
	struct name_set keys; /* "fe:00 1234" */
	struct name_set paths;
	uint32_t *path_of; /* by key: index in paths + 1; 0: none any more */
	size_t max;
};

void inode_names_put(
	struct inode_names *names, struct view dev, struct view inode, struct view path);
/* The inode's name has gone. */
void inode_names_drop(struct inode_names *names, struct view dev, struct view inode);
/* False if no name is known. */
bool inode_names_get(
	struct inode_names *names, struct view dev, struct view inode, struct view *ret);
void inode_names_deinit(struct inode_names *names);

#endif
