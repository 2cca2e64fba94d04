// SPDX-License-Identifier: MIT
/* The part of core/kauditd.h that the control protocol uses: its knobs and counters, without queues. */
#include "fake_kauditd.h"

#include "core/kauditd.h"

const struct kauditd_limits *kauditd_limits(const struct kauditd *k)
{
	return &k->limits;
}

void kauditd_set_limits(struct kauditd *k, const struct kauditd_limits *limits)
{
	k->limits = *limits;
}

void kauditd_lost(struct kauditd *k, uint64_t n, const char *reason)
{
	(void)reason;
	k->lost += (uint32_t)n;
}

void kauditd_lose_message(struct kauditd *k, uint32_t serial, enum stream_loss why)
{
	(void)serial;
	(void)why;
	k->lost++;
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
	return k->backlog;
}

uint64_t kauditd_records(const struct kauditd *k)
{
	return k->records;
}
