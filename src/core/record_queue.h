/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_RECORD_QUEUE_H
#define UAUDIT_CORE_RECORD_QUEUE_H

/* Records in order, first in first out: the main queue, and what waits in a stream. Each holds a reference. */

#include <errno.h>
#include <stddef.h>

#include "core/audit_record.h"

struct record_queue {
	struct audit_record **slots; /* a ring; n_slots is a power of two, or 0 */
	size_t n_slots, head, len;
};

void record_queue_deinit(struct record_queue *q);
/* Room for more. -ENOMEM. */
int record_queue_grow(struct record_queue *q);

/* Takes the caller's reference, also when it fails: -ENOMEM. */
static inline int record_queue_push(struct record_queue *q, struct audit_record *record)
{
	if (q->len == q->n_slots && record_queue_grow(q) < 0) {
		(void)audit_record_unref(record);
		return -ENOMEM;
	}
	q->slots[(q->head + q->len) & (q->n_slots - 1)] = record;
	q->len++;
	return 0;
}

/* The oldest, the caller's; NULL: empty. */
static inline struct audit_record *record_queue_pop(struct record_queue *q)
{
	struct audit_record *record;

	if (!q->len)
		return NULL;
	record = q->slots[q->head];
	q->head = (q->head + 1) & (q->n_slots - 1);
	q->len--;
	return record;
}

/* The i-th from the head, borrowed; i < len. */
static inline struct audit_record *record_queue_at(const struct record_queue *q, size_t i)
{
	return q->slots[(q->head + i) & (q->n_slots - 1)];
}

#endif
