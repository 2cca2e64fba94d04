// SPDX-License-Identifier: MIT
/* The parts put together: programs, rings, what becomes of a ring record, the marks of rules. */
#include "source/bpf/bpf_source.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi/abi.h"
#include "event/event.h"
#include "source/bpf/assemble.h"
#include "source/bpf/filter.h"
#include "source/bpf/prog_stats.h"
#include "source/bpf/programs.h"
#include "source/bpf/rings.h"
#include "source/bpf/scope.h"
#include "source/bpf/tables.h"
#include "source/ptrace/fsmark.h"

/*
 * A program takes the time of a record a little before the record is there for all to see; what is younger than this is left
 * for the next time, so that an older one of another CPU can still come before it.
 */
#define SETTLE_NS 1000000

struct bpf_source {
	struct source_callbacks callbacks;
	struct source_stats stats;
	struct programs programs;
	struct rings *rings;
	struct assembler *assembler;
	struct fsmarks *marks;
	struct filter *filter;
	struct buf event;
	uint64_t *lost_told; /* of each row of slots: what EVT_LOST events have said */
};

const char *bpf_tier_name(enum bpf_tier tier)
{
	switch (tier) {
	case BPF_TIER_FULL:
		return "full";
	case BPF_TIER_TRACEPOINTS:
		return "tracepoints";
	}
	return "unknown";
}

static void say(const struct bpf_source *s, const char *what, const char *why)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s: %s", what, why);
	s->callbacks.notice(s->callbacks.userdata, line);
}

int bpf_source_set_rules(struct bpf_source *s, const struct rule_set *rules, uint32_t extra)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
	struct rule_interest interest;
	struct fsmarks *marks;
	uint32_t want;
	int r;

	r = rule_interest_compute(&interest, rules, arches, 2);
	if (r < 0)
		return r;
	r = fsmarks_new(&marks, rules);
	if (r < 0) {
		rule_interest_deinit(&interest);
		return r;
	}
	fsmarks_free(s->marks);
	s->marks = marks;
	interest.extra = extra;
	assembler_configure(s->assembler, &(struct assemble_options){ .tier = s->programs.tier,
						  .extra = extra,
						  .resolve = interest.resolved,
						  .fs_magic = interest.fs_magic,
						  .signal_targets = interest.signal_targets });
	r = filter_prepare(s->filter, rules, &want);
	if (r < 0)
		say(s, "the kernel hands over more than the rules select", strerror(-r));
	tables_set_interest(s->programs.control, &interest, want);
	rule_interest_deinit(&interest);
	return 0;
}

void bpf_source_set_enabled(struct bpf_source *s, bool is_enabled)
{
	s->programs.control->enabled = is_enabled;
}

void bpf_source_exempt(struct bpf_source *s, const pid_t *pids, size_t n)
{
	for (size_t i = 0; i < CAP_EXEMPT_MAX; i++)
		s->programs.control->exempt[i] = i < n ? (uint32_t)pids[i] : 0;
}

static int open_all(struct bpf_source *s, const struct bpf_options *options)
{
	int r = programs_open(&s->programs, options, &s->callbacks);

	if (r < 0)
		return r;
	s->programs.control->wake_bytes = (uint32_t)(s->programs.ring_bytes / 4);
	s->lost_told = calloc(s->programs.n_cpus * CAP_SLOTS, sizeof(*s->lost_told));
	if (!s->lost_told)
		return -ENOMEM;
	r = rings_new(&s->rings, s->programs.ring_fds, s->programs.n_cpus, s->programs.ring_bytes,
		s->programs.done);
	if (r == 0)
		r = assembler_new(&s->assembler);
	if (r == 0)
		r = filter_new(&s->filter, &s->programs);
	if (r == 0)
		r = scope_set(s->programs.control, options, &s->callbacks);
	if (r < 0)
		return r;
	bpf_source_exempt(s, options->exempt, options->n_exempt);
	tables_set_shapes(s->programs.control);
	return bpf_source_set_rules(s, options->rules, options->extra);
}

int bpf_source_open(struct bpf_source **ret, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	struct bpf_source *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->callbacks = *callbacks;
	buf_init(&s->event, EVT_LEN_MAX);
	r = open_all(s, options);
	if (r < 0) {
		(void)bpf_source_close(s);
		return r;
	}
	bpf_source_set_enabled(s, true);
	*ret = s;
	return 0;
}

struct bpf_source *bpf_source_close(struct bpf_source *s)
{
	if (!s)
		return NULL;
	s->rings = rings_free(s->rings);
	s->assembler = assembler_free(s->assembler);
	fsmarks_free(s->marks);
	s->filter = filter_free(s->filter);
	programs_close(&s->programs);
	buf_deinit(&s->event);
	free(s->lost_told);
	free(s);
	return NULL;
}

