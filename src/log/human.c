// SPDX-License-Identifier: MIT
#include "log/human.h"

#include <errno.h>
#include <time.h>

#include "abi/abi.h"
#include "base/utf8.h"

#define SUBJECT_WIDTH   20   /* columns: a comm of 15 bytes, brackets, a pid of 3 digits */
#define LINE_MAX_NO_TTY 1000 /* bytes: where the arguments of a program are cut in a file or pipe */
#define ARGV_ROOM_LEAST 24   /* bytes shown of them however narrow the terminal is */
#define COLOUR_DIM      "\033[2m"
#define COLOUR_RED      "\033[31m"
#define COLOUR_BOLD     "\033[1m"
#define COLOUR_OFF      "\033[0m"

static const char *const kind_colours[_ACTION_MAX] = {
	[ACTION_EXEC] = "\033[36m",
	[ACTION_WRITE] = "\033[33m",
	[ACTION_CREATE] = "\033[32m",
	[ACTION_DELETE] = "\033[35m",
	[ACTION_RENAME] = "\033[33m",
	[ACTION_LINK] = "\033[32m",
	[ACTION_ATTR] = "\033[33m",
	[ACTION_CONNECT] = "\033[34m",
	[ACTION_BIND] = "\033[34m",
	[ACTION_PRIVILEGE] = "\033[31m",
	[ACTION_SIGNAL] = "\033[31m",
	[ACTION_PTRACE] = "\033[31m",
	[ACTION_MOUNT] = "\033[31m",
	[ACTION_MODULE] = "\033[31m",
	[ACTION_SYSTEM] = "\033[31m",
};

static void colour(struct buf *to, const struct human_options *o, const char *code)
{
	if (o->colour && code)
		buf_puts(to, code);
}

static void put_octal_byte(struct buf *to, unsigned char c)
{
	buf_putc(to, '\\');
	buf_putc(to, (char)('0' + (c >> 6)));
	buf_putc(to, (char)('0' + (c >> 3 & 7)));
	buf_putc(to, (char)('0' + (c & 7)));
}

/* U+0080 to U+009F steer terminals too. */
static bool is_control(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];

	return n == 1 ? c < 0x20 || c == 0x7f : n == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0;
}

static void put_safe(struct buf *to, const char *p, size_t len, bool quoted)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_character(p + i, len - i);
		if (!n || is_control(p + i, n)) {
			n = n ? n : 1;
			for (size_t k = 0; k < n; k++)
				put_octal_byte(to, (unsigned char)p[i + k]);
			continue;
		}
		if (p[i] == '\\' || (quoted && p[i] == '"'))
			buf_putc(to, '\\');
		buf_put(to, p + i, n);
	}
}

void human_text(struct buf *to, const char *p, size_t len)
{
	bool quoted = !len || memchr(p, ' ', len) || p[0] == '"';

	if (quoted)
		buf_putc(to, '"');
	put_safe(to, p, len, quoted);
	if (quoted)
		buf_putc(to, '"');
}

void human_words(struct buf *to, const char *p, size_t len)
{
	put_safe(to, p, len, false);
}

static void put_time(struct buf *to, const struct log_record *rec)
{
	time_t sec = (time_t)rec->time_sec;
	char text[16];
	struct tm tm;

	if (localtime_r(&sec, &tm) && strftime(text, sizeof(text), "%H:%M:%S", &tm))
		buf_puts(to, text);
	buf_putc(to, '.');
	buf_u64_width(to, rec->time_msec, 3);
}

