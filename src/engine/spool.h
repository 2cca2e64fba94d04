/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_SPOOL_H
#define UAUDIT_ENGINE_SPOOL_H

/*
 * Records on disk that found no room in the memory of a stream (core/stream.h): a directory of segment files, written at
 * the tail and read from the head, bounded in bytes. What an engine leaves there its successor delivers.
 *
 * How far the head has been read is stored when a segment is finished and when the spool is closed: an engine that is
 * killed makes its successor deliver up to one segment again, and loses none. Everything that is read back is untrusted: each
 * entry has a length and a checksum, and from a bad one on the segment is given up.
 *
 * An entry: struct spool_entry, then the text; host byte order, as a spool does not leave its machine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/audit_record.h"

#define SPOOL_SEGMENT_SIZE                                                                         \
	((size_t)1024 * 1024) /* bytes; a segment ends with the entry that passes it */

struct spool_entry {
	uint32_t crc; /* of all behind this field, text included */
	uint32_t len; /* bytes of text */
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	uint16_t type;
	uint8_t source;
	uint8_t reserved[5];
};
_Static_assert(sizeof(struct spool_entry) == 32, "layout on disk");

struct spool;

/*
 * dir is made if it is missing (mode 0700; its parent must exist). bytes_max: what all entries together may take; an event
 * that has begun is finished beyond it. 0 or a negative errno.
 */
int spool_open(struct spool **ret, const char *dir, uint64_t bytes_max);
/* Stores how far the head was read. NULL. */
struct spool *spool_close(struct spool *spool);
void spool_set_max(struct spool *spool, uint64_t bytes_max);

/* As struct stream_ops has them; spool is the struct spool. */
int spool_put(void *spool, const struct audit_record *record);
int spool_get(void *spool, struct audit_record **ret, uint64_t *ret_lost);
int spool_unget(void *spool, struct audit_record *const *records, size_t n);
uint64_t spool_count(const void *spool);
bool spool_is_full(const void *spool);

struct spool_stats {
	uint64_t records, bytes, bytes_max;
	uint64_t bytes_cut; /* at the opening: what could not be read, a torn last entry or worse */
};
void spool_get_stats(const struct spool *spool, struct spool_stats *ret);

/*
 * The entry at the start of data (untrusted, len bytes): 0, *ret (the caller's, NULL to look only) and *ret_used; -EAGAIN: the
 * data ends before it does; -EBADMSG: it is none; -ENOMEM.
 */
int spool_entry_read(struct audit_record **ret, const void *data, size_t len, size_t *ret_used);

#endif
