// SPDX-License-Identifier: MIT
#include "source/bpf/rings.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"

/* The kernel's form: a page with the reader's position, a page with the programs', the data twice in a row. */
struct one_ring {
	struct ring_memory memory;
	void *mapped;     /* producer page and data; NULL: the caller's */
	unsigned long at; /* read up to here; *consumer is what has been freed */
};

/* What stands at the front of a ring. */
struct front {
	const struct evt_hdr *record; /* NULL: nothing that could be read now */
	const struct cap_origin *origin;
	size_t len;
	unsigned long next;
};

struct rings {
	size_t n, size;
	uint64_t *done;
	uint64_t n_bad;
	int epoll_fd;
	struct front *fronts; /* n */
	struct one_ring rings[];
};

#define RECORD_MIN                                                                                 \
	(sizeof(struct evt_hdr) + sizeof(struct evt_item) + sizeof(struct cap_origin)) /* bytes */

static int map_ring(struct one_ring *ring, int fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	ring->memory.consumer = p;
	p = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (p == MAP_FAILED) {
		int r = -errno;

		(void)munmap(ring->memory.consumer, page);
		return r;
	}
	ring->mapped = p;
	ring->memory.producer = p;
	ring->memory.data = (const char *)p + page;
	ring->at = __atomic_load_n(ring->memory.consumer, __ATOMIC_ACQUIRE);
	return 0;
}

static void unmap_ring(struct one_ring *ring, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!ring->mapped)
		return;
	(void)munmap(ring->memory.consumer, page);
	(void)munmap(ring->mapped, page + 2 * size);
	ring->mapped = NULL;
}

static int allocate(struct rings **ret, size_t n, size_t size, uint64_t *done)
{
	struct rings *rings = calloc(1, sizeof(*rings) + n * sizeof(rings->rings[0]));

	if (!rings)
		return -ENOMEM;
	rings->fronts = calloc(n, sizeof(*rings->fronts));
	rings->n = n;
	rings->size = size;
	rings->done = done;
	rings->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!rings->fronts || rings->epoll_fd < 0) {
		int r = rings->fronts ? -errno : -ENOMEM;

		(void)rings_free(rings);
		return r;
	}
	*ret = rings;
	return 0;
}

int rings_new(struct rings **ret, const int *fds, size_t n, size_t size, uint64_t *done)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct rings *rings;
	int r = allocate(&rings, n, size, done);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = map_ring(&rings->rings[i], fds[i], size);
		event.data.u64 = i;
		if (r == 0 && epoll_ctl(rings->epoll_fd, EPOLL_CTL_ADD, fds[i], &event) < 0)
			r = -errno;
		if (r < 0)
			(void)rings_free(rings); /* which ends the loop too */
	}
	if (r == 0)
		*ret = rings;
	return r;
}

int rings_over(
	struct rings **ret, const struct ring_memory *memory, size_t n, size_t size, uint64_t *done)
{
	int r = allocate(ret, n, size, done);

	for (size_t i = 0; i < n && r == 0; i++) {
		(*ret)->rings[i].memory = memory[i];
		(*ret)->rings[i].at = *memory[i].consumer;
	}
	return r;
}

struct rings *rings_free(struct rings *rings)
{
	if (!rings)
		return NULL;
	for (size_t i = 0; i < rings->n; i++)
		unmap_ring(&rings->rings[i], rings->size);
	if (rings->epoll_fd >= 0)
		(void)close(rings->epoll_fd);
	free(rings->fronts);
	free(rings);
	return NULL;
}

int rings_fd(const struct rings *rings)
{
	return rings->epoll_fd;
}

