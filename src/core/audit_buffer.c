// SPDX-License-Identifier: MIT
#include "core/audit_buffer.h"

#define WORD sizeof(uint64_t)
/* A byte in each of the eight bytes of a word. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static bool is_plain(unsigned char c)
{
	return c >= 0x21 && c <= 0x7e && c != '"';
}

/*
 * Eight bytes at a time. As long as no byte has its top bit set, a sum carries nothing into the next byte, and the top bits
 * of the sums say: the byte is more than 0x7e; it is 0x21 or more; it is not a quote.
 */
static bool is_plain_word(const char *text)
{
	uint64_t w, bad, good;

	memcpy(&w, text, WORD);
	bad = w | (w + EACH(0x01));
	good = (w + EACH(0x80 - 0x21)) & ((w ^ EACH('"')) + EACH(0x7f));
	return ((bad | ~good) & EACH(0x80)) == 0;
}

bool ab_needs_hex(const char *text, size_t len)
{
	if (len < WORD) {
		for (size_t i = 0; i < len; i++)
			if (!is_plain((unsigned char)text[i]))
				return true;
		return false;
	}
	for (size_t i = 0; i < len - WORD; i += WORD)
		if (!is_plain_word(text + i))
			return true;
	return !is_plain_word(text + len - WORD); /* may hold bytes of the one before */
}

void ab_quoted(struct audit_buffer *ab, const char *p, size_t len)
{
	char *at = buf_room(&ab->text, len + 2);

	if (!at)
		return;
	*at++ = '"';
	memcpy(at, p, len);
	at[len] = '"';
	ab->text.len += len + 2;
}

void ab_untrusted(struct audit_buffer *ab, const char *p, size_t len)
{
	if (!p)
		ab_text(ab, "(null)");
	else if (ab_needs_hex(p, len))
		buf_hex_bytes(&ab->text, p, len);
	else
		ab_quoted(ab, p, len);
}

void ab_key(struct audit_buffer *ab, const char *key)
{
	ab_text(ab, " key=");
	ab_untrusted(ab, key, key ? strlen(key) : 0);
}

void ab_stamp_time(struct audit_buffer *ab, int64_t sec, uint32_t msec)
{
	ab_u64(ab, "audit(", (uint64_t)sec);
	ab_u64(ab, msec < 10 ? ".00" : msec < 100 ? ".0" : ".", msec);
}

void ab_stamp_serial(struct audit_buffer *ab, uint32_t serial)
{
	ab_u64(ab, ":", serial);
	ab_text(ab, "): ");
}

void ab_stamp(struct audit_buffer *ab, int64_t sec, uint32_t msec, uint32_t serial)
{
	ab_stamp_time(ab, sec, msec);
	ab_stamp_serial(ab, serial);
}
