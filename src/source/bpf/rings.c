// SPDX-License-Identifier: MIT
#include "source/bpf/rings.h"

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
	unsigned long *consumer, *producer;
	const char *data;
	void *mapped;     /* producer page and data */
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
	size_t n, size, page;
	uint64_t *done;
	int epoll_fd;
	struct front *fronts; /* n */
	struct one_ring rings[];
};

static int map_ring(struct rings *rings, struct one_ring *ring, int fd)
{
	void *p = mmap(NULL, rings->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	ring->consumer = p;
	p = mmap(
		NULL, rings->page + 2 * rings->size, PROT_READ, MAP_SHARED, fd, (off_t)rings->page);
	if (p == MAP_FAILED)
		return -errno;
	ring->mapped = p;
	ring->producer = p;
	ring->data = (const char *)p + rings->page;
	ring->at = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	return 0;
}

int rings_new(struct rings **ret, const int *fds, size_t n, size_t size, uint64_t *done)
{
	struct rings *rings = calloc(1, sizeof(*rings) + n * sizeof(rings->rings[0]));
	struct epoll_event event = { .events = EPOLLIN };
	int r = 0;

	if (!rings)
		return -ENOMEM;
	rings->fronts = calloc(n, sizeof(*rings->fronts));
	rings->n = n;
	rings->size = size;
	rings->page = (size_t)sysconf(_SC_PAGESIZE);
	rings->done = done;
	rings->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!rings->fronts)
		r = -ENOMEM;
	else if (rings->epoll_fd < 0)
		r = -errno;
	for (size_t i = 0; i < n && r == 0; i++) {
		r = map_ring(rings, &rings->rings[i], fds[i]);
		event.data.u64 = i;
		if (r == 0 && epoll_ctl(rings->epoll_fd, EPOLL_CTL_ADD, fds[i], &event) < 0)
			r = -errno;
	}
	if (r < 0) {
		(void)rings_free(rings);
		return r;
	}
	*ret = rings;
	return 0;
}

struct rings *rings_free(struct rings *rings)
{
	if (!rings)
		return NULL;
	for (size_t i = 0; i < rings->n; i++) {
		if (rings->rings[i].consumer)
			(void)munmap(rings->rings[i].consumer, rings->page);
		if (rings->rings[i].mapped)
			(void)munmap(rings->rings[i].mapped, rings->page + 2 * rings->size);
	}
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

/* The ring is the kernel's, and the programs are ours; all the same nothing is read beyond what is there. */
static void look(struct rings *rings, struct one_ring *ring, struct front *front)
{
	unsigned long end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);

	front->record = NULL;
	while (ring->at < end) {
		const uint32_t *head = (const void *)(ring->data + (ring->at & (rings->size - 1)));
		uint32_t word = __atomic_load_n(head, __ATOMIC_ACQUIRE);
		size_t len = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		const struct evt_item *item;

		if (word & BPF_RINGBUF_BUSY_BIT)
			return;
		front->next = ring->at + ALIGN_UP(len + BPF_RINGBUF_HDR_SZ, 8);
		if (!(word & BPF_RINGBUF_DISCARD_BIT) &&
			len >= sizeof(struct evt_hdr) + sizeof(*item) + sizeof(*front->origin) &&
			len <= rings->size) {
			front->record = (const void *)(head + 2);
			item = (const void *)(front->record + 1);
			front->origin = (const void *)(item + 1);
			front->len = len;
			return;
		}
		ring->at = front->next;
	}
}

long rings_read(struct rings *rings, uint64_t before_ns, size_t max, ring_record_fn take,
	void *userdata, size_t *ret_left)
{
	struct front *fronts = rings->fronts;
	long n = 0;
	int r = 0;

	*ret_left = 0;
	for (size_t i = 0; i < rings->n; i++)
		look(rings, &rings->rings[i], &fronts[i]);
	while ((size_t)n < max && r >= 0) {
		struct front *oldest = NULL;
		struct one_ring *ring;

		for (size_t i = 0; i < rings->n; i++)
			if (fronts[i].record &&
				(!oldest || fronts[i].origin->ktime < oldest->origin->ktime))
				oldest = &fronts[i];
		if (!oldest || oldest->origin->ktime >= before_ns)
			break;
		ring = &rings->rings[oldest - fronts];
		ring->at = oldest->next;
		n++;
		r = take(userdata, oldest->record, oldest->len);
		look(rings, ring, oldest);
	}
	for (size_t i = 0; i < rings->n; i++)
		*ret_left += __atomic_load_n(rings->rings[i].producer, __ATOMIC_ACQUIRE) -
			     rings->rings[i].at;
	return r < 0 ? r : n;
}

/* The room of control groups before the room of the ring: a program must not see the former taken and the latter free. */
static void release_ring(struct rings *rings, size_t cpu)
{
	struct one_ring *ring = &rings->rings[cpu];
	unsigned long at = *ring->consumer;

	while (at < ring->at) {
		const uint32_t *head = (const void *)(ring->data + (at & (rings->size - 1)));
		size_t len = *head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		const struct cap_origin *origin =
			(const void *)((const char *)(head + 2) + sizeof(struct evt_hdr) +
				       sizeof(struct evt_item));

		if (!(*head & BPF_RINGBUF_DISCARD_BIT) &&
			len >= sizeof(struct evt_hdr) + sizeof(struct evt_item) + sizeof(*origin))
			rings->done[cpu * CAP_SLOTS + (origin->slot & (CAP_SLOTS - 1))] +=
				origin->bytes;
		at += ALIGN_UP(len + BPF_RINGBUF_HDR_SZ, 8);
	}
	__atomic_store_n(ring->consumer, ring->at, __ATOMIC_RELEASE);
}

void rings_release(struct rings *rings)
{
	for (size_t i = 0; i < rings->n; i++)
		if (rings->rings[i].at != *rings->rings[i].consumer)
			release_ring(rings, i);
}
