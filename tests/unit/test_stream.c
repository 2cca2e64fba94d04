// SPDX-License-Identifier: MIT
/*
 * The way of records to one consumer: single situations first, then seeded schedules of everything that can happen, after
 * each step of which the account must be right.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/record_queue.h"
#include "core/stream.h"

#define SERIALS_MAX 20000u

/* A consumer with a bounded receive buffer, and a spool of so many records. */
struct fixture {
	struct stream *stream;
	struct record_queue spool;
	size_t spool_max;
	int answer;    /* of send */
	unsigned room; /* records that the consumer takes before it is full */
	unsigned n_attempts;
	unsigned n_gone;
	uint64_t n_lost;
	uint32_t serial;          /* drawn last */
	struct record_queue sent; /* as the consumer got them; resent ones again */
	size_t n_acked;           /* of sent since the last connection */
};

static int fake_send(void *userdata, const struct audit_record *record)
{
	struct fixture *f = userdata;

	f->n_attempts++;
	if (f->answer < 0)
		return f->answer;
	if (!f->room)
		return -EAGAIN;
	f->room--;
	/* the copy is the consumer's */
	return record_queue_push(
		&f->sent, audit_record_ref((struct audit_record *)(uintptr_t)record));
}

static void fake_gone(void *userdata)
{
	((struct fixture *)userdata)->n_gone++;
}

static int fake_put(void *spool, const struct audit_record *record)
{
	struct fixture *f = spool;

	return record_queue_push(
		&f->spool, audit_record_ref((struct audit_record *)(uintptr_t)record));
}

static int fake_get(void *spool, struct audit_record **ret, uint64_t *ret_lost)
{
	struct fixture *f = spool;

	*ret_lost = 0;
	*ret = record_queue_pop(&f->spool);
	return *ret != NULL;
}

static int fake_unget(void *spool, struct audit_record *const *records, size_t n)
{
	struct fixture *f = spool;
	struct record_queue all = { 0 };
	struct audit_record *record;

	for (size_t i = 0; i < n; i++)
		(void)record_queue_push(&all, audit_record_ref(records[i]));
	while ((record = record_queue_pop(&f->spool)))
		(void)record_queue_push(&all, record);
	record_queue_deinit(&f->spool);
	f->spool = all;
	return 0;
}

static uint64_t fake_count(const void *spool)
{
	return ((const struct fixture *)spool)->spool.len;
}

static bool fake_is_full(const void *spool)
{
	const struct fixture *f = spool;

	return f->spool.len >= f->spool_max;
}

static void fake_stamp(void *userdata, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec)
{
	struct fixture *f = userdata;

	*ret_serial = ++f->serial;
	*ret_sec = 1700000000;
	*ret_msec = 1;
}

static void fake_lost(void *userdata, uint64_t n_records, const char *reason)
{
	struct fixture *f = userdata;

	assert_non_null(strstr(reason, f->stream ? "queue overflow" : ""));
	f->n_lost += n_records;
}

static void set_up(struct fixture *f, uint32_t limit, size_t spool_max)
{
	struct stream_ops ops = {
		.userdata = f,
		.send = fake_send,
		.gone = fake_gone,
		.stamp = fake_stamp,
		.lost = fake_lost,
	};

	*f = (struct fixture){ .spool_max = spool_max, .room = UINT32_MAX };
	if (spool_max) {
		ops.spool = f;
		ops.spool_put = fake_put;
		ops.spool_get = fake_get;
		ops.spool_unget = fake_unget;
		ops.spool_count = fake_count;
		ops.spool_is_full = fake_is_full;
	}
	assert_int_equal(stream_new(&f->stream, "test", &ops, limit), 0);
}

static void tear_down(struct fixture *f)
{
	f->stream = stream_free(f->stream);
	record_queue_deinit(&f->sent);
	record_queue_deinit(&f->spool);
}

static struct stream_stats stats_of(const struct fixture *f)
{
	struct stream_stats s;

	stream_get_stats(f->stream, &s);
	assert_int_equal(s.offered, s.delivered + s.sent + s.waiting + s.spooled + s.lost_records);
	assert_true(s.declared_records <= s.lost_records);
	return s;
}

