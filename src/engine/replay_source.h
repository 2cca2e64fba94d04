/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_REPLAY_SOURCE_H
#define UAUDIT_ENGINE_REPLAY_SOURCE_H

/* The events of a replay file, fed to an engine a few a round of its loop, and none while the queues are full. */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "engine/loop.h"

struct replay_source;

struct replay_source_ops {
	void *userdata;
	bool (*is_congested)(void *userdata);
	int (*feed)(void *userdata, const struct event *ev);
	/* All of it was fed: 0; the file is not good from offset on, or feed() failed: negative errno. Called once. */
	void (*done)(void *userdata, int error, uint64_t offset, uint64_t n_events);
};

/* A negative errno of opening the file; -EBADMSG: not a replay file of this version and machine. */
int replay_source_new(struct replay_source **ret, struct loop *loop, const char *path,
	const struct replay_source_ops *ops);
struct replay_source *replay_source_free(struct replay_source *source);

#endif
