/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_QUEUE_NAMES_H
#define UAUDIT_SOURCE_PTRACE_QUEUE_NAMES_H

/*
 * The names list of POSIX message queues. Queues are files of a file system that each IPC namespace has for itself,
 * all of them in its root, whether or not it is mounted anywhere; the kernel hides the root's item (spec kernel 5.5).
 */

#include "source/ptrace/effects.h"

/* What a queue was when its name was looked at. */
enum queue_state {
	QUEUE_ABSENT,
	QUEUE_FOUND,  /* paths[0].object is it */
	QUEUE_CLOSED, /* it is there, but we may not look at it */
	QUEUE_UNSEEN, /* it belongs to a namespace that we cannot enter */
};

/* Before the call: EFFECT_QUEUE_OPEN, EFFECT_QUEUE_UNLINK and EFFECT_QUEUE. */
void queue_look(struct call *call, const struct effect_env *env);
/* Fills call->names, which is empty. */
void queue_exit(struct call *call, const struct effect_env *env, int64_t ret);

#endif
