/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_FULL_PATH_H
#define UAUDIT_SOURCE_PTRACE_FULL_PATH_H

/*
 * Absolute paths beyond what the kernel's records have (EXTRA_PATHS): of what a call's descriptors stand for, and of names
 * that led to nothing. What was found has its path from the lookup (object.full).
 */

#include "source/ptrace/call.h"

/* At the entry, behind effect_read(): the descriptors among the arguments, before the call can close them. */
void full_path_read_fds(struct call *call, const struct lookup *l);
void full_path_put_fds(const struct call *call, struct event_writer *w);

/* At the exit: entries without an object get the path at which it would be. */
void full_path_of_missing(struct call *call, const struct lookup *l);

void full_path_deinit(struct call *call);

#endif