/* The arguments behind the program, cut where the line would get too long. */
static void put_argv(struct buf *to, const struct description *d, size_t line_start,
	size_t invisible, const struct human_options *o)
{
	const char *p = d->argv.data, *end = p + d->argv.len, *nul;
	size_t used = to->len - line_start - invisible + 1 /* the colon */, start, room;

	room = o->width ? o->width : LINE_MAX_NO_TTY;
	room = room > used + ARGV_ROOM_LEAST ? room - used : ARGV_ROOM_LEAST;
	buf_putc(to, ':');
	start = to->len;
	for (; p && p < end && (nul = memchr(p, '\0', (size_t)(end - p))); p = nul + 1) {
		if (to->len - start > room)
			break;
		buf_putc(to, ' ');
		/* no use in copying megabytes that are cut below; each byte may become 4 */
		human_text(to, p, (size_t)(nul - p) < room ? (size_t)(nul - p) : room);
	}
	if (to->len - start > room && !buf_error(to)) {
		size_t keep = start + room - 3;

		while (keep > start && ((unsigned char)to->data[keep] & 0xc0) == 0x80)
			keep--;
		to->len = keep;
		buf_puts(to, "...");
	}
}

static void put_error(struct buf *to, const struct description *d, const struct human_options *o)
{
	const char *name = d->error ? errno_name(d->error) : NULL;

	buf_puts(to, ": ");
	colour(to, o, COLOUR_RED);
	if (name) {
		buf_puts(to, name);
		buf_puts(to, " (");
		buf_puts(to, errno_text(d->error));
		buf_putc(to, ')');
	} else {
		buf_puts(to, "result ");
		buf_i64(to, d->exit);
	}
	colour(to, o, COLOUR_OFF);
}

static void put_subject(struct buf *to, struct interpreter *in, const struct description *d,
	const struct human_options *o)
{
	size_t start;

	colour(to, o, COLOUR_BOLD);
	start = to->len;
	human_text(to, d->subject.data, d->subject.len);
	if (d->has_subject && o->has_own_uid && d->uid != o->own_uid) {
		buf_putc(to, '(');
		interpret_user(in, to, d->uid);
		buf_putc(to, ')');
	}
	while (to->len - start < SUBJECT_WIDTH && !buf_error(to))
		buf_putc(to, ' ');
	colour(to, o, COLOUR_OFF);
}

/* Only names need quotes to show where they end; "process 12" is words. */
static void put_object(struct buf *to, const struct description *d, const struct buf *object)
{
	if (d->is_file)
		human_text(to, object->data, object->len);
	else
		put_safe(to, object->data, object->len, false);
}

int human_event(struct buf *to, struct interpreter *in, const struct description *d,
	const struct log_event *ev, const struct human_options *options)
{
	bool failed = d->result == 0 && !d->pending;
	size_t start = to->len, invisible;

	if (!ev->n_records)
		return 0;
	colour(to, options, COLOUR_DIM);
	put_time(to, &ev->records[0]);
	colour(to, options, COLOUR_OFF);
	buf_putc(to, ' ');
	put_subject(to, in, d, options);
	buf_putc(to, ' ');
	colour(to, options, failed ? COLOUR_RED : kind_colours[d->kind]);
	if (failed)
		buf_puts(to, "failed to ");
	buf_puts(to, d->verb);
	colour(to, options, failed || kind_colours[d->kind] ? COLOUR_OFF : NULL);
	if (d->object.len) {
		buf_putc(to, ' ');
		put_object(to, d, &d->object);
	}
	if (d->joiner) {
		buf_putc(to, ' ');
		buf_puts(to, d->joiner);
		buf_putc(to, ' ');
		put_object(to, d, &d->object2);
	}
	invisible = options->colour ? sizeof(COLOUR_DIM COLOUR_OFF COLOUR_BOLD COLOUR_OFF
					      "\033[36m" COLOUR_OFF) -
					      1
				    : 0;
	if (d->n_argv)
		put_argv(to, d, start, invisible, options);
	if (failed)
		put_error(to, d, options);
	if (options->show_key && *d->key) {
		colour(to, options, COLOUR_DIM);
		buf_puts(to, "  [");
		put_safe(to, d->key, strlen(d->key), false);
		buf_putc(to, ']');
		colour(to, options, COLOUR_OFF);
	}
	buf_putc(to, '\n');
	return buf_error(to);
}
