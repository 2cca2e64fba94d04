/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_AUDIT_BUFFER_H
#define UAUDIT_CORE_AUDIT_BUFFER_H

/* A record being formatted, and the encodings that records share (spec kernel 7). Errors stick to the text. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct kaudit;

struct audit_buffer {
	struct buf text; /* begins with the stamp; kept from record to record */
	/* The rest is core/kaudit_log.c's. */
	struct kaudit *audit;
	uint16_t type;
	uint8_t source;
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	size_t stamp_len; /* bytes of text that all records of the event share */
};

#define RECORD_TEXT_MAX                                                                            \
	((size_t)1024 *                                                                            \
		1024) /* bytes; the longest name that an event can hold, in hex, is 128 KiB */

/* Whether a string has to be written in hex: what is not printable ASCII, blank or quote. */
bool ab_needs_hex(const char *text, size_t len);
/* Quoted if every byte is printable, else in hex; p NULL is (null) without quotes. */
void ab_untrusted(struct audit_buffer *ab, const char *p, size_t len);
void ab_quoted(struct audit_buffer *ab, const char *p, size_t len);

/* Literal text, a field's name above all: inline, so that its length is a constant. */
static inline void ab_text(struct audit_buffer *ab, const char *text)
{
	buf_put(&ab->text, text, strlen(text));
}

/* A literal and a number behind it. */
static inline void ab_u64(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_text(ab, name);
	buf_u64(&ab->text, v);
}

static inline void ab_i64(struct audit_buffer *ab, const char *name, int64_t v)
{
	ab_text(ab, name);
	buf_i64(&ab->text, v);
}

static inline void ab_hex(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_text(ab, name);
	buf_hex(&ab->text, v);
}

void ab_octal(struct audit_buffer *ab, const char *name,
	uint64_t v); /* %#o: 0 for zero, else a 0 in front */
void ab_device(struct audit_buffer *ab, const char *name, uint32_t major, uint32_t minor);
/* A capability set: 0, or 16 digits. */
void ab_cap(struct audit_buffer *ab, const char *name, uint64_t set);
/* "audit(sec.msec:serial): " (spec kernel 3.1). */
void ab_stamp(struct audit_buffer *ab, int64_t sec, uint32_t msec, uint32_t serial);
void ab_key(struct audit_buffer *ab, const char *key);

#endif
