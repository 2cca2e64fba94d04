/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_STREAM_H
#define UAUDIT_CORE_STREAM_H

/*
 * The way of records to one consumer: the registered daemon, our own log writer. Records leave in the order in which
 * they came, each is delivered or accounted for, and a slow or absent consumer holds up nobody.
 *
 *	offer -> waiting (the retry queue while there is a consumer, the hold queue while there is none)
 *	      -> the spool, when as many wait as backlog_limit allows; the oldest stay in memory
 *	      -> lost, when the spool is full too: a loss record takes their place (below)
 *
 * Records that were sent stay at the head of waiting until the consumer says that it has dealt with them, if it is one
 * that does; when it goes away they are sent again to the next one. A consumer that never acknowledges has what was
 * sent, as with the kernel.
 *
 * Differences from the kernel's queues (spec kernel 2.3, 2.4): records keep their order also after a failure; parked ones are
 * sent as soon as there is room, not when the next record comes; the hold queue is always in use.
 *
 * An event is kept or lost as a whole: what happens to its first record happens to all.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/audit_record.h"

struct stream;

struct stream_ops {
	void *userdata;
	/* The consumer takes the record: 0; -EAGAIN: not now (stream_flush() when there is room); -ECONNREFUSED, -EPERM,
	 * -EPIPE, -ECONNRESET: it is gone; other errors are tried up to five times. */
	int (*send)(void *userdata, const struct audit_record *record);
	/* The consumer is gone: called once, from within stream_flush() or stream_offer(). */
	void (*gone)(void *userdata);
	/*
	 * The spool behind the memory; all NULL without one. What it holds at the start was left by an earlier engine and
	 * goes out first.
	 */
	/* 0; -ENOSPC: full; other errors count as full. */
	int (*spool_put)(void *spool, const struct audit_record *record);
	/* The oldest record, the caller's: 1; 0: empty; negative: *ret_lost records could not be read and are gone. */
	int (*spool_get)(void *spool, struct audit_record **ret, uint64_t *ret_lost);
	/* n records that are older than all it holds, also beyond its limit. */
	int (*spool_unget)(void *spool, struct audit_record *const *records, size_t n);
	uint64_t (*spool_count)(const void *spool); /* records */
	bool (*spool_is_full)(const void *spool);
	void *spool; /* the userdata of these */

	/* Serial and time of a loss record, drawn when the loss begins, so that it stands in order. */
	void (*stamp)(void *userdata, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec);
	/* Records found no room, or could not be read back: for the counter, and for what failure says. */
	void (*lost)(void *userdata, uint64_t n_records, const char *reason);
};

/* name is static: "daemon", "log". backlog_limit: records that may wait in memory, 0 any number. */
int stream_new(struct stream **ret, const char *name, const struct stream_ops *ops,
	uint32_t backlog_limit);
struct stream *stream_free(struct stream *stream);
void stream_set_limit(struct stream *stream, uint32_t backlog_limit);

/* One more record, of which the stream takes a reference. Never fails: what cannot be kept is lost, counted and declared. */
void stream_offer(struct stream *stream, struct audit_record *record);

/* Why something was lost; as reason= in the loss record. */
enum stream_loss {
	STREAM_LOSS_QUEUE_FULL, /* queue-full */
	STREAM_LOSS_RATE_LIMIT, /* rate-limit */
	STREAM_LOSS_NO_MEMORY,  /* no-memory */
	STREAM_LOSS_SPOOL,      /* spool-unreadable */
	STREAM_LOSS_SLOW,       /* slow-reader: of a reader that records do not wait for */
	STREAM_LOSS_GONE, /* sender-gone: nobody can say any more whether its sender might send it */
	_STREAM_LOSS_MAX,
};
/* A record that never got as far as the stream: counted as offered and lost, and declared. ops->lost is not called. */
void stream_lose(struct stream *stream, uint8_t source, uint32_t serial, enum stream_loss why);

/* Sends what waits, as far as the consumer takes it. */
void stream_flush(struct stream *stream);

/*
 * A consumer is there. has_acks: it will acknowledge. n_already: of the records that were sent before and not
 * acknowledged, the first n have arrived all the same (the log writer finds them in its file).
 */
void stream_connect(struct stream *stream, bool has_acks, uint32_t n_already);
/* It is gone; what it has not acknowledged will be sent again. */
void stream_disconnect(struct stream *stream);
/* Whether records were sent that the consumer, or the one before it, has not acknowledged. */
bool stream_is_unsure(const struct stream *stream);
/* -EINVAL: more than were sent. */
int stream_ack(struct stream *stream, uint32_t n_records);

/* At the end: everything that is not delivered goes to the spool, the order kept. The number of records that it has
 * then; -ENOTSUP without a spool, or its error: nothing has moved. */
int64_t stream_save(struct stream *stream);

/* The i-th record in memory from the head, borrowed; NULL: there are fewer. */
const struct audit_record *stream_peek(const struct stream *stream, size_t i);

/* As many records wait as may, in memory and in the spool: the next event would be lost. */
bool stream_is_full(const struct stream *stream);

/* The next event would go to the spool, or be lost. */
bool stream_memory_is_full(const struct stream *stream);

struct stream_stats {
	uint32_t sent, waiting; /* records; waiting without those sent */
	uint64_t offered, delivered, lost_records, lost_events, declared_records;
	uint64_t spooled; /* records */
	bool is_connected;
};
/* offered == delivered + sent + waiting + spooled + lost_records, at any time; loss records count like others. */
void stream_get_stats(const struct stream *stream, struct stream_stats *ret);
const char *stream_name(const struct stream *stream);

/*
 * A loss record, type AUDIT_KERNEL (2000), one for each source and reason in a gap; it stands where the lost records would
 * stand, its own serial among theirs:
 *
 *	op=events-lost source=user lost=12 events=12 reason=queue-full after=17 before=31 res=0
 *
 * lost: records; events: distinct serials among them; after: serial of the last record before the gap, 0 at the beginning;
 * before: serial of the first record behind it, or one more than the last that was lost when nothing has followed yet.
 */

#endif
