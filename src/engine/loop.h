/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_LOOP_H
#define UAUDIT_ENGINE_LOOP_H

/* The one event loop of the engine: descriptors and timers, each a struct of its owner's. No threads. */

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* Embedded in what it belongs to. The descriptor stays the owner's. */
struct loop_io {
	int fd;
	uint32_t events; /* EPOLL*, level-triggered */
	void (*ready)(void *userdata, uint32_t events);
	void *userdata;
	bool is_added;
};

struct loop_timer {
	struct loop_io io; /* a timerfd of the timer's own */
	void (*expired)(void *userdata);
	void *userdata;
	bool is_set;
};

int loop_new(struct loop **ret);
struct loop *loop_free(struct loop *loop);

/* fd, events, ready and userdata are filled in. */
int loop_add(struct loop *loop, struct loop_io *io);
int loop_change(struct loop *loop, struct loop_io *io, uint32_t events);
/* Also from within a callback, whosever; it is not called any more. */
void loop_remove(struct loop *loop, struct loop_io *io);

int loop_timer_add(struct loop *loop, struct loop_timer *timer);
/* Once, in so many milliseconds; 0: not at all. */
void loop_timer_set(struct loop_timer *timer, uint64_t ms);
void loop_timer_remove(struct loop *loop, struct loop_timer *timer);

/* One round: waits, calls what is ready. 0, or a negative errno. */
int loop_round(struct loop *loop);

#endif
