// SPDX-License-Identifier: MIT
/* The maps, and which control groups there are, are this test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>

#include "source/bpf/slots.h"

#define CPUS    2
#define SLOT_OF 101
#define FREE    102
#define N_SLOTS 103
#define FIRST   1000 /* control group of slot 1 */

struct fixture {
	struct programs programs;
	struct cap_slot slots[CPUS * CAP_SLOTS];
	uint64_t done[CPUS * CAP_SLOTS], told[CPUS * CAP_SLOTS];
	uint32_t n_used;
	bool is_mounted, is_gone[CAP_SLOTS];
	int open_error;    /* of those that are gone */
	bool has_lost_row; /* slot_of does not know it */
	uint64_t deleted[CAP_SLOTS];
	uint32_t freed[CAP_SLOTS];
	size_t n_deleted, n_freed;
};

static struct fixture *now;

int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value);
int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	assert_int_equal(fd, N_SLOTS);
	assert_int_equal(*(const uint32_t *)key, 0);
	memcpy(value, &now->n_used, sizeof(now->n_used));
	return 0;
}

int __wrap_bpf_map_delete_elem(int fd, const void *key);
int __wrap_bpf_map_delete_elem(int fd, const void *key)
{
	assert_int_equal(fd, SLOT_OF);
	if (now->has_lost_row)
		return -ENOENT;
	memcpy(&now->deleted[now->n_deleted++], key, sizeof(uint64_t));
	return 0;
}

int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags);
int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)
{
	assert_int_equal(fd, FREE);
	assert_null(key);
	assert_int_equal(flags, BPF_ANY);
	memcpy(&now->freed[now->n_freed++], value, sizeof(uint32_t));
	return 0;
}

/* Some file system, and then the hierarchy, if it is mounted. */
struct mntent *__wrap_getmntent_r(FILE *file, struct mntent *entry, char *room, int len);
struct mntent *__wrap_getmntent_r(FILE *file, struct mntent *entry, char *room, int len)
{
	static char type[] = "cgroup2", other[] = "ext4", dir[] = "/", nowhere[] = "/nonexistent";
	static unsigned n;

	(void)file, (void)room, (void)len;
	n++;
	if (n % 2 == 0 && !now->is_mounted)
		return NULL;
	*entry = n % 2 ? (struct mntent){ .mnt_type = other, .mnt_dir = nowhere }
		       : (struct mntent){ .mnt_type = type, .mnt_dir = dir };
	return entry;
}

int __wrap_open_by_handle_at(int mount, struct file_handle *handle, int flags);
int __wrap_open_by_handle_at(int mount, struct file_handle *handle, int flags)
{
	uint64_t id;

	assert_true(mount >= 0);
	assert_true(flags & O_PATH);
	assert_int_equal(handle->handle_bytes, sizeof(id));
	assert_int_equal(handle->handle_type, 0xfe);
	memcpy(&id, handle->f_handle, sizeof(id));
	assert_in_range(id, FIRST, FIRST + CAP_SLOTS - 1);
	if (!now->is_gone[id - FIRST + 1])
		return open("/", O_PATH | O_CLOEXEC);
	errno = now->open_error;
	return -1;
}

