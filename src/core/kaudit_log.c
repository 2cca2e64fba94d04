// SPDX-License-Identifier: MIT
#include "core/kaudit_log.h"

#include <errno.h>
#include <stdarg.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "core/kaudit_state.h"

#define NSEC_PER_MSEC 1000000u

/* The serial of an event is drawn when its first record begins, not before (spec kernel 3.2). */
uint32_t kaudit_next_serial(struct kaudit *audit)
{
	if (++audit->serial == 0)
		audit->serial = 1;
	return audit->serial;
}

uint32_t kaudit_serial(const struct kaudit *audit)
{
	return audit->serial;
}

void kaudit_set_serial(struct kaudit *audit, uint32_t serial)
{
	audit->serial = serial;
}

/* Writes the stamp that all records of the event begin with; what follows it is cut off for the next one. */
static _noinline_ void put_stamp(struct audit_buffer *ab, const struct evt_hdr *h, uint32_t serial)
{
	uint32_t msec = h->time_nsec / NSEC_PER_MSEC;
	bool is_same_time = ab->time_len && ab->time_sec == h->time_sec && ab->time_msec == msec;

	ab->source = (uint8_t)h->source;
	ab->serial = serial;
	buf_clear(&ab->text);
	if (is_same_time) {
		ab->text.len = ab->time_len; /* it still stands there */
	} else {
		ab->time_sec = h->time_sec;
		ab->time_msec = msec;
		ab_stamp_time(ab, ab->time_sec, ab->time_msec);
		ab->time_len = buf_error(&ab->text) ? 0 : ab->text.len;
	}
	ab_stamp_serial(ab, serial);
	ab->stamp_len = ab->text.len;
}

struct audit_buffer *kaudit_log_start_in(
	struct kaudit *audit, const struct event *who, uint16_t type, uint32_t *serial)
{
	struct audit_buffer *ab = &audit->ab;

	if (audit->rules->n_rules[AUDIT_FILTER_EXCLUDE] &&
		kaudit_filter_exclude(audit->rules, who, type)) {
		audit->stats.records_excluded++;
		return NULL;
	}
	if (*serial == 0) {
		*serial = kaudit_next_serial(audit);
		put_stamp(ab, &who->h, *serial);
	}
	ab->text.len = ab->stamp_len;
	ab->type = type;
	return ab;
}

struct audit_buffer *kaudit_log_start(struct kaudit *audit, const struct event *who, uint16_t type)
{
	uint32_t serial = 0;

	return kaudit_log_start_in(audit, who, type, &serial);
}

/* As a line of a log has it: type=CWD msg=audit(...): ... and a newline. */
static size_t line_len(const struct audit_buffer *ab)
{
	return strlen("type= msg=\n") + record_type_name_len(ab->type) + ab->text.len;
}

static void count(struct kaudit *audit, const struct audit_buffer *ab)
{
	struct kaudit_stats *stats = &audit->stats;
	size_t len;

	stats->records++;
	if (ab->type == AUDIT_EOE)
		return; /* which is sent, and not written down */
	len = line_len(ab);
	stats->lines++;
	stats->bytes += len;
	if (audit->charged) {
		audit->charged->records++;
		audit->charged->bytes += len;
	} else {
		stats->lines_no_rule++;
		stats->bytes_no_rule += len;
	}
}

int kaudit_log_end(struct audit_buffer *ab)
{
	struct kaudit_record record;
	struct kaudit *audit;
	int r;

	if (!ab)
		return 0;
	r = buf_error(&ab->text);
	if (r < 0)
		return r;
	record = (struct kaudit_record){
		.type = ab->type,
		.source = ab->source,
		.time_sec = ab->time_sec,
		.time_msec = ab->time_msec,
		.serial = ab->serial,
		.text = ab->text.data,
		.len = ab->text.len,
	};
	audit = ab->audit;
	count(audit, ab);
	return audit->sink(audit->userdata, &record);
}

static void format_va(struct audit_buffer *ab, const char *fmt, va_list args)
{
	va_list again;
	char *at;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0) {
		ab->text.error = ab->text.error ? ab->text.error : -EINVAL;
		return;
	}
	at = buf_reserve(&ab->text, (size_t)n + 1); /* the NUL is overwritten by what follows */
	if (!at)
		return;
	(void)vsnprintf(at, (size_t)n + 1, fmt, args);
	ab->text.len += (size_t)n;
}

void kaudit_log_format(struct audit_buffer *ab, const char *fmt, ...)
{
	va_list args;

	if (!ab)
		return;
	va_start(args, fmt);
	format_va(ab, fmt, args);
	va_end(args);
}

int kaudit_log(struct kaudit *audit, const struct event *who, uint16_t type, const char *fmt, ...)
{
	struct audit_buffer *ab = kaudit_log_start(audit, who, type);
	va_list args;

	if (!ab)
		return 0;
	va_start(args, fmt);
	format_va(ab, fmt, args);
	va_end(args);
	return kaudit_log_end(ab);
}

void kaudit_log_subj(struct audit_buffer *ab, const struct event *who)
{
	if (!ab || !who->subj.p)
		return;
	ab_text(ab, " subj=");
	buf_put(&ab->text, who->subj.p, who->subj.len);
}

void kaudit_log_session(struct audit_buffer *ab, const struct event *who)
{
	ab_u64(ab, "auid=", who->h.auid);
	ab_u64(ab, " ses=", who->h.ses);
	kaudit_log_subj(ab, who);
}

void kaudit_log_sender(struct audit_buffer *ab, const struct event *who)
{
	ab_i64(ab, "pid=", (int32_t)who->h.tgid);
	ab_u64(ab, " uid=", who->h.uid);
	ab_text(ab, " ");
	kaudit_log_session(ab, who);
}
