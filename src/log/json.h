/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_JSON_H
#define UAUDIT_LOG_JSON_H

/*
 * One event as one JSON object on one line: what describe.h says of it, then each record with its fields decoded
 * ("fields") and as written ("raw"). A name that occurs twice in a record becomes an array.
 *
 * "object_by":"inode" stands where a record had no name: object is what earlier events called that inode.
 *
 * JSON text is UTF-8, names of files are bytes. A string that is not UTF-8 has U+FFFD in place of each bad byte, and a
 * member NAME_hex beside it that holds all its bytes in hex; nothing is lost.
 */

#include "log/describe.h"

/* Appends the line with its newline. 0 or -ENOMEM. */
int json_event(struct buf *to, struct interpreter *in, const struct description *d,
	const struct log_event *ev);

#endif
