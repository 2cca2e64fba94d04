/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TRACER_H
#define UAUDIT_SOURCE_PTRACE_TRACER_H

/* Follows a tree of seized tasks from stop to stop: what each stop means for the events, and how it is resumed. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "source/ptrace/interference.h"
#include "source/ptrace/seccomp_log.h"
#include "source/ptrace/tasks.h"
#include "source/source.h"

struct capture_env;
struct fsmarks;

/* For PTRACE_SEIZE. */
#define TRACER_OPTIONS                                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |  \
		PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

struct tracer {
	struct source_callbacks callbacks;
	struct capture_env *env; /* owned */
	struct fsmarks *marks;   /* owned */
	bool has_task_rules;     /* EVT_TASK_NEW needs the facts of the parent */
	struct interference interference;
	struct seccomp_logged seccomp_logged;
	struct tasks tasks;
	struct buf event, mark_events;
	struct source_stats stats;

	pid_t root;
	bool has_execed; /* the root runs the command; what it did before is not audited */
	bool root_has_ended;
	int root_status; /* as waitpid() gives it */

	/* A stop from the terminal: when the root follows it, so must we, or the shell that waits for us never learns. */
	bool stop_is_for_us;
	int stop_pending; /* signal to stop with as soon as the tree is quiet; 0 none */
};

/* Takes in the root, which is seized and runs on by itself. */
int tracer_start(struct tracer *t, pid_t root);
/* Until no task is left. 0 or negative errno; tasks may be left then (tracer_kill). */
int tracer_run(struct tracer *t);
/* Kills every task and waits for the last. */
void tracer_kill(struct tracer *t);

#endif
