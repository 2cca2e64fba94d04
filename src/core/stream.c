// SPDX-License-Identifier: MIT
/*
 * One deque holds what is in memory: its first n_sent records are on their way and not acknowledged, the others are the
 * retry queue or the hold queue, as there is a consumer or not. What is in the spool is newer than all of it.
 */

#include "core/stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/macros.h"
#include "core/record_queue.h"
#include "core/stream_gap.h"

#define SEND_ATTEMPTS                                                                              \
	5 /* of errors that are neither "full" nor "gone"; UNICAST_RETRIES in kernel/audit.c */
#define SENT_MAX 4096 /* records that may be on their way without an acknowledgement */
#define REFILL   1024 /* records taken from the spool at a time where memory has no limit */

enum place { PLACE_MEMORY, PLACE_SPOOL, PLACE_LOST };

struct stream {
	const char *name;
	struct stream_ops ops;
	uint32_t limit; /* records waiting in memory, 0 any number */
	struct record_queue waiting;
	size_t n_sent;   /* at the head of waiting */
	size_t n_unsure; /* ... at the end of the last connection: they may have arrived */
	bool is_connected, has_acks;

	/* Where the event went to which the record offered last belongs. */
	bool has_event;
	uint32_t event_serial;
	enum place event_place;

	struct stream_gap gap;
	uint32_t kept_serial; /* of the last record that was kept */
	struct stream_stats stats;
};

int stream_new(
	struct stream **ret, const char *name, const struct stream_ops *ops, uint32_t backlog_limit)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->name = name;
	s->ops = *ops;
	s->limit = backlog_limit;
	if (s->ops.spool_count)
		s->stats.offered = s->ops.spool_count(s->ops.spool);
	*ret = s;
	return 0;
}

struct stream *stream_free(struct stream *s)
{
	if (!s)
		return NULL;
	record_queue_deinit(&s->waiting);
	free(s);
	return NULL;
}

void stream_set_limit(struct stream *s, uint32_t backlog_limit)
{
	s->limit = backlog_limit;
}

static uint64_t n_spooled(const struct stream *s)
{
	return s->ops.spool_count ? s->ops.spool_count(s->ops.spool) : 0;
}

static size_t n_waiting(const struct stream *s)
{
	return s->waiting.len - s->n_sent;
}

static bool memory_is_full(const struct stream *s)
{
	return s->limit && n_waiting(s) >= s->limit;
}

bool stream_is_full(const struct stream *s)
{
	if (n_spooled(s) == 0 && !memory_is_full(s))
		return false;
	return !s->ops.spool_put || s->ops.spool_is_full(s->ops.spool);
}

bool stream_memory_is_full(const struct stream *s)
{
	return n_spooled(s) > 0 || memory_is_full(s);
}

/* ---- what is lost ---- */

static void lose(
	struct stream *s, uint8_t source, uint32_t serial, enum stream_loss why, uint64_t n)
{
	if (!s->gap.n_open)
		s->gap.after = s->kept_serial;
	gap_add(&s->gap, &s->ops, source, serial, why, n);
	s->stats.lost_records += n;
}

void stream_lose(struct stream *s, uint8_t source, uint32_t serial, enum stream_loss why)
{
	s->stats.offered++;
	lose(s, source, serial, why, 1);
}

static int put(struct stream *s, struct audit_record *record, enum place place)
{
	if (place == PLACE_SPOOL)
		return s->ops.spool_put(s->ops.spool, record);
	return record_queue_push(&s->waiting, audit_record_ref(record));
}

/* Loss records for all that is lost so far, behind what is kept. False: one of them could not be made or put yet. */
static bool declare(struct stream *s, enum place place, uint32_t before)
{
	struct gap_row *row;
	uint8_t source = 0;
	enum stream_loss why = STREAM_LOSS_QUEUE_FULL;

	while ((row = gap_next(&s->gap, &source, &why))) {
		struct audit_record *record = gap_record(&s->gap, row, source, why, before);
		int r = record ? put(s, record, place) : -ENOMEM;

		(void)audit_record_unref(record);
		if (r < 0)
			return false;
		s->stats.offered++;
		s->stats.declared_records += row->records;
		s->stats.lost_events += row->events;
		gap_close_row(&s->gap, row);
	}
	return true;
}

/* ---- in ---- */

/* Where an event goes that begins now. */
static enum place place_for_new(const struct stream *s)
{
	if (n_spooled(s) == 0 && !memory_is_full(s))
		return PLACE_MEMORY;
	return s->ops.spool_put && !s->ops.spool_is_full(s->ops.spool) ? PLACE_SPOOL : PLACE_LOST;
}

void stream_offer(struct stream *s, struct audit_record *record)
{
	enum stream_loss why = STREAM_LOSS_QUEUE_FULL;

	s->stats.offered++;
	if (!s->has_event || s->event_serial != record->serial) {
		s->has_event = true;
		s->event_serial = record->serial;
		s->event_place = place_for_new(s);
		if (s->event_place != PLACE_LOST && s->gap.n_open &&
			!declare(s, s->event_place, record->serial))
			s->event_place = PLACE_LOST;
	} else if (s->event_place == PLACE_MEMORY && n_spooled(s) > 0) {
		s->event_place = PLACE_SPOOL; /* which stays newer than all that is in memory */
	}
	if (s->event_place != PLACE_LOST) {
		int r = put(s, record, s->event_place);

		if (r == 0) {
			s->kept_serial = record->serial;
			return;
		}
		why = r == -ENOMEM ? STREAM_LOSS_NO_MEMORY : STREAM_LOSS_QUEUE_FULL;
		s->event_place = PLACE_LOST; /* the rest of it too */
	}
	lose(s, record->source, record->serial, why, 1);
	s->ops.lost(s->ops.userdata, 1,
		why == STREAM_LOSS_NO_MEMORY ? "out of memory in kauditd"
		: s->is_connected            ? "kauditd retry queue overflow"
					     : "kauditd hold queue overflow");
}

