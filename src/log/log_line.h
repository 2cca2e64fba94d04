/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_LINE_H
#define UAUDIT_LOG_LOG_LINE_H

/* A record as a line of a log, auditd's RAW format (spec userspace 3.4): "type=NAME msg=audit(...): text\n". */

#include <linux/audit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes behind "type=... msg="; auditd cuts there and its readers take no longer line. */
#define LOG_LINE_MAX 8937

/* The most that a line takes of a text of so many bytes. */
static inline size_t log_line_room(size_t len)
{
	return 64 + (len < LOG_LINE_MAX ? len : LOG_LINE_MAX);
}

/* Appends one line, whatever the text holds. True: it was too long and has been cut. */
bool log_line_put(struct buf *to, uint16_t type, const char *text, size_t len);
/* Whether auditd writes records of that type. */
static inline bool log_line_is_written(uint16_t type)
{
	return type != AUDIT_EOE;
}

#endif
