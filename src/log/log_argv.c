// SPDX-License-Identifier: MIT
#include "log/log_argv.h"

#include <linux/audit.h>

#include "base/parse.h"
#include "log/interpret.h"

enum piece { PIECE_NONE, PIECE_WHOLE, PIECE_FIRST, PIECE_NEXT };

/* "a3" whole, "a3[0]" first, "a3[2]" next; "argc" and "a3_len" are no pieces. */
static enum piece piece_of(const struct view *name)
{
	uint64_t n;
	size_t used;

	if (name->len < 2 || name->p[0] != 'a' ||
		parse_u64_prefix(name->p + 1, name->len - 1, 10, &n, &used) < 0)
		return PIECE_NONE;
	if (used + 1 == name->len)
		return PIECE_WHOLE;
	if (name->p[used + 1] != '[')
		return PIECE_NONE;
	return name->len == used + 4 && name->p[used + 2] == '0' ? PIECE_FIRST : PIECE_NEXT;
}

size_t event_argv(struct buf *to, const struct log_event *ev)
{
	const struct log_record *rec;
	bool open = false; /* an argument of several pieces has begun */
	size_t n = 0;

	for (size_t i = 0; (rec = log_event_record(ev, AUDIT_EXECVE, i)); i++) {
		for (size_t f = 0; f < rec->n_fields; f++) {
			enum piece piece = piece_of(&rec->fields[f].name);

			if (piece == PIECE_NONE)
				continue;
			if (open && piece != PIECE_NEXT) {
				buf_putc(to, '\0');
				open = false;
			}
			n += piece != PIECE_NEXT;
			interpret_untrusted(to, &rec->fields[f]);
			if (piece == PIECE_WHOLE)
				buf_putc(to, '\0');
			else
				open = true;
		}
	}
	if (open)
		buf_putc(to, '\0');
	return n;
}
