// SPDX-License-Identifier: MIT
/* The stamp of a record that comes as text, as from the kernel. */
#include "fuzz.h"

#include <string.h>

#include "core/audit_buffer.h"
#include "core/audit_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kaudit_record record = { .type = 1300 };
	struct audit_buffer again = { 0 };
	char *copy = malloc(size ? size : 1); /* ends where the input does */

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (audit_record_parse(&record, copy, size) == 0) {
		if (record.text != copy || record.len != size || record.time_msec > 999 ||
			record.time_sec < 0)
			abort();
		/* what we write of it reads the same */
		buf_init(&again.text, 256);
		ab_stamp(&again, record.time_sec, record.time_msec, record.serial);
		if (buf_error(&again.text) || audit_record_parse(&(struct kaudit_record){ 0 },
						      again.text.data, again.text.len) < 0)
			abort();
		buf_deinit(&again.text);
	}
	free(copy);
	return 0;
}
