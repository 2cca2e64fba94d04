// SPDX-License-Identifier: MIT
#include "core/stream_gap.h"

#include <assert.h>
#include <linux/audit.h>
#include <string.h>

#include "base/macros.h"
#include "core/record.h"

void gap_add(struct stream_gap *gap, const struct stream_ops *ops, uint8_t source, uint32_t serial,
	enum stream_loss why, uint64_t n_records)
{
	struct gap_row *row;

	assert(why < _STREAM_LOSS_MAX);
	if (source >= _RECORD_SOURCE_MAX)
		source = RECORD_SOURCE_ENGINE;
	row = &gap->rows[source][why];
	if (!row->records) {
		ops->stamp(ops->userdata, &row->serial, &row->time_sec, &row->time_msec);
		gap->n_open++;
	}
	if (!row->records || row->last_serial != serial)
		row->events++;
	row->records += n_records;
	row->last_serial = serial;
	gap->last = serial;
}

struct gap_row *gap_next(struct stream_gap *gap, uint8_t *ret_source, enum stream_loss *ret_why)
{
	struct gap_row *next = NULL;

	for (unsigned source = 0; gap->n_open && source < _RECORD_SOURCE_MAX; source++)
		for (unsigned why = 0; why < _STREAM_LOSS_MAX; why++) {
			struct gap_row *row = &gap->rows[source][why];

			/* serials wrap: the distance tells which is older */
			if (!row->records || (next && (int32_t)(row->serial - next->serial) >= 0))
				continue;
			next = row;
			*ret_source = (uint8_t)source;
			*ret_why = (enum stream_loss)why;
		}
	return next;
}

struct audit_record *gap_record(const struct stream_gap *gap, const struct gap_row *row,
	uint8_t source, enum stream_loss why, uint32_t before)
{
	static const char *const reasons[] = {
		[STREAM_LOSS_QUEUE_FULL] = "queue-full",
		[STREAM_LOSS_RATE_LIMIT] = "rate-limit",
		[STREAM_LOSS_NO_MEMORY] = "no-memory",
		[STREAM_LOSS_SPOOL] = "spool-unreadable",
		[STREAM_LOSS_SLOW] = "slow-reader",
		[STREAM_LOSS_GONE] = "sender-gone",
	};
	const struct record_loss loss = {
		.source = source,
		.records = row->records,
		.events = row->events,
		.reason = reasons[why],
		.after = gap->after,
		.before = before ? before : gap->last + 1,
	};
	struct audit_buffer ab = { 0 };
	struct kaudit_record record = {
		.type = RECORD_LOST_TYPE,
		.source = RECORD_SOURCE_ENGINE,
		.time_sec = row->time_sec,
		.time_msec = row->time_msec,
		.serial = row->serial,
	};
	struct audit_record *made = NULL;

	_Static_assert(ARRAY_SIZE(reasons) == _STREAM_LOSS_MAX, "every reason has a name");
	buf_init(&ab.text, RECORD_TEXT_MAX);
	ab_stamp(&ab, row->time_sec, row->time_msec, row->serial);
	record_lost(&ab, &loss);
	if (buf_error(&ab.text) == 0) {
		record.text = ab.text.data;
		record.len = ab.text.len;
		made = audit_record_new(&record);
	}
	buf_deinit(&ab.text);
	return made;
}

void gap_close_row(struct stream_gap *gap, struct gap_row *row)
{
	*row = (struct gap_row){ 0 };
	gap->n_open--;
}
