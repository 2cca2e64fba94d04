/* SPDX-License-Identifier: MIT */
#include "trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"

#define PID_LIMIT                                                                                  \
	4194304 /* PID_MAX_LIMIT of 64-bit kernels; pids count up and begin anew there at the latest */

static struct trail_event *event_of(struct trail *trail, const struct rec *rec)
{
	struct trail_event *event;

	for (size_t i = trail->n_events; i-- > 0;) {
		const struct rec *first = trail->events[i].recs[0];

		if (first->serial == rec->serial && first->sec == rec->sec &&
			first->msec == rec->msec)
			return &trail->events[i];
	}
	trail->events = xrealloc(trail->events, trail->n_events + 1, sizeof(*trail->events));
	event = &trail->events[trail->n_events++];
	*event = (struct trail_event){ 0 };
	return event;
}

static void gather_events(struct trail *trail)
{
	for (size_t i = 0; i < trail->records.n; i++) {
		const struct rec *rec = &trail->records.recs[i];
		struct trail_event *event = event_of(trail, rec);

		if (!strcmp(rec->type, "EOE") && event->n) {
			event->has_eoe = true;
			continue;
		}
		event->recs = xrealloc(event->recs, event->n + 1, sizeof(*event->recs));
		event->recs[event->n++] = rec;
	}
	for (size_t i = 0; i < trail->n_events; i++)
		trail->events[i].pid = rec_num(trail_main(&trail->events[i]), "pid", 10, 0);
}

const struct rec *trail_main(const struct trail_event *event)
{
	for (size_t i = 0; i < event->n; i++)
		if (!strcmp(event->recs[i]->type, "SYSCALL"))
			return event->recs[i];
	return event->recs[0];
}

static void add_task(struct trail *trail, long long pid)
{
	if (pid <= 0 || trail_task(trail, pid) >= 0)
		return;
	trail->tasks = xrealloc(trail->tasks, trail->n_tasks + 1, sizeof(*trail->tasks));
	trail->tasks[trail->n_tasks++] = (struct trail_task){ .pid = pid };
}

/* A task that leaves no event of its own is still known as what fork returned. */
static long long made_task(const struct trail_event *event)
{
	static const char *const makers[] = { "fork", "vfork", "clone", "clone3" };
	const struct rec *rec = trail_main(event);
	const char *name = syscall_name(
		(uint32_t)rec_num(rec, "arch", 16, 0), rec_num(rec, "syscall", 10, -1));

	for (size_t i = 0; name && i < sizeof(makers) / sizeof(makers[0]); i++)
		if (!strcmp(name, makers[i]))
			return rec_num(rec, "exit", 10, 0);
	return 0;
}

static int pid_order(long long a, long long b, long long first)
{
	long long x = (a - first + PID_LIMIT) % PID_LIMIT;
	long long y = (b - first + PID_LIMIT) % PID_LIMIT;

	return x < y ? -1 : x > y;
}

static int by_creation(const void *a, const void *b, void *first)
{
	return pid_order(((const struct trail_task *)a)->pid, ((const struct trail_task *)b)->pid,
		*(const long long *)first);
}

static int by_number(const void *a, const void *b, void *first)
{
	return pid_order(*(const long long *)a, *(const long long *)b, *(const long long *)first);
}

/* The first task of all is the one that no other has made. Its children's events may stand before its own. */
static const struct rec *find_root(const struct trail *trail)
{
	for (size_t i = 0; i < trail->n_events; i++) {
		const struct rec *rec = trail_main(&trail->events[i]);
		long long ppid = rec_num(rec, "ppid", 10, 0); /* 0: a record that does not say */

		if (trail->events[i].pid && ppid && trail_task(trail, ppid) < 0)
			return rec;
	}
	return trail_main(&trail->events[0]);
}

static void add_told(struct trail *trail, long long pid)
{
	if (pid <= 0)
		return;
	for (size_t i = 0; i < trail->n_told; i++)
		if (trail->told[i] == pid)
			return;
	trail->told = xrealloc(trail->told, trail->n_told + 1, sizeof(*trail->told));
	trail->told[trail->n_told++] = pid;
}

static void gather_told(struct trail *trail, const struct trail_inside *inside, long long root)
{
	long long first = inside->first ? inside->first : root;

	if (inside->parent)
		trail->told_parent = inside->parent;
	add_told(trail, first);
	for (size_t i = 0; i < trail->n_events; i++)
		add_told(trail, made_task(&trail->events[i]));
	qsort_r(trail->told, trail->n_told, sizeof(*trail->told), by_number, &first);
}

/* ... and where what fork returned is no help, as the target of a signal. */
static void add_targets(struct trail *trail)
{
	for (size_t i = 0; i < trail->records.n; i++) {
		long long pid = rec_num(&trail->records.recs[i], "opid", 10, 0);

		if (pid != trail->parent)
			add_task(trail, pid);
	}
}

static void gather_tasks(struct trail *trail, const struct trail_inside *inside)
{
	long long root;

	for (size_t i = 0; i < trail->n_events; i++) {
		add_task(trail, trail->events[i].pid);
		if (!inside)
			add_task(trail, made_task(&trail->events[i]));
	}
	if (!trail->n_tasks)
		return;
	root = rec_num(find_root(trail), "pid", 10, 0);
	trail->parent = rec_num(find_root(trail), "ppid", 10, 0);
	trail->told_parent = trail->parent;
	if (inside)
		add_targets(trail);
	qsort_r(trail->tasks, trail->n_tasks, sizeof(*trail->tasks), by_creation, &root);
	for (size_t i = 0; i < trail->n_events; i++) {
		int t = trail_task(trail, trail->events[i].pid);
		struct trail_task *task = &trail->tasks[t < 0 ? 0 : t];

		task->events = xrealloc(task->events, task->n + 1, sizeof(*task->events));
		task->events[task->n++] = &trail->events[i];
	}
	if (inside)
		gather_told(trail, inside, root);
}

int trail_read(struct trail *trail, const char *path, const struct trail_inside *inside)
{
	*trail = (struct trail){ 0 };
	if (rec_read(&trail->records, path))
		return -1;
	gather_events(trail);
	gather_tasks(trail, inside);
	return 0;
}

int trail_task(const struct trail *trail, long long pid)
{
	for (size_t i = 0; i < trail->n_tasks; i++)
		if (trail->tasks[i].pid == pid)
			return (int)i;
	return -1;
}

int trail_told(const struct trail *trail, long long pid)
{
	if (!trail->n_told)
		return trail_task(trail, pid);
	for (size_t i = 0; i < trail->n_told; i++)
		if (trail->told[i] == pid)
			return (int)i;
	return -1;
}

void trail_free(struct trail *trail)
{
	for (size_t i = 0; i < trail->n_tasks; i++)
		free(trail->tasks[i].events);
	free(trail->tasks);
	for (size_t i = 0; i < trail->n_events; i++)
		free(trail->events[i].recs);
	free(trail->events);
	free(trail->told);
	rec_list_free(&trail->records);
}
