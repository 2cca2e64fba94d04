/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_HUMAN_H
#define UAUDIT_LOG_HUMAN_H

/* An event as one line for people: time, who, what, on what, and why it failed. */

#include "log/describe.h"

struct human_options {
	bool colour;
	size_t width; /* columns of the terminal: the arguments of programs are cut to fit; 0: no terminal */
	bool show_key;    /* "[key]" at the end */
	bool has_own_uid; /* own_uid is known: only other users are named */
	uint32_t own_uid;
};

/* Appends the line with its newline. 0 or -ENOMEM. */
int human_event(struct buf *to, struct interpreter *in, const struct description *d,
	const struct log_event *ev, const struct human_options *options);
/*
 * Appends text that is safe on a terminal and can be read back: control characters and bytes that are not UTF-8 as
 * \ooo, a backslash doubled; in double quotes if it has blanks or is empty.
 */
void human_text(struct buf *to, const char *p, size_t len);
/* The same without quotes, for words of our own with a name in them. */
void human_words(struct buf *to, const char *p, size_t len);

#endif
