/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_KAUDIT_LOG_H
#define UAUDIT_CORE_KAUDIT_LOG_H

/*
 * How a record is made, whoever makes it: start, format, end, as audit_log_start() and its siblings in the kernel. The
 * text goes to the kaudit's sink.
 *
 * who says whom the record is about and when it happened: of an event the header's time, source, ids and comm, and the
 * views tty, exe and subj. The exclude filter looks at it.
 */

#include "base/macros.h"
#include "core/audit_buffer.h"
#include "core/kaudit.h"
#include "event/event.h"

/*
 * A record that is an event of its own. The buffer is the kaudit's: one record at a time, to be ended before the next is
 * started. NULL: the exclude filter drops it, and there is nothing to format or to end.
 */
struct audit_buffer *kaudit_log_start(struct kaudit *audit, const struct event *who, uint16_t type);
/*
 * One of several records of an event. *serial is 0 before the first that is started, which draws it (spec kernel 3.2); the
 * others follow before another event's.
 */
struct audit_buffer *kaudit_log_start_in(
	struct kaudit *audit, const struct event *who, uint16_t type, uint32_t *serial);
/* Appends as printf does. NULL for ab does nothing. An error sticks and is returned by kaudit_log_end(). */
void kaudit_log_format(struct audit_buffer *ab, const char *fmt, ...) _printf_(2, 3);
/* Hands the record to the sink. 0, -ENOMEM, -EMSGSIZE, or what the sink answered. NULL for ab: 0. */
int kaudit_log_end(struct audit_buffer *ab);

/* All three in one. */
int kaudit_log(struct kaudit *audit, const struct event *who, uint16_t type, const char *fmt, ...)
	_printf_(4, 5);

/* " subj=" and the label; nothing without one (spec kernel 7.4). */
void kaudit_log_subj(struct audit_buffer *ab, const struct event *who);
/* "auid=%u ses=%u", and the label. */
void kaudit_log_session(struct audit_buffer *ab, const struct event *who);
/* "pid=%d uid=%u auid=%u ses=%u", and the label. */
void kaudit_log_sender(struct audit_buffer *ab, const struct event *who);

#endif
