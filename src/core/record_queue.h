/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_RECORD_QUEUE_H
#define UAUDIT_CORE_RECORD_QUEUE_H

/* Records in order, first in first out: the main queue, and what waits in a stream. Each holds a reference. */

#include <stddef.h>

#include "core/audit_record.h"

struct record_queue {
	struct audit_record **slots; /* a ring; n_slots is a power of two, or 0 */
	size_t n_slots, head, len;
};

void record_queue_deinit(struct record_queue *q);
/* Takes the caller's reference, also when it fails: -ENOMEM. */
int record_queue_push(struct record_queue *q, struct audit_record *record);
/* The oldest, the caller's; NULL: empty. */
struct audit_record *record_queue_pop(struct record_queue *q);
/* The i-th from the head, borrowed; i < len. */
static inline struct audit_record *record_queue_at(const struct record_queue *q, size_t i)
{
	return q->slots[(q->head + i) & (q->n_slots - 1)];
}

#endif
