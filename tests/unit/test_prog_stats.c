// SPDX-License-Identifier: MIT
/* The programs are the real ones, taken apart but not loaded; what the kernel says of them is this test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/bpf/prog_stats.h"
#include "uaudit.skel.h"

#define FIRST_FD 1000 /* of the programs; nothing is open there */
#define ROWS_MAX 256

static struct {
	int info_error;
	uint32_t next_round;       /* of a program that is run for its cost */
	const uint64_t *rounds_ns; /* that a round takes; 0: it is not run */
	uint64_t runs, ns;
	int load_error;
} kernel;

/* Program FIRST_FD + i: 10 * i runs, 1000 * i ns. Another one: what its rounds have come to. */
int __wrap_bpf_obj_get_info_by_fd(int fd, void *info, uint32_t *len);
int __wrap_bpf_obj_get_info_by_fd(int fd, void *info, uint32_t *len)
{
	struct bpf_prog_info *ret = info;

	assert_int_equal(*len, sizeof(*ret));
	if (kernel.info_error) {
		errno = kernel.info_error;
		return -errno;
	}
	if (fd >= FIRST_FD) {
		ret->run_cnt = 10 * (uint64_t)(fd - FIRST_FD);
		ret->run_time_ns = 1000 * (uint64_t)(fd - FIRST_FD);
	} else {
		ret->run_cnt = kernel.runs;
		ret->run_time_ns = kernel.ns;
	}
	return 0;
}

int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
	const struct bpf_insn *insns, size_t n, const struct bpf_prog_load_opts *opts);
int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
	const struct bpf_insn *insns, size_t n, const struct bpf_prog_load_opts *opts)
{
	(void)name, (void)license, (void)insns, (void)opts;
	assert_int_equal(type, BPF_PROG_TYPE_SOCKET_FILTER);
	assert_int_equal(n, 2);
	return kernel.load_error ? -kernel.load_error : open("/", O_PATH | O_CLOEXEC);
}

int __wrap_bpf_prog_test_run_opts(int fd, struct bpf_test_run_opts *opts);
int __wrap_bpf_prog_test_run_opts(int fd, struct bpf_test_run_opts *opts)
{
	uint64_t ns = kernel.rounds_ns[kernel.next_round++];

	assert_true(fd >= 0 && fd < FIRST_FD);
	assert_true(opts->repeat > 0);
	kernel.runs += ns ? (uint64_t)opts->repeat : 0;
	kernel.ns += ns * (uint64_t)opts->repeat;
	return 0;
}

int __wrap_bpf_enable_stats(enum bpf_stats_type type);
int __wrap_bpf_enable_stats(enum bpf_stats_type type)
{
	assert_int_equal(type, BPF_STATS_RUN_TIME);
	if (kernel.load_error) {
		errno = kernel.load_error;
		return -1;
	}
	return 5;
}

struct fixture {
	struct uaudit_bpf *skeleton;
	int *fds;
	size_t n;
	struct control_cost_row rows[ROWS_MAX];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	memset(&kernel, 0, sizeof(kernel));
	f->skeleton = uaudit_bpf__open();
	assert_non_null(f->skeleton);
	f->n = (size_t)f->skeleton->skeleton->prog_cnt;
	assert_in_range(f->n, 10, ROWS_MAX - 1);
	f->fds = calloc(f->n, sizeof(*f->fds));
	assert_non_null(f->fds);
	for (size_t i = 0; i < f->n; i++)
		f->fds[i] = FIRST_FD + (int)i;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	uaudit_bpf__destroy(f->skeleton);
	free(f->fds);
	free(f);
	return 0;
}

static const struct control_cost_row *row_of(const struct fixture *f, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(f->rows[i].name, name) == 0)
			return &f->rows[i];
	fail_msg("no row of %s", name);
	return NULL;
}

