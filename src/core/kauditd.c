// SPDX-License-Identifier: MIT
#include "core/kauditd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "core/record_pool.h"
#include "core/record_queue.h"

#define NS_PER_SECOND 1000000000ull
#define PRINTK_BURST                                                                               \
	10u /* lines in PRINTK_PERIOD_NS; DEFAULT_RATELIMIT_* in include/linux/ratelimit_types.h */
#define PRINTK_PERIOD_NS (5 * NS_PER_SECOND)

struct outlet {
	struct stream *stream;
	bool is_enabled, takes_eoe;
};

struct kauditd {
	struct kauditd_ops ops;
	struct kauditd_limits limits;
	struct record_pool *pool;
	struct record_queue audit_queue; /* the main one */
	struct outlet outlets[KAUDITD_STREAMS_MAX];
	size_t n_outlets;
	bool is_running;
	uint64_t records;
	uint32_t lost, wait_actual;

	uint32_t rate_n; /* records since the counter began anew (spec kernel 2.7) */
	uint64_t rate_since_ns;
	uint64_t report_ns; /* of the last report of a loss */
	uint32_t printk_n;
	uint64_t printk_since_ns;
	bool has_printed;
};

int kauditd_new(
	struct kauditd **ret, const struct kauditd_ops *ops, const struct kauditd_limits *limits)
{
	struct kauditd *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->pool = record_pool_new();
	if (!k->pool) {
		free(k);
		return -ENOMEM;
	}
	k->ops = *ops;
	k->limits = *limits;
	*ret = k;
	return 0;
}

struct kauditd *kauditd_free(struct kauditd *k)
{
	if (!k)
		return NULL;
	record_queue_deinit(&k->audit_queue);
	k->pool = record_pool_free(k->pool);
	free(k);
	return NULL;
}

int kauditd_add_stream(struct kauditd *k, struct stream *stream, bool takes_eoe)
{
	if (k->n_outlets == KAUDITD_STREAMS_MAX)
		return -ENOSPC;
	k->outlets[k->n_outlets++] = (struct outlet){ stream, true, takes_eoe };
	return 0;
}

static bool takes(const struct outlet *outlet, uint16_t type)
{
	return outlet->is_enabled && (type != AUDIT_EOE || outlet->takes_eoe);
}

void kauditd_enable_stream(struct kauditd *k, struct stream *stream, bool is_enabled)
{
	for (size_t i = 0; i < k->n_outlets; i++)
		if (k->outlets[i].stream == stream)
			k->outlets[i].is_enabled = is_enabled;
}

/* ---- what is lost (spec kernel 2.8) ---- */

static void printk_limited(struct kauditd *k, const char *text)
{
	uint64_t now = k->ops.now_ns(k->ops.userdata);

	if (!k->has_printed || now - k->printk_since_ns >= PRINTK_PERIOD_NS) {
		k->has_printed = true;
		k->printk_since_ns = now;
		k->printk_n = 0;
	}
	if (k->printk_n++ < PRINTK_BURST)
		k->ops.printk(k->ops.userdata, text);
}

static void fail(struct kauditd *k, const char *reason)
{
	if (k->limits.failure == AUDIT_FAIL_PRINTK)
		printk_limited(k, reason);
	else if (k->limits.failure == AUDIT_FAIL_PANIC)
		k->ops.panic(k->ops.userdata, reason);
}

static bool may_report(struct kauditd *k)
{
	uint64_t now;

	if (k->limits.failure == AUDIT_FAIL_PANIC || k->limits.rate_limit == 0)
		return true;
	now = k->ops.now_ns(k->ops.userdata);
	if (now - k->report_ns <= NS_PER_SECOND)
		return false;
	k->report_ns = now;
	return true;
}

void kauditd_lost(struct kauditd *k, uint64_t n, const char *reason)
{
	char text[128];

	k->lost += (uint32_t)n;
	if (!may_report(k))
		return;
	(void)snprintf(text, sizeof(text),
		"audit_lost=%u audit_rate_limit=%u audit_backlog_limit=%u", k->lost,
		k->limits.rate_limit, k->limits.backlog_limit);
	printk_limited(k, text);
	fail(k, reason);
}

/* The record goes to nobody, and every log says so. */
static void lose_everywhere(struct kauditd *k, const struct kaudit_record *record,
	enum stream_loss why, const char *reason)
{
	for (size_t i = 0; i < k->n_outlets; i++)
		if (takes(&k->outlets[i], record->type))
			stream_lose(k->outlets[i].stream, record->source, record->serial, why);
	kauditd_lost(k, 1, reason);
}