int rings_also(struct rings *rings, int fd)
{
	struct epoll_event event = { .data.fd = fd };

	return epoll_ctl(rings->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void rings_await(struct rings *rings, int fd, bool is_awaited)
{
	struct epoll_event event = { .events = is_awaited ? EPOLLIN : 0, .data.fd = fd };

	(void)epoll_ctl(rings->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

/* What stands at the position. */
struct slice {
	const char *bytes;
	size_t len;
	unsigned long next;
	bool is_discarded;
};

/* False: the end, or what is not written yet. */
static bool slice_at(const struct one_ring *ring, size_t size, unsigned long at, unsigned long end,
	struct slice *ret)
{
	const uint32_t *head = (const void *)(ring->memory.data + (at & (size - 1)));
	uint32_t word;

	if (at >= end)
		return false;
	word = __atomic_load_n(head, __ATOMIC_ACQUIRE);
	if (word & BPF_RINGBUF_BUSY_BIT)
		return false;
	ret->bytes = (const char *)(head + 2);
	ret->len = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	ret->next = at + ALIGN_UP(ret->len + BPF_RINGBUF_HDR_SZ, 8);
	ret->is_discarded = word & BPF_RINGBUF_DISCARD_BIT;
	return true;
}

static const struct cap_origin *origin_of(const char *record)
{
	return (const void *)(record + sizeof(struct evt_hdr) + sizeof(struct evt_item));
}

static bool is_record(const struct rings *rings, const struct slice *slice)
{
	return !slice->is_discarded && slice->len >= RECORD_MIN && slice->len <= rings->size;
}

/* The ring is the kernel's, and the programs are ours; all the same nothing is read beyond what is there. */
static void look(struct rings *rings, struct one_ring *ring, struct front *front)
{
	unsigned long end = __atomic_load_n(ring->memory.producer, __ATOMIC_ACQUIRE);
	struct slice slice;

	front->record = NULL;
	while (slice_at(ring, rings->size, ring->at, end, &slice)) {
		front->next = slice.next;
		if (is_record(rings, &slice)) {
			front->record = (const void *)slice.bytes;
			front->origin = origin_of(slice.bytes);
			front->len = slice.len;
			return;
		}
		rings->n_bad += !slice.is_discarded;
		ring->at = slice.next;
	}
}

static struct front *oldest_of(struct rings *rings)
{
	struct front *oldest = NULL;

	for (size_t i = 0; i < rings->n; i++) {
		struct front *front = &rings->fronts[i];

		if (front->record && (!oldest || front->origin->ktime < oldest->origin->ktime))
			oldest = front;
	}
	return oldest;
}

long rings_read(struct rings *rings, uint64_t before_ns, size_t max, ring_record_fn take,
	void *userdata, size_t *ret_left)
{
	struct front *oldest;
	long n = 0;
	int r = 0;

	*ret_left = 0;
	for (size_t i = 0; i < rings->n; i++)
		look(rings, &rings->rings[i], &rings->fronts[i]);
	while ((size_t)n < max && r == 0 && (oldest = oldest_of(rings)) &&
		oldest->origin->ktime < before_ns) {
		const struct ring_place place = { (size_t)(oldest - rings->fronts), oldest->next,
			oldest->origin->ktime };
		struct one_ring *ring = &rings->rings[place.ring];

		ring->at = oldest->next;
		n++;
		r = take(userdata, oldest->record, oldest->len, &place);
		look(rings, ring, oldest);
	}
	for (size_t i = 0; i < rings->n; i++)
		*ret_left += __atomic_load_n(rings->rings[i].memory.producer, __ATOMIC_ACQUIRE) -
			     rings->rings[i].at;
	return r < 0 ? r : n;
}

/*
 * The room of control groups before the room of the ring: a program must not see the former taken and the latter free.
 * Record by record: who dies in the midst of it has counted one record twice at most.
 */
void rings_release(struct rings *rings, size_t nr, unsigned long behind)
{
	struct one_ring *ring = &rings->rings[nr];
	unsigned long at = *ring->memory.consumer;
	struct slice slice;

	while (slice_at(ring, rings->size, at, behind, &slice)) {
		if (is_record(rings, &slice)) {
			const struct cap_origin *origin = origin_of(slice.bytes);

			rings->done[nr * CAP_SLOTS + (origin->slot & (CAP_SLOTS - 1))] +=
				slice.next - at;
		}
		at = slice.next;
		__atomic_store_n(ring->memory.consumer, at, __ATOMIC_RELEASE);
	}
}

void rings_skip(struct rings *rings, size_t nr, unsigned long behind)
{
	struct one_ring *ring = &rings->rings[nr];
	unsigned long end = __atomic_load_n(ring->memory.producer, __ATOMIC_ACQUIRE);

	if (behind > end || behind <= ring->at)
		return;
	ring->at = behind;
	rings_release(rings, nr, behind);
}

unsigned long rings_released(const struct rings *rings, size_t nr)
{
	return *rings->rings[nr].memory.consumer;
}

uint64_t rings_bad(const struct rings *rings)
{
	return rings->n_bad;
}

uint64_t rings_count(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	struct one_ring ring = { 0 };
	struct slice slice;
	unsigned long end;
	uint64_t n = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0 || info.type != BPF_MAP_TYPE_RINGBUF ||
		map_ring(&ring, fd, info.max_entries) < 0)
		return 0;
	/* from where the reader has freed it */
	end = __atomic_load_n(ring.memory.producer, __ATOMIC_ACQUIRE);
	for (; slice_at(&ring, info.max_entries, ring.at, end, &slice); ring.at = slice.next)
		n += !slice.is_discarded;
	unmap_ring(&ring, info.max_entries);
	return n;
}
