/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_LOG_CHILD_H
#define UAUDIT_ENGINE_LOG_CHILD_H

/*
 * The process that writes the log (design 8): it has no capabilities, sees no file but those of the log's directory, and
 * nothing that it does holds up the engine. Lines come in, those of many records in a datagram (struct log_batch), and are
 * written as they are; after each write goes a log_ack out.
 *
 * Nothing is lost or written twice when it is killed: the engine knows from the last log_ack how long the file was when
 * its records were in it. What is behind that in the file are the first records that were not acknowledged; the next
 * child cuts off a line that is not complete and says how many are (struct log_hello).
 */

#include <stdbool.h>
#include <stdint.h>

/* Bytes of one datagram. */
#define LOG_DATAGRAM_MAX ((size_t)64 * 1024)

/* What a datagram begins with; behind it are the lines of its records, as far as they have some, to the last newline. */
struct log_batch {
	uint32_t n_records;
	uint32_t reserved;
};

/* The file, as far as its records are acknowledged. */
struct log_mark {
	uint64_t dev, ino;
	uint64_t size; /* bytes */
	uint32_t is_set;
	uint32_t reserved;
};

/* The first message of a child. */
struct log_hello {
	int32_t error;    /* errno of opening the log: the child ends; 0 */
	uint32_t n_lines; /* complete ones behind the mark; 0 also where the file is another one */
	struct log_mark mark; /* as the file is now */
};

struct log_ack {
	uint32_t n_records; /* that are in the file now, or need not be */
	int32_t error;      /* errno of a write that is being tried again; n_records is 0 then */
	struct log_mark mark;
};

enum log_flush { LOG_FLUSH_NONE, LOG_FLUSH_DATA, LOG_FLUSH_SYNC };

struct log_child {
	const char *path;
	int fd; /* the child's end of the socket; all other descriptors are closed */
	enum log_flush flush;
	struct log_mark mark;
	uint32_t group; /* of the file, (uint32_t)-1: as it comes */
	bool is_alone; /* takes the file's lock, for which it waits: the writer of an engine that died may be at work yet */
};

/*
 * Opens the log at path for appending, made with mode 0600 if it is missing; cuts off what comes behind the last complete
 * line, counts the complete lines behind the mark. *ret_fd, *ret_hello; a negative errno.
 */
int log_child_open(const struct log_child *child, int *ret_fd, struct log_hello *ret_hello);

/* What the forked process does, to its end: when the engine closes its end of the socket, after all is written. */
_Noreturn void log_child_main(const struct log_child *child);

#endif
