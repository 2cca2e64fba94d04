/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_ARGV_H
#define UAUDIT_LOG_LOG_ARGV_H

#include "log/log_event.h"

/* Appends the arguments of an event's EXECVE records, each with a NUL behind it, put together again where they were
 * split (spec kernel 8.5). Returns their number; arguments that are missing from the records are missing here. */
size_t event_argv(struct buf *to, const struct log_event *ev);

#endif
