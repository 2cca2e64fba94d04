/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_TEXTS_H
#define UAUDIT_SOURCE_PTRACE_TASK_TEXTS_H

/* What records say of a task beside its ids: its program, its directory, what it is called. */

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "abi/evt.h"
#include "base/buf.h"
#include "source/ptrace/lookup.h"
#include "source/ptrace/task_facts.h"

/*
 * Read once a clock tick at most: a record's time is no finer, and reading it for every event costs as much as the rest
 * of the event. A call of the tree that may change it counts as a tick; so within one, only somebody else's doing can go
 * unseen.
 */
struct task_texts {
	struct timespec tick; /* CLOCK_REALTIME_COARSE */
	unsigned long changes;
	bool known;
	char comm[EVT_COMM_LEN];
	struct buf exe;
	bool has_exe;
	bool is_closed; /* it may not be asked for its program, which it still runs if has_exe */
	struct evt_exe exe_inode;
	struct buf cwd;             /* empty: not known */
	struct task_cgroup *cgroup; /* owned; NULL if nobody asks for it */
	char title[EVT_PROCTITLE_MAX + 1];
	ssize_t title_len; /* negative: cannot be read */
};

/* How to look at the task. */
struct task_view {
	int procfd;
	pid_t tid;
	bool own_root;       /* its root is this process's */
	bool want_exe_inode; /* some rule tests the program */
	bool want_cgroup;
	const char *cgroup_mount; /* NULL: none */
	struct sb_devs *devs;
};

void task_texts_init(struct task_texts *texts);
void task_texts_deinit(struct task_texts *texts);

/* The path of a link of the task ("exe", "cwd") as the task itself sees it: its root is taken off. One that is too long
 * is called what the kernel calls it (spec kernel 7.2). Length, or negative errno. */
ssize_t task_own_view(const struct task_view *view, const char *link, char *to, size_t size);

/* Whether they were read in this tick, and changes was the same number. */
bool task_texts_are_of(
	const struct task_texts *texts, const struct timespec *now, unsigned long changes);
/* Reads all of it. stat_is_fresh: stat was read just now. */
void task_texts_read(struct task_texts *texts, const struct task_view *view,
	const struct task_stat *stat, bool stat_is_fresh, const struct timespec *now,
	unsigned long changes);
/* The program alone. */
void task_texts_read_exe(struct task_texts *texts, const struct task_view *view);
/* The program is this one, if that is known: the task may not be asked. */
void task_texts_set_exe(struct task_texts *texts, const struct object *program);
/* As another task's. */
void task_texts_copy_exe(struct task_texts *texts, const struct task_texts *other);

#endif
