/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_INTERPRET_H
#define UAUDIT_LOG_INTERPRET_H

/* Values turned into names, as ausearch -i does (spec userspace 6). */

#include "log/log_event.h"

struct interpreter; /* holds the caches of user and group names */

int interpreter_new(struct interpreter **ret);
void interpreter_free(struct interpreter *in);

/* Appends the interpreted value of a field of a record of the event. Bytes below 0x20 become \ooo. */
void interpret_field(struct interpreter *in, struct buf *to, const struct log_event *ev, const struct log_record *rec,
	const struct log_field *field);
/* Appends the bytes that an untrusted string stands for: without quotes, hex decoded. */
void interpret_untrusted(struct buf *to, const struct log_field *field);

#endif
