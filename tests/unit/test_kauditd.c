// SPDX-License-Identifier: MIT
/* The main queue, the rate limit, and what is said of losses (spec kernel 2). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/kauditd.h"

struct fixture {
	struct kauditd *k;
	struct stream *stream;
	uint64_t now_ns;
	uint32_t serial;
	unsigned n_multicast, n_sent, n_panics;
	bool has_listeners;
	char order[256]; /* m: multicast, u: unicast */
	char log[2048];  /* what was printed, a line each */
};

static void fake_multicast(void *userdata, const struct audit_record *record)
{
	struct fixture *f = userdata;

	(void)record;
	f->n_multicast++;
	if (strlen(f->order) < sizeof(f->order) - 1)
		strcat(f->order, "m");
}

static bool fake_has_listeners(const void *userdata)
{
	return ((const struct fixture *)userdata)->has_listeners;
}

static void fake_printk(void *userdata, const char *text)
{
	struct fixture *f = userdata;

	strncat(f->log, text, sizeof(f->log) - strlen(f->log) - 2);
	strcat(f->log, "\n");
}

static void fake_panic(void *userdata, const char *reason)
{
	((struct fixture *)userdata)->n_panics++;
	assert_string_equal(reason, "kauditd hold queue overflow");
}

static uint64_t fake_now(void *userdata)
{
	return ((struct fixture *)userdata)->now_ns;
}

static int fake_send(void *userdata, const struct audit_record *record)
{
	struct fixture *f = userdata;

	(void)record;
	f->n_sent++;
	if (strlen(f->order) < sizeof(f->order) - 1)
		strcat(f->order, "u");
	return 0;
}

static void fake_gone(void *userdata)
{
	(void)userdata;
}

static void fake_stamp(void *userdata, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec)
{
	*ret_serial = ++((struct fixture *)userdata)->serial;
	*ret_sec = 1;
	*ret_msec = 0;
}

static void fake_lost(void *userdata, uint64_t n_records, const char *reason)
{
	kauditd_lost(((struct fixture *)userdata)->k, n_records, reason);
}

static void set_up(struct fixture *f, const struct kauditd_limits *limits)
{
	const struct kauditd_ops ops = { f, fake_multicast, fake_has_listeners, fake_printk,
		fake_panic, fake_now };
	const struct stream_ops stream_ops = { .userdata = f,
		.send = fake_send,
		.gone = fake_gone,
		.stamp = fake_stamp,
		.lost = fake_lost };

	*f = (struct fixture){ .now_ns = 10 * 1000000000ull };
	assert_int_equal(kauditd_new(&f->k, &ops, limits), 0);
	assert_int_equal(stream_new(&f->stream, "test", &stream_ops, limits->backlog_limit), 0);
	assert_int_equal(kauditd_add_stream(f->k, f->stream, true), 0);
}

static void tear_down(struct fixture *f)
{
	f->k = kauditd_free(f->k);
	f->stream = stream_free(f->stream);
}

static void enqueue_type(struct fixture *f, uint16_t type)
{
	const struct kaudit_record record = { .type = type,
		.source = RECORD_SOURCE_USER,
		.serial = ++f->serial,
		.text = "text",
		.len = 4 };

	assert_int_equal(kauditd_enqueue(f->k, &record), 0);
}

static void enqueue(struct fixture *f)
{
	enqueue_type(f, 1100);
}

static void multicast_comes_before_unicast(void **state)
{
	const struct kauditd_limits limits = KAUDITD_LIMITS_DEFAULT;
	struct fixture f;

	(void)state;
	set_up(&f, &limits);
	stream_connect(f.stream, false, 0);
	enqueue(&f);
	assert_true(kauditd_has_work(f.k));
	assert_string_equal(f.order, "");
	kauditd_run(f.k);
	enqueue(&f);
	kauditd_run(f.k);
	assert_false(kauditd_has_work(f.k));
	assert_string_equal(f.order, "mumu");
	assert_int_equal(kauditd_records(f.k), 2);
	tear_down(&f);
}

static struct stream_stats stats_of(const struct stream *stream)
{
	struct stream_stats stats;

	stream_get_stats(stream, &stats);
	return stats;
}

/* The record that ends an event is in no log: it is made for those who listen, and for a daemon. */
static void the_end_of_an_event(void **state)
{
	const struct kauditd_limits limits = { .backlog_limit = 100 };
	const struct stream_ops ops = { .send = fake_send, .gone = fake_gone };
	struct fixture f;
	struct stream *log;

	(void)state;
	set_up(&f, &limits);
	assert_int_equal(stream_new(&log, "log", &ops, 100), 0);
	assert_int_equal(kauditd_add_stream(f.k, log, false), 0);
	enqueue(&f);
	enqueue_type(&f, 1320);
	kauditd_run(f.k);
	assert_int_equal(stats_of(f.stream).offered, 2);
	assert_int_equal(stats_of(log).offered, 1);
	assert_string_equal(f.order, "mm");
	kauditd_enable_stream(f.k, f.stream, false);
	enqueue(&f);
	enqueue_type(&f, 1320);
	kauditd_run(f.k);
	assert_int_equal(stats_of(f.stream).offered, 2);
	assert_int_equal(stats_of(log).offered, 2);
	assert_string_equal(f.order, "mmm");
	f.has_listeners = true;
	enqueue_type(&f, 1320);
	kauditd_run(f.k);
	assert_int_equal(stats_of(log).offered, 2);
	assert_string_equal(f.order, "mmmm");
	assert_int_equal(kauditd_records(f.k), 5);
	tear_down(&f);
	log = stream_free(log);
}

