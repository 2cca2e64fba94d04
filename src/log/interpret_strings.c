// SPDX-License-Identifier: MIT
#include "log/interpret_types.h"

#include <string.h>

#include "log/log_call.h"
#include "log/log_path.h"

/* Values that are text: as written, quoted, or in hex where a program chose the bytes. */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool decode_hex(struct buf *to, struct view text)
{
	if (!text.len || text.len % 2)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (hex_digit(text.p[i]) < 0)
			return false;
	for (size_t i = 0; i < text.len; i += 2)
		buf_putc(to, (char)(hex_digit(text.p[i]) << 4 | hex_digit(text.p[i + 1])));
	return true;
}

void interpret_untrusted(struct buf *to, const struct log_field *field)
{
	if (field->quoted)
		buf_put(to, field->value.p + 1, field->value.len - 2);
	else if (!decode_hex(to, field->value))
		buf_put(to, field->value.p, field->value.len);
}

static bool is_null(const struct log_field *field)
{
	return view_is(&field->value, "(null)");
}

static struct view decoded(struct rendering *r)
{
	buf_clear(&r->in->bytes);
	interpret_untrusted(&r->in->bytes, r->field);
	return (struct view){ r->in->bytes.data, r->in->bytes.len };
}

void render_plain(struct rendering *r)
{
	buf_put(r->to, r->field->value.p, r->field->value.len);
}

void render_escaped(struct rendering *r)
{
	struct view v = decoded(r);

	if (v.len && !v.p[0]) { /* an abstract name */
		v.p++;
		v.len--;
	}
	buf_put(r->to, v.p, v.len ? strnlen(v.p, v.len) : 0);
}

void render_maybe_escaped(struct rendering *r)
{
	if (r->field->quoted || r->field->value.len > 1)
		render_escaped(r);
	else
		render_plain(r);
}

void render_key(struct rendering *r)
{
	struct view v = decoded(r);

	buf_put(r->to, v.p, v.len);
}

void render_proctitle(struct rendering *r)
{
	struct view v = decoded(r);

	for (size_t i = 0; i < v.len; i++)
		buf_putc(r->to, v.p[i] ? v.p[i] : ' ');
}

void render_name(struct rendering *r)
{
	struct view name = decoded(r), cwd;
	struct buf dir = BUF_NULL;
	int fd;

	if (is_null(r->field) || (name.len && name.p[0] == '/') || event_names_queues(r->ev) ||
		!event_path_from_cwd(r->ev, false, &fd) || !event_cwd(&dir, r->ev)) {
		buf_put(r->to, name.p, name.len);
	} else {
		cwd = (struct view){ dir.data, dir.len };
		path_join(r->to, cwd, name);
	}
	buf_deinit(&dir);
}
