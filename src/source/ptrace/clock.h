/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_CLOCK_H
#define UAUDIT_SOURCE_PTRACE_CLOCK_H

/*
 * Calls that set the machine's clock or how fast it goes (records TIME_INJOFFSET and TIME_ADJNTPVAL). What they changed is
 * seen from outside: the distance between the clock and the monotonic one, and what adjtimex() tells, before and after.
 */

#include <stdbool.h>
#include <time.h>

#include "source/ptrace/ntp_values.h"

struct call;
struct event_writer;

struct clock_reading {
	struct timespec
		distance; /* of CLOCK_REALTIME from CLOCK_MONOTONIC; changes only when the clock is set */
	struct ntp_reading ntp;
};

/* Of a call in flight. */
struct clock_call {
	bool is_set;    /* it may set the clock, and before is valid */
	bool has_timex; /* it may adjust it as request says */
	struct clock_reading before;
	struct ntp_request request;
};

void clock_entry(struct call *call);
void clock_exit(
	const struct call *call, int64_t ret, struct ntp_kept *kept, struct event_writer *w);

/* a - b, nanoseconds from 0 to 999999999. */
struct timespec clock_difference(struct timespec a, struct timespec b);

#endif
