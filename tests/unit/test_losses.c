// SPDX-License-Identifier: MIT
/* What the programs have counted is memory of this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/event.h"
#include "source/bpf/losses.h"

#define CPUS 2

struct fixture {
	struct programs programs;
	struct losses losses;
	struct cap_slot slots[CPUS * CAP_SLOTS];
	struct cap_ring_account accounts[CPUS];
	uint64_t told[CPUS * (CAP_SLOTS + CAP_FAULT_MAX) + 1];
	uint64_t missed;
	struct buf out;
	struct event ev;
};

static struct fixture *now;

uint64_t __wrap_programs_missed(const struct programs *programs);
uint64_t __wrap_programs_missed(const struct programs *programs)
{
	assert_ptr_equal(programs, &now->programs);
	return now->missed;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->programs = (struct programs)PROGRAMS_NULL;
	f->programs.n_cpus = CPUS;
	f->programs.slots = f->slots;
	f->programs.accounts = f->accounts;
	f->programs.told = f->told;
	assert_int_equal(programs_n_told(&f->programs), sizeof(f->told) / sizeof(f->told[0]));
	buf_init(&f->out, EVT_LEN_MAX);
	*state = now = f;
	return losses_init(&f->losses, &f->programs);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	losses_deinit(&f->losses);
	event_deinit(&f->ev);
	buf_deinit(&f->out);
	free(f);
	return 0;
}

/* The only one that is not told. */
static struct loss only(struct fixture *f)
{
	struct loss loss, more;
	size_t at = 0;

	assert_true(losses_next(&f->losses, &at, &loss));
	assert_false(losses_next(&f->losses, &at, &more));
	return loss;
}

static void assert_none(struct fixture *f)
{
	struct loss loss;
	size_t at = 0;

	assert_false(losses_next(&f->losses, &at, &loss));
}

static void nothing_was_lost(void **state)
{
	struct fixture *f = *state;

	f->slots[3].events = 100;
	f->accounts[0].lost_chunks = 5; /* these cut an event, which says so itself */
	f->accounts[1].seen = 100;
	assert_none(f);
}

static void of_a_control_group_on_a_processor(void **state)
{
	struct fixture *f = *state;
	const size_t row = CAP_SLOTS + 5;
	struct loss loss;

	f->slots[row] = (struct cap_slot){ .cgroup = 4711, .lost = 3 };
	loss = only(f);
	assert_int_equal(loss.row, row);
	assert_int_equal(loss.count, 3);
	assert_int_equal(loss.value, 3);
	assert_int_equal(loss.reason, ENOBUFS);
	assert_int_equal(loss.cpu, 2);
	assert_int_equal(loss.cgroup, 4711);
	assert_none(f);

	f->slots[row].lost = 10;
	loss = only(f);
	assert_int_equal(loss.count, 7);
	assert_int_equal(loss.value, 10);
}

static void faults_of_a_ring(void **state)
{
	struct fixture *f = *state;
	struct loss loss;

	f->accounts[0].lost_task = 2;
	loss = only(f);
	assert_int_equal(loss.row, CPUS * CAP_SLOTS + CAP_FAULT_TASK);
	assert_int_equal(loss.reason, ENOMEM);
	assert_int_equal(loss.count, 2);
	assert_int_equal(loss.cpu, 1);
	assert_int_equal(loss.cgroup, 0);

	f->accounts[1].lost_big = 9;
	loss = only(f);
	assert_int_equal(loss.row, CPUS * CAP_SLOTS + CAP_FAULT_MAX + CAP_FAULT_BIG);
	assert_int_equal(loss.reason, EMSGSIZE);
	assert_int_equal(loss.count, 9);
	assert_int_equal(loss.cpu, 2);
}

/* Of all processors, and a program that is another by now counts from the beginning. */
static void what_the_kernel_left_out(void **state)
{
	struct fixture *f = *state;
	struct loss loss;

	f->missed = 5;
	loss = only(f);
	assert_int_equal(loss.row, programs_n_told(&f->programs) - 1);
	assert_int_equal(loss.reason, EBUSY);
	assert_int_equal(loss.count, 5);
	assert_int_equal(loss.cpu, 0);

	f->missed = 2;
	loss = only(f);
	assert_int_equal(loss.count, 2);
	assert_int_equal(loss.value, 2);
	f->missed = 0;
	assert_none(f);
	f->missed = 1;
	assert_int_equal(only(f).count, 1);
}

static void all_at_once_in_the_order_of_rows(void **state)
{
	struct fixture *f = *state;
	struct loss loss;
	size_t at = 0, n = 0, row = 0;

	f->slots[0].lost = f->slots[CAP_SLOTS - 1].lost = f->slots[2 * CAP_SLOTS - 1].lost = 1;
	f->accounts[0].lost_big = f->accounts[1].lost_task = f->missed = 1;
	while (losses_next(&f->losses, &at, &loss)) {
		assert_true(n == 0 || loss.row > row);
		assert_int_equal(loss.count, 1);
		row = loss.row;
		n++;
	}
	assert_int_equal(n, 6);
	assert_none(f);
}

