// SPDX-License-Identifier: MIT
#include "source/ptrace/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"

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

static uint64_t signal_set(const char *status, const char *label)
{
	const char *at = strstr(status, label);
	uint64_t set = 0;

	if (at) {
		at += strlen(label);
		(void)parse_u64(at, strcspn(at, "\n"), 16, &set);
	}
	return set;
}

/* Ignored on request, or by default and not caught. */
static bool ignores(pid_t tid, int signal)
{
	const uint64_t bit = UINT64_C(1) << (signal - 1);
	const uint64_t by_default = UINT64_C(1) << (SIGCHLD - 1) | UINT64_C(1) << (SIGURG - 1) |
				    UINT64_C(1) << (SIGWINCH - 1) | UINT64_C(1) << (SIGCONT - 1);
	char path[40], status[4096];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (n <= 0)
		return false;
	status[n] = '\0';
	if (signal_set(status, "\nSigIgn:\t") & bit)
		return true;
	return (by_default & bit) && !(signal_set(status, "\nSigCgt:\t") & bit);
}

void interruption_signal(
	struct interruption *interruption, pid_t tid, int signal, struct buf *events)
{
	if (interruption_is_idle(interruption))
		return;
	if (ignores(tid, signal))
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
