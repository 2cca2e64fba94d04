// SPDX-License-Identifier: MIT
#include "core/audit_buffer.h"

bool ab_needs_hex(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x21 || p[i] > 0x7e || p[i] == '"')
			return true;
	return false;
}

void ab_quoted(struct audit_buffer *ab, const char *p, size_t len)
{
	buf_putc(&ab->text, '"');
	buf_put(&ab->text, p, len);
	buf_putc(&ab->text, '"');
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

void ab_octal(struct audit_buffer *ab, const char *name, uint64_t v)
{
	ab_text(ab, name);
	if (v)
		buf_putc(&ab->text, '0');
	buf_oct(&ab->text, v);
}

void ab_device(struct audit_buffer *ab, const char *name, uint32_t major, uint32_t minor)
{
	ab_text(ab, name);
	buf_hex_width(&ab->text, major, 2);
	buf_putc(&ab->text, ':');
	buf_hex_width(&ab->text, minor, 2);
}

void ab_cap(struct audit_buffer *ab, const char *name, uint64_t set)
{
	ab_text(ab, name);
	if (set)
		buf_hex_width(&ab->text, set, 16);
	else
		buf_putc(&ab->text, '0');
}

void ab_key(struct audit_buffer *ab, const char *key)
{
	ab_text(ab, " key=");
	ab_untrusted(ab, key, key ? strlen(key) : 0);
}

void ab_stamp(struct audit_buffer *ab, int64_t sec, uint32_t msec, uint32_t serial)
{
	ab_u64(ab, "audit(", (uint64_t)sec);
	buf_putc(&ab->text, '.');
	buf_u64_width(&ab->text, msec, 3);
	ab_u64(ab, ":", serial);
	ab_text(ab, "): ");
}
