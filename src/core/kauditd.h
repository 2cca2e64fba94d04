/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_KAUDITD_H
#define UAUDIT_CORE_KAUDITD_H

/*
 * From finished records to those who read them, what kauditd does in the kernel (spec kernel 2): the rate limit, the
 * main queue, then for each record the multicast and the streams (core/stream.h). A state machine: whoever owns it calls
 * kauditd_run() when there may be something to do. No system calls, no clock: time comes through ops.
 */

#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/stream.h"

struct kauditd;

struct kauditd_ops {
	void *userdata;
	/* To all who listen on readlog.sock; best effort. Called once for each record, before its unicast. */
	void (*multicast)(void *userdata, const struct audit_record *record);
	/* Whether anybody does. */
	bool (*has_listeners)(const void *userdata);
	/* A line of what would be the kernel's log, without "audit: " (spec kernel 11.2). */
	void (*printk)(void *userdata, const char *text);
	/* failure is 2 and something was lost. */
	void (*panic)(void *userdata, const char *reason);
	/* CLOCK_MONOTONIC, for the rate limit. */
	uint64_t (*now_ns)(void *userdata);
};

/* The knobs, as in struct audit_status. */
struct kauditd_limits {
	uint32_t failure;           /* AUDIT_FAIL_SILENT, _PRINTK, _PANIC */
	uint32_t rate_limit;        /* records a second, 0 any number */
	uint32_t backlog_limit;     /* records, 0 any number */
	uint32_t backlog_wait_time; /* jiffies */
};
#define KAUDITD_LIMITS_DEFAULT                                                                     \
	{                                                                                          \
		.failure = AUDIT_FAIL_PRINTK, .backlog_limit = 64, .backlog_wait_time = 60 * 250   \
	}

int kauditd_new(
	struct kauditd **ret, const struct kauditd_ops *ops, const struct kauditd_limits *limits);
struct kauditd *kauditd_free(struct kauditd *k);

/*
 * At most KAUDITD_STREAMS_MAX; the streams stay the caller's and outlive k. A disabled stream is offered nothing. takes_eoe: the
 * record that ends an event, which is in no log, is for it too; where nobody takes it, it goes no further than here.
 */
#define KAUDITD_STREAMS_MAX 4
int kauditd_add_stream(struct kauditd *k, struct stream *stream, bool takes_eoe);
void kauditd_enable_stream(struct kauditd *k, struct stream *stream, bool is_enabled);

/*
 * A finished record into the main queue: a kaudit_sink_fn, userdata is the kauditd. The rate limit is tested here. When
 * the queue is over backlog_limit it is run at once. Always 0: what is lost is counted.
 */
int kauditd_enqueue(void *kauditd, const struct kaudit_record *record);
/* One pass (spec kernel 2.3). */
void kauditd_run(struct kauditd *k);
bool kauditd_has_work(const struct kauditd *k);

/* Some stream is full: who may wait should (for at most backlog_wait_time) before it hands over the next event. */
bool kauditd_is_congested(const struct kauditd *k);

const struct kauditd_limits *kauditd_limits(const struct kauditd *k);
void kauditd_set_limits(struct kauditd *k, const struct kauditd_limits *limits);

/* Something was lost outside of the queues too, say for lack of memory: spec kernel 2.8. */
void kauditd_lost(struct kauditd *k, uint64_t n, const char *reason);
/* A message of a program was lost before a record could be made of it: declared in every log, and counted as above. */
void kauditd_lose_message(struct kauditd *k, uint32_t serial, enum stream_loss why);
uint32_t kauditd_lost_count(const struct kauditd *k);
uint32_t kauditd_reset_lost(struct kauditd *k); /* the old value */
/* What who may wait has waited, jiffies. */
void kauditd_add_wait(struct kauditd *k, uint32_t jiffies);
uint32_t kauditd_wait_actual(const struct kauditd *k);
uint32_t kauditd_reset_wait_actual(struct kauditd *k);
/* Records not yet delivered to the stream that is farthest behind; at most UINT32_MAX. */
uint32_t kauditd_backlog(const struct kauditd *k);
uint64_t kauditd_records(const struct kauditd *k); /* enqueued since the start */

#endif
