// SPDX-License-Identifier: MIT
/* The map of what programs have counted is a table of this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#include "source/bpf/tally.h"

#define MAP_FD 77
#define CPUS   3

static struct {
	uint64_t values[CAP_TALLIES][CPUS];
	uint32_t strange_key; /* a key that comes with the others; 0: none */
	int error;            /* 0, or what the look at the map fails with */
} map;

int __wrap_libbpf_num_possible_cpus(void);
int __wrap_libbpf_num_possible_cpus(void)
{
	return CPUS;
}

/* Those that are not zero, and the one that is asked for, as a map of an older version might have it. */
int __wrap_bpf_map_lookup_batch(int fd, void *in, void *out, void *keys, void *values,
	uint32_t *count, const struct bpf_map_batch_opts *opts);
int __wrap_bpf_map_lookup_batch(int fd, void *in, void *out, void *keys, void *values,
	uint32_t *count, const struct bpf_map_batch_opts *opts)
{
	uint32_t *key = keys, n = 0;
	uint64_t *value = values;

	(void)opts;
	assert_int_equal(fd, MAP_FD);
	assert_null(in);
	assert_non_null(out);
	assert_int_equal(*count, CAP_TALLIES);
	if (map.error) {
		errno = map.error;
		return -map.error;
	}
	if (map.strange_key) {
		key[n] = map.strange_key;
		memset(value, 0xff, sizeof(map.values[0]));
		n++;
	}
	for (uint32_t i = 0; i < CAP_TALLIES && n < CAP_TALLIES; i++) {
		if (!map.values[i][0] && !map.values[i][1] && !map.values[i][2])
			continue;
		key[n] = i;
		memcpy(value + (size_t)n * CPUS, map.values[i], sizeof(map.values[i]));
		n++;
	}
	*count = n;
	errno = ENOENT; /* there are no more */
	return -ENOENT;
}

struct told {
	bool is_call;
	uint32_t arch, nr; /* never: nr is the position */
	uint64_t n;
};

struct fixture {
	struct tallies *tallies;
	struct told told[8];
	size_t n;
};

static void told_calls(void *userdata, uint32_t arch, uint32_t nr, uint64_t n)
{
	struct fixture *f = userdata;

	assert_true(f->n < 8);
	f->told[f->n++] = (struct told){ true, arch, nr, n };
}

static void told_never(void *userdata, uint32_t position, uint64_t n)
{
	struct fixture *f = userdata;

	assert_true(f->n < 8);
	f->told[f->n++] = (struct told){ false, 0, position, n };
}

static int tell(struct fixture *f, uint32_t half)
{
	const struct bpf_tally_callbacks callbacks = { f, told_calls, told_never };

	f->n = 0;
	return tallies_tell(f->tallies, half, &callbacks);
}

static void assert_told(const struct fixture *f, size_t i, struct told wanted)
{
	assert_true(i < f->n);
	assert_int_equal(f->told[i].is_call, wanted.is_call);
	assert_int_equal(f->told[i].arch, wanted.arch);
	assert_int_equal(f->told[i].nr, wanted.nr);
	assert_int_equal(f->told[i].n, wanted.n);
}

static int setup(void **state)
{
	static struct fixture f;

	memset(&map, 0, sizeof(map));
	f = (struct fixture){ 0 };
	*state = &f;
	return tallies_new(&f.tallies, MAP_FD);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->tallies = tallies_free(f->tallies);
	return 0;
}

static void sums_of_all_processors(void **state)
{
	struct fixture *f = *state;
	uint64_t *native = map.values[CAP_TALLY_CALL(0, 257)];
	uint64_t *compat = map.values[CAP_TALLY_CALL(1, 5)];

	native[0] = 2;
	native[2] = 40;
	compat[1] = 7;
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 2);
	assert_told(f, 0, (struct told){ true, AUDIT_ARCH_X86_64, 257, 42 });
	assert_told(f, 1, (struct told){ true, AUDIT_ARCH_I386, 5, 7 });
}

static void only_what_came_since(void **state)
{
	struct fixture *f = *state;
	uint64_t *counts = map.values[CAP_TALLY_CALL(0, 0)];

	counts[1] = 5;
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 0);
	counts[0] = 1;
	counts[1] = 6;
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 1);
	assert_told(f, 0, (struct told){ true, AUDIT_ARCH_X86_64, 0, 2 });
}

/* Positions of the rules in force; what was counted for the others is nobody's. */
static void of_the_half_in_force(void **state)
{
	struct fixture *f = *state;

	for (uint32_t half = 0; half < 2; half++) {
		uint64_t *last = map.values[CAP_TALLY_NEVER(half, CAP_TALLY_RULES - 1)];

		map.values[CAP_TALLY_NEVER(half, 0)][0] += 1 + half;
		last[0] += 10;
		assert_int_equal(tell(f, !half), 0);
		assert_int_equal(f->n, 0);
		assert_int_equal(tell(f, half), 0);
		assert_int_equal(f->n, 0);

		map.values[CAP_TALLY_NEVER(half, 0)][1] += 3;
		last[0] += 1;
		assert_int_equal(tell(f, half), 0);
		assert_int_equal(f->n, 2);
		assert_told(f, 0, (struct told){ false, 0, 0, 3 });
		assert_told(f, 1, (struct told){ false, 0, CAP_TALLY_RULES - 1, 1 });
	}
}

/* What an earlier engine may have told of. */
static void not_what_was_there_before(void **state)
{
	struct fixture *f = *state;

	f->tallies = tallies_free(f->tallies);
	map.values[CAP_TALLY_CALL(0, 3)][0] = 1000;
	assert_int_equal(tallies_new(&f->tallies, MAP_FD), 0);
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 0);
	map.values[CAP_TALLY_CALL(0, 3)][0]++;
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 1);
	assert_told(f, 0, (struct told){ true, AUDIT_ARCH_X86_64, 3, 1 });
}

static void keys_beyond(void **state)
{
	struct fixture *f = *state;

	map.strange_key = CAP_TALLIES;
	map.values[CAP_TALLY_CALL(0, 1)][0] = 1;
	assert_int_equal(tell(f, 1), 0);
	assert_int_equal(f->n, 1);
	assert_told(f, 0, (struct told){ true, AUDIT_ARCH_X86_64, 1, 1 });
}

static void map_that_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	struct tallies *other = NULL;

	map.values[CAP_TALLY_CALL(0, 1)][0] = 1;
	map.error = EPERM;
	assert_int_equal(tell(f, 0), -EPERM);
	assert_int_equal(f->n, 0);
	assert_int_equal(tallies_new(&other, MAP_FD), -EPERM);
	assert_null(other);
	map.error = 0;
	assert_int_equal(tell(f, 0), 0);
	assert_int_equal(f->n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sums_of_all_processors, setup, teardown),
		cmocka_unit_test_setup_teardown(only_what_came_since, setup, teardown),
		cmocka_unit_test_setup_teardown(of_the_half_in_force, setup, teardown),
		cmocka_unit_test_setup_teardown(not_what_was_there_before, setup, teardown),
		cmocka_unit_test_setup_teardown(keys_beyond, setup, teardown),
		cmocka_unit_test_setup_teardown(map_that_cannot_be_read, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
