/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_AUDIT_BUFFER_H
#define UAUDIT_CORE_AUDIT_BUFFER_H

/* A record being formatted, and the encodings that records share (spec kernel 7). Errors stick to the text. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/digits.h"

struct kaudit;
struct task_memos; /* core/task_memo.h */

struct audit_buffer {
	struct buf text;          /* begins with the stamp; kept from record to record */
	struct task_memos *memos; /* NULL: nothing is remembered */
	/* The rest is core/kaudit_log.c's. */
	struct kaudit *audit;
	uint16_t type;
	uint8_t source;
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	size_t time_len;  /* bytes of text that say when, before the serial; 0: none yet */
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

/* A literal and a number behind it, with one look at the room for both. */
static inline void ab_number(struct audit_buffer *ab, const char *name, uint64_t v,
	char *(*digits)(char *to, uint64_t v))
{
	size_t n = strlen(name);
	char *at = buf_room(&ab->text, n + DIGITS_MAX);

	if (!at)
		return;
	memcpy(at, name, n);
	ab->text.len = (size_t)(digits(at + n, v) - ab->text.data);
}

static inline void ab_u64(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_number(ab, name, v, digits_decimal);
}

static inline void ab_i64(struct audit_buffer *ab, const char *name, int64_t v)
{
	ab_number(ab, name, (uint64_t)v, digits_signed);
}

static inline void ab_hex(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_number(ab, name, v, digits_hex);
}

/* %#o: 0 for zero, else a 0 in front. */
static inline char *ab_octal_digits(char *to, uint64_t v)
{
	if (v)
		*to++ = '0';
	return digits_octal(to, v);
}

static inline void ab_octal(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_number(ab, name, v, ab_octal_digits);
}

/* A capability set: 0, or 16 digits. */
static inline char *ab_cap_digits(char *to, uint64_t set)
{
	return set ? digits_hex_width(to, set, 16) : digits_hex(to, 0);
}

static inline void ab_cap(struct audit_buffer *ab, const char *name, uint64_t set)
{
	ab_number(ab, name, set, ab_cap_digits);
}

/* At least two digits. */
static inline char *ab_device_digits(char *to, uint32_t v)
{
	return v < 0x100 ? digits_hex_byte(to, (uint8_t)v) : digits_hex_width(to, v, 2);
}

static inline void ab_device(
	struct audit_buffer *ab, const char *name, uint32_t major, uint32_t minor)
{
	size_t n = strlen(name);
	char *at = buf_room(&ab->text, n + DIGITS_MAX + 1 + DIGITS_MAX);

	if (!at)
		return;
	memcpy(at, name, n);
	at = ab_device_digits(at + n, major);
	*at++ = ':';
	ab->text.len = (size_t)(ab_device_digits(at, minor) - ab->text.data);
}

/* "audit(sec.msec:serial): " (spec kernel 3.1), and its two parts, "audit(sec.msec" and what follows. */
void ab_stamp(struct audit_buffer *ab, int64_t sec, uint32_t msec, uint32_t serial);
void ab_stamp_time(struct audit_buffer *ab, int64_t sec, uint32_t msec);
void ab_stamp_serial(struct audit_buffer *ab, uint32_t serial);
void ab_key(struct audit_buffer *ab, const char *key);

#endif
