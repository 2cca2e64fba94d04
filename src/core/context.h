/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_CONTEXT_H
#define UAUDIT_CORE_CONTEXT_H

/*
 * Per-task and per-event state (spec kernel 4.2 to 4.5). What the task list decided when a task was made is kept by
 * tid; everything else about a task comes with its events.
 */

#include <stddef.h>
#include <stdint.h>

#include "core/execve.h"
#include "event/event.h"
#include "rule/rule_stats.h"

enum audit_state {
	AUDIT_STATE_BUILD, /* recorded if a rule asks for it: the state of every task that nothing is kept of */
	AUDIT_STATE_DISABLED, /* nothing is written, for life */
	AUDIT_STATE_RECORD,   /* every syscall is written */
};

/* What one thread gathered from syscall entry to exit, and how far its records are. */
struct audit_context {
	const struct event *ev; /* its items have passed the filesystem list */
	enum audit_state state;
	uint64_t
		prio; /* of the rule that decided; UINT64_MAX: the task list did, no other rule can */
	const char *filterkey;      /* borrowed; NULL: none */
	struct rule_stats *stats;   /* borrowed, of the rule that decided; NULL: none did */
	struct rule_stats *counted; /* whose hit this event is already */
	uint32_t extra;             /* enum extra: what is said beyond the original */
	uint32_t serial;            /* 0: no record has been started */
	uint32_t item;              /* item= of the next PATH record */
	struct execve_cursor execve;
};

/* tid -> verdict of the task list, for the tasks that it decided on. */
struct task_table;

struct task_verdict {
	enum audit_state state;   /* DISABLED or RECORD */
	char *filterkey;          /* NULL: none */
	struct rule_stats *stats; /* a reference: of the rule that decided */
};

int task_table_new(struct task_table **ret);
struct task_table *task_table_free(struct task_table *table);
/* A state of BUILD forgets the task, which cannot fail. Of the rule (NULL: none) the key is copied. -ENOMEM leaves the table
 * as it was. */
int task_table_set(struct task_table *table, uint32_t tid, enum audit_state state,
	const struct audit_krule *rule);
/* How many tasks something is kept of. */
size_t task_table_count(const struct task_table *table);
/* Forgets all. */
void task_table_clear(struct task_table *table);
/* Borrowed until the next change; NULL: BUILD. */
const struct task_verdict *task_table_get(const struct task_table *table, uint32_t tid);

#endif
