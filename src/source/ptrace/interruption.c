// SPDX-License-Identifier: MIT
#include "source/ptrace/interruption.h"

#include <errno.h>
#include <stdlib.h>

#include "source/ptrace/task_signals.h"

/* include/linux/errno.h: never seen by programs. -516, ERESTART_RESTARTBLOCK, is not among them: what comes then is
 * another call, restart_syscall. */
#define ERESTARTSYS    512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514

struct interruption {
	struct buf events;
	bool was_ignored; /* a signal came, and the task ignores it */
};

bool interruption_is(int64_t ret)
{
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND;
}

static void move(struct buf *to, struct buf *from)
{
	buf_put(to, from->data, from->len);
	buf_clear(from);
}

int interruption_hold(struct interruption **interruption, struct buf *events)
{
	if (!*interruption) {
		*interruption = calloc(1, sizeof(**interruption));
		if (!*interruption)
			return -ENOMEM;
		buf_init(&(*interruption)->events, BUF_MAX_DEFAULT);
	}
	(*interruption)->was_ignored = false;
	move(&(*interruption)->events, events);
	return buf_error(&(*interruption)->events);
}

bool interruption_is_idle(const struct interruption *interruption)
{
	return !interruption || !interruption->events.len;
}

void interruption_signal(
	struct interruption *interruption, pid_t tid, int signal, struct buf *events)
{
	if (interruption_is_idle(interruption))
		return;
	if (task_ignores(tid, signal))
		interruption->was_ignored = true;
	else
		move(events, &interruption->events);
}

void interruption_settle(struct interruption *interruption, struct buf *events)
{
	if (interruption_is_idle(interruption))
		return;
	if (interruption->was_ignored)
		buf_clear(&interruption->events);
	else
		move(events, &interruption->events);
}

void interruption_free(struct interruption *interruption)
{
	if (!interruption)
		return;
	buf_deinit(&interruption->events);
	free(interruption);
}
