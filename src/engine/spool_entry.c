// SPDX-License-Identifier: MIT
/* One record as bytes on disk, and back. */

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "engine/spool.h"
#include "engine/spool_entry.h"

static uint32_t checksum(const struct spool_entry *entry, const char *text)
{
	const unsigned char *from = (const unsigned char *)&entry->len;
	uLong crc = crc32(0, from, sizeof(*entry) - sizeof(entry->crc));

	return (uint32_t)crc32(crc, (const unsigned char *)text, entry->len);
}

void spool_entry_put(struct buf *to, const struct audit_record *record)
{
	struct spool_entry entry = {
		.len = record->len,
		.time_sec = record->time_sec,
		.time_msec = record->time_msec,
		.serial = record->serial,
		.type = record->nlh.nlmsg_type,
		.source = record->source,
	};

	entry.crc = checksum(&entry, record->text);
	buf_put(to, &entry, sizeof(entry));
	buf_put(to, record->text, record->len);
}

int spool_entry_read(struct audit_record **ret, const void *data, size_t len, size_t *ret_used)
{
	struct spool_entry entry;
	const char *text = (const char *)data + sizeof(entry);
	struct kaudit_record record;

	if (len < sizeof(entry))
		return -EAGAIN;
	memcpy(&entry, data, sizeof(entry));
	if (entry.len > RECORD_TEXT_MAX || entry.source >= _RECORD_SOURCE_MAX)
		return -EBADMSG;
	if (len - sizeof(entry) < entry.len)
		return -EAGAIN;
	if (entry.crc != checksum(&entry, text))
		return -EBADMSG;
	*ret_used = sizeof(entry) + entry.len;
	if (!ret)
		return 0;
	record = (struct kaudit_record){
		.type = entry.type,
		.source = entry.source,
		.time_sec = entry.time_sec,
		.time_msec = entry.time_msec,
		.serial = entry.serial,
		.text = text,
		.len = entry.len,
	};
	*ret = audit_record_new(&record);
	return *ret ? 0 : -ENOMEM;
}
