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
};

int trail_read(struct trail *trail, const char *path);
void trail_free(struct trail *trail);
/* Index of the task with that pid, or -1. */
int trail_task(const struct trail *trail, long long pid);
/* The event's SYSCALL record, or its first one. */
const struct rec *trail_main(const struct trail_event *event);

#endif
