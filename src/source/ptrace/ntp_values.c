// SPDX-License-Identifier: MIT
#include "source/ptrace/ntp_values.h"

#include <sys/timex.h>

/* Of the kernel's own linux/timex.h, which does not go with the C library's header. */
#define ADJ_ADJTIME         0x8000u /* adjust by an offset, as adjtime() */
#define ADJ_OFFSET_READONLY 0x2000u

#define NSEC_PER_USEC 1000
#define USEC_PER_SEC  1000000
#define SCALE_SHIFT   32 /* NTP_SCALE_SHIFT: fractions of a nanosecond, 32 bits */
/* A told frequency unit in the kernel's: 1000 << (NTP_SCALE_SHIFT - SHIFT_USEC). */
#define FREQ_SCALE INT64_C(65536000)
/* The kernel's MAXPHASE: half a second, in nanoseconds. */
#define PHASE_MAX INT64_C(500000000)

static int64_t clamp(int64_t v, int64_t max)
{
	return v < -max ? -max : v > max ? max : v;
}

/* What the kernel corrects in each tick for an offset in nanoseconds. */
static int64_t scaled_offset(int64_t nsec, unsigned hz)
{
	return clamp(nsec, PHASE_MAX) * (INT64_C(1) << SCALE_SHIFT) / (int64_t)hz;
}

/* What adjtimex() makes of it: rounded towards zero; in microseconds, a negative one modulo 2^32 nanoseconds. */
static int64_t told_offset(int64_t scaled, int32_t status, unsigned hz)
{
	int64_t nsec = scaled * (int64_t)hz / (INT64_C(1) << SCALE_SHIFT);

	return status & STA_NANO ? nsec : (int64_t)((uint32_t)nsec / NSEC_PER_USEC);
}

/* ... and back, as far as that goes. */
static int64_t offset_before(
	const struct ntp_reading *reading, const struct ntp_kept *kept, unsigned hz)
{
	int64_t nsec = reading->offset;

	if (kept->has_offset && told_offset(kept->offset, reading->status, hz) == reading->offset)
		return kept->offset;
	if (!(reading->status & STA_NANO)) {
		if (nsec > PHASE_MAX / NSEC_PER_USEC)
			nsec -= (INT64_C(1) << 32) / NSEC_PER_USEC;
		nsec *= NSEC_PER_USEC;
	}
	return scaled_offset(nsec, hz);
}

static int64_t asked_offset_nsec(const struct ntp_request *request, int32_t status)
{
	if (status & STA_NANO)
		return request->offset;
	return clamp(request->offset, USEC_PER_SEC) * NSEC_PER_USEC;
}

static size_t add(
	struct evt_ntp *changes, size_t n, enum evt_ntp_op op, int64_t old_value, int64_t new_value)
{
	if (old_value == new_value)
		return n;
	changes[n] = (struct evt_ntp){ .op = op, .old = old_value, .now = new_value };
	return n + 1;
}

size_t ntp_changes(struct evt_ntp changes[static _EVT_NTP_MAX], const struct ntp_request *request,
	const struct ntp_reading *before, const struct ntp_reading *after, struct ntp_kept *kept,
	unsigned hz)
{
	int64_t offset;
	size_t n = 0;

	if (request->modes & ADJ_ADJTIME) {
		if (request->modes & ADJ_OFFSET_READONLY)
			return 0;
		return add(changes, n, EVT_NTP_ADJUST, before->adjust, request->offset);
	}
	if (!request->modes)
		return 0;
	if (request->modes & ADJ_OFFSET && after->status & STA_PLL) {
		offset = scaled_offset(asked_offset_nsec(request, after->status), hz);
		n = add(changes, n, EVT_NTP_OFFSET, offset_before(before, kept, hz), offset);
		*kept = (struct ntp_kept){ .has_offset = true, .offset = offset };
	}
	n = add(changes, n, EVT_NTP_FREQ, before->freq * FREQ_SCALE, after->freq * FREQ_SCALE);
	n = add(changes, n, EVT_NTP_STATUS, before->status, after->status);
	n = add(changes, n, EVT_NTP_TAI, before->tai, after->tai);
	return add(changes, n, EVT_NTP_TICK, before->tick, after->tick);
}
