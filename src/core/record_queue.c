// SPDX-License-Identifier: MIT
#include "core/record_queue.h"

#include <errno.h>
#include <stdlib.h>

#define SLOTS_FIRST 64u /* a power of two */

void record_queue_deinit(struct record_queue *q)
{
	while (q->len)
		(void)audit_record_unref(record_queue_pop(q));
	free(q->slots);
	*q = (struct record_queue){ 0 };
}

int record_queue_grow(struct record_queue *q)
{
	size_t n = q->n_slots ? q->n_slots * 2 : SLOTS_FIRST;
	struct audit_record **slots = calloc(n, sizeof(struct audit_record *));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < q->len; i++)
		slots[i] = record_queue_at(q, i);
	free(q->slots);
	q->slots = slots;
	q->n_slots = n;
	q->head = 0;
	return 0;
}
