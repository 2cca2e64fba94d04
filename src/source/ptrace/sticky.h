/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_STICKY_H
#define UAUDIT_SOURCE_PTRACE_STICKY_H

/*
 * What the kernel refuses to protect directories that all may write to, and records although no rule asks for it: links
 * that lure others (ANOM_LINK), files made for others to open (ANOM_CREAT). Settings fs.protected_* in
 * Documentation/admin-guide/sysctl/fs.rst; the decisions are those of fs/namei.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "source/ptrace/effects.h"

/* Whether link() was refused for what its first path is, before the new name was looked at (may_linkat()). */
bool sticky_refuses_link(struct call *call, const struct effect_env *env, int64_t ret);

/* After the names of the call have been gathered: if it was refused for one of those reasons, notes it in call->anomaly
 * and adds what the kernel adds to the names. */
void sticky_exit(struct call *call, const struct effect_env *env, int64_t ret);

#endif
