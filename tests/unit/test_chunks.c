// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source/bpf/chunks.h"

static int setup(void **state)
{
	struct chunks *chunks;

	assert_int_equal(chunks_new(&chunks), 0);
	*state = chunks;
	return 0;
}

static int teardown(void **state)
{
	(void)chunks_free(*state);
	return 0;
}

static void add(struct chunks *chunks, struct chunk_key key, uint32_t seq, const char *text)
{
	assert_int_equal(chunks_add(chunks, &key, seq, text, strlen(text)), 0);
}

static void assert_text(struct chunks *chunks, struct chunk_key key, const char *text)
{
	struct view found = chunks_find(chunks, &key);

	assert_int_equal(found.len, strlen(text));
	assert_memory_equal(found.p, text, found.len);
}

static void test_joined(void **state)
{
	struct chunks *chunks = *state;
	const struct chunk_key one = { 10, 1, 1 }, two = { 10, 1, 2 }, other = { 11, 1, 1 };

	add(chunks, one, 0, "ab");
	add(chunks, other, 0, "x");
	add(chunks, two, 0, "12");
	add(chunks, one, 1, "cd");
	assert_text(chunks, one, "abcd");
	assert_text(chunks, two, "12");
	assert_text(chunks, other, "x");
	assert_null(chunks_find(chunks, &(struct chunk_key){ 10, 2, 1 }).p);
}

/* What is missing is not closed up: the text ends there. */
static void test_gap(void **state)
{
	struct chunks *chunks = *state;
	const struct chunk_key key = { 10, 1, 1 };

	add(chunks, key, 0, "ab");
	add(chunks, key, 2, "ef");
	add(chunks, key, 1, "cd");
	assert_text(chunks, key, "ab");
}

static void test_first_is_missing(void **state)
{
	const struct chunk_key key = { 10, 1, 1 };

	add(*state, key, 1, "cd");
	add(*state, key, 0, "ab");
	assert_null(chunks_find(*state, &key).p);
}

static void test_forgotten(void **state)
{
	struct chunks *chunks = *state;
	const struct chunk_key old = { 10, 1, 1 }, now = { 10, 2, 1 }, next = { 10, 3, 1 };

	add(chunks, old, 0, "old");
	add(chunks, now, 0, "now");
	add(chunks, next, 0, "next");
	assert_text(chunks, now, "now");
	chunks_forget(chunks, 10, 2);
	assert_null(chunks_find(chunks, &old).p);
	assert_null(chunks_find(chunks, &now).p);
	assert_text(chunks, next, "next");
	/* one was asked for */
	assert_int_equal(chunks_orphans(chunks), 1);
	chunks_forget(chunks, 10, UINT32_MAX);
	assert_null(chunks_find(chunks, &next).p);
}

/* However many texts never see their record, the newest are there. */
static void test_bounded(void **state)
{
	struct chunks *chunks = *state;

	for (uint32_t i = 0; i < 10000; i++)
		add(chunks, (struct chunk_key){ i, 1, 1 }, 0, "x");
	assert_null(chunks_find(chunks, &(struct chunk_key){ 0, 1, 1 }).p);
	assert_text(chunks, (struct chunk_key){ 9999, 1, 1 }, "x");
	assert_int_equal(chunks_orphans(chunks), 10000 - 128);
}

static void test_bytes_are_bounded(void **state)
{
	struct chunks *chunks = *state;
	size_t len = 512 * 1024;
	char *bytes = calloc(1, len);

	assert_non_null(bytes);
	for (uint32_t i = 0; i < 33; i++)
		assert_int_equal(
			chunks_add(chunks, &(struct chunk_key){ i, 1, 1 }, 0, bytes, len), 0);
	assert_int_equal(chunks_orphans(chunks), 1);
	assert_null(chunks_find(chunks, &(struct chunk_key){ 0, 1, 1 }).p);
	/* one text is no longer than what a program may be given */
	for (uint32_t seq = 1; seq < 8; seq++)
		assert_int_equal(
			chunks_add(chunks, &(struct chunk_key){ 32, 1, 1 }, seq, bytes, len), 0);
	assert_int_equal(chunks_find(chunks, &(struct chunk_key){ 32, 1, 1 }).len, 4 * len);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_is_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bytes_are_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
