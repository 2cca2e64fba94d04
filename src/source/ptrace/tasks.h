/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASKS_H
#define UAUDIT_SOURCE_PTRACE_TASKS_H

/*
 * The tasks of the tree: found by tid, grouped into processes, processes into a tree, so that the end of a process
 * finds its threads and children without a search. Holds no kernel object per task.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

struct capture;
struct interruption;
struct own_filters;
struct seccomp_install;

struct process {
	pid_t tgid;
	pid_t ppid;             /* 0: not known */
	struct process *parent; /* NULL: not one of the tree */
	LIST_HEAD(, process) children;
	LIST_ENTRY(process) sibling;
	LIST_HEAD(, task) threads;
};

struct task {
	pid_t tid;
	struct process *process;           /* NULL: held until it is known who made it */
	struct capture *capture;           /* owned; NULL as long as process is */
	struct interruption *interruption; /* owned; NULL until a call of it is interrupted */
	struct own_filters *filters;       /* owned; shared with others; NULL: none */
	struct seccomp_install *install; /* owned; of the call in flight, NULL: it installs none */
	bool has_end_stop;               /* it is held at its end (PTRACE_O_TRACEEXIT) */
	uint64_t entered;                /* fsmarks_now() at the entry of the call in flight */
	int held_status; /* wait status of the stop that a task without process is held in */
	LIST_ENTRY(task) bucket;
	LIST_ENTRY(task) peer; /* in process->threads, or among those that are held */
};

struct tasks {
	LIST_HEAD(task_bucket, task) * buckets;
	size_t n_buckets; /* a power of two */
	size_t n;
	LIST_HEAD(, task) held;
};

int tasks_init(struct tasks *tasks);
/* Frees every task and its capture. */
void tasks_deinit(struct tasks *tasks);

/* A new task, held for now. -ENOMEM. */
int tasks_add(struct tasks *tasks, pid_t tid, struct task **ret);
struct task *tasks_find(const struct tasks *tasks, pid_t tid);
/* No more held: a thread of process, or with NULL the first task of a process of its own, a child of parent (which
 * may be NULL). -ENOMEM leaves it held. */
int task_join(struct task *task, struct process *process, struct process *parent);
/* The task's tid changes to one that no task has. */
void tasks_rename(struct tasks *tasks, struct task *task, pid_t tid);
/* Frees the task and its capture, and its process with the last thread; children are nobody's then. */
void tasks_remove(struct tasks *tasks, struct task *task);

/* The process has a new parent, NULL for one that is not of the tree. */
void process_reparent(struct process *process, struct process *parent);

#endif
