/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_EVENT_H
#define UAUDIT_LOG_LOG_EVENT_H

/*
 * Records as a log holds them, taken apart. Nothing here knows which engine wrote the text; every byte of it is
 * untrusted, and nothing is modified: fields are views into the line.
 */

#include <string.h>

#include "event/event.h"

/* fields of one record; an EXECVE record of 7.5 KB has at most 2500 */
#define LOG_RECORD_FIELDS_MAX 65536

struct log_field {
	struct view name;
	struct view value; /* as written: with quotes, or hex */
	bool quoted;       /* in double quotes: an untrusted string that needed no encoding */
};

/* One record, fields in their order. The text must outlive it. Starts zeroed; can be parsed into again and again. */
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
/* Its value as a number in that base; false if the field is absent or is no such number. */
bool log_record_u64(const struct log_record *rec, const char *name, unsigned base, uint64_t *ret);

/* Memory of an event's texts: pieces that never move, kept when the event is cleared. */
struct log_chunk;

/* All records of one event, in their order. Starts zeroed. */
struct log_event {
	struct log_record *records;
	size_t n_records, records_max; /* records_max: those that hold memory */
	struct log_chunk *chunks, *chunk_now;
};

void log_event_deinit(struct log_event *ev);
void log_event_clear(struct log_event *ev);
/*
 * Copies one record's text into the event. -EBADMSG, -ENOMEM; the event is as before then. Pointers to records are
 * void after this; the views in them stay valid until the event is cleared.
 */
int log_event_add(struct log_event *ev, uint32_t type, const char *text, size_t len);
/* The i-th record of that type; NULL if there are not so many. */
const struct log_record *log_event_record(const struct log_event *ev, uint32_t type, size_t i);

static inline bool view_is(const struct view *v, const char *text)
{
	return v->p && strlen(text) == v->len && memcmp(v->p, text, v->len) == 0;
}

#endif
