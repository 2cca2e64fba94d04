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

/* A name came into a directory or left it, in the order of events, which may be behind what a look would show. */
struct fsmark_change {
	uint64_t dir_ino, ino;
	uint32_t dir_major, dir_minor, major, minor;
	const char *name;
	size_t name_len;
	bool is_there; /* ino now has the name */
};
void fsmarks_saw(struct fsmarks *marks, const struct fsmark_change *change);
void fsmarks_free(struct fsmarks *marks);

#endif
