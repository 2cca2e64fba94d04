/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_WRITER_H
#define UAUDIT_LOG_LOG_WRITER_H

/*
 * Appends records to a log as auditd's RAW format has them (spec userspace 3.4): one line a record,
 * "type=NAME msg=audit(...): text". AUDIT_EOE is not written; it ends the event, whose lines then go to the file in
 * one write, alone or with those of other events, so that a reader never sees half a line.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct log_writer {
	int fd; /* borrowed */
	struct buf pending;
	int error;       /* the first one; sticks */
	bool in_batches; /* several events in one write; who sets it calls log_writer_flush() in time */
	uint64_t records; /* lines written or pending */
	uint64_t cut;     /* lines that were longer than LOG_LINE_MAX */
};

#define LOG_WRITER_NULL                                                                            \
	{                                                                                          \
		.fd = -1, .pending = BUF_NULL                                                      \
	}

/* text: "audit(...): ...", as the kernel hands it over. 0, or the sticky error: negative errno. */
int log_writer_put(struct log_writer *w, uint16_t type, const char *text, size_t len);
/* Writes what is pending. 0 or the sticky error. */
int log_writer_flush(struct log_writer *w);
void log_writer_deinit(struct log_writer *w);

#endif