/* The main queue is no place to wait: over the limit it is emptied at once, into the stream. */
static void a_long_queue_is_run_at_once(void **state)
{
	const struct kauditd_limits limits = { .backlog_limit = 5 };
	struct fixture f;

	(void)state;
	set_up(&f, &limits);
	for (int i = 0; i < 5; i++)
		enqueue(&f);
	assert_int_equal(f.n_multicast, 0);
	enqueue(&f);
	assert_int_equal(f.n_multicast, 6);
	assert_int_equal(kauditd_backlog(f.k), 5);
	assert_int_equal(kauditd_lost_count(f.k), 1);
	assert_true(kauditd_is_congested(f.k));
	kauditd_enable_stream(f.k, f.stream, false);
	assert_false(kauditd_is_congested(f.k));
	assert_int_equal(kauditd_backlog(f.k), 0);
	tear_down(&f);
}

/* Spec kernel 2.7: limit - 1 records, and one more when a second is over. */
static void the_rate_is_limited(void **state)
{
	struct kauditd_limits limits = { .rate_limit = 30, .backlog_limit = 1000 };
	struct stream_stats stats;
	struct fixture f;

	(void)state;
	set_up(&f, &limits);
	enqueue(&f); /* the counter begins at a time long ago: the window opens at the 30th */
	for (int i = 1; i < 60; i++)
		enqueue(&f);
	kauditd_run(f.k);
	assert_int_equal(kauditd_lost_count(f.k), 1);
	f.now_ns += 1000000001ull;
	for (int i = 0; i < 10; i++)
		enqueue(&f);
	kauditd_run(f.k);
	assert_int_equal(kauditd_lost_count(f.k), 1);
	stream_get_stats(f.stream, &stats);
	assert_int_equal(stats.lost_records, 1);
	assert_int_equal(stats.declared_records, 1);
	limits.rate_limit = 0;
	kauditd_set_limits(f.k, &limits);
	for (int i = 0; i < 100; i++)
		enqueue(&f);
	assert_int_equal(kauditd_lost_count(f.k), 1);
	tear_down(&f);
}

static void overflow(struct fixture *f, uint32_t failure)
{
	const struct kauditd_limits limits = { .failure = failure, .backlog_limit = 1 };

	set_up(f, &limits);
	for (int i = 0; i < 3; i++)
		enqueue(f);
	kauditd_run(f->k);
}

static void failure_modes(void **state)
{
	struct fixture f;

	(void)state;
	overflow(&f, AUDIT_FAIL_SILENT);
	assert_string_equal(f.log, "audit_lost=1 audit_rate_limit=0 audit_backlog_limit=1\n"
				   "audit_lost=2 audit_rate_limit=0 audit_backlog_limit=1\n");
	tear_down(&f);
	overflow(&f, AUDIT_FAIL_PRINTK);
	assert_string_equal(f.log, "audit_lost=1 audit_rate_limit=0 audit_backlog_limit=1\n"
				   "kauditd hold queue overflow\n"
				   "audit_lost=2 audit_rate_limit=0 audit_backlog_limit=1\n"
				   "kauditd hold queue overflow\n");
	assert_int_equal(f.n_panics, 0);
	tear_down(&f);
	overflow(&f, AUDIT_FAIL_PANIC);
	assert_int_equal(f.n_panics, 2);
	tear_down(&f);
}

/* Ten lines in five seconds; with a rate limit one report a second. */
static void reports_are_limited(void **state)
{
	const struct kauditd_limits limits = { .failure = AUDIT_FAIL_SILENT, .rate_limit = 1000 };
	unsigned lines = 0;
	struct fixture f;

	(void)state;
	overflow(&f, AUDIT_FAIL_SILENT);
	for (int i = 0; i < 100; i++)
		kauditd_lost(f.k, 1, "for a test");
	for (const char *c = f.log; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 10);
	f.now_ns += 5000000000ull;
	kauditd_set_limits(f.k, &limits);
	f.log[0] = '\0';
	kauditd_lost(f.k, 1, "for a test");
	kauditd_lost(f.k, 1, "for a test");
	assert_string_equal(f.log, "audit_lost=103 audit_rate_limit=1000 audit_backlog_limit=0\n");
	tear_down(&f);
}

static void counters(void **state)
{
	const struct kauditd_limits limits = KAUDITD_LIMITS_DEFAULT;
	struct fixture f;

	(void)state;
	set_up(&f, &limits);
	kauditd_lost(f.k, 7, "for a test");
	kauditd_add_wait(f.k, 4);
	kauditd_add_wait(f.k, 5);
	assert_int_equal(kauditd_wait_actual(f.k), 9);
	assert_int_equal(kauditd_reset_wait_actual(f.k), 9);
	assert_int_equal(kauditd_wait_actual(f.k), 0);
	assert_int_equal(kauditd_reset_lost(f.k), 7);
	assert_int_equal(kauditd_lost_count(f.k), 0);
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(multicast_comes_before_unicast),
		cmocka_unit_test(the_end_of_an_event),
		cmocka_unit_test(a_long_queue_is_run_at_once),
		cmocka_unit_test(the_rate_is_limited),
		cmocka_unit_test(failure_modes),
		cmocka_unit_test(reports_are_limited),
		cmocka_unit_test(counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
