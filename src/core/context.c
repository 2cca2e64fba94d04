// SPDX-License-Identifier: MIT
#include "core/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define BUCKETS_FIRST 64u /* a power of two, as it stays */

struct task {
	struct task *next;
	uint32_t tid;
	struct task_verdict verdict;
};

struct task_table {
	struct task **buckets;
	size_t n_buckets, n_tasks;
	struct task *spare; /* nodes of tasks that are gone, for those to come */
};

/* Fibonacci hashing: tids are handed out in sequence, their high bits hardly differ. */
static size_t bucket_of(const struct task_table *table, uint32_t tid)
{
	return (tid * 2654435769u >> 7) & (table->n_buckets - 1);
}

static struct task **find(const struct task_table *table, uint32_t tid)
{
	struct task **at = &table->buckets[bucket_of(table, tid)];

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

int task_table_new(struct task_table **ret)
{
	struct task_table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	table->n_buckets = BUCKETS_FIRST;
	table->buckets = calloc(table->n_buckets, sizeof(*table->buckets));
	if (!table->buckets) {
		free(table);
		return -ENOMEM;
	}
	*ret = table;
	return 0;
}

static void forget_verdict(struct task *task)
{
	free(task->verdict.filterkey);
	(void)rule_stats_unref(task->verdict.stats);
	task->verdict = (struct task_verdict){ 0 };
}

static void free_list(struct task *task)
{
	while (task) {
		struct task *next = task->next;

		forget_verdict(task);
		free(task);
		task = next;
	}
}

struct task_table *task_table_free(struct task_table *table)
{
	if (!table)
		return NULL;
	for (size_t i = 0; i < table->n_buckets; i++)
		free_list(table->buckets[i]);
	free_list(table->spare);
	free(table->buckets);
	free(table);
	return NULL;
}

static void forget(struct task_table *table, uint32_t tid)
{
	struct task **at = find(table, tid), *task = *at;

	if (!task)
		return;
	*at = task->next;
	forget_verdict(task);
	task->next = table->spare;
	table->spare = task;
	table->n_tasks--;
}

/* Longer chains are the price of a failure here, nothing else. */
static void grow(struct task_table *table)
{
	struct task_table old = *table;

	table->buckets = calloc(old.n_buckets * 2, sizeof(*table->buckets));
	if (!table->buckets) {
		table->buckets = old.buckets;
		return;
	}
	table->n_buckets = old.n_buckets * 2;
	for (size_t i = 0; i < old.n_buckets; i++) {
		struct task *task = old.buckets[i];

		while (task) {
			struct task *next = task->next,
				    **to = &table->buckets[bucket_of(table, task->tid)];

			task->next = *to;
			*to = task;
			task = next;
		}
	}
	free(old.buckets);
}

size_t task_table_count(const struct task_table *table)
{
	return table->n_tasks;
}

void task_table_clear(struct task_table *table)
{
	for (size_t i = 0; i < table->n_buckets; i++) {
		free_list(table->buckets[i]);
		table->buckets[i] = NULL;
	}
	table->n_tasks = 0;
}

int task_table_set(struct task_table *table, uint32_t tid, enum audit_state state,
	const struct audit_krule *rule)
{
	_cleanup_free_ char *copy = NULL;
	struct task *task, **to;

	if (state == AUDIT_STATE_BUILD) {
		forget(table, tid);
		return 0;
	}
	if (rule && rule->filterkey) {
		copy = strdup(rule->filterkey);
		if (!copy)
			return -ENOMEM;
	}
	task = *find(table, tid);
	if (!task) {
		task = table->spare;
		if (task)
			table->spare = task->next;
		else
			task = malloc(sizeof(*task));
		if (!task)
			return -ENOMEM;
		if (table->n_tasks >= table->n_buckets)
			grow(table);
		to = &table->buckets[bucket_of(table, tid)];
		*task = (struct task){ .next = *to, .tid = tid };
		*to = task;
		table->n_tasks++;
	}
	forget_verdict(task);
	task->verdict = (struct task_verdict){
		.state = state,
		.filterkey = TAKE_PTR(copy),
		.stats = rule ? rule_stats_ref(rule->stats) : NULL,
	};
	return 0;
}

const struct task_verdict *task_table_get(const struct task_table *table, uint32_t tid)
{
	const struct task *task = table->n_tasks ? *find(table, tid) : NULL;

	return task ? &task->verdict : NULL;
}
