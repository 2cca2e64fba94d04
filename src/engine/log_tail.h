/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_LOG_TAIL_H
#define UAUDIT_ENGINE_LOG_TAIL_H

/*
 * The end of a log that an earlier engine wrote, before anybody writes to it again: which serial it reached, and lines of an
 * event that is not complete, which are taken away. Its content is untrusted.
 */

#include <stdbool.h>
#include <stdint.h>

struct log_tail {
	int fd;
	uint64_t end; /* bytes: behind the last complete line */
};
#define LOG_TAIL_NULL                                                                              \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/*
 * Waits until the writer of before has ended (it holds the file's lock), at most so long; what is behind the last complete
 * line is cut off. -ENOENT: there is no log, or it is no file; -EBUSY: somebody writes to it still; another negative errno.
 */
int log_tail_open(struct log_tail *tail, const char *path, unsigned patience_ms);
void log_tail_close(struct log_tail *tail);

/* The serial of the last line that has one; false: none has. */
bool log_tail_serial(const struct log_tail *tail, uint32_t *ret);
/* Lines at the end whose serials are from first to last, without a gap. A negative errno. */
int64_t log_tail_count(const struct log_tail *tail, uint32_t first, uint32_t last);
int log_tail_cut(struct log_tail *tail, uint64_t n_lines);

/* What a writer of the log does with its descriptor: 0; -EBUSY: somebody else writes to it, and did not end in so long. */
int log_tail_lock(int fd, unsigned patience_ms);

#endif
