// SPDX-License-Identifier: MIT
#include "core/audit_record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "core/record_pool.h"

struct audit_record *audit_record_new(const struct kaudit_record *record)
{
	struct audit_record *r;

	if (record->len > UINT32_MAX - NLMSG_HDRLEN)
		return NULL;
	r = malloc(sizeof(*r) + record->len);
	if (r)
		audit_record_fill(r, record, NULL);
	return r;
}

void audit_record_free(struct audit_record *record)
{
	if (record->block)
		record_block_release(record->block, record);
	else
		free(record);
}

/* A decimal number and what must stand behind it, from *at on. */
static int take_number(const char *text, size_t len, size_t *at, const char *behind, uint64_t *ret)
{
	size_t used, n = strlen(behind);

	if (*at > len || parse_u64_prefix(text + *at, len - *at, 10, ret, &used) < 0)
		return -EBADMSG;
	*at += used;
	if (len - *at < n || memcmp(text + *at, behind, n) != 0)
		return -EBADMSG;
	*at += n;
	return 0;
}

int audit_record_parse(struct kaudit_record *ret, const char *text, size_t len)
{
	static const char begin[] = "audit(";
	size_t at = sizeof(begin) - 1;
	uint64_t sec, msec, serial;

	if (len < at || memcmp(text, begin, at) != 0 ||
		take_number(text, len, &at, ".", &sec) < 0 ||
		take_number(text, len, &at, ":", &msec) < 0 ||
		take_number(text, len, &at, "):", &serial) < 0 || sec > INT64_MAX || msec > 999 ||
		serial > UINT32_MAX)
		return -EBADMSG;
	ret->time_sec = (int64_t)sec;
	ret->time_msec = (uint32_t)msec;
	ret->serial = (uint32_t)serial;
	ret->text = text;
	ret->len = len;
	return 0;
}
