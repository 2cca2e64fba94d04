// SPDX-License-Identifier: MIT
/* AUDIT_GET and AUDIT_SET (spec kernel 1.7, 1.8). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"

/* struct audit_status as of Linux 6.18, by words: the one in linux/audit.h may be older. */
enum {
	WORD_MASK,
	WORD_ENABLED,
	WORD_FAILURE,
	WORD_PID,
	WORD_RATE_LIMIT,
	WORD_BACKLOG_LIMIT,
	WORD_LOST,
	WORD_BACKLOG,
	WORD_FEATURES,
	WORD_WAIT_TIME,
	WORD_WAIT_ACTUAL,
	_WORD_MAX,
};
_Static_assert(_WORD_MAX * sizeof(uint32_t) == CONTROL_STATUS_LEN, "struct audit_status");

#define SET_LOST        0x40u
#define SET_WAIT_ACTUAL 0x80u

int control_get(struct control_call *call)
{
	struct control *control = call->control;
	const struct kauditd_limits *limits = kauditd_limits(control->kauditd);
	uint32_t status[_WORD_MAX] = {
		[WORD_ENABLED] = control->enabled,
		[WORD_FAILURE] = limits->failure,
		[WORD_PID] = (uint32_t)control->daemon_tgid,
		[WORD_RATE_LIMIT] = limits->rate_limit,
		[WORD_BACKLOG_LIMIT] = limits->backlog_limit,
		[WORD_LOST] = kauditd_lost_count(control->kauditd),
		[WORD_BACKLOG] = kauditd_backlog(control->kauditd),
		[WORD_FEATURES] = CONTROL_FEATURE_BITS,
		[WORD_WAIT_TIME] = limits->backlog_wait_time,
		[WORD_WAIT_ACTUAL] = kauditd_wait_actual(control->kauditd),
	};

	(void)control_reply_data(call, AUDIT_GET, 0, status, sizeof(status)); /* lost in silence */
	return 0;
}

/* A value of the mask. */
struct knob {
	uint32_t bit;
	uint8_t word;     /* of the status */
	uint32_t max;     /* the largest valid value */
	uint32_t min_len; /* bytes of the status; what is missing of a shorter one counts as 0 */
	const char *name; /* in the record */
	size_t limit;     /* offset in struct kauditd_limits; KNOB_ENABLED: not there */
};

#define KNOB_ENABLED SIZE_MAX
/* The kernel compares the length of the message with its header, and so takes 0 out of a status that has no wait time. */
#define WAIT_TIME_LEN ((WORD_WAIT_TIME + 1) * sizeof(uint32_t))
#define LIMIT(field)  offsetof(struct kauditd_limits, field)

static const struct knob knobs[] = {
	{ AUDIT_STATUS_ENABLED, WORD_ENABLED, 2, 0, "audit_enabled", KNOB_ENABLED },
	{ AUDIT_STATUS_FAILURE, WORD_FAILURE, AUDIT_FAIL_PANIC, 0, "audit_failure",
		LIMIT(failure) },
	{ AUDIT_STATUS_PID, WORD_PID, UINT32_MAX, 0, NULL, 0 },
	{ AUDIT_STATUS_RATE_LIMIT, WORD_RATE_LIMIT, UINT32_MAX, 0, "audit_rate_limit",
		LIMIT(rate_limit) },
	{ AUDIT_STATUS_BACKLOG_LIMIT, WORD_BACKLOG_LIMIT, UINT32_MAX, 0, "audit_backlog_limit",
		LIMIT(backlog_limit) },
	{ AUDIT_STATUS_BACKLOG_WAIT_TIME, WORD_WAIT_TIME, CONTROL_WAIT_MAX, WAIT_TIME_LEN,
		"audit_backlog_wait_time", LIMIT(backlog_wait_time) },
};

static int set_knob(struct control_call *call, const struct knob *knob, uint32_t value)
{
	struct control *control = call->control;
	struct kauditd_limits limits = *kauditd_limits(control->kauditd);
	uint32_t *place = knob->limit == KNOB_ENABLED
				  ? &control->enabled
				  : (uint32_t *)(void *)((char *)&limits + knob->limit);
	bool may = !control_is_locked(control);

	if (call->len < knob->min_len || value > knob->max)
		return -EINVAL;
	/* Told before it is done: switching on is silent, switching off is not. */
	if (control->enabled)
		control_log_set(call, knob->name, value, *place, may);
	if (!may)
		return -EPERM;
	*place = value;
	if (knob->limit != KNOB_ENABLED)
		kauditd_set_limits(control->kauditd, &limits);
	return 0;
}

/* The old value is the request's result, a positive "error". */
static int reset_counter(struct control_call *call, const char *name, uint32_t old)
{
	control_log_set(call, name, 0, old, true);
	return (int)old;
}

int control_set(struct control_call *call)
{
	struct control *control = call->control;
	uint32_t status[_WORD_MAX] = { 0 };
	int r = 0;

	memcpy(status, call->payload, call->len < sizeof(status) ? call->len : sizeof(status));
	for (size_t i = 0; i < ARRAY_SIZE(knobs) && r == 0; i++) {
		if (!(status[WORD_MASK] & knobs[i].bit))
			continue;
		r = knobs[i].bit == AUDIT_STATUS_PID
			    ? control_set_pid(call, status[WORD_PID])
			    : set_knob(call, &knobs[i], status[knobs[i].word]);
	}
	if (r < 0)
		return r;
	if (status[WORD_MASK] == SET_LOST)
		return reset_counter(call, "lost", kauditd_reset_lost(control->kauditd));
	if (status[WORD_MASK] == SET_WAIT_ACTUAL)
		return reset_counter(call, "backlog_wait_time_actual",
			kauditd_reset_wait_actual(control->kauditd));
	return 0;
}
