/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_INTERRUPTION_H
#define UAUDIT_SOURCE_PTRACE_INTERRUPTION_H

/*
 * A signal that a program ignores does not interrupt its calls, but for a traced task the kernel stops at every signal
 * and so interrupts them first: a wait4() during which another child ends returns inside the kernel and is made anew.
 * Without the tracer there would be one call, and one event. So the event of an interrupted call is held back until it
 * is known what interrupted it.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct interruption;

/* Whether a return value says that the call was interrupted and will be made anew with the same arguments, unless a
 * handler runs. */
bool interruption_is(int64_t ret);
/* Holds the events back: they are moved out of the buffer. *interruption is made if it is NULL. -ENOMEM. */
int interruption_hold(struct interruption **interruption, struct buf *events);
/* Nothing is held back (NULL is fine). */
bool interruption_is_idle(const struct interruption *interruption);
/* The task is about to get that signal. If it is not one that it ignores, what is held back moves to events. */
void interruption_signal(
	struct interruption *interruption, pid_t tid, int signal, struct buf *events);
/* The task goes on with something else: what is held back was an interruption that the program never had and is
 * dropped, or moves to events if no signal came at all. */
void interruption_settle(struct interruption *interruption, struct buf *events);
void interruption_free(struct interruption *interruption);

#endif