/* The memory that outlives the engine says what was told already. */
static void goes_on_where_another_was(void **state)
{
	struct fixture *f = *state;

	f->slots[1].lost = 10;
	f->told[1] = 8;
	losses_begin(&f->losses);
	assert_int_equal(only(f).count, 2);
	assert_int_equal(f->told[1], 8); /* that is the journal's to say, when it is safe */
}

static void records_nobody_can_read(void **state)
{
	struct fixture *f = *state;
	struct loss loss;

	f->told[programs_n_told(&f->programs) - 1] = f->missed = 6;
	losses_begin(&f->losses);
	f->programs.unreadable = 40;
	loss = only(f);
	assert_int_equal(loss.count, 40);
	assert_int_equal(loss.reason, EPROTO);
	assert_int_equal(loss.row, programs_n_told(&f->programs) - 1);
	assert_int_equal(loss.value, 6);
	assert_none(f);
}

static const struct event *decoded(struct fixture *f)
{
	size_t used;

	assert_int_equal(event_decode(&f->ev, f->out.data, f->out.len, &used), 0);
	assert_int_equal(used, f->out.len);
	buf_clear(&f->out);
	assert_int_equal(f->ev.h.kind, EVT_LOST);
	assert_int_equal(f->ev.h.source, EVT_SRC_BPF);
	assert_true(f->ev.h.time_sec > 0);
	return &f->ev;
}

static void as_events(void **state)
{
	struct fixture *f = *state;
	const struct loss loss = { .count = UINT64_C(5000000000),
		.reason = ENOBUFS,
		.cpu = 2,
		.cgroup = 4711,
		.after = 99 };
	const struct evt_hdr record = { .version = EVT_VERSION, .cgroup = 17 };
	const struct event *ev;

	assert_int_equal(losses_put(&f->out, &loss), 0);
	ev = decoded(f);
	assert_int_equal(ev->h.cgroup, 4711);
	assert_int_equal(ev->lost.count, UINT64_C(5000000000));
	assert_int_equal(ev->lost.reason, ENOBUFS);
	assert_int_equal(ev->lost.cpu, 2);
	assert_int_equal(ev->lost.after, 99);

	assert_int_equal(losses_put_bad(&f->out, &record), 0);
	ev = decoded(f);
	assert_int_equal(ev->h.cgroup, 17);
	assert_int_equal(ev->lost.count, 1);
	assert_int_equal(ev->lost.reason, EBADMSG);
}

static void figures_of_the_status(void **state)
{
	struct fixture *f = *state;
	struct bpf_status status = { 0 };

	/* the group has its row of the second ring only; one that is gone has left its losses there */
	f->slots[4] = (struct cap_slot){ .events = 10, .lost = 1 };
	f->slots[CAP_SLOTS + 4] = (struct cap_slot){ .cgroup = 50, .events = 5, .lost = 2 };
	f->slots[9] = (struct cap_slot){ .cgroup = 50, .events = 1, .lost = 30 };
	f->slots[8] = (struct cap_slot){ .cgroup = 60, .events = 7 };
	for (size_t i = 0; i < CPUS; i++)
		f->accounts[i] = (struct cap_ring_account){
			.lost_task = 1 + i, .lost_big = 10 + i, .lost_chunks = 100 + i
		};
	f->missed = 77;
	losses_sum(&f->losses, &status);
	assert_int_equal(status.captured, 23);
	assert_int_equal(status.lost_ring, 33);
	assert_int_equal(status.lost_task, 3);
	assert_int_equal(status.lost_big, 21);
	assert_int_equal(status.cut_chunks, 201);
	assert_int_equal(status.lost_missed, 77);
	assert_int_equal(status.n_losers, 1);
	assert_int_equal(status.losers[0].cgroup, 50);
	assert_int_equal(status.losers[0].lost, 33);
}

/* Of more than the status has room for, those who lost most. */
static void who_lost_most(void **state)
{
	struct fixture *f = *state;
	struct bpf_status status = { 0 };
	uint64_t sum = 0;

	for (size_t i = 0; i < BPF_LOSERS_MAX + 10; i++)
		f->slots[i + 1] = (struct cap_slot){ .cgroup = 100 + i, .lost = 1 + i * 7 % 26 };
	losses_sum(&f->losses, &status);
	assert_int_equal(status.n_losers, BPF_LOSERS_MAX);
	for (size_t i = 0; i < status.n_losers; i++) {
		assert_true(status.losers[i].lost > 10);
		sum += status.losers[i].lost;
	}
	assert_int_equal(sum, (11 + 26) * BPF_LOSERS_MAX / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_was_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(of_a_control_group_on_a_processor, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_of_a_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(what_the_kernel_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(all_at_once_in_the_order_of_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_on_where_another_was, setup, teardown),
		cmocka_unit_test_setup_teardown(records_nobody_can_read, setup, teardown),
		cmocka_unit_test_setup_teardown(as_events, setup, teardown),
		cmocka_unit_test_setup_teardown(figures_of_the_status, setup, teardown),
		cmocka_unit_test_setup_teardown(who_lost_most, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
