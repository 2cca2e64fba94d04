/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_AUDIT_RECORD_H
#define UAUDIT_CORE_AUDIT_RECORD_H

/*
 * A finished record on its way to who reads it: one copy of the text, counted references, as it may wait for several
 * readers at once. What the kernel keeps as an sk_buff.
 */

#include <assert.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>

#include "core/kaudit.h"

struct record_block; /* core/record_pool.h */

struct audit_record {
	struct record_block *block; /* in which it lies; NULL: it has memory of its own */
	uint32_t n_refs;
	uint8_t source; /* enum record_source */
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	uint32_t len; /* bytes of text; no NUL, no newline */
	/*
	 * As it goes out: header and text are contiguous. nlmsg_len is the length of the text alone, as the kernel's unicast
	 * has it (spec kernel 1.2); readers of the multicast get their own header.
	 */
	struct nlmsghdr nlh;
	char text[];
};

/*
 * What a text says of itself: "audit(sec.msec:serial): ..." (spec kernel 3.1) into ret, whose text it becomes; type and
 * source are the caller's. -EBADMSG: it does not begin so.
 */
int audit_record_parse(struct kaudit_record *ret, const char *text, size_t len);

/* A copy of what is borrowed in record, with one reference. NULL: no memory. */
struct audit_record *audit_record_new(const struct kaudit_record *record);
/* For record_pool.c: the copy, at a place that has room for it. */
static inline void audit_record_fill(
	struct audit_record *r, const struct kaudit_record *record, struct record_block *block)
{
	*r = (struct audit_record){
		.block = block,
		.n_refs = 1,
		.source = record->source,
		.time_sec = record->time_sec,
		.time_msec = record->time_msec,
		.serial = record->serial,
		.len = (uint32_t)record->len,
		.nlh = { .nlmsg_len = (uint32_t)record->len, .nlmsg_type = record->type },
	};
	memcpy(r->text, record->text, record->len);
}
/* The last reference is gone. */
void audit_record_free(struct audit_record *record);

static inline struct audit_record *audit_record_ref(struct audit_record *record)
{
	record->n_refs++;
	return record;
}

/* NULL, for the caller's variable. */
static inline struct audit_record *audit_record_unref(struct audit_record *record)
{
	if (!record)
		return NULL;
	assert(record->n_refs > 0);
	if (--record->n_refs == 0)
		audit_record_free(record);
	return NULL;
}

#endif
