/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_MQUEUE_H
#define UAUDIT_SOURCE_PTRACE_MQUEUE_H

/* Calls of POSIX message queues (SC_MQ): what they pass beside the queue's name (spec kernel 4.6, 8.6). */

#include <stdint.h>

#include "event/event.h"

struct call;

struct mq_call {
	uint16_t
		item; /* enum evt_item_type; 0: the call says nothing, or was refused before it could */
	uint16_t len;
	uint8_t queue; /* enum queue_state: what the name meant before the call (queue_names.h) */
	union {
		struct evt_mq_open open;
		struct evt_mq_sendrecv sendrecv;
		struct evt_mq_notify notify;
		struct evt_mq_getsetattr getsetattr;
	};
};

void mq_entry(struct call *call);
void mq_exit(const struct call *call, int64_t ret, struct event_writer *w);

#endif
