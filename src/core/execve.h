/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_EXECVE_H
#define UAUDIT_CORE_EXECVE_H

/*
 * The arguments of a new program as EXECVE records (spec kernel 8.5). A record has room for so much; what is longer
 * goes on in the next record, an argument in several pieces if need be. Readers of logs put the pieces together again
 * by a<i>_len, so the places of the cuts and the announced lengths are the kernel's to the byte.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/audit_buffer.h"
#include "event/event.h"

/* Where the records of one event are. The kernel reads arguments through a window of 7500 bytes, and that is
 * what the cuts depend on; here the window is two counts over the string. */
struct execve_cursor {
	const char *at;   /* next byte to be written */
	size_t in_window; /* bytes from at that the window holds */
	size_t beyond;    /* bytes of the argument after those */
	size_t full_len;  /* a<i>_len */
	uint32_t arg, piece;
	bool is_open;  /* within an argument */
	bool is_whole; /* the window has seen the argument's end */
	bool is_hex;
};

/* Whether another record is needed after the one that has been written. */
bool execve_has_more(const struct execve_cursor *c, const struct event *ev);
/* Writes one record's worth. A zeroed cursor stands before the first one, which is written also for no arguments. */
void execve_format(struct audit_buffer *ab, struct execve_cursor *c, const struct event *ev);

#endif
