/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_EVENT_REPLAY_FILE_H
#define UAUDIT_EVENT_REPLAY_FILE_H

/* A replay file: a small header (magic, version, byte order), then events one after the other (abi/evt.h). */

#include <stddef.h>
#include <stdint.h>

struct replay_reader;
struct replay_writer;

/* Opens path for writing, replacing what is there. Negative errno. */
int replay_writer_open(struct replay_writer **ret, const char *path);
/* Appends one encoded event. The first error sticks; replay_writer_close() reports it. */
void replay_writer_put(struct replay_writer *w, const void *event, size_t len);
/* Flushes and frees; NULL is fine. 0 or the first error. */
int replay_writer_close(struct replay_writer *w);

/* -EBADMSG: not a replay file, or one of another version or byte order. */
int replay_reader_open(struct replay_reader **ret, const char *path);
/* 1 and one event (borrowed until the next call, aligned), 0 at the end, -EBADMSG for bytes that are no event or a
 * file that ends within one. *ret_offset says where in the file the event begins, also on failure. */
int replay_reader_next(
	struct replay_reader *r, const void **ret_event, size_t *ret_len, uint64_t *ret_offset);
void replay_reader_close(struct replay_reader *r);

#endif
