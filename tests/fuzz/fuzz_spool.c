// SPDX-License-Identifier: MIT
/* What a spool file may hold. The checksum is made right, so that what is behind it is reached. */
#include "fuzz.h"

#include <string.h>
#include <zlib.h>

#include "core/audit_buffer.h"
#include "engine/spool.h"

static void mend_checksum(char *data, size_t size)
{
	struct spool_entry *entry = (void *)data;
	size_t covered = sizeof(*entry) - sizeof(entry->crc);

	if (size < sizeof(*entry) || size - sizeof(*entry) < entry->len)
		return;
	entry->crc = (uint32_t)crc32(
		0, (const unsigned char *)&entry->len, (uInt)(covered + entry->len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	size_t at = 0, used = 0;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	mend_checksum(copy, size);
	for (;;) {
		struct audit_record *record = NULL;

		if (spool_entry_read(&record, copy + at, size - at, &used) < 0)
			break;
		if (used > size - at || record->len != used - sizeof(struct spool_entry))
			abort();
		(void)audit_record_unref(record);
		at += used;
	}
	free(copy);
	return 0;
}
