/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_RINGS_H
#define UAUDIT_SOURCE_BPF_RINGS_H

/*
 * Reads BPF ring buffers, one for each CPU, in the order of time (Documentation/bpf/ringbuf.rst of the kernel). libbpf has a
 * reader, but it frees each record as it hands it over; here a record keeps its room until what became of it is safe.
 */

#include <stdint.h>
#include <stddef.h>

#include "abi/capture.h"

struct rings;

/* One ring record, borrowed until rings_release(). */
typedef int (*ring_record_fn)(void *userdata, const void *record, size_t len);

/* fds: ring buffer maps of size bytes each. done: CAP_SLOTS counters for each ring, shared with the programs. */
int rings_new(struct rings **ret, const int *fds, size_t n, size_t size, uint64_t *done);
struct rings *rings_free(struct rings *rings);

/* Readable when a program asked for the reader. */
int rings_fd(const struct rings *rings);
/*
 * Hands over at most max records that are older than before_ns (CLOCK_MONOTONIC), oldest first. The number, or what the
 * callback answered if that was negative; the record of a negative answer counts as read. *ret_left: bytes that are
 * there still.
 */
long rings_read(struct rings *rings, uint64_t before_ns, size_t max, ring_record_fn take,
	void *userdata, size_t *ret_left);
/* Frees the room of all that was handed over. */
void rings_release(struct rings *rings);

#endif