int bpf_source_fd(const struct bpf_source *s)
{
	return rings_fd(s->rings);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- reading ---- */

static int hand_over(struct bpf_source *s)
{
	size_t at = 0, len;
	int r = 0;

	while (at < s->event.len && r == 0) {
		r = event_length(s->event.data + at, s->event.len - at, &len);
		if (r == 0)
			r = s->callbacks.event(s->callbacks.userdata, s->event.data + at, len);
		at += r == 0 ? len : 0;
	}
	buf_clear(&s->event);
	return r;
}

static int take_record(void *userdata, const void *record, size_t len)
{
	struct bpf_source *s = userdata;
	int r = assemble(s->assembler, record, len, &s->event);

	if (r == -EBADMSG) {
		buf_clear(&s->event);
		return 0; /* our own programs wrote it: counted as lost by who looks at stats */
	}
	if (r == 0 && s->event.len)
		s->stats.events++;
	return r < 0 ? r : hand_over(s);
}

/* What a ring had no room for, as far as it was not told yet. */
static int tell_losses(struct bpf_source *s)
{
	for (size_t i = 0; i < s->programs.n_cpus * CAP_SLOTS; i++) {
		uint64_t lost = __atomic_load_n(&s->programs.slots[i].lost, __ATOMIC_ACQUIRE);
		struct evt_lost item = { .count = lost - s->lost_told[i], .reason = ENOBUFS };
		struct evt_hdr hdr = { .version = EVT_VERSION,
			.kind = EVT_LOST,
			.source = EVT_SRC_BPF,
			.cgroup = s->programs.slots[i].cgroup };
		struct event_writer w;
		struct timespec now;
		int r;

		if (!item.count)
			continue;
		(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
		hdr.time_sec = now.tv_sec;
		hdr.time_nsec = (uint32_t)now.tv_nsec;
		event_begin(&w, &s->event, &hdr);
		event_put(&w, EVT_ITEM_LOST, &item, sizeof(item));
		r = event_finish(&w);
		if (r == 0)
			r = hand_over(s);
		if (r < 0)
			return r;
		s->lost_told[i] = lost;
	}
	return 0;
}

int bpf_source_dispatch(struct bpf_source *s, size_t max_events, int *ret_wait_ms)
{
	size_t left;
	long n;
	int r;

	s->programs.control->is_reader_asleep = 0;
	assembler_tick(s->assembler);
	r = fsmarks_report(s->marks, fsmarks_now(s->marks), &s->event);
	if (r == 0)
		r = filter_marks_moved(s->filter, s->event.data, s->event.len);
	if (r == 0)
		r = hand_over(s);
	if (r < 0)
		return r;
	n = rings_read(s->rings, monotonic_ns() - SETTLE_NS, max_events, take_record, s, &left);
	if (n < 0)
		return (int)n;
	r = tell_losses(s);
	if (r < 0)
		return r;
	*ret_wait_ms = left ? 2 : -1;
	if (left && (size_t)n >= max_events)
		return 1;
	if (left)
		return 0;
	/* who comes next wakes the reader; who came in between is seen by a second look */
	__atomic_store_n(&s->programs.control->is_reader_asleep, 1, __ATOMIC_SEQ_CST);
	(void)rings_read(s->rings, 0, 0, take_record, s, &left);
	if (left)
		*ret_wait_ms = 2;
	return 0;
}

int bpf_source_settle(struct bpf_source *s, size_t max_events)
{
	size_t left;
	long n = rings_read(s->rings, UINT64_MAX, max_events, take_record, s, &left);
	int r = n < 0 ? (int)n : tell_losses(s);

	return r < 0 ? r : (size_t)n >= max_events;
}

void bpf_source_release(struct bpf_source *s)
{
	rings_release(s->rings);
}

enum bpf_tier bpf_source_tier(const struct bpf_source *s)
{
	return s->programs.tier;
}

const struct source_stats *bpf_source_stats(const struct bpf_source *s)
{
	return &s->stats;
}

void bpf_source_measure(struct bpf_source *s, bool is_measured)
{
	s->programs.control->measure = is_measured;
}

static struct control_cost_row measured_of(const struct programs *p)
{
	struct control_cost_row row = { .name = "of these, named calls",
		.kind = CONTROL_COST_NAMED };

	for (size_t i = 0; i < p->n_cpus; i++) {
		row.runs += __atomic_load_n(&p->accounts[i].measured, __ATOMIC_RELAXED);
		row.time_ns += __atomic_load_n(&p->accounts[i].measured_ns, __ATOMIC_RELAXED);
	}
	return row;
}

int bpf_source_cost(const struct bpf_source *s, struct control_cost_row *rows, size_t rows_max)
{
	int n = prog_stats_fill(programs_object(&s->programs), rows, rows_max);

	if (n < 0 || (size_t)n == rows_max)
		return n;
	rows[n] = measured_of(&s->programs);
	return n + 1;
}
