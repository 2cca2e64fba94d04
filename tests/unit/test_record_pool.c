// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/audit_record.h"
#include "core/record_pool.h"

#define MANY 2000 /* records, of several blocks */

static char long_text[100000];

static int setup(void **state)
{
	memset(long_text, 'x', sizeof(long_text));
	*state = record_pool_new();
	assert_non_null(*state);
	return 0;
}

static int teardown(void **state)
{
	*state = record_pool_free(*state);
	return 0;
}

/* Each says which it is, at its beginning and at its end. */
static struct audit_record *make(struct record_pool *pool, uint32_t nr, size_t len)
{
	const struct kaudit_record from = {
		.type = 1300,
		.source = RECORD_SOURCE_BPF,
		.time_sec = 5,
		.time_msec = 6,
		.serial = nr,
		.text = long_text,
		.len = len,
	};
	struct audit_record *record = record_pool_make(pool, &from);

	assert_non_null(record);
	assert_int_equal((uintptr_t)record % _Alignof(struct audit_record), 0);
	if (len >= 2 * sizeof(nr)) {
		memcpy(record->text, &nr, sizeof(nr));
		memcpy(record->text + len - sizeof(nr), &nr, sizeof(nr));
	}
	return record;
}

static void check(const struct audit_record *record, uint32_t nr, size_t len)
{
	assert_int_equal(record->serial, nr);
	assert_int_equal(record->source, RECORD_SOURCE_BPF);
	assert_int_equal(record->time_sec, 5);
	assert_int_equal(record->time_msec, 6);
	assert_int_equal(record->len, len);
	assert_int_equal(record->nlh.nlmsg_len, len);
	assert_int_equal(record->nlh.nlmsg_type, 1300);
	if (len >= 2 * sizeof(nr)) {
		assert_memory_equal(record->text, &nr, sizeof(nr));
		assert_memory_equal(record->text + len - sizeof(nr), &nr, sizeof(nr));
	}
}

static size_t len_of(uint32_t nr)
{
	return nr % 500 == 499 ? sizeof(long_text) - nr : nr % 100 == 99 ? 8000 + nr % 7 : nr % 401;
}

/* Freed in another order than they came, and others made meanwhile: nobody's memory is another's. */
static void test_many(void **state)
{
	static struct audit_record *records[MANY];
	uint32_t nr = 0;

	for (; nr < MANY; nr++)
		records[nr] = make(*state, nr, len_of(nr));
	for (unsigned round = 2; round < 6; round++) {
		for (uint32_t i = 0; i < MANY; i++) {
			if (i % round)
				continue;
			check(records[i], records[i]->serial, len_of(records[i]->serial));
			(void)audit_record_unref(records[i]);
			records[i] = make(*state, nr, len_of(nr));
			nr++;
		}
		for (uint32_t i = 0; i < MANY; i++)
			check(records[i], records[i]->serial, len_of(records[i]->serial));
	}
	for (uint32_t i = 0; i < MANY; i++)
		(void)audit_record_unref(records[i]);
}

static void test_references(void **state)
{
	struct audit_record *record = make(*state, 1, 20);
	struct audit_record *other = make(*state, 2, 20);

	assert_ptr_equal(audit_record_ref(record), record);
	assert_null(audit_record_unref(record));
	assert_null(audit_record_unref(other));
	other = make(*state, 3, 20);
	check(record, 1, 20);
	check(other, 3, 20);
	assert_null(audit_record_unref(record));
	assert_null(audit_record_unref(other));
}

/* One after the other, as in an engine with little to do: always the same memory. */
static void test_one_by_one(void **state)
{
	struct audit_record *first = make(*state, 0, 100), *record = first;

	for (uint32_t nr = 1; nr < MANY; nr++) {
		(void)audit_record_unref(record);
		record = make(*state, nr, 100 + nr % 10);
		assert_ptr_equal(record, first);
	}
	(void)audit_record_unref(record);
}

static void test_outlived(void **state)
{
	struct audit_record *records[MANY];

	for (uint32_t nr = 0; nr < MANY; nr++)
		records[nr] = make(*state, nr, len_of(nr));
	*state = record_pool_free(*state);
	assert_null(*state);
	for (uint32_t nr = 0; nr < MANY; nr++) {
		check(records[nr], nr, len_of(nr));
		(void)audit_record_unref(records[nr]);
	}
	assert_null(record_pool_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_references, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outlived, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