static void offer(struct fixture *f, uint8_t source, uint32_t serial, unsigned n)
{
	char text[64];
	struct kaudit_record record = {
		.type = 1300, .source = source, .serial = serial, .text = text
	};

	for (unsigned i = 0; i < n; i++) {
		struct audit_record *made;

		record.len = (size_t)snprintf(text, sizeof(text), "%u/%u", serial, i);
		made = audit_record_new(&record);
		stream_offer(f->stream, made);
		(void)audit_record_unref(made);
		(void)stats_of(f);
	}
}

static void offer_new(struct fixture *f, unsigned n)
{
	offer(f, RECORD_SOURCE_USER, ++f->serial, n);
}

/* All that the consumer got, in one line: "1/0 1/1 [loss] 3/0". */
static const char *got(struct fixture *f)
{
	static char text[4096];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->sent.len; i++) {
		const struct audit_record *r = record_queue_at(&f->sent, i);
		const char *at = memchr(r->text, '=', r->len) ? strchr(r->text, '=') - 2 : r->text;

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", i ? " " : "",
			(int)(r->len - (size_t)(at - r->text)), at);
	}
	return text;
}

static void comes_back_in_order(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 3, 100);
	for (int i = 0; i < 6; i++)
		offer_new(&f, 1);
	assert_int_equal(stats_of(&f).waiting, 3);
	assert_int_equal(stats_of(&f).spooled, 3);
	stream_connect(f.stream, false, 0);
	stream_flush(f.stream);
	offer_new(&f, 2);
	stream_flush(f.stream);
	assert_string_equal(got(&f), "1/0 2/0 3/0 4/0 5/0 6/0 7/0 7/1");
	assert_int_equal(stats_of(&f).delivered, 8);
	tear_down(&f);
}

static void full_consumer_is_asked_again(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 10, 0);
	stream_connect(f.stream, false, 0);
	f.room = 2;
	for (int i = 0; i < 4; i++)
		offer_new(&f, 1);
	stream_flush(f.stream);
	assert_string_equal(got(&f), "1/0 2/0");
	assert_true(stats_of(&f).is_connected);
	f.room = 5;
	stream_flush(f.stream);
	assert_string_equal(got(&f), "1/0 2/0 3/0 4/0");
	tear_down(&f);
}

static void errors_of_sending(void **state)
{
	static const int gone[] = { -ECONNREFUSED, -EPERM, -EPIPE, -ECONNRESET };
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		set_up(&f, 10, 0);
		stream_connect(f.stream, false, 0);
		offer_new(&f, 1);
		f.answer = gone[i];
		stream_flush(f.stream);
		assert_int_equal(f.n_attempts, 1);
		assert_int_equal(f.n_gone, 1);
		assert_false(stats_of(&f).is_connected);
		assert_int_equal(stats_of(&f).waiting, 1);
		tear_down(&f);
	}
	set_up(&f, 10, 0);
	stream_connect(f.stream, false, 0);
	offer_new(&f, 1);
	f.answer = -ENOMEM;
	stream_flush(f.stream);
	assert_int_equal(f.n_attempts, 5);
	assert_true(stats_of(&f).is_connected);
	assert_int_equal(stats_of(&f).waiting, 1);
	tear_down(&f);
}

static void unacknowledged_ones_are_sent_again(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 10, 0);
	stream_connect(f.stream, true, 0);
	for (int i = 0; i < 4; i++)
		offer_new(&f, 1);
	assert_false(stream_is_unsure(f.stream));
	stream_flush(f.stream);
	assert_int_equal(stats_of(&f).sent, 4);
	/* its end may be known later than the next one asks */
	assert_true(stream_is_unsure(f.stream));
	assert_int_equal(stream_ack(f.stream, 5), -EINVAL);
	assert_int_equal(stream_ack(f.stream, 1), 0);
	assert_int_equal(stats_of(&f).delivered, 1);
	stream_disconnect(f.stream);
	assert_int_equal(stats_of(&f).waiting, 3);
	assert_true(stream_is_unsure(f.stream));
	stream_connect(f.stream, true, 1); /* 2/0 had arrived */
	stream_flush(f.stream);
	assert_string_equal(got(&f), "1/0 2/0 3/0 4/0 3/0 4/0");
	assert_int_equal(stream_ack(f.stream, 2), 0);
	assert_int_equal(stats_of(&f).delivered, 4);
	tear_down(&f);
}

