/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_STREAM_GAP_H
#define UAUDIT_CORE_STREAM_GAP_H

/* What a stream has lost since the last record that it kept: the account behind its loss records (core/stream.h). */

#include "core/stream.h"

/* What one source lost for one reason. */
struct gap_row {
	uint64_t records, events; /* records 0: nothing */
	uint32_t last_serial;     /* of the last one that was lost */
	/* of the loss record, drawn with the first loss */
	uint32_t serial;
	int64_t time_sec;
	uint32_t time_msec;
};

struct stream_gap {
	struct gap_row rows[_RECORD_SOURCE_MAX][_STREAM_LOSS_MAX];
	uint32_t n_open; /* rows with something in them */
	uint32_t after;  /* serial of the last record before the gap */
	uint32_t last;   /* serial of the last record that was lost */
};

void gap_add(struct stream_gap *gap, const struct stream_ops *ops, uint8_t source, uint32_t serial,
	enum stream_loss why, uint64_t n_records);
/* The row whose loss record comes next, which is that of the lowest serial; NULL: the gap is closed. */
struct gap_row *gap_next(struct stream_gap *gap, uint8_t *ret_source, enum stream_loss *ret_why);
/* Its loss record; before: serial of what follows, 0 for nothing yet. NULL: no memory. */
struct audit_record *gap_record(const struct stream_gap *gap, const struct gap_row *row,
	uint8_t source, enum stream_loss why, uint32_t before);
/* The row is declared. */
void gap_close_row(struct stream_gap *gap, struct gap_row *row);

#endif
