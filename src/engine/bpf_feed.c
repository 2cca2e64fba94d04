// SPDX-License-Identifier: MIT
#include "engine/bpf_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "engine/engine_state.h"
#include "source/bpf/bpf_source.h"

#define EVENTS_PER_ROUND 1024 /* clients are served in between */
#define CONGESTED_MS     10   /* until the queues are looked at again */

struct bpf_feed {
	struct engine *engine;
	struct bpf_source *source;
	struct loop_io io;
	struct loop_timer timer; /* records that are too young, or queues that are full */
	struct event event;
};

static int take_event(void *userdata, const void *bytes, size_t len)
{
	struct bpf_feed *f = userdata;
	size_t used;
	int r = event_decode(&f->event, bytes, len, &used);

	return r < 0 ? r : engine_feed(f->engine, &f->event);
}

static void say(void *userdata, const char *text)
{
	engine_say(((struct bpf_feed *)userdata)->engine, "%s", text);
}

static void fail(struct bpf_feed *f, int r)
{
	engine_say(f->engine, "no more events come from the BPF programs: %s", strerror(-r));
	loop_remove(f->engine->loop, &f->io);
	engine_stop(f->engine, 1);
}

/* Who is audited never waits: while the queues are full, the rings hold what comes. */
static void read_some(struct bpf_feed *f)
{
	int wait_ms, r;

	if (kauditd_is_congested(f->engine->kauditd)) {
		loop_timer_set(&f->timer, CONGESTED_MS);
		return;
	}
	r = bpf_source_dispatch(f->source, EVENTS_PER_ROUND, &wait_ms);
	bpf_source_release(f->source);
	if (r < 0)
		fail(f, r);
	else if (r > 0 || wait_ms >= 0)
		loop_timer_set(&f->timer, r > 0 ? 1 : (uint64_t)wait_ms);
}

static void ready(void *userdata, uint32_t events)
{
	(void)events;
	read_some(userdata);
}

static void expired(void *userdata)
{
	read_some(userdata);
}

static int set_up(struct bpf_feed *f)
{
	struct engine *e = f->engine;
	const struct source_callbacks callbacks = { f, take_event, say };
	const pid_t self = getpid();
	const struct bpf_options options = {
		.rules = e->rules,
		.cgroups = e->settings.bpf.cgroups,
		.n_cgroups = e->settings.bpf.n_cgroups,
		.tree = e->settings.bpf.tree,
		.ring_bytes = e->settings.bpf.ring_bytes,
		.extra = e->settings.extra,
		.exempt = &self,
		.n_exempt = 1,
	};
	int r = bpf_source_open(&f->source, &options, &callbacks);

	if (r < 0)
		return r;
	f->io = (struct loop_io){ .fd = bpf_source_fd(f->source),
		.events = EPOLLIN | EPOLLET,
		.ready = ready,
		.userdata = f };
	f->timer.expired = expired;
	f->timer.userdata = f;
	r = loop_timer_add(e->loop, &f->timer);
	if (r == 0)
		r = loop_add(e->loop, &f->io);
	if (r == 0)
		loop_timer_set(&f->timer, 1);
	return r;
}

int bpf_feed_open(struct bpf_feed **ret, struct engine *engine)
{
	struct bpf_feed *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return -ENOMEM;
	f->engine = engine;
	r = set_up(f);
	if (r < 0) {
		(void)bpf_feed_close(f);
		return -EINVAL;
	}
	*ret = f;
	return 0;
}

struct bpf_feed *bpf_feed_close(struct bpf_feed *f)
{
	if (!f)
		return NULL;
	loop_remove(f->engine->loop, &f->io);
	loop_timer_remove(f->engine->loop, &f->timer);
	f->source = bpf_source_close(f->source);
	event_deinit(&f->event);
	free(f);
	return NULL;
}

void bpf_feed_rules_changing(struct bpf_feed *f)
{
	int r = 1;

	while (r > 0 && !kauditd_is_congested(f->engine->kauditd)) {
		r = bpf_source_settle(f->source, EVENTS_PER_ROUND);
		bpf_source_release(f->source);
		kauditd_run(f->engine->kauditd);
	}
	if (r < 0)
		fail(f, r);
}

void bpf_feed_rules_changed(struct bpf_feed *f)
{
	int r = bpf_source_set_rules(f->source, f->engine->rules, f->engine->settings.extra);

	if (r < 0)
		engine_say(
			f->engine, "the BPF programs keep the rules of before: %s", strerror(-r));
}

void bpf_feed_sync(struct bpf_feed *f)
{
	bpf_source_set_enabled(f->source, control_enabled(f->engine->control));
}

int bpf_feed_cost(const struct bpf_feed *f, struct control_cost_row *rows, size_t rows_max)
{
	return bpf_source_cost(f->source, rows, rows_max);
}

void bpf_feed_measure(struct bpf_feed *f, bool is_measured)
{
	bpf_source_measure(f->source, is_measured);
}