static void a_loss_is_declared_in_its_place(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 2, 0);
	offer_new(&f, 1);
	offer_new(&f, 1);
	assert_true(stream_is_full(f.stream));
	offer_new(&f, 3);                               /* serial 3, its loss record is 4 */
	offer(&f, RECORD_SOURCE_PTRACE, ++f.serial, 2); /* 5; 6 */
	offer_new(&f, 1);                               /* 7 */
	assert_int_equal(f.n_lost, 6);
	stream_connect(f.stream, false, 0);
	f.room = 1;
	stream_flush(f.stream);
	f.room = 100;
	offer_new(&f, 1); /* 8: there was room when it came */
	stream_flush(f.stream);
	assert_string_equal(got(&f),
		"1/0 2/0 op=events-lost source=user lost=4 events=2 reason=queue-full after=2 before=8 res=0 "
		"op=events-lost source=ptrace lost=2 events=1 reason=queue-full after=2 before=8 res=0 8/0");
	assert_int_equal(record_queue_at(&f.sent, 2)->serial, 4);
	assert_int_equal(record_queue_at(&f.sent, 3)->serial, 6);
	assert_int_equal(stats_of(&f).declared_records, 6);
	assert_int_equal(stats_of(&f).lost_events, 3);
	tear_down(&f);
}

/* Nothing comes behind it: it is told all the same. */
static void a_last_loss_is_declared(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 1, 0);
	offer_new(&f, 1);
	offer_new(&f, 1);
	stream_connect(f.stream, false, 0);
	stream_flush(f.stream);
	stream_flush(f.stream);
	assert_string_equal(got(&f),
		"1/0 op=events-lost source=user lost=1 events=1 reason=queue-full after=1 before=3 res=0");
	tear_down(&f);
}

static void an_event_is_kept_or_lost_as_a_whole(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 2, 0);
	offer_new(&f, 5); /* begun while there was room */
	assert_int_equal(stats_of(&f).waiting, 5);
	offer_new(&f, 2);
	assert_int_equal(stats_of(&f).lost_records, 2);
	tear_down(&f);
}

static void what_never_came_is_declared_too(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 10, 0);
	stream_connect(f.stream, false, 0);
	offer_new(&f, 1);
	stream_lose(f.stream, RECORD_SOURCE_USER, ++f.serial, STREAM_LOSS_RATE_LIMIT);
	offer_new(&f, 1);
	stream_flush(f.stream);
	assert_string_equal(got(&f),
		"1/0 op=events-lost source=user lost=1 events=1 reason=rate-limit after=1 before=4 res=0 4/0");
	assert_int_equal(f.n_lost, 0);
	tear_down(&f);
}

static void is_saved_at_the_end(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 2, 100);
	stream_connect(f.stream, true, 0);
	for (int i = 0; i < 5; i++)
		offer_new(&f, 1);
	stream_flush(f.stream);
	assert_int_equal(stream_ack(f.stream, 2), 0);
	stream_disconnect(f.stream);
	assert_int_equal(stream_save(f.stream), 3);
	assert_int_equal(stats_of(&f).waiting, 0);
	assert_int_equal(record_queue_at(&f.spool, 0)->serial, 3);
	assert_int_equal(f.spool.len, 3);
	tear_down(&f);
}

/* ---- schedules ---- */

struct schedule {
	struct fixture f;
	unsigned records_of[SERIALS_MAX]; /* records of the event with that serial */
	unsigned seen[SERIALS_MAX];       /* ... that the consumer dealt with */
	uint32_t last_serial;             /* that it dealt with */
	uint64_t declared;
	bool has_acks;
};

/* The consumer has dealt with the first n of what it got: each record once, in order, losses declared where they were. */
static void deal_with(struct schedule *s, size_t n)
{
	while (n--) {
		struct audit_record *r = record_queue_pop(&s->f.sent);
		unsigned long long lost, after;

		assert_non_null(r);
		assert_true(r->serial >= s->last_serial);
		if (r->nlh.nlmsg_type == 2000) {
			char *text = strndup(r->text, r->len); /* which has no NUL */

			assert_non_null(text);
			/* the first "lost=" is the number: op=events-lost has no = behind it */
			assert_int_equal(sscanf(strstr(text, "lost="), "lost=%llu", &lost), 1);
			assert_int_equal(sscanf(strstr(text, "after="), "after=%llu", &after), 1);
			free(text);
			assert_true(after <= s->last_serial || s->records_of[after] == 0);
			s->declared += lost;
		} else {
			s->seen[r->serial]++;
		}
		s->last_serial = r->serial;
		(void)audit_record_unref(r);
	}
}