void kauditd_lose_message(struct kauditd *k, uint32_t serial, enum stream_loss why)
{
	const struct kaudit_record record = {
		.type = AUDIT_USER, .source = RECORD_SOURCE_USER, .serial = serial
	};

	lose_everywhere(k, &record, why, "a message's sender is gone");
}

/* One counter, which begins anew a second after it began and the limit was hit (spec kernel 2.7). */
static bool rate_allows(struct kauditd *k)
{
	uint64_t now;

	if (!k->limits.rate_limit)
		return true;
	if (++k->rate_n < k->limits.rate_limit)
		return true;
	now = k->ops.now_ns(k->ops.userdata);
	if (now - k->rate_since_ns <= NS_PER_SECOND)
		return false;
	k->rate_since_ns = now;
	k->rate_n = 0;
	return true;
}

/* ---- the way of a record ---- */

static bool is_for_nobody(const struct kauditd *k, uint16_t type)
{
	if (type != AUDIT_EOE || k->ops.has_listeners(k->ops.userdata))
		return false;
	for (size_t i = 0; i < k->n_outlets; i++)
		if (takes(&k->outlets[i], type))
			return false;
	return true;
}

int kauditd_enqueue(void *kauditd, const struct kaudit_record *record)
{
	struct kauditd *k = kauditd;
	struct audit_record *queued;

	k->records++;
	if (!rate_allows(k)) {
		lose_everywhere(k, record, STREAM_LOSS_RATE_LIMIT, "rate limit exceeded");
		return 0;
	}
	if (is_for_nobody(k, record->type))
		return 0;
	queued = record_pool_make(k->pool, record);
	if (!queued || record_queue_push(&k->audit_queue, queued) < 0)
		lose_everywhere(
			k, record, STREAM_LOSS_NO_MEMORY, "out of memory in audit_log_start");
	else if (k->limits.backlog_limit && k->audit_queue.len > k->limits.backlog_limit)
		kauditd_run(k);
	return 0;
}

static void deliver(struct kauditd *k, struct audit_record *record)
{
	k->ops.multicast(k->ops.userdata, record);
	for (size_t i = 0; i < k->n_outlets; i++)
		if (takes(&k->outlets[i], record->nlh.nlmsg_type))
			stream_offer(k->outlets[i].stream, record);
}

void kauditd_run(struct kauditd *k)
{
	struct audit_record *record;

	if (k->is_running) /* what an op does may enqueue again: this pass takes it along */
		return;
	k->is_running = true;
	while ((record = record_queue_pop(&k->audit_queue))) {
		deliver(k, record);
		(void)audit_record_unref(record);
	}
	for (size_t i = 0; i < k->n_outlets; i++)
		stream_flush(k->outlets[i].stream);
	k->is_running = false;
}

bool kauditd_has_work(const struct kauditd *k)
{
	return k->audit_queue.len > 0;
}

bool kauditd_is_congested(const struct kauditd *k)
{
	for (size_t i = 0; i < k->n_outlets; i++)
		if (k->outlets[i].is_enabled && stream_is_full(k->outlets[i].stream))
			return true;
	return false;
}

/* ---- knobs and counters ---- */

const struct kauditd_limits *kauditd_limits(const struct kauditd *k)
{
	return &k->limits;
}

void kauditd_set_limits(struct kauditd *k, const struct kauditd_limits *limits)
{
	k->limits = *limits;
	for (size_t i = 0; i < k->n_outlets; i++)
		stream_set_limit(k->outlets[i].stream, limits->backlog_limit);
}

uint32_t kauditd_lost_count(const struct kauditd *k)
{
	return k->lost;
}

uint32_t kauditd_reset_lost(struct kauditd *k)
{
	uint32_t old = k->lost;

	k->lost = 0;
	return old;
}

void kauditd_add_wait(struct kauditd *k, uint32_t jiffies)
{
	k->wait_actual += jiffies;
}

uint32_t kauditd_wait_actual(const struct kauditd *k)
{
	return k->wait_actual;
}

uint32_t kauditd_reset_wait_actual(struct kauditd *k)
{
	uint32_t old = k->wait_actual;

	k->wait_actual = 0;
	return old;
}

uint32_t kauditd_backlog(const struct kauditd *k)
{
	uint64_t most = 0, n;

	for (size_t i = 0; i < k->n_outlets; i++) {
		struct stream_stats stats;

		if (!k->outlets[i].is_enabled)
			continue;
		stream_get_stats(k->outlets[i].stream, &stats);
		n = (uint64_t)stats.sent + stats.waiting + stats.spooled;
		if (n > most)
			most = n;
	}
	n = most + k->audit_queue.len;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

uint64_t kauditd_records(const struct kauditd *k)
{
	return k->records;
}
