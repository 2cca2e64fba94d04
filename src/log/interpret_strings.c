// SPDX-License-Identifier: MIT
#include "log/interpret_types.h"

#include <string.h>

#include "base/macros.h"
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

/* ---- what was typed at a terminal ---- */

struct tty_key {
	const char *bytes; /* behind the escape byte */
	const char *name;
};

static const struct tty_key tty_keys[] = {
#define TTY_KEY(bytes, name) { bytes, name },
#include "log/tty_keys.def"
#undef TTY_KEY
};

/* The longest key that the bytes behind an escape begin with. */
static const struct tty_key *find_tty_key(struct view rest)
{
	const struct tty_key *found = NULL;
	size_t found_len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tty_keys); i++) {
		size_t len = strlen(tty_keys[i].bytes);

		if (len > found_len && len <= rest.len && !memcmp(tty_keys[i].bytes, rest.p, len)) {
			found = &tty_keys[i];
			found_len = len;
		}
	}
	return found;
}

/* The name of the key that the bytes begin with, and how many it takes; 0: a byte of text. */
static size_t tty_key_at(struct view v, const char **ret_name, char control[static 3])
{
	unsigned char c = (unsigned char)v.p[0];
	const struct tty_key *key;

	switch (c) {
	case '\b':
	case 0x7f:
		*ret_name = "backspace";
		return 1;
	case '\t':
		*ret_name = "tab";
		return 1;
	case '\n':
		*ret_name = "nl";
		return 1;
	case '\r':
		*ret_name = "ret";
		return 1;
	case 0x1b:
		key = find_tty_key((struct view){ v.p + 1, v.len - 1 });
		*ret_name = key ? key->name : "esc";
		return key ? 1 + strlen(key->bytes) : 1;
	}
	if (!c || c > 26)
		return 0;
	control[0] = '^';
	control[1] = (char)('A' + c - 1);
	control[2] = '\0';
	*ret_name = control;
	return 1;
}

static void put_tty_text(struct buf *to, unsigned char c)
{
	if (c < ' ' || c > '~') {
		buf_putc(to, '\\');
		for (int shift = 6; shift >= 0; shift -= 3)
			buf_putc(to, (char)('0' + (c >> shift & 7)));
		return;
	}
	if (c == '"' || c == '\\')
		buf_putc(to, '\\');
	buf_putc(to, (char)c);
}

/* Runs of text in quotes, and keys by name, with commas between (spec userspace 6.3). */
void render_tty_data(struct rendering *r)
{
	struct view v;
	bool in_text = false, is_first = true;

	buf_clear(&r->in->bytes);
	if (!decode_hex(&r->in->bytes, r->field->value)) {
		render_plain(r);
		return;
	}
	v = (struct view){ r->in->bytes.data, r->in->bytes.len };
	while (v.len) {
		const char *name;
		char control[3];
		size_t used = tty_key_at(v, &name, control);

		if (used || !in_text) {
			buf_puts(r->to, in_text ? "\"," : is_first ? "" : ",");
			in_text = !used;
			is_first = false;
			if (used) {
				buf_putc(r->to, '<');
				buf_puts(r->to, name);
				buf_putc(r->to, '>');
			} else {
				buf_putc(r->to, '"');
			}
		}
		if (!used)
			put_tty_text(r->to, (unsigned char)v.p[0]);
		used = used ? used : 1;
		v.p += used;
		v.len -= used;
	}
	if (in_text)
		buf_putc(r->to, '"');
}