static void a_row_for_each(void **state)
{
	struct fixture *f = *state;
	struct bpf_program *program;
	int n = prog_stats_fill(f->skeleton->obj, f->fds, f->rows, ROWS_MAX), i = 0;

	assert_int_equal(n, f->n);
	bpf_object__for_each_program(program, f->skeleton->obj)
	{
		assert_string_equal(f->rows[i].name, bpf_program__name(program));
		assert_int_equal(f->rows[i].runs, 10 * i);
		assert_int_equal(f->rows[i].time_ns, 1000 * i);
		i++;
	}
	assert_int_equal(row_of(f, n, "call_enter")->kind, CONTROL_COST_ENTRY);
	assert_int_equal(row_of(f, n, "call_exit")->kind, CONTROL_COST_EXIT);
	assert_int_equal(row_of(f, n, "task_exec")->kind, CONTROL_COST_HOOK);
	assert_int_equal(row_of(f, n, "name_looked_up")->kind, CONTROL_COST_HOOK);
}

/* Those of another tier; the descriptors stay those of the others. */
static void those_that_are_loaded(void **state)
{
	struct fixture *f = *state;
	int n;

	f->fds[0] = f->fds[3] = -1;
	n = prog_stats_fill(f->skeleton->obj, f->fds, f->rows, ROWS_MAX);
	assert_int_equal(n, f->n - 2);
	assert_int_equal(f->rows[0].runs, 10);
	assert_int_equal(f->rows[2].runs, 40);
	assert_int_equal(f->rows[n - 1].runs, 10 * (f->n - 1));
}

static void no_more_than_fit(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(prog_stats_fill(f->skeleton->obj, f->fds, f->rows, 4), 4);
	assert_int_equal(f->rows[3].runs, 30);
	assert_int_equal(f->rows[4].name[0], '\0');
	assert_int_equal(prog_stats_fill(f->skeleton->obj, f->fds, f->rows, 0), 0);
}

static void the_kernel_says_nothing(void **state)
{
	struct fixture *f = *state;

	kernel.info_error = EPERM;
	assert_int_equal(prog_stats_fill(f->skeleton->obj, f->fds, f->rows, ROWS_MAX), -EPERM);
}

static void the_shortest_round_is_the_overhead(void **state)
{
	static const uint64_t rounds[8] = { 40, 35, 90, 31, 33, 32, 1000, 50 };
	static const uint64_t first[8] = { 20, 35, 90, 31, 33, 32, 1000, 50 };

	(void)state;
	kernel.rounds_ns = rounds;
	assert_int_equal(prog_stats_overhead(), 31);
	assert_int_equal(kernel.next_round, 8);
	memset(&kernel, 0, sizeof(kernel));
	kernel.rounds_ns = first;
	assert_int_equal(prog_stats_overhead(), 20);
}

/* Nobody counts, or a program cannot be had: then nothing is taken off. */
static void an_overhead_that_is_not_known(void **state)
{
	static const uint64_t rounds[8] = { 40, 35, 0, 31 };

	(void)state;
	kernel.rounds_ns = rounds;
	assert_int_equal(prog_stats_overhead(), 0);
	memset(&kernel, 0, sizeof(kernel));
	kernel.rounds_ns = rounds;
	kernel.info_error = EPERM;
	assert_int_equal(prog_stats_overhead(), 0);
	memset(&kernel, 0, sizeof(kernel));
	kernel.load_error = EPERM;
	assert_int_equal(prog_stats_overhead(), 0);
}

static void counting(void **state)
{
	(void)state;
	assert_int_equal(prog_stats_enable(), 5);
	kernel.load_error = EPERM;
	assert_int_equal(prog_stats_enable(), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_row_for_each, setup, teardown),
		cmocka_unit_test_setup_teardown(those_that_are_loaded, setup, teardown),
		cmocka_unit_test_setup_teardown(no_more_than_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(the_kernel_says_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_shortest_round_is_the_overhead, setup, teardown),
		cmocka_unit_test_setup_teardown(an_overhead_that_is_not_known, setup, teardown),
		cmocka_unit_test_setup_teardown(counting, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
