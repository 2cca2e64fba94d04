// SPDX-License-Identifier: MIT
#include "engine/replay_source.h"

#include <errno.h>
#include <stdlib.h>

#include "base/macros.h"
#include "event/replay_file.h"

#define EVENTS_A_ROUND 64 /* clients are served in between */
#define CONGESTED_MS   10 /* until the queues are looked at again */
#define NEXT_ROUND_MS  1

struct replay_source {
	struct loop *loop;
	struct replay_source_ops ops;
	struct replay_reader *reader;
	struct loop_timer timer;
	struct event event;
	uint64_t n_events;
};

static void finish(struct replay_source *s, int error, uint64_t offset)
{
	s->ops.done(s->ops.userdata, error, offset, s->n_events);
}

/* 1: there may be more. */
static int feed_one(struct replay_source *s, uint64_t *ret_offset)
{
	const void *bytes;
	size_t len, used;
	int r;

	r = replay_reader_next(s->reader, &bytes, &len, ret_offset);
	if (r <= 0)
		return r;
	r = event_decode(&s->event, bytes, len, &used);
	if (r == 0)
		r = s->ops.feed(s->ops.userdata, &s->event);
	if (r < 0)
		return r;
	s->n_events++;
	return 1;
}

static void feed_some(void *userdata)
{
	struct replay_source *s = userdata;
	uint64_t offset = 0;
	int r = 1;

	for (int i = 0; i < EVENTS_A_ROUND && r == 1; i++) {
		if (s->ops.is_congested(s->ops.userdata)) {
			loop_timer_set(&s->timer, CONGESTED_MS);
			return;
		}
		r = feed_one(s, &offset);
	}
	if (r == 1)
		loop_timer_set(&s->timer, NEXT_ROUND_MS);
	else
		finish(s, r, offset);
}

int replay_source_new(struct replay_source **ret, struct loop *loop, const char *path,
	const struct replay_source_ops *ops)
{
	struct replay_source *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->loop = loop;
	s->ops = *ops;
	s->timer.expired = feed_some;
	s->timer.userdata = s;
	r = replay_reader_open(&s->reader, path);
	if (r == 0)
		r = loop_timer_add(loop, &s->timer);
	if (r < 0) {
		if (s->reader)
			replay_reader_close(s->reader);
		free(s);
		return r;
	}
	loop_timer_set(&s->timer, NEXT_ROUND_MS);
	*ret = s;
	return 0;
}

struct replay_source *replay_source_free(struct replay_source *s)
{
	if (!s)
		return NULL;
	loop_timer_remove(s->loop, &s->timer);
	replay_reader_close(s->reader);
	event_deinit(&s->event);
	free(s);
	return NULL;
}
