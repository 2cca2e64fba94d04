/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_TELLING_H
#define UAUDIT_LOG_TELLING_H

/* Inside describe_event(): what an action was done to, out of the event's records. */

#include "abi/abi.h"
#include "log/describe.h"

/* Where an action's object comes from. */
enum object_source {
	OBJECT_NONE,
	OBJECT_PATH,   /* the item that was found, or looked for */
	OBJECT_OPENED, /* the same; flags and item tell reading, writing and creating apart */
	OBJECT_EXECUTED,
	OBJECT_CREATED, /* the CREATE item: the new name */
	OBJECT_DELETED,
	OBJECT_RENAMED,
	OBJECT_LINKED, /* the NORMAL item: what the new name points to */
	OBJECT_SYMLINK_TEXT,
	OBJECT_FD,
	OBJECT_SADDR,
	OBJECT_TARGET0, /* the processes of the OBJ_PID records, else the pid in a0 */
	OBJECT_TARGET1,
	OBJECT_TARGET_PIDFD,
	OBJECT_SIGNAL,
	OBJECT_ARG0, /* interpreted */
	OBJECT_ARG1,
	OBJECT_ARG2,
	OBJECT_OWNER, /* user:group out of the arguments */
	OBJECT_IDS,   /* all ids among the arguments */
	OBJECT_CAPSET,
	OBJECT_MODULE,
	_OBJECT_MAX,
};

struct telling {
	struct description *d;
	struct interpreter *in;
	const struct log_event *ev;
	const struct log_record *call; /* the SYSCALL record */
	const struct syscall_info *info;
};

/* telling_object.c */
bool telling_arg(const struct telling *t, int index, uint64_t *ret);
void telling_put_object(const struct telling *t, struct buf *to, enum object_source source);

/* telling_path.c */
/* The i-th PATH record of that nametype; NULL if there is none. */
const struct log_record *telling_item(const struct telling *t, const char *nametype, size_t i);
/* The object itself rather than a directory it stands in. */
const struct log_record *telling_object(const struct telling *t);
/* Appends the name as the record has it; false if it has none. */
bool telling_item_name(struct buf *to, const struct log_record *item);
/* What the call's descriptor stands for, if an extra record says so (abi/extra.h). */
bool telling_put_fd_path(const struct telling *t, struct buf *to);
/* An object without a name was reached through a descriptor: which file it was the record says by inode only. */
void telling_put_fd(const struct telling *t, struct buf *to, const struct log_record *item);
/* The item's absolute path; item NULL: what is known of its directory. second: it belongs to the call's ARG_PATH2. */
void telling_put_path(
	const struct telling *t, struct buf *to, const struct log_record *item, bool second);
/* What the named items of this event were called, for later events that have the inode alone. */
void telling_remember_names(const struct telling *t);

#endif
