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

int engine_cost(void *engine, uint32_t window_ms, struct control_cost *cost,
	struct control_cost_row *rows, size_t rows_max)
{
	const struct engine *e = engine;

	int n = e->bpf ? bpf_feed_cost(e->bpf, rows, rows_max) : 0;

	(void)window_ms; /* all of this is counted always, or by whoever asks */
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
