/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_NTP_VALUES_H
#define UAUDIT_SOURCE_PTRACE_NTP_VALUES_H

/*
 * What an adjtimex() changed, in the kernel's own units, from what adjtimex() tells anybody before and after it (spec
 * kernel 4.6, TIME_ADJNTPVAL). Status, tai, tick and adjust are told as they are kept. A frequency is told in 2^-16 ppm,
 * which is what a call sets it in; an offset in nanoseconds or microseconds, of which only what the call itself asks for
 * is exact: what is left of an earlier one is rounded, unless it is the one that was asked for last.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evt.h"

/* What struct timex of a call with no modes says. */
struct ntp_reading {
	int64_t offset; /* nanoseconds with STA_NANO in status, else microseconds */
	int64_t freq;   /* 2^-16 ppm */
	int64_t adjust; /* microseconds left of an adjtime() */
	int64_t tick;   /* microseconds */
	int32_t status, tai;
};

struct ntp_request {
	uint32_t modes;
	int64_t offset; /* unit: that of the status afterwards; ADJ_ADJTIME: microseconds */
};

/* The offset that was set last, as the kernel kept it then. */
struct ntp_kept {
	bool has_offset;
	int64_t offset;
};

/* How many values changed, at most _EVT_NTP_MAX, in the order of their records. hz: ticks a second of the kernel. */
size_t ntp_changes(struct evt_ntp changes[static _EVT_NTP_MAX], const struct ntp_request *request,
	const struct ntp_reading *before, const struct ntp_reading *after, struct ntp_kept *kept,
	unsigned hz);

#endif
