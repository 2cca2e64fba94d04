/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_EVENT_H
#define UAUDIT_LOG_LOG_EVENT_H

/*
 * Records as a log holds them, taken apart. Nothing here knows which engine wrote the text; every byte of it is
 * untrusted, and nothing is modified: fields are views into the line.
 */

#include "event/event.h"

struct log_field {
	struct view name;
	struct view value; /* as written: with quotes, or hex */
	bool quoted;
};

/* One record, fields in their order. The text must outlive it. */
struct log_record {
	uint32_t type;
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	struct view node; /* p NULL without node= */
	struct view text; /* after "audit(...): " */
	struct log_field *fields;
	size_t n_fields, fields_max;
};

/* A line of a log, "[node=N ]type=T msg=audit(S.MMM:N): k=v ..."; what follows 0x1D is left out. 0, -EBADMSG, -ENOMEM. */
int log_record_parse_line(struct log_record *rec, const char *line, size_t len);
/* The text of a record of known type, beginning with "audit(" (what the kernel and kaudit hand over). */
int log_record_parse_text(struct log_record *rec, uint32_t type, const char *text, size_t len);
void log_record_deinit(struct log_record *rec);

/* The first field of that exact name; NULL if there is none. */
const struct log_field *log_record_field(const struct log_record *rec, const char *name);

/* All records of one event, in their order. */
struct log_event {
	struct log_record *records;
	size_t n_records, records_max;
	struct buf text; /* owns what the records point into */
};

void log_event_deinit(struct log_event *ev);
void log_event_clear(struct log_event *ev);
/* Copies one record's text into the event. -EBADMSG, -ENOMEM. Views of earlier records stay valid. */
int log_event_add(struct log_event *ev, uint32_t type, const char *text, size_t len);
/* The i-th record of that type; NULL if there are not so many. */
const struct log_record *log_event_record(const struct log_event *ev, uint32_t type, size_t i);

#endif
