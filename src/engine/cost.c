// SPDX-License-Identifier: MIT
#include "engine/cost.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/bpf_feed.h"
#include "engine/engine_state.h"

#define NSEC_PER_SEC UINT64_C(1000000000)

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return 0;
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

/* CPU time of a process; 0: it has just ended. */
static uint64_t cpu_time(pid_t pid)
{
	clockid_t clock;

	return clock_getcpuclockid(pid, &clock) == 0 ? read_clock(clock) : 0;
}

static void put_row(struct control_cost *cost, struct control_cost_row *rows, size_t rows_max,
	const char *name, uint64_t time_ns)
{
	struct control_cost_row *row;

	if (cost->n_rows >= rows_max)
		return;
	row = &rows[cost->n_rows++];
	row->kind = CONTROL_COST_PROCESS;
	row->runs = cost->events;
	row->time_ns = time_ns;
	(void)snprintf(row->name, sizeof(row->name), "%s", name);
}

static void stop_measuring(void *engine)
{
	struct engine *e = engine;

	e->measured_until_ns = 0;
	if (e->bpf)
		bpf_feed_measure(e->bpf, false);
}

/* What the programs measure themselves costs something. Of several who want to know, one does for longest. */
static int measure_for(struct engine *e, uint32_t window_ms)
{
	uint64_t end = read_clock(CLOCK_MONOTONIC) + window_ms * UINT64_C(1000000);
	int r = 0;

	if (!window_ms || end <= e->measured_until_ns)
		return 0;
	e->measuring.expired = stop_measuring;
	e->measuring.userdata = e;
	if (!e->measuring.io.is_added)
		r = loop_timer_add(e->loop, &e->measuring);
	if (r < 0)
		return r;
	e->measured_until_ns = end;
	loop_timer_set(&e->measuring, window_ms);
	bpf_feed_measure(e->bpf, true);
	return 0;
}

/* A number of rows, or a negative errno. */
static int cost_of_programs(
	struct engine *e, uint32_t window_ms, struct control_cost_row *rows, size_t rows_max)
{
	int r;

	if (!e->bpf)
		return 0;
	r = measure_for(e, window_ms);
	return r < 0 ? r : bpf_feed_cost(e->bpf, rows, rows_max);
}

int engine_cost(void *engine, uint32_t window_ms, struct control_cost *cost,
	struct control_cost_row *rows, size_t rows_max)
{
	struct engine *e = engine;
	int n = cost_of_programs(e, window_ms, rows, rows_max);

	if (n < 0)
		return n;
	cost->n_rows = (uint32_t)n;
	cost->clock_ns = read_clock(CLOCK_MONOTONIC);
	(void)snprintf(cost->source, sizeof(cost->source), "%s", e->settings.source);
	put_row(cost, rows, rows_max, "engine", read_clock(CLOCK_PROCESS_CPUTIME_ID));
	if (e->writer && writer_pid(e->writer) > 0)
		put_row(cost, rows, rows_max, "log writer", cpu_time(writer_pid(e->writer)));
	return 0;
}
