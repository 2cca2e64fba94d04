/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_WRITER_PROCESS_H
#define UAUDIT_ENGINE_WRITER_PROCESS_H

/* The engine's end of the log writer (engine/log_child.h): starts it, again when it ends, and is the consumer of a stream. */

#include "core/stream.h"
#include "engine/log_child.h"
#include "engine/loop.h"

struct writer;

struct writer_options {
	const char *path;
	enum log_flush flush;
	uint32_t group; /* (uint32_t)-1: as it comes */
	/* What people should know: one line. */
	void (*notice)(void *userdata, const char *text);
	void *userdata;
};

int writer_new(struct writer **ret, struct loop *loop, const struct writer_options *options);
/* Starts the process, whose stream this is. 0, or a negative errno when the log cannot be opened. Later deaths are mended
 * without a word to the owner. */
int writer_start(struct writer *writer, struct stream *stream);
/* The consumer side of the stream; userdata is the writer. */
int writer_send(void *writer, const struct audit_record *record);
void writer_gone(void *writer);
/* The process, for signals; 0: it is being started again. */
int writer_pid(const struct writer *writer);
void writer_reopen(struct writer *writer);
/* Lets the process write what it has been sent and ends it. NULL. */
struct writer *writer_close(struct writer *writer);

#endif
