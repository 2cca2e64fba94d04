// SPDX-License-Identifier: MIT
#include "core/audit_record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct audit_record *audit_record_new(const struct kaudit_record *record)
{
	struct audit_record *r;

	if (record->len > UINT32_MAX - NLMSG_HDRLEN)
		return NULL;
	r = malloc(sizeof(*r) + record->len);
	if (!r)
		return NULL;
	*r = (struct audit_record){
		.n_refs = 1,
		.source = record->source,
		.time_sec = record->time_sec,
		.time_msec = record->time_msec,
		.serial = record->serial,
		.len = (uint32_t)record->len,
		.nlh = { .nlmsg_len = (uint32_t)record->len, .nlmsg_type = record->type },
	};
	memcpy(r->text, record->text, record->len);
	return r;
}

struct audit_record *audit_record_ref(struct audit_record *record)
{
	record->n_refs++;
	return record;
}

struct audit_record *audit_record_unref(struct audit_record *record)
{
	if (!record)
		return NULL;
	assert(record->n_refs > 0);
	if (--record->n_refs == 0)
		free(record);
	return NULL;
}
