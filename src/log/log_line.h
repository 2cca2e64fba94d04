/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_LINE_H
#define UAUDIT_LOG_LOG_LINE_H

/* A record as a line of a log, auditd's RAW format (spec userspace 3.4): "type=NAME msg=audit(...): text\n". */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes behind "type=... msg="; auditd cuts there and its readers take no longer line. */
#define LOG_LINE_MAX 8937

/* Appends one line, whatever the text holds. True: it was too long and has been cut. */
bool log_line_put(struct buf *to, uint16_t type, const char *text, size_t len);
/* Whether auditd writes records of that type. */
bool log_line_is_written(uint16_t type);

#endif
