// SPDX-License-Identifier: MIT
#include "source/ptrace/clock.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/timex.h>

#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/task_mem.h"

#define NSEC_PER_SEC 1000000000L
#define READ_TRIES                                                                                 \
	1000 /* a clock tick that comes in between each time: not before the machine is broken */

/* struct timex of a 32-bit program (old_timex32 of the kernel): its first members. */
struct timex32_head {
	uint32_t modes;
	int32_t offset;
};

struct timespec clock_difference(struct timespec a, struct timespec b)
{
	struct timespec d = { .tv_sec = a.tv_sec - b.tv_sec, .tv_nsec = a.tv_nsec - b.tv_nsec };

	if (d.tv_nsec < 0) {
		d.tv_sec--;
		d.tv_nsec += NSEC_PER_SEC;
	}
	return d;
}

/*
 * Exact to the nanosecond: the coarse clocks stand still between two updates of the kernel's, and between two equal
 * readings of the one the other belongs to the same update.
 */
static int read_distance(struct timespec *ret)
{
	struct timespec real, monotonic, again;

	for (int i = 0; i < READ_TRIES; i++) {
		if (clock_gettime(CLOCK_REALTIME_COARSE, &real) < 0 ||
			clock_gettime(CLOCK_MONOTONIC_COARSE, &monotonic) < 0 ||
			clock_gettime(CLOCK_REALTIME_COARSE, &again) < 0)
			return -errno;
		if (real.tv_sec == again.tv_sec && real.tv_nsec == again.tv_nsec) {
			*ret = clock_difference(real, monotonic);
			return 0;
		}
	}
	return -EAGAIN;
}

static int read_ntp(struct ntp_reading *ret)
{
	struct timex t = { .modes = 0 }, adjust = { .modes = ADJ_OFFSET_SS_READ };

	if (adjtimex(&t) < 0 || adjtimex(&adjust) < 0)
		return -errno;
	*ret = (struct ntp_reading){
		.offset = t.offset,
		.freq = t.freq,
		.adjust = adjust.offset,
		.tick = t.tick,
		.status = t.status,
		.tai = t.tai,
	};
	return 0;
}

static int read_clock(struct clock_reading *ret)
{
	int r = read_distance(&ret->distance);

	return r < 0 ? r : read_ntp(&ret->ntp);
}

static bool is_call(const struct call *call, const char *name)
{
	return call->info->name && strcmp(call->info->name, name) == 0;
}

static int read_request(const struct call *call, uint64_t addr, struct ntp_request *ret)
{
	struct timex32_head narrow;
	struct timex wide;
	int r;

	if (call->is_compat && !is_call(call, "clock_adjtime64")) {
		r = task_mem_read(call->tid, addr, &narrow, sizeof(narrow));
		if (r < 0)
			return r;
		*ret = (struct ntp_request){ .modes = narrow.modes, .offset = narrow.offset };
		return 0;
	}
	r = task_mem_read(call->tid, addr, &wide, offsetof(struct timex, freq));
	if (r < 0)
		return r;
	*ret = (struct ntp_request){ .modes = wide.modes, .offset = wide.offset };
	return 0;
}

void clock_entry(struct call *call)
{
	struct clock_call *clock = &call->clock;
	int which = syscall_arg(call->info, ARG_CLOCK);
	int timex = syscall_arg(call->info, ARG_TIMEX);

	if (which >= 0 && (int32_t)call->args[which] != CLOCK_REALTIME)
		return; /* no other clock's changes are recorded */
	if (timex >= 0) {
		clock->has_timex = read_request(call, call->args[timex], &clock->request) == 0;
		if (!clock->has_timex || !clock->request.modes)
			return;
	}
	clock->is_set = read_clock(&clock->before) == 0;
}

static unsigned ticks_per_second(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0 || tick.tv_sec || tick.tv_nsec <= 0)
		return 250;
	return (unsigned)((NSEC_PER_SEC + tick.tv_nsec / 2) / tick.tv_nsec);
}

void clock_exit(const struct call *call, int64_t ret, struct ntp_kept *kept, struct event_writer *w)
{
	const struct clock_call *clock = &call->clock;
	struct evt_ntp changes[_EVT_NTP_MAX];
	struct clock_reading after;
	struct timespec set;
	size_t n = 0;

	/* the answer of adjtimex() is copied out when all is done, perhaps to where nothing can be written */
	if (!clock->is_set || (ret < 0 && !(ret == -EFAULT && clock->has_timex)))
		return;
	if (read_clock(&after) < 0)
		return;
	set = clock_difference(after.distance, clock->before.distance);
	if (set.tv_sec || set.tv_nsec) {
		struct evt_time_offset offset = { .sec = set.tv_sec, .nsec = set.tv_nsec };

		event_put(w, EVT_ITEM_TIME_OFFSET, &offset, sizeof(offset));
	}
	if (clock->has_timex)
		n = ntp_changes(changes, &clock->request, &clock->before.ntp, &after.ntp, kept,
			ticks_per_second());
	for (size_t i = 0; i < n; i++)
		event_put(w, EVT_ITEM_NTP, &changes[i], sizeof(changes[i]));
}
