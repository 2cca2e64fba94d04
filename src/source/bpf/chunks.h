/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_CHUNKS_H
#define UAUDIT_SOURCE_BPF_CHUNKS_H

/*
 * Long texts of calls, which come in pieces before the record of the call (abi/capture.h). What is held is bounded; a text
 * whose record never comes is dropped, at the latest when there is no room for another.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct chunks;

/* Which text: the task, its call, the number within the call. */
struct chunk_key {
	uint32_t tid, call, nr;
};

int chunks_new(struct chunks **ret);
struct chunks *chunks_free(struct chunks *chunks);

/* A piece. One out of order ends its text: what comes after it is dropped. -ENOMEM. */
int chunks_add(struct chunks *chunks, const struct chunk_key *key, uint32_t seq, const char *data,
	size_t len);
/* The text as far as it came; p NULL: nothing did. Valid until the next call of another function. */
struct view chunks_find(struct chunks *chunks, const struct chunk_key *key);
/* The task is done with that call and all before it: what is still held of them goes. tid alone counts with call
 * UINT32_MAX. */
void chunks_forget(struct chunks *chunks, uint32_t tid, uint32_t call);
/* Texts that were dropped without having been asked for, ever. */
uint64_t chunks_orphans(const struct chunks *chunks);

#endif
