/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_FSMARK_H
#define UAUDIT_SOURCE_PTRACE_FSMARK_H

/*
 * Keeps the marks of a rule set (watches, trees, executables) bound to the inodes that their paths mean: inotify on
 * the parent directories tells of changes by anybody, a look at the path tells the new inode (spec kernel 6.10).
 */

#include "base/buf.h"
#include "rule/rule_set.h"

struct fsmarks;

/* Looks every mark up; fsmarks_report() then has their first bindings. */
int fsmarks_new(struct fsmarks **ret, const struct rule_set *rules);
/* Appends an EVT_MARK event for every binding that changed since the last call. Costs nothing without marks and one
 * system call with them. 0 or negative errno. */
int fsmarks_report(struct fsmarks *marks, struct buf *out);
void fsmarks_free(struct fsmarks *marks);

#endif
