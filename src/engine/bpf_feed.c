// SPDX-License-Identifier: MIT
#include "engine/bpf_feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "abi/capture.h"
#include "abi/control.h"
#include "engine/engine_state.h"
#include "engine/log_tail.h"
#include "source/bpf/bpf_source.h"
#include "source/bpf/journal.h"

#define EVENTS_PER_ROUND 1024   /* clients are served in between */
#define TICKETS          256    /* rounds whose records are on their way */
#define SETTLED_MAX      262144 /* records that may wait in memory when the rules change */
#define STOP_STEP_MS     10     /* between two looks at full queues, at the end */
#define LOG_PATIENCE_MS  5000   /* for the writer of an earlier engine to write what it has */

/*
 * The records of what was handed over up to then: when so many records of the stream have been delivered, so much of the rings
 * is free.
 */
struct ticket {
	uint64_t n_kept;   /* records that the stream had kept so far */
	uint64_t n_handed; /* bpf_source_handed() */
};

struct bpf_feed {
	struct engine *engine;
	struct bpf_source *source;
	struct loop_io io;
	struct loop_timer timer; /* records that are too young, losses that are to be told */
	bool is_held;            /* the queues were full when it was last read */
	bool is_started, is_stopped;
	struct ticket tickets[TICKETS];
	size_t first_ticket, n_tickets;
	struct event event;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Whose acknowledgements count: a log of our own, else the registered daemon. */
static struct stream *stream_of(const struct bpf_feed *f)
{
	return f->engine->log.stream ? f->engine->log.stream : f->engine->daemon.stream;
}

/*
 * What is on its way is in the rings too, until it has arrived. What would have to wait on disk behind it stays there alone: so
 * an end of the engine, however sudden, finds it all in one place and in order.
 */
static bool queues_are_full(const struct bpf_feed *f)
{
	return stream_memory_is_full(stream_of(f)) || kauditd_is_congested(f->engine->kauditd);
}

static bool is_full(const struct bpf_feed *f)
{
	return queues_are_full(f) || f->n_tickets == TICKETS;
}

static int take_event(void *userdata, const void *bytes, size_t len)
{
	struct bpf_feed *f = userdata;
	size_t used;
	int r = event_decode(&f->event, bytes, len, &used);

	if (r == 0)
		r = engine_feed(f->engine, &f->event);
	if (r < 0)
		return r;
	kauditd_run(f->engine->kauditd);
	return queues_are_full(f);
}

static void say(void *userdata, const char *text)
{
	engine_say(((struct bpf_feed *)userdata)->engine, "%s", text);
}

static void tell_log_state(void *userdata, struct bpf_log_state *ret)
{
	const struct engine *e = ((struct bpf_feed *)userdata)->engine;

	*ret = (struct bpf_log_state){ kaudit_serial(e->audit), e->log_lines };
}

static void fail(struct bpf_feed *f, int r)
{
	engine_say(f->engine, "no more events come from the BPF programs: %s", strerror(-r));
	loop_remove(f->engine->loop, &f->io);
	engine_stop(f->engine, 1);
}

/* ---- what has arrived ---- */

static void add_ticket(struct bpf_feed *f)
{
	struct stream_stats stats;
	struct ticket *ticket;

	stream_get_stats(stream_of(f), &stats);
	/* one that stands for more than a round is as good, but later */
	f->n_tickets += f->n_tickets < TICKETS;
	ticket = &f->tickets[(f->first_ticket + f->n_tickets - 1) % TICKETS];
	*ticket =
		(struct ticket){ stats.offered - stats.lost_records, bpf_source_handed(f->source) };
}

static void release_arrived(struct bpf_feed *f)
{
	struct stream_stats stats;

	if (!f->n_tickets)
		return;
	stream_get_stats(stream_of(f), &stats);
	while (f->n_tickets && f->tickets[f->first_ticket].n_kept <= stats.delivered) {
		bpf_source_release(f->source, f->tickets[f->first_ticket].n_handed);
		f->first_ticket = (f->first_ticket + 1) % TICKETS;
		f->n_tickets--;
	}
}

/* ---- reading ---- */

/* Who is audited never waits: while the queues are full, the rings hold what comes. */
static void read_some(struct bpf_feed *f)
{
	uint64_t before = bpf_source_handed(f->source);
	int wait_ms = -1, r;

	f->is_held = is_full(f);
	if (f->is_held)
		return;
	r = bpf_source_dispatch(f->source, EVENTS_PER_ROUND, &wait_ms);
	if (bpf_source_handed(f->source) != before)
		add_ticket(f);
	release_arrived(f);
	if (r < 0) {
		fail(f, r);
		return;
	}
	f->is_held = r > 0 && is_full(f);
	if (!f->is_held && (r > 0 || wait_ms >= 0))
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

void bpf_feed_sync(struct bpf_feed *f)
{
	bpf_source_set_enabled(f->source, control_enabled(f->engine->control));
	bpf_source_tell_ends(f->source, kaudit_keeps_tasks(f->engine->audit));
	release_arrived(f);
	if (f->is_held && !is_full(f))
		read_some(f);
}

/* ---- the rules ---- */

/* All that was there at that time (CLOCK_MONOTONIC), as far as the queues take it. */
static int settle(struct bpf_feed *f, uint64_t before_ns)
{
	int r = 1;

	while (r > 0 && !queues_are_full(f)) {
		r = bpf_source_settle(f->source, EVENTS_PER_ROUND, before_ns);
		if (r >= 0)
			add_ticket(f);
		release_arrived(f);
	}
	return r;
}

static void count_calls(void *userdata, uint32_t arch, uint32_t nr, uint64_t n)
{
	const struct bpf_feed *f = userdata;

	kaudit_note_calls(f->engine->audit, arch, nr, n);
}

static void count_never(void *userdata, uint32_t position, uint64_t n)
{
	const struct bpf_feed *f = userdata;

	kaudit_note_never(f->engine->audit, position, n);
}

void bpf_feed_catch_up(struct bpf_feed *f)
{
	const struct bpf_tally_callbacks callbacks = { f, count_calls, count_never };
	int r = bpf_source_tally(f->source, &callbacks);

	if (r < 0)
		engine_say(f->engine, "what the BPF programs have decided is not counted: %s",
			strerror(-r));
}

/*
 * What has happened is judged by the rules of now, also when the queues are full: it waits in memory then. It stays in the rings
 * until it has arrived, so that it is never more than they hold.
 */
void bpf_feed_rules_changing(struct bpf_feed *f)
{
	uint32_t limit = kauditd_limits(f->engine->kauditd)->backlog_limit;
	int r;

	if (limit && limit < SETTLED_MAX)
		stream_set_limit(stream_of(f), SETTLED_MAX);
	r = settle(f, now_ns());
	stream_set_limit(stream_of(f), limit);
	if (r < 0)
		fail(f, r);
	bpf_feed_catch_up(f);
}

void bpf_feed_rules_changed(struct bpf_feed *f)
{
	int r;

	bpf_source_tell_ends(f->source, kaudit_keeps_tasks(f->engine->audit));
	r = bpf_source_set_rules(f->source, f->engine->rules, f->engine->settings.extra);
	if (r < 0)
		engine_say(
			f->engine, "the BPF programs keep the rules of before: %s", strerror(-r));
}

/* ---- the status ---- */

void bpf_feed_tell(const struct bpf_feed *f, struct control_capture *ret)
{
	static const char *const scopes[] = { [CAP_SCOPE_HOST] = "host",
		[CAP_SCOPE_CGROUPS] = "cgroups",
		[CAP_SCOPE_TREE] = "tree" };
	struct bpf_status status;

	bpf_source_get_status(f->source, &status);
	*ret = (struct control_capture){
		.n_cgroups = status.n_cgroups,
		.tree = status.tree,
		.n_rings = status.n_rings,
		.is_pinned = status.is_pinned,
		.is_taken_over = status.is_taken_over,
		.n_losers = (uint32_t)status.n_losers,
		.ring_bytes = status.ring_bytes,
		.captured = status.captured,
		.lost_ring = status.lost_ring,
		.lost_task = status.lost_task,
		.lost_size = status.lost_big,
		.lost_missed = status.lost_missed,
		.cut_texts = status.cut_chunks,
		.left_texts = status.left_texts,
	};
	(void)snprintf(
		ret->tier, sizeof(ret->tier), "%s", bpf_tier_name(bpf_source_tier(f->source)));
	(void)snprintf(ret->scope, sizeof(ret->scope), "%s",
		status.scope < ARRAY_SIZE(scopes) ? scopes[status.scope] : "unknown");
	for (size_t i = 0; i < status.n_losers && i < CONTROL_LOSERS_MAX; i++) {
		ret->losers[i].cgroup_id = status.losers[i].cgroup;
		ret->losers[i].lost = status.losers[i].lost;
	}
}

/* ---- the start ---- */

static bool last_serial(void *tail, uint32_t *ret)
{
	return log_tail_serial(tail, ret);
}

static int64_t count_lines(void *tail, uint32_t first, uint32_t last)
{
	return log_tail_count(tail, first, last);
}

static int cut_lines(void *tail, uint64_t n_lines)
{
	return log_tail_cut(tail, n_lines);
}

/* Goes on where the engine of before ended. */
static int recover(struct bpf_feed *f)
{
	struct engine *e = f->engine;
	struct log_tail tail = LOG_TAIL_NULL;
	const struct journal_log log = { &tail, last_serial, count_lines, cut_lines };
	uint32_t serial;
	int r;

	r = e->settings.log_file ? log_tail_open(&tail, e->settings.log_file, LOG_PATIENCE_MS)
				 : -ENOENT;
	if (r < 0 && r != -ENOENT) {
		engine_say(e, "cannot look where the log '%s' ends: %s", e->settings.log_file,
			r == -EBUSY ? "another process writes to it" : strerror(-r));
		return -EINVAL;
	}
	r = bpf_source_recover(f->source, r == 0 ? &log : NULL, &serial);
	log_tail_close(&tail);
	if (r < 0) {
		engine_say(e, "cannot mend the end of the log '%s': %s", e->settings.log_file,
			strerror(-r));
		return -EINVAL;
	}
	kaudit_set_serial(e->audit, serial);
	return 0;
}

static int open_source(struct bpf_feed *f)
{
	struct engine *e = f->engine;
	const struct source_callbacks callbacks = { f, take_event, say };
	const struct bpf_options options = {
		.rules = e->rules,
		.cgroups = e->settings.bpf.cgroups,
		.n_cgroups = e->settings.bpf.n_cgroups,
		.tree = e->settings.bpf.tree,
		.ring_bytes = e->settings.bpf.ring_bytes,
		.tier = (enum bpf_tier)e->settings.bpf.tier,
		.extra = e->settings.extra,
		.pin_dir = e->settings.bpf.ends == CAPTURE_ENDS_WITH_ENGINE
				   ? NULL
				   : e->settings.bpf.pin_dir,
		.log = { f, tell_log_state },
	};
	int r = bpf_source_open(&f->source, &options, &callbacks);

	if (r == 0 && bpf_source_is_taken_over(f->source))
		r = recover(f);
	return r;
}

int bpf_feed_open(struct bpf_feed **ret, struct engine *engine)
{
	struct bpf_feed *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->engine = engine;
	*ret = f;
	return open_source(f) < 0 ? -EINVAL : 0;
}

int bpf_feed_start(struct bpf_feed *f)
{
	struct engine *e = f->engine;
	int r;

	/* records that wait on disk have serials that no log shows yet */
	if (bpf_source_is_taken_over(f->source) && outlets_have_spooled(e) &&
		(int32_t)(bpf_source_noted_serial(f->source) - kaudit_serial(e->audit)) > 0)
		kaudit_set_serial(e->audit, bpf_source_noted_serial(f->source));
	bpf_source_set_enabled(f->source, control_enabled(e->control));
	f->io = (struct loop_io){ .fd = bpf_source_fd(f->source),
		.events = EPOLLIN | EPOLLET,
		.ready = ready,
		.userdata = f };
	f->timer.expired = expired;
	f->timer.userdata = f;
	r = loop_timer_add(e->loop, &f->timer);
	if (r == 0)
		r = loop_add(e->loop, &f->io);
	if (r < 0)
		return r;
	loop_timer_set(&f->timer, 1);
	f->is_started = true;
	return 0;
}

/* ---- the end ---- */

static void tick(void *userdata)
{
	(void)userdata;
}

/* As long as the log takes it, all that was captured goes there. */
static void read_rest(struct bpf_feed *f)
{
	struct loop *loop = f->engine->loop;
	struct loop_timer timer = { .expired = tick };
	uint64_t end = now_ns() + (uint64_t)f->engine->settings.drain_ms * 1000000;
	int r = loop_timer_add(loop, &timer);

	while (r >= 0) {
		r = settle(f, UINT64_MAX);
		if (r <= 0 || now_ns() >= end)
			break;
		loop_timer_set(&timer, STOP_STEP_MS);
		r = loop_round(loop);
		kauditd_run(f->engine->kauditd);
		release_arrived(f);
	}
	if (r > 0)
		engine_say(f->engine,
			"drain_timeout is over: what the BPF programs have captured last is not in the log");
	loop_timer_remove(loop, &timer);
}

void bpf_feed_stop(struct bpf_feed *f)
{
	if (!f || !f->is_started || f->is_stopped)
		return;
	f->is_stopped = true;
	loop_remove(f->engine->loop, &f->io);
	loop_timer_remove(f->engine->loop, &f->timer);
	if (f->engine->settings.bpf.ends == CAPTURE_ENDS_AT_DETACH &&
		!bpf_source_is_detached(f->source))
		return;
	bpf_source_end(f->source);
	read_rest(f);
}

static void settle_accounts(struct bpf_feed *f)
{
	struct stream_stats stats;

	release_arrived(f);
	stream_get_stats(stream_of(f), &stats);
	/* the others are on disk, or there were none */
	if (!stats.sent && !stats.waiting)
		bpf_source_release(f->source, bpf_source_handed(f->source));
	bpf_source_note_serial(f->source, kaudit_serial(f->engine->audit));
}

struct bpf_feed *bpf_feed_close(struct bpf_feed *f)
{
	if (!f)
		return NULL;
	bpf_feed_stop(f);
	loop_remove(f->engine->loop, &f->io);
	loop_timer_remove(f->engine->loop, &f->timer);
	if (f->is_started)
		settle_accounts(f);
	else if (f->source && !bpf_source_is_taken_over(f->source))
		bpf_source_end(
			f->source); /* a start that failed leaves nothing but what it found */
	f->source = bpf_source_close(f->source);
	event_deinit(&f->event);
	free(f);
	return NULL;
}

int bpf_feed_cost(const struct bpf_feed *f, struct control_cost_row *rows, size_t rows_max)
{
	return bpf_source_cost(f->source, rows, rows_max);
}

void bpf_feed_measure(struct bpf_feed *f, bool is_measured)
{
	bpf_source_measure(f->source, is_measured);
}
