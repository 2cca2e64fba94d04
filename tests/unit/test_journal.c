// SPDX-License-Identifier: MIT
/* Where a reader goes on after the one before was killed: every place where that can have been, and serials that wrap. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "source/bpf/handed.h"
#include "source/bpf/journal.h"

#define PLACES 9 /* with the head's */

/* The log: a serial for each line. */
static struct fixture {
	struct cap_journal_entry memory[PLACES];
	struct journal journal;
	uint32_t lines[32];
	size_t n_lines;
	uint64_t released; /* position */
	uint64_t done[PLACES];
	size_t n_done;
	bool has_no_log;
} f;

static bool last_serial(void *userdata, uint32_t *ret)
{
	(void)userdata;
	if (f.n_lines)
		*ret = f.lines[f.n_lines - 1];
	return f.n_lines > 0;
}

static int64_t count(void *userdata, uint32_t first, uint32_t last)
{
	int64_t n = 0;

	(void)userdata;
	while ((size_t)n < f.n_lines && f.lines[f.n_lines - 1 - (size_t)n] - first <= last - first)
		n++;
	return n;
}

static int cut(void *userdata, uint64_t n)
{
	(void)userdata;
	f.n_lines -= n;
	return 0;
}

static bool is_pending(void *userdata, const struct cap_journal_entry *entry)
{
	(void)userdata;
	return entry->value > f.released;
}

static void done(void *userdata, const struct cap_journal_entry *entry)
{
	(void)userdata;
	f.done[f.n_done++] = entry->value;
}

static uint32_t recover(void)
{
	static const struct journal_log log = { NULL, last_serial, count, cut };
	static const struct journal_ops ops = { NULL, is_pending, done };
	uint32_t serial;

	f.n_done = 0;
	assert_int_equal(journal_recover(&f.journal, f.has_no_log ? NULL : &log, &ops, &serial), 0);
	return serial;
}

static void begin(void)
{
	memset(&f, 0, sizeof(f));
	journal_init(&f.journal, f.memory, PLACES);
}

/* An event of n lines behind that serial, and so many of them in the log. */
static void event(uint32_t serial, uint64_t value, uint32_t n, uint32_t n_written)
{
	journal_begin(&f.journal, serial, false, 0, value);
	journal_end(&f.journal, serial + 1, n);
	for (uint32_t i = 0; i < n_written; i++)
		f.lines[f.n_lines++] = serial + 1;
}

static void all_or_nothing_is_there(void **state)
{
	(void)state;
	begin();
	event(10, 100, 3, 3);
	event(11, 200, 2, 2);
	assert_int_equal(recover(), 12);
	assert_int_equal(f.n_done, 2);
	assert_int_equal(f.done[1], 200);
	assert_int_equal(f.n_lines, 5);
	/* nothing is left of it */
	assert_int_equal(recover(), 12);
	assert_int_equal(f.n_done, 0);
	begin();
	event(10, 100, 3, 0);
	f.lines[f.n_lines++] = 10;
	assert_int_equal(recover(), 10);
	assert_int_equal(f.n_done, 0);
	assert_int_equal(f.n_lines, 1);
}

static void some_lines_of_the_last(void **state)
{
	(void)state;
	begin();
	event(10, 100, 3, 3);
	event(11, 200, 3, 2);
	event(12, 300, 3, 0);
	assert_int_equal(recover(), 11);
	assert_int_equal(f.n_done, 1);
	assert_int_equal(f.done[0], 100);
	assert_int_equal(f.n_lines, 3);
}

static void killed_within(void **state)
{
	(void)state;
	begin();
	event(10, 100, 1, 1);
	journal_begin(&f.journal, 11, false, 0, 200);
	/* its lines may have left already */
	f.lines[f.n_lines++] = 12;
	f.lines[f.n_lines++] = 12;
	assert_int_equal(recover(), 11);
	assert_int_equal(f.n_done, 1);
	assert_int_equal(f.n_lines, 1);
	/* or not */
	begin();
	event(10, 100, 1, 1);
	journal_begin(&f.journal, 11, false, 0, 200);
	assert_int_equal(recover(), 11);
	assert_int_equal(f.n_done, 1);
}

static void others_wrote_in_between(void **state)
{
	(void)state;
	begin();
	event(10, 100, 2, 2);
	f.lines[f.n_lines++] = 12; /* a message of a program */
	event(12, 200, 2, 0);
	assert_int_equal(recover(), 12);
	assert_int_equal(f.n_done, 1);
	assert_int_equal(f.n_lines, 3);
}

static void several_serials_in_one(void **state)
{
	(void)state;
	begin();
	journal_begin(&f.journal, 10, false, 0, 100);
	journal_end(&f.journal, 13, 4);
	f.lines[f.n_lines++] = 11;
	f.lines[f.n_lines++] = 12;
	f.lines[f.n_lines++] = 12;
	assert_int_equal(recover(), 10);
	assert_int_equal(f.n_done, 0);
	assert_int_equal(f.n_lines, 0);
}

static void without_records(void **state)
{
	(void)state;
	begin();
	journal_begin(&f.journal, 10, false, 0, 100);
	journal_end(&f.journal, 10, 0);
	assert_int_equal(f.journal.head->n, 0);
}

static void no_log(void **state)
{
	(void)state;
	begin();
	event(10, 100, 2, 2);
	f.has_no_log = true;
	assert_int_equal(recover(), 11);
	assert_int_equal(f.n_done, 0);
}

static void what_is_free_does_not_matter(void **state)
{
	(void)state;
	begin();
	/* more than there are places: the oldest are free */
	for (uint32_t i = 0; i < 20; i++)
		event(i, (i + 1) * 10, 1, i < 15);
	f.released = 140;
	assert_int_equal(recover(), 15);
	assert_int_equal(f.n_done, 1);
	assert_int_equal(f.done[0], 150);
}

static void serials_wrap(void **state)
{
	(void)state;
	begin();
	event(UINT32_MAX - 1, 100, 1, 1);
	journal_begin(&f.journal, UINT32_MAX, false, 0, 200);
	journal_end(&f.journal, 1, 2); /* there is no 0 */
	f.lines[f.n_lines++] = 1;
	f.lines[f.n_lines++] = 1;
	event(1, 300, 1, 0);
	assert_int_equal(recover(), 1);
	assert_int_equal(f.n_done, 2);
}

static void handed_over_in_order(void **state)
{
	struct handed handed = { 0 };
	struct handed_item item;

	(void)state;
	assert_false(handed_pop(&handed, 10, &item));
	for (uint64_t i = 0; i < 5000; i++) {
		assert_int_equal(handed_push(&handed, i & 1, i % 7, i), 0);
		if (i % 3 == 0) {
			assert_true(handed_pop(&handed, handed.n, &item));
			assert_int_equal(item.value, i / 3);
			assert_int_equal(item.where, i / 3 % 7);
			assert_int_equal(item.is_loss, i / 3 & 1);
		}
	}
	while (handed_pop(&handed, 4000, &item))
		;
	assert_int_equal(item.value, 3999);
	handed_deinit(&handed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_or_nothing_is_there),
		cmocka_unit_test(some_lines_of_the_last),
		cmocka_unit_test(killed_within),
		cmocka_unit_test(others_wrote_in_between),
		cmocka_unit_test(several_serials_in_one),
		cmocka_unit_test(without_records),
		cmocka_unit_test(no_log),
		cmocka_unit_test(what_is_free_does_not_matter),
		cmocka_unit_test(serials_wrap),
		cmocka_unit_test(handed_over_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
