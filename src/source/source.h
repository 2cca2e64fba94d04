/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_SOURCE_H
#define UAUDIT_SOURCE_SOURCE_H

/* Where events come from. The core never learns which source feeds it. */

#include <stddef.h>

#include "rule/rule_interest.h"

struct source_stats {
	unsigned long long tasks;  /* tasks seen */
	unsigned long long events; /* syscall events handed over */
	unsigned long long stops;  /* times a task was held */
};

/* What a source tells its owner. */
struct source_callbacks {
	void *userdata;
	/* One encoded event (abi/evt.h), borrowed. A negative answer ends the source, which hands it on. */
	int (*event)(void *userdata, const void *event, size_t len);
	/* Something that the person who runs this should know: one line, no newline. */
	void (*notice)(void *userdata, const char *text);
};

#endif