/* ---- out ---- */

/* How many records may come from the spool into memory. */
static size_t room_for_refill(const struct stream *s)
{
	size_t limit = s->limit ? s->limit : REFILL, waiting = n_waiting(s);

	return waiting <= limit / 2 ? limit - waiting : 0;
}

static void refill(struct stream *s)
{
	size_t room = n_spooled(s) ? room_for_refill(s) : 0;

	while (room) {
		struct audit_record *record = NULL;
		uint64_t n_lost = 0;
		int r = s->ops.spool_get(s->ops.spool, &record, &n_lost);

		if (r == 0)
			return;
		if (r < 0) {
			lose(s, RECORD_SOURCE_ENGINE, s->kept_serial, STREAM_LOSS_SPOOL, n_lost);
			s->ops.lost(s->ops.userdata, n_lost, "spool cannot be read");
			continue;
		}
		if (record_queue_push(&s->waiting, record) < 0) {
			lose(s, record->source, record->serial, STREAM_LOSS_NO_MEMORY, 1);
			s->ops.lost(s->ops.userdata, 1, "out of memory in kauditd");
			return;
		}
		room--;
	}
}

static bool is_gone(int r)
{
	return r == -ECONNREFUSED || r == -EPERM || r == -EPIPE || r == -ECONNRESET;
}

static int try_send(struct stream *s, const struct audit_record *record)
{
	int r = 0;

	for (unsigned i = 0; i < SEND_ATTEMPTS; i++) {
		r = s->ops.send(s->ops.userdata, record);
		if (r == 0)
			return 0;
		if (r == -EAGAIN || is_gone(r))
			break;
	}
	return r;
}

static void drop_head(struct stream *s, size_t n)
{
	while (n--) {
		(void)audit_record_unref(record_queue_pop(&s->waiting));
		s->stats.delivered++;
	}
}

/* A loss at the end, behind which nothing has come yet, is told when all before it is out: it takes no room from others. */
static void declare_when_idle(struct stream *s)
{
	if (s->gap.n_open && n_spooled(s) == 0 && n_waiting(s) == 0)
		(void)declare(s, PLACE_MEMORY, 0);
}

/* What waits, as far as the consumer takes it. 0, or why it takes no more. */
static int send_waiting(struct stream *s)
{
	int r = 0;

	while (s->is_connected && s->n_sent < s->waiting.len && s->n_sent < SENT_MAX) {
		r = try_send(s, record_queue_at(&s->waiting, s->n_sent));
		if (r < 0)
			break;
		if (s->has_acks)
			s->n_sent++;
		else
			drop_head(s, 1);
	}
	return r;
}

void stream_flush(struct stream *s)
{
	int r = 0;

	while (s->is_connected && r == 0) {
		refill(s);
		declare_when_idle(s);
		if (s->n_sent == s->waiting.len || s->n_sent >= SENT_MAX)
			break;
		r = send_waiting(s);
	}
	if (is_gone(r)) {
		stream_disconnect(s);
		s->ops.gone(s->ops.userdata);
		return;
	}
	if (r < 0)
		refill(s);
}

void stream_connect(struct stream *s, bool has_acks, uint32_t n_already)
{
	assert(!s->is_connected && s->n_sent == 0);
	drop_head(s, n_already < s->n_unsure ? n_already : s->n_unsure);
	s->n_unsure = 0;
	s->is_connected = true;
	s->has_acks = has_acks;
}

void stream_disconnect(struct stream *s)
{
	s->is_connected = false;
	s->n_unsure = s->n_sent;
	s->n_sent = 0;
}

bool stream_is_unsure(const struct stream *s)
{
	return s->n_unsure > 0 || s->n_sent > 0;
}

int stream_ack(struct stream *s, uint32_t n_records)
{
	if (n_records > s->n_sent)
		return -EINVAL;
	s->n_sent -= n_records;
	drop_head(s, n_records);
	return 0;
}

const struct audit_record *stream_peek(const struct stream *s, size_t i)
{
	return i < s->waiting.len ? record_queue_at(&s->waiting, i) : NULL;
}

int64_t stream_save(struct stream *s)
{
	struct audit_record **records;
	size_t n;
	int r;

	if (!s->ops.spool_unget)
		return -ENOTSUP;
	/* What was lost last is told all the same: the log goes on where it ended. */
	(void)declare(s, n_spooled(s) ? PLACE_SPOOL : PLACE_MEMORY, 0);
	n = s->waiting.len;
	records = calloc(n ? n : 1, sizeof(struct audit_record *));
	if (!records)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		records[i] = record_queue_at(&s->waiting, i);
	r = n ? s->ops.spool_unget(s->ops.spool, records, n) : 0;
	free(records);
	if (r < 0)
		return r;
	while (s->waiting.len)
		(void)audit_record_unref(record_queue_pop(&s->waiting));
	s->n_sent = s->n_unsure = 0;
	return (int64_t)n_spooled(s);
}

void stream_get_stats(const struct stream *s, struct stream_stats *ret)
{
	*ret = s->stats;
	ret->sent = (uint32_t)s->n_sent;
	ret->waiting = (uint32_t)n_waiting(s);
	ret->spooled = n_spooled(s);
	ret->is_connected = s->is_connected;
	for (unsigned source = 0; s->gap.n_open && source < _RECORD_SOURCE_MAX; source++)
		for (unsigned why = 0; why < _STREAM_LOSS_MAX; why++)
			ret->lost_events += s->gap.rows[source][why].events;
}

const char *stream_name(const struct stream *s)
{
	return s->name;
}
