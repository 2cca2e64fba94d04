// SPDX-License-Identifier: MIT
/* The engine is one that has only what the cost is asked of; what BPF programs and the writer say is this test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/cost.h"
#include "engine/engine_state.h"

#define ROWS_MAX 8

struct fixture {
	struct engine engine;
	struct control_cost cost;
	struct control_cost_row rows[ROWS_MAX];
	int n_programs; /* rows that the source has; negative: an errno */
	bool is_measured;
	unsigned n_switches;
	int writer;
};

static struct fixture *now;

int __wrap_bpf_feed_cost(
	const struct bpf_feed *feed, struct control_cost_row *rows, size_t rows_max);
int __wrap_bpf_feed_cost(
	const struct bpf_feed *feed, struct control_cost_row *rows, size_t rows_max)
{
	assert_ptr_equal(feed, now->engine.bpf);
	for (int i = 0; i < now->n_programs; i++) {
		assert_true((size_t)i < rows_max);
		rows[i] = (struct control_cost_row){ .name = "program", .kind = CONTROL_COST_HOOK };
	}
	return now->n_programs;
}

void __wrap_bpf_feed_measure(struct bpf_feed *feed, bool is_measured);
void __wrap_bpf_feed_measure(struct bpf_feed *feed, bool is_measured)
{
	assert_ptr_equal(feed, now->engine.bpf);
	now->is_measured = is_measured;
	now->n_switches++;
}

int __wrap_writer_pid(const struct writer *writer);
int __wrap_writer_pid(const struct writer *writer)
{
	assert_ptr_equal(writer, now->engine.writer);
	return now->writer;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(loop_new(&f->engine.loop), 0);
	f->engine.settings.source = "bpf";
	f->cost.events = 12;
	*state = now = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->engine.measuring.io.is_added)
		loop_timer_remove(f->engine.loop, &f->engine.measuring);
	f->engine.loop = loop_free(f->engine.loop);
	free(f);
	return 0;
}

/* Neither is looked at, but handed on. */
static void have_programs(struct fixture *f, int n)
{
	f->engine.bpf = (struct bpf_feed *)(void *)&f->n_programs;
	f->n_programs = n;
}

static void have_writer(struct fixture *f, int pid)
{
	f->engine.writer = (struct writer *)(void *)&f->writer;
	f->writer = pid;
}

static int ask(struct fixture *f, uint32_t window_ms, size_t rows_max)
{
	return engine_cost(&f->engine, window_ms, &f->cost, f->rows, rows_max);
}

static void assert_process(const struct fixture *f, size_t i, const char *name)
{
	assert_true(i < f->cost.n_rows);
	assert_string_equal(f->rows[i].name, name);
	assert_int_equal(f->rows[i].kind, CONTROL_COST_PROCESS);
	assert_int_equal(f->rows[i].runs, 12);
}

static void of_the_engine(void **state)
{
	struct fixture *f = *state;
	uint64_t clock, used;

	assert_int_equal(ask(f, 1000, ROWS_MAX), 0);
	assert_int_equal(f->cost.n_rows, 1);
	assert_string_equal(f->cost.source, "bpf");
	assert_process(f, 0, "engine");
	clock = f->cost.clock_ns;
	used = f->rows[0].time_ns;
	assert_true(clock > 0 && used > 0);
	for (volatile unsigned i = 0; i < 1000000; i++)
		;
	assert_int_equal(ask(f, 1000, ROWS_MAX), 0);
	assert_true(f->cost.clock_ns > clock);
	assert_true(f->rows[0].time_ns > used);
	assert_false(f->engine.measuring.io.is_added); /* nobody would measure */
}

/* A child of ours has used some time, and is there still. */
static void of_the_log_writer(void **state)
{
	struct fixture *f = *state;
	int ready[2], status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		for (volatile unsigned i = 0; i < 1000000; i++)
			;
		(void)!write(ready[1], "", 1);
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	have_writer(f, pid);
	assert_int_equal(ask(f, 0, ROWS_MAX), 0);
	assert_int_equal(f->cost.n_rows, 2);
	assert_process(f, 1, "log writer");
	assert_true(f->rows[1].time_ns > 0);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(ask(f, 0, ROWS_MAX), 0);
	assert_process(f, 1, "log writer");
	assert_int_equal(f->rows[1].time_ns, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void a_writer_that_does_not_run(void **state)
{
	struct fixture *f = *state;

	have_writer(f, 0);
	assert_int_equal(ask(f, 0, ROWS_MAX), 0);
	assert_int_equal(f->cost.n_rows, 1);
}

static void of_programs_first(void **state)
{
	struct fixture *f = *state;

	have_programs(f, 3);
	have_writer(f, getpid());
	assert_int_equal(ask(f, 0, ROWS_MAX), 0);
	assert_int_equal(f->cost.n_rows, 5);
	assert_string_equal(f->rows[2].name, "program");
	assert_process(f, 3, "engine");
	assert_process(f, 4, "log writer");
	assert_int_equal(f->n_switches, 0); /* that takes a time for which to measure */
	assert_int_equal(ask(f, 0, 4), 0);
	assert_int_equal(f->cost.n_rows, 4);
	assert_int_equal(ask(f, 0, 3), 0);
	assert_int_equal(f->cost.n_rows, 3);
}

static void programs_that_say_nothing(void **state)
{
	struct fixture *f = *state;

	have_programs(f, -EPERM);
	assert_int_equal(ask(f, 0, ROWS_MAX), -EPERM);
	assert_int_equal(f->cost.n_rows, 0);
}

/* Of those who ask, one asks for longest. */
static void measured_until_the_last_has_enough(void **state)
{
	struct fixture *f = *state;
	uint64_t until;

	have_programs(f, 1);
	assert_int_equal(ask(f, 600000, ROWS_MAX), 0);
	assert_true(f->is_measured);
	assert_int_equal(f->n_switches, 1);
	until = f->engine.measured_until_ns;
	assert_true(until >= f->cost.clock_ns + UINT64_C(599) * 1000 * 1000 * 1000);
	assert_int_equal(ask(f, 1, ROWS_MAX), 0);
	assert_int_equal(f->engine.measured_until_ns, until);
	assert_int_equal(f->n_switches, 1);
	assert_int_equal(ask(f, 3600000, ROWS_MAX), 0);
	assert_true(f->engine.measured_until_ns > until);
}

static void measured_no_longer(void **state)
{
	struct fixture *f = *state;

	have_programs(f, 1);
	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(ask(f, 1, ROWS_MAX), 0);
		assert_true(f->is_measured);
		while (f->engine.measuring.is_set)
			assert_int_equal(loop_round(f->engine.loop), 0);
		assert_false(f->is_measured);
		assert_int_equal(f->n_switches, 2 * i);
		assert_int_equal(f->engine.measured_until_ns, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(of_the_engine, setup, teardown),
		cmocka_unit_test_setup_teardown(of_the_log_writer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_writer_that_does_not_run, setup, teardown),
		cmocka_unit_test_setup_teardown(of_programs_first, setup, teardown),
		cmocka_unit_test_setup_teardown(programs_that_say_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			measured_until_the_last_has_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(measured_no_longer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
