// SPDX-License-Identifier: MIT
/* Rings as the kernel lays them out, in plain memory: the order of time, what is not written yet, room that stays taken until its
 * release, records that wrap, and memory that says nonsense. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/bpf/rings.h"

#define SIZE ((size_t)4096)
#define N    2

struct record {
	struct evt_hdr h;
	struct evt_item item;
	struct cap_origin origin;
};

static struct fixture {
	struct rings *rings;
	unsigned long consumer[N], producer[N];
	char *data[N];
	uint64_t done[N * CAP_SLOTS];
	uint64_t seen[64]; /* times */
	struct ring_place places[64];
	size_t n_seen;
	int answer;
} f;

/* The same page twice in a row, as in the kernel. */
static char *map_twice(void)
{
	_cleanup_close_ int fd = memfd_create("ring", MFD_CLOEXEC);
	char *both = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(fd >= 0 && both != MAP_FAILED);
	assert_int_equal(ftruncate(fd, (off_t)SIZE), 0);
	for (size_t i = 0; i < 2; i++)
		assert_ptr_equal(mmap(both + i * SIZE, SIZE, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_FIXED, fd, 0),
			both + i * SIZE);
	return both;
}

static int set_up(void **state)
{
	struct ring_memory memory[N];

	(void)state;
	memset(&f, 0, sizeof(f));
	for (size_t i = 0; i < N; i++) {
		f.data[i] = map_twice();
		/* not at the beginning, so that a few records wrap */
		f.consumer[i] = f.producer[i] = 3 * SIZE - 512;
		memory[i] = (struct ring_memory){ &f.consumer[i], &f.producer[i], f.data[i] };
	}
	return rings_over(&f.rings, memory, N, SIZE, f.done);
}

static int tear_down(void **state)
{
	(void)state;
	f.rings = rings_free(f.rings);
	for (size_t i = 0; i < N; i++)
		(void)munmap(f.data[i], 2 * SIZE);
	return 0;
}

/* What a program does: the length with its bits, then the bytes. The length word, to be changed. */
static uint32_t *put(size_t ring, uint64_t time, uint32_t slot, size_t len)
{
	uint32_t *head = (uint32_t *)(void *)(f.data[ring] + (f.producer[ring] & (SIZE - 1)));
	struct record record = { .origin = { .ktime = time, .slot = slot } };

	head[0] = (uint32_t)len;
	memcpy(head + 2, &record, len < sizeof(record) ? len : sizeof(record));
	f.producer[ring] += ALIGN_UP(len + BPF_RINGBUF_HDR_SZ, 8);
	return head;
}

static int take(void *userdata, const void *record, size_t len, const struct ring_place *place)
{
	const struct record *r = record;

	(void)userdata;
	assert_true(len >= sizeof(*r));
	f.places[f.n_seen] = *place;
	f.seen[f.n_seen++] = r->origin.ktime;
	return f.answer;
}

static long read_all(uint64_t before, size_t max, size_t *left)
{
	f.n_seen = 0;
	return rings_read(f.rings, before, max, take, NULL, left);
}

static void in_the_order_of_time(void **state)
{
	static const uint64_t sorted[] = { 1, 2, 3, 4, 5, 6 };
	size_t left;

	(void)state;
	put(0, 1, 0, sizeof(struct record));
	put(0, 4, 0, sizeof(struct record) + 3);
	put(0, 6, 0, sizeof(struct record));
	put(1, 2, 0, sizeof(struct record));
	put(1, 3, 0, sizeof(struct record));
	put(1, 5, 0, sizeof(struct record) + 8);
	/* what is too young, and what is too much, stays */
	assert_int_equal(read_all(3, 64, &left), 2);
	assert_true(left > 0);
	assert_int_equal(read_all(UINT64_MAX, 1, &left), 1);
	assert_int_equal(f.seen[0], 3);
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 3);
	assert_memory_equal(f.seen, sorted + 3, 3 * sizeof(sorted[0]));
	assert_int_equal(left, 0);
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 0);
}

