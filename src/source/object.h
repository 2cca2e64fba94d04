/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_OBJECT_H
#define UAUDIT_SOURCE_OBJECT_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/evt.h"

/* One object of a file system as found. */
struct object {
	int error;      /* 0: found; else the negative errno of the lookup */
	bool dead;      /* a directory that has been removed */
	bool mounted;   /* the root of a mount */
	char *resolved; /* absolute path as the task sees it; malloc'ed, NULL unless asked for */
	char *tree; /* as this process sees it, if that is another one; likewise; "": it is nowhere */
	char *full;        /* absolute path as the task sees it, likewise */
	uint64_t mount_id; /* 0: not known */
	dev_t stat_dev; /* as stat says: tells files of an overlay's layers apart that have one number; 0: not known */
	struct evt_path f; /* inode block and capabilities; flags hold EVT_PATH_INODE when found */
};

/* For object_deinit() alone. */
void object_clear(struct object *o);

/* Most objects of a call are nothing already: that is seen from their first bytes. */
static inline void object_deinit(struct object *o)
{
	if (o->error != -ENOENT || o->dead || o->mounted || o->resolved || o->tree || o->full)
		object_clear(o);
}

static inline bool object_found(const struct object *o)
{
	return !o->error;
}

#endif