static void step(struct schedule *s)
{
	struct fixture *f = &s->f;
	bool is_connected = stats_of(f).is_connected;
	unsigned n;

	switch (rand() % 9) {
	case 0:
	case 1:
	case 2:
	case 3:
		n = 1 + (unsigned)rand() % 6;
		f->serial++;
		s->records_of[f->serial] = n;
		offer(f, (uint8_t)(rand() % 3), f->serial, n);
		break;
	case 4:
		f->room = (unsigned)rand() % 30;
		stream_flush(f->stream);
		break;
	case 5:
		if (is_connected && s->has_acks && f->sent.len) {
			n = 1 + (unsigned)rand() % (unsigned)f->sent.len;
			assert_int_equal(stream_ack(f->stream, n), 0);
			deal_with(s, n);
		}
		break;
	case 6:
		if (!is_connected) {
			/* of what was sent before, some had been dealt with */
			n = f->sent.len ? (unsigned)rand() % (unsigned)(f->sent.len + 1) : 0;
			deal_with(s, n);
			record_queue_deinit(&f->sent);
			s->has_acks = rand() % 2;
			stream_connect(f->stream, s->has_acks, n);
		} else if (s->has_acks) {
			stream_disconnect(f->stream);
		} else {
			f->answer = -EPIPE;
			stream_flush(f->stream);
			f->answer = 0;
		}
		break;
	case 7:
		stream_set_limit(f->stream, (uint32_t)rand() % 40);
		break;
	case 8:
		s->records_of[++f->serial] = 1;
		stream_lose(f->stream, RECORD_SOURCE_USER, f->serial, STREAM_LOSS_RATE_LIMIT);
		break;
	}
	if (is_connected && !s->has_acks)
		deal_with(s, f->sent.len);
	(void)stats_of(f);
}

static void run_schedule(unsigned seed, size_t spool_max)
{
	struct schedule *s = calloc(1, sizeof(*s));
	uint64_t n_records = 0, n_missing = 0;
	struct stream_stats stats;

	srand(seed);
	set_up(&s->f, (uint32_t)rand() % 20, spool_max);
	for (int i = 0; i < 3000; i++)
		step(s);
	/* and in the end everything arrives */
	if (!stats_of(&s->f).is_connected) {
		record_queue_deinit(&s->f.sent);
		s->has_acks = true;
		stream_connect(s->f.stream, true, 0);
	}
	do {
		s->f.room = UINT32_MAX;
		stream_flush(s->f.stream);
		stats = stats_of(&s->f);
		if (s->has_acks)
			assert_int_equal(stream_ack(s->f.stream, stats.sent), 0);
		deal_with(s, s->f.sent.len);
	} while (stats.sent || stats.waiting || stats.spooled);
	stats = stats_of(&s->f);
	for (uint32_t i = 0; i < SERIALS_MAX; i++) {
		n_records += s->records_of[i];
		assert_true(
			s->seen[i] == 0 || s->seen[i] == s->records_of[i]); /* whole, and once */
		n_missing += s->records_of[i] - s->seen[i];
	}
	assert_int_equal(n_missing, stats.lost_records);
	assert_int_equal(n_missing, stats.declared_records);
	assert_int_equal(n_missing, s->declared);
	assert_true(n_records > 1000);
	tear_down(&s->f);
	free(s);
}

static void schedules(void **state)
{
	const char *given = getenv("STREAM_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

	(void)state;
	for (unsigned i = 0; i < (given ? 1 : 60); i++) {
		print_message("STREAM_SEED=%u\n", seed + i);
		run_schedule(seed + i, 0);
		run_schedule(seed + i, 1 + i * 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_in_order),
		cmocka_unit_test(full_consumer_is_asked_again),
		cmocka_unit_test(errors_of_sending),
		cmocka_unit_test(unacknowledged_ones_are_sent_again),
		cmocka_unit_test(a_loss_is_declared_in_its_place),
		cmocka_unit_test(a_last_loss_is_declared),
		cmocka_unit_test(an_event_is_kept_or_lost_as_a_whole),
		cmocka_unit_test(what_never_came_is_declared_too),
		cmocka_unit_test(is_saved_at_the_end),
		cmocka_unit_test(schedules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
