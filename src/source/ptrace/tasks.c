// SPDX-License-Identifier: MIT
#include "source/ptrace/tasks.h"

#include <errno.h>
#include <stdlib.h>

#include "source/ptrace/capture.h"
#include "source/ptrace/interruption.h"
#include "source/ptrace/own_filters.h"
#include "source/ptrace/seccomp_log.h"

#define BUCKETS_FIRST 256

static struct task_bucket *bucket_of(const struct tasks *tasks, pid_t tid)
{
	/* Tids are handed out in sequence: their low bits spread by themselves. */
	return &tasks->buckets[(uint32_t)tid & (tasks->n_buckets - 1)];
}

int tasks_init(struct tasks *tasks)
{
	*tasks = (struct tasks){ .n_buckets = BUCKETS_FIRST };
	tasks->buckets = calloc(BUCKETS_FIRST, sizeof(*tasks->buckets));
	return tasks->buckets ? 0 : -ENOMEM;
}

/* Twice as many buckets; without memory the chains just get longer. */
static void tasks_grow(struct tasks *tasks)
{
	struct tasks old = *tasks;
	struct task *task;

	tasks->buckets = calloc(old.n_buckets * 2, sizeof(*tasks->buckets));
	if (!tasks->buckets) {
		tasks->buckets = old.buckets;
		return;
	}
	tasks->n_buckets = old.n_buckets * 2;
	for (size_t i = 0; i < old.n_buckets; i++) {
		while ((task = LIST_FIRST(&old.buckets[i]))) {
			LIST_REMOVE(task, bucket);
			LIST_INSERT_HEAD(bucket_of(tasks, task->tid), task, bucket);
		}
	}
	free(old.buckets);
}

int tasks_add(struct tasks *tasks, pid_t tid, struct task **ret)
{
	struct task *task = calloc(1, sizeof(*task));

	if (!task)
		return -ENOMEM;
	if (tasks->n >= tasks->n_buckets)
		tasks_grow(tasks);
	task->tid = tid;
	LIST_INSERT_HEAD(bucket_of(tasks, tid), task, bucket);
	LIST_INSERT_HEAD(&tasks->held, task, peer);
	tasks->n++;
	*ret = task;
	return 0;
}

struct task *tasks_find(const struct tasks *tasks, pid_t tid)
{
	struct task *task;

	LIST_FOREACH (task, bucket_of(tasks, tid), bucket)
		if (task->tid == tid)
			return task;
	return NULL;
}

int task_join(struct task *task, struct process *process, struct process *parent)
{
	if (!process) {
		process = calloc(1, sizeof(*process));
		if (!process)
			return -ENOMEM;
		process->tgid = task->tid;
		process_reparent(process, parent);
	}
	LIST_REMOVE(task, peer);
	LIST_INSERT_HEAD(&process->threads, task, peer);
	task->process = process;
	return 0;
}

void tasks_rename(struct tasks *tasks, struct task *task, pid_t tid)
{
	LIST_REMOVE(task, bucket);
	task->tid = tid;
	LIST_INSERT_HEAD(bucket_of(tasks, tid), task, bucket);
}

void process_reparent(struct process *process, struct process *parent)
{
	if (process->parent)
		LIST_REMOVE(process, sibling);
	process->parent = parent;
	process->ppid = parent ? parent->tgid : 0;
	if (parent)
		LIST_INSERT_HEAD(&parent->children, process, sibling);
}

static void process_free(struct process *process)
{
	struct process *child;

	while ((child = LIST_FIRST(&process->children)))
		process_reparent(child, NULL);
	process_reparent(process, NULL);
	free(process);
}

void tasks_remove(struct tasks *tasks, struct task *task)
{
	struct process *process = task->process;

	LIST_REMOVE(task, bucket);
	LIST_REMOVE(task, peer);
	tasks->n--;
	capture_free(task->capture);
	interruption_free(task->interruption);
	own_filters_unref(task->filters);
	seccomp_install_free(task->install);
	free(task);
	if (process && LIST_EMPTY(&process->threads))
		process_free(process);
}

void tasks_deinit(struct tasks *tasks)
{
	struct task *task;

	for (size_t i = 0; i < tasks->n_buckets; i++)
		while ((task = LIST_FIRST(&tasks->buckets[i])))
			tasks_remove(tasks, task);
	free(tasks->buckets);
	*tasks = (struct tasks){ 0 };
}