/* Half of the rows are used, each by a group that is on both rings and idle; that of slot 5 is gone. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->programs = (struct programs)PROGRAMS_NULL;
	f->programs.n_cpus = CPUS;
	f->programs.slots = f->slots;
	f->programs.done = f->done;
	f->programs.told = f->told;
	f->programs.slot_of_fd = SLOT_OF;
	f->programs.free_slots_fd = FREE;
	f->programs.n_slots_fd = N_SLOTS;
	f->n_used = CAP_SLOTS / 2;
	for (size_t cpu = 0; cpu < CPUS; cpu++)
		for (size_t slot = 1; slot < f->n_used; slot++) {
			size_t row = cpu * CAP_SLOTS + slot;

			f->slots[row] = (struct cap_slot){
				.cgroup = FIRST + slot - 1, .in = 4096, .lost = 3
			};
			f->done[row] = 4096;
			f->told[row] = 3;
		}
	f->is_mounted = true;
	f->open_error = ESTALE;
	f->is_gone[5] = true;
	*state = now = f;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void assert_nothing_done(struct fixture *f)
{
	assert_int_equal(slots_recycle(&f->programs), 0);
	assert_int_equal(f->n_freed, 0);
	assert_int_equal(f->slots[5].cgroup, FIRST + 4);
}

static void of_a_group_that_is_gone(void **state)
{
	struct fixture *f = *state;

	f->slots[5].cgroup = 0; /* on the other ring only */
	assert_int_equal(slots_recycle(&f->programs), 1);
	assert_int_equal(f->n_deleted, 1);
	assert_int_equal(f->deleted[0], FIRST + 4);
	assert_int_equal(f->n_freed, 1);
	assert_int_equal(f->freed[0], 5);
	for (size_t cpu = 0; cpu < CPUS; cpu++) {
		assert_int_equal(f->slots[cpu * CAP_SLOTS + 5].cgroup, 0);
		assert_int_equal(f->slots[cpu * CAP_SLOTS + 4].cgroup, FIRST + 3);
	}
}

static void of_several(void **state)
{
	struct fixture *f = *state;

	f->is_gone[1] = f->is_gone[100] = true;
	assert_int_equal(slots_recycle(&f->programs), 3);
	assert_int_equal(f->n_freed, 3);
	assert_int_equal(f->freed[0], 1);
	assert_int_equal(f->freed[1], 5);
	assert_int_equal(f->freed[2], 100);
	assert_int_equal(slots_recycle(&f->programs), 0);
}

static void enough_are_left(void **state)
{
	struct fixture *f = *state;

	f->n_used--;
	assert_nothing_done(f);
}

/* A record of it in a ring, taken out by no reader yet. */
static void something_is_under_way(void **state)
{
	struct fixture *f = *state;

	f->slots[CAP_SLOTS + 5].in += 8;
	assert_nothing_done(f);
	f->done[CAP_SLOTS + 5] += 8;
	assert_int_equal(slots_recycle(&f->programs), 1);
}

static void a_loss_is_not_told(void **state)
{
	struct fixture *f = *state;

	f->slots[CAP_SLOTS + 5].lost++;
	assert_nothing_done(f);
	f->told[CAP_SLOTS + 5]++;
	assert_int_equal(slots_recycle(&f->programs), 1);
}

/* Whether it is gone is not known. */
static void may_not_look(void **state)
{
	struct fixture *f = *state;

	f->open_error = EPERM;
	assert_nothing_done(f);
	f->open_error = ESTALE;
	f->is_mounted = false;
	assert_nothing_done(f);
}

static void programs_do_not_know_it(void **state)
{
	struct fixture *f = *state;

	f->has_lost_row = true;
	assert_nothing_done(f);
}

/* Those beyond the last row share it. */
static void not_the_common_one(void **state)
{
	struct fixture *f = *state;

	f->is_gone[5] = false;
	f->is_gone[1] = true;
	f->slots[0].cgroup = FIRST;
	f->slots[1].cgroup = f->slots[CAP_SLOTS + 1].cgroup = 0;
	assert_int_equal(slots_recycle(&f->programs), 0);
	assert_int_equal(f->n_deleted, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(of_a_group_that_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(of_several, setup, teardown),
		cmocka_unit_test_setup_teardown(enough_are_left, setup, teardown),
		cmocka_unit_test_setup_teardown(something_is_under_way, setup, teardown),
		cmocka_unit_test_setup_teardown(a_loss_is_not_told, setup, teardown),
		cmocka_unit_test_setup_teardown(may_not_look, setup, teardown),
		cmocka_unit_test_setup_teardown(programs_do_not_know_it, setup, teardown),
		cmocka_unit_test_setup_teardown(not_the_common_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
