/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_PUMP_H
#define UAUDIT_CLI_PUMP_H

/*
 * A bounded queue of events with a thread at its end. The thread that traces must answer every stop of every task, so
 * what can be done elsewhere (filtering, formatting, writing) is done elsewhere: tasks are held for less. Nothing is
 * lost: who puts waits while the queue is full, and with it the task whose event it is.
 *
 * This is the only thread of the program. The core knows nothing of it; it sees one stream of events.
 */

#include <stddef.h>

struct pump;

struct pump_end {
	/* One event, as it was put, aligned to EVT_ALIGN. A negative answer ends the work: pump_put() returns it. */
	int (*event)(void *userdata, const void *event, size_t len);
	/* There is nothing more to do at the moment. */
	int (*idle)(void *userdata);
	void *userdata;
};

int pump_new(struct pump **ret, const struct pump_end *end);
/* Copies one event of at most EVT_LEN_MAX bytes. 0, or the first negative answer of the other end. */
int pump_put(struct pump *pump, const void *event, size_t len);
/* Waits until everything has been dealt with, ends the thread and frees; NULL is fine. 0 or the first negative answer. */
int pump_close(struct pump *pump);

#endif
