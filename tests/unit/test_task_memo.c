// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/task_memo.h"

static void assert_text(struct buf *b, const char *text)
{
	assert_int_equal(b->len, strlen(text));
	assert_memory_equal(b->data, text, b->len);
	buf_clear(b);
}

static void remembered_by_its_bytes(void **state)
{
	struct task_memo *memo = calloc(1, sizeof(*memo));
	struct buf to = BUF_NULL;

	(void)state;
	assert_non_null(memo);
	assert_false(task_memo_put(memo, "", 0, &to));
	assert_false(task_memo_put(memo, "a", 1, &to));
	task_memo_keep(memo, "a\0b", 3, "text", 4);
	assert_false(task_memo_put(memo, "a\0c", 3, &to));
	assert_false(task_memo_put(memo, "a\0", 2, &to));
	assert_false(task_memo_put(memo, "a\0b\0", 4, &to));
	assert_int_equal(to.len, 0);
	assert_true(task_memo_put(memo, "a\0b", 3, &to));
	assert_true(task_memo_put(memo, "a\0b", 3, &to));
	assert_text(&to, "texttext");
	task_memo_keep(memo, "b", 1, "other", 5);
	assert_false(task_memo_put(memo, "a\0b", 3, &to));
	assert_true(task_memo_put(memo, "b", 1, &to));
	assert_text(&to, "other");
	buf_deinit(&to);
	free(memo);
}

/* What is too long is not remembered, nor is what was there before. */
static void bounds(void **state)
{
	static char from[TASK_MEMO_FROM_MAX + 1], text[TASK_MEMO_TEXT_MAX + 1];
	struct task_memo *memo = calloc(1, sizeof(*memo));
	struct buf to = BUF_NULL;

	(void)state;
	assert_non_null(memo);
	task_memo_keep(memo, from, sizeof(from) - 1, text, sizeof(text) - 1);
	assert_true(task_memo_put(memo, from, sizeof(from) - 1, &to));
	assert_int_equal(to.len, sizeof(text) - 1);
	task_memo_keep(memo, from, sizeof(from) - 1, text, sizeof(text));
	assert_false(task_memo_put(memo, from, sizeof(from) - 1, &to));
	task_memo_keep(memo, from, sizeof(from), text, 1);
	assert_false(task_memo_put(memo, from, sizeof(from), &to));
	assert_false(task_memo_put(memo, from, sizeof(from) - 1, &to));
	buf_deinit(&to);
	free(memo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembered_by_its_bytes),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
