/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_EVENT_EVENT_AVC_H
#define UAUDIT_EVENT_EVENT_AVC_H

/* EVT_ITEM_AVC, whose strings each kind of decision has its own rules for. */

#include "event/event.h"

struct event_avc {
	const struct evt_avc *f;
	struct view perms, name, dev, tail; /* name.p is NULL without EVT_AVC_NAME */
};

/* Whether the payload is a decision that can be written as a record. */
bool event_avc_is_valid(const void *payload, size_t len);
/* Of a valid payload; borrowed from it. */
void event_avc_read(struct event_avc *ret, const void *payload);

#endif
