/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_TRAIL_H
#define UAUDIT_TESTS_DIFFERENTIAL_TRAIL_H

/*
 * What one run left behind: its records, gathered into events, and the events into the tasks that caused them. Events
 * of different tasks interleave as the scheduler likes; those of one task are in the order of its system calls.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

struct trail_event {
	const struct rec **recs; /* borrowed from the trail; EOE is left out */
	size_t n;
	bool has_eoe;
	long long pid; /* 0: no record says whose it is */
};

struct trail_task {
	long long pid;
	const struct trail_event **events; /* borrowed from the trail */
	size_t n;
};

struct trail {
	struct rec_list records;
	struct trail_event *events; /* by the position of their first record */
	size_t n_events;
	/* In the order of their creation: the k-th task of one run is the k-th task of the other. */
	struct trail_task *tasks;
	size_t n_tasks;
	long long parent; /* of the first task: whoever started the program */
	/* In a pid namespace: the pids that programs were told, in the order of creation, the first task's before all. */
	long long *told;
	size_t n_told;
	long long
		told_parent; /* what the parent is called there; without a pid namespace: parent */
};

/*
 * Programs in a pid namespace are told other pids (in results and arguments of calls) than the kernel's records say (in
 * pid, ppid, opid). A pid of the one kind cannot be turned into the other from the records alone, so that the two kinds are
 * counted apart; on both sides, as they are to be compared. first, parent: what the first task and its parent are called
 * inside; 0: as in the records.
 */
struct trail_inside {
	long long first, parent;
};

/* inside: NULL if programs and records say the same pids. */
int trail_read(struct trail *trail, const char *path, const struct trail_inside *inside);
void trail_free(struct trail *trail);
/* Index of the task with that pid, or -1. */
int trail_task(const struct trail *trail, long long pid);
/* Index of a pid that programs were told, or -1: without a pid namespace, that of the task. */
int trail_told(const struct trail *trail, long long pid);
/* The event's SYSCALL record, or its first one. */
const struct rec *trail_main(const struct trail_event *event);

#endif
