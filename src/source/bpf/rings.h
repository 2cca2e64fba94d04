/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_RINGS_H
#define UAUDIT_SOURCE_BPF_RINGS_H

/*
 * Reads BPF ring buffers, one for each CPU, in the order of time (Documentation/bpf/ringbuf.rst of the kernel). libbpf has a
 * reader, but it frees each record as it hands it over; here a record keeps its room until what became of it is safe.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/capture.h"

struct rings;

/* Where a record stands. */
struct ring_place {
	size_t ring;
	unsigned long behind; /* the position behind it */
	uint64_t ktime;       /* of the record */
};

/* One ring record, borrowed until its release. Positive: enough for now; negative: an error. The record is read either way. */
typedef int (*ring_record_fn)(
	void *userdata, const void *record, size_t len, const struct ring_place *place);

/* fds: ring buffer maps of size bytes each. done: CAP_SLOTS counters for each ring, shared with the programs. */
int rings_new(struct rings **ret, const int *fds, size_t n, size_t size, uint64_t *done);
struct rings *rings_free(struct rings *rings);

/* The memory of a ring buffer map. data: size bytes, and the same again behind them. */
struct ring_memory {
	unsigned long *consumer; /* position up to which the room is free */
	const unsigned long *producer;
	const char *data;
};
/* Rings that are mapped already, which stay the caller's; rings_fd() has none of them. */
int rings_over(struct rings **ret, const struct ring_memory *memory, size_t n, size_t size,
	uint64_t *done);

/* Readable when a program asked for the reader. */
int rings_fd(const struct rings *rings);
/* Another descriptor that makes it readable, while that is awaited (at first it is not). 0 or negative errno. */
int rings_also(struct rings *rings, int fd);
void rings_await(struct rings *rings, int fd, bool is_awaited);
/*
 * Hands over at most max records that are older than before_ns (CLOCK_MONOTONIC), oldest first. The number, or what the
 * callback answered if that was negative. *ret_left: bytes that are there still; 0 also when max records were read and were
 * all there was.
 */
long rings_read(struct rings *rings, uint64_t before_ns, size_t max, ring_record_fn take,
	void *userdata, size_t *ret_left);
/* Frees the room of a ring up to there. */
void rings_release(struct rings *rings, size_t ring, unsigned long behind);
/* What an earlier reader has handed over is not read again: up to there, if the ring has that. */
void rings_skip(struct rings *rings, size_t ring, unsigned long behind);
/* The position up to which the room is free. */
unsigned long rings_released(const struct rings *rings, size_t ring);
/* Records that were none, ever: their own programs have not written them. */
uint64_t rings_bad(const struct rings *rings);

/* Records in the ring buffer of a map that somebody else writes and nobody reads any more. */
uint64_t rings_count(int fd);

#endif
