/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_FSMARK_H
#define UAUDIT_SOURCE_FSMARK_H

/*
 * Keeps the marks of a rule set (watches, trees, executables) bound to the inodes that their paths mean: inotify on
 * the parent directories tells of changes by anybody, a look at the path tells the new inode (spec kernel 6.10).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evt.h"
#include "base/buf.h"
#include "rule/rule_set.h"

struct fsmarks;

/* Looks every mark up; fsmarks_report() then has their first bindings. The rules are borrowed. */
int fsmarks_new(struct fsmarks **ret, const struct rule_set *rules);
/* A point in the history of bindings, to be kept while a call is in flight. */
uint64_t fsmarks_now(const struct fsmarks *marks);
/*
 * Appends an EVT_MARK event for every binding that changed since the last call. Calls overlap: what one call unbound
 * may have been reported with another's event already, so a mark that changed after since (when the call began) is
 * reported again as it was then, and as it is now. Costs nothing without marks and one system call with them.
 * 0 or negative errno.
 */
int fsmarks_report(struct fsmarks *marks, uint64_t since, struct buf *out);
/* The same without looking at anything: what is known already. */
int fsmarks_tell(struct fsmarks *marks, uint64_t since, struct buf *out);
bool fsmarks_any(const struct fsmarks *marks);
bool fsmarks_any_exe(const struct fsmarks *marks);

/*
 * ---- events that are read later than they happened ----
 *
 * What a look shows is then ahead of them. fsmarks_follow() has watches bound to what the events say, in their order, and to
 * what a look has found once all events from before the look have passed. Trees and executables are bound at once.
 */
void fsmarks_follow(struct fsmarks *marks);
/*
 * Looks at what may have changed, and keeps the findings until their time. Appends EVT_MARK events of those that are new: of
 * what may count by and by, for who has to know early. 0 or negative errno.
 */
int fsmarks_look(struct fsmarks *marks, uint64_t now_ns, struct buf *out);
/* The next event is of that time: findings of earlier looks count. */
void fsmarks_pass(struct fsmarks *marks, uint64_t at_ns);

/*
 * The next event is of a task that runs the file exe, which has that path then (len bytes, without links). It may have had it for a
 * moment only, between two looks: appends what the mark of that executable is for this event, behind what fsmarks_tell() has to
 * tell. 0 or negative errno.
 */
int fsmarks_ran(struct fsmarks *marks, const char *path, size_t len, const struct evt_exe *exe,
	struct buf *out);

/* The next event is of a call that has run the file, which has that path: watches of it are bound to it from then on. */
void fsmarks_saw_program(
	struct fsmarks *marks, const char *path, size_t len, const struct evt_exe *exe);

/* An event tells what a name means from then on. */
struct fsmark_change {
	uint64_t dir_ino, ino;
	uint32_t dir_major, dir_minor, major, minor;
	const char *name;
	size_t name_len;
	bool is_there; /* ino has the name; if not, it had it until now */
	uint32_t mode, uid, gid, rdev_major, rdev_minor; /* of ino; mode 0: not known */
};
void fsmarks_saw(struct fsmarks *marks, const struct fsmark_change *change);
/* What a watch's name meant before the event; false: nothing, or there is no watch of that directory and name. */
bool fsmarks_meant(const struct fsmarks *marks, struct fsmark_change *place);
/* Some watch's last component. */
bool fsmarks_has_name(const struct fsmarks *marks, const char *name, size_t len);
/* Looks whether the name of a watch means just that, not following it, now. */
bool fsmarks_is_there(struct fsmarks *marks, const struct fsmark_change *change);

/* Readable when somebody has changed a directory that is watched; -1: there is none. Closed with marks. */
int fsmarks_fd(const struct fsmarks *marks);
/* It was readable at the last look. */
bool fsmarks_is_stirred(const struct fsmarks *marks);
void fsmarks_free(struct fsmarks *marks);

#endif
