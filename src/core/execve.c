// SPDX-License-Identifier: MIT
#include "core/execve.h"

#include <string.h>

#include "base/macros.h"

/* Bytes: MAX_EXECVE_AUDIT_LEN in kernel/auditsc.c, and the size of abuf in audit_log_execve_info() there. */
#define EXECVE_WINDOW 7500u
#define HEAD_ROOM     96u /* kept free for the name of a piece */
#define DATA_ROOM_MIN 8u  /* with less than this behind the name a piece is not begun */
#define QUOTES        2u

bool execve_has_more(const struct execve_cursor *c, const struct event *ev)
{
	return c->arg < ev->argc;
}

/*
 * Lets the window take in what it has room for. An argument that fills it to the last byte has not shown its end: it
 * will need another look, and from then on it is hex, its announced length doubled.
 */
static void fill_window(struct execve_cursor *c)
{
	size_t room = EXECVE_WINDOW - c->in_window, take = c->beyond < room ? c->beyond : room;

	c->in_window += take;
	c->beyond -= take;
	if (take == room) {
		c->is_hex = true;
		c->full_len *= 2;
		return;
	}
	c->is_whole = true;
	if (c->piece == 0 && !c->is_hex && ab_needs_hex(c->at, c->in_window)) {
		c->is_hex = true;
		c->full_len *= 2;
	}
}

static void open_argument(struct execve_cursor *c)
{
	c->beyond = strlen(c->at); /* the decoder has seen to the terminator */
	c->full_len = c->beyond;
	c->in_window = 0;
	c->piece = 0;
	c->is_hex = c->is_whole = false;
	c->is_open = true;
}

static void close_argument(struct execve_cursor *c)
{
	c->at++; /* the terminator */
	c->arg++;
	c->is_open = false;
}

/* Bytes that the window's content takes in the record. */
static size_t printed_size(const struct execve_cursor *c)
{
	return c->is_hex ? 2 * c->in_window : c->in_window + QUOTES;
}

/* " a1=" for a whole argument, " a1_len=15000 a1[0]=" and " a1[1]=" for pieces. */
static void put_name(struct audit_buffer *ab, struct execve_cursor *c, size_t room)
{
	bool is_piece = !c->is_whole || c->piece > 0 || printed_size(c) + HEAD_ROOM > room;

	if (is_piece && c->piece == 0) {
		ab_u64(ab, " a", c->arg);
		ab_u64(ab, "_len=", c->full_len);
	}
	ab_u64(ab, " a", c->arg);
	if (is_piece) {
		ab_u64(ab, "[", c->piece++);
		ab_text(ab, "]");
	}
	ab_text(ab, "=");
}

static void put_data(struct audit_buffer *ab, struct execve_cursor *c, size_t room)
{
	size_t n = c->in_window;

	if (printed_size(c) > room)
		n = c->is_hex ? room / 2 : room - QUOTES;
	if (c->is_hex)
		buf_hex_bytes(&ab->text, c->at, n);
	else
		ab_quoted(ab, c->at, n);
	c->at += n;
	c->in_window -= n;
}

void execve_format(struct audit_buffer *ab, struct execve_cursor *c, const struct event *ev)
{
	size_t room = EXECVE_WINDOW, before;

	if (!c->at) {
		c->at = ev->argv.p;
		ab_u64(ab, "argc=", ev->argc); /* not counted against the room */
	}
	while (c->arg < ev->argc) {
		if (!c->is_open)
			open_argument(c);
		if (room < HEAD_ROOM + DATA_ROOM_MIN)
			return;
		if (!c->is_whole)
			fill_window(c);
		before = ab->text.len;
		put_name(ab, c, room);
		room -= ab->text.len - before;
		before = ab->text.len;
		put_data(ab, c, room);
		room -= ab->text.len - before;
		if (c->in_window == 0 && c->is_whole)
			close_argument(c);
	}
}