static void not_written_yet(void **state)
{
	uint32_t *head;
	size_t left;

	(void)state;
	head = put(0, 1, 0, sizeof(struct record));
	*head |= BPF_RINGBUF_BUSY_BIT;
	put(0, 2, 0, sizeof(struct record));
	put(1, 3, 0, sizeof(struct record));
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 1);
	assert_int_equal(f.seen[0], 3);
	assert_true(left > 0);
	*head &= ~BPF_RINGBUF_BUSY_BIT;
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 2);
	assert_int_equal(left, 0);
	/* one that its program gave up */
	*put(0, 4, 0, sizeof(struct record)) |= BPF_RINGBUF_DISCARD_BIT;
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 0);
	assert_int_equal(left, 0);
}

static void room_is_taken_until_release(void **state)
{
	const unsigned long begin = f.consumer[0];
	const size_t len = ALIGN_UP(sizeof(struct record) + BPF_RINGBUF_HDR_SZ, 8);
	size_t left;

	(void)state;
	put(0, 1, 7, sizeof(struct record));
	*put(0, 2, 7, 8) |= BPF_RINGBUF_DISCARD_BIT;
	put(0, 3, 9, sizeof(struct record));
	put(0, 4, 7, sizeof(struct record));
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 3);
	assert_int_equal(f.consumer[0], begin);
	rings_release(f.rings, 0, f.places[1].behind);
	assert_int_equal(f.consumer[0], begin + 2 * len + 16);
	assert_int_equal(rings_released(f.rings, 0), f.consumer[0]);
	assert_int_equal(f.done[7], len);
	assert_int_equal(f.done[9], len);
	/* again, it is free already */
	rings_release(f.rings, 0, f.places[0].behind);
	assert_int_equal(f.done[7], len);
	rings_release(f.rings, 0, f.places[2].behind);
	assert_int_equal(f.done[7], 2 * len);
	assert_int_equal(f.consumer[0], f.producer[0]);
}

static void skipped(void **state)
{
	const size_t len = ALIGN_UP(sizeof(struct record) + BPF_RINGBUF_HDR_SZ, 8);
	unsigned long second;
	size_t left;

	(void)state;
	put(1, 1, 2, sizeof(struct record));
	second = f.producer[1];
	put(1, 2, 2, sizeof(struct record));
	rings_skip(f.rings, 1, f.producer[1] + 8); /* the ring has no such place */
	assert_int_equal(f.done[CAP_SLOTS + 2], 0);
	rings_skip(f.rings, 1, second);
	assert_int_equal(f.done[CAP_SLOTS + 2], len);
	assert_int_equal(f.consumer[1], second);
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 1);
	assert_int_equal(f.seen[0], 2);
	rings_skip(f.rings, 1, second); /* back */
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 0);
}

static void answers_of_the_callback(void **state)
{
	size_t left;

	(void)state;
	put(0, 1, 0, sizeof(struct record));
	put(0, 2, 0, sizeof(struct record));
	put(0, 3, 0, sizeof(struct record));
	f.answer = 1;
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 1);
	assert_true(left > 0);
	f.answer = -5;
	assert_int_equal(read_all(UINT64_MAX, 64, &left), -5);
	f.answer = 0;
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 1);
	assert_int_equal(f.seen[0], 3);
}

static void nonsense(void **state)
{
	size_t left;

	(void)state;
	put(0, 1, 0, 8);                        /* shorter than a record */
	put(0, 2, 1000, sizeof(struct record)); /* of a slot that there is not */
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 1);
	assert_int_equal(rings_bad(f.rings), 1);
	rings_release(f.rings, 0, f.producer[0]);
	assert_true(f.done[1000 & (CAP_SLOTS - 1)] > 0);
	/* longer than the ring */
	*put(1, 3, 0, sizeof(struct record)) = (uint32_t)(2 * SIZE);
	assert_int_equal(read_all(UINT64_MAX, 64, &left), 0);
	assert_int_equal(rings_bad(f.rings), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_the_order_of_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(not_written_yet, set_up, tear_down),
		cmocka_unit_test_setup_teardown(room_is_taken_until_release, set_up, tear_down),
		cmocka_unit_test_setup_teardown(skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answers_of_the_callback, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nonsense, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
