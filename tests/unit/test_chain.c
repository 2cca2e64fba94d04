// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source/bpf/chain.h"

#define A_TASK 70

static int setup(void **state)
{
	struct chain_paths *paths = malloc(sizeof(*paths));

	assert_non_null(paths);
	chain_paths_init(paths);
	*state = paths;
	return 0;
}

static int teardown(void **state)
{
	chain_paths_deinit(*state);
	free(*state);
	return 0;
}

static void assert_path(struct view path, const char *text)
{
	assert_int_equal(path.len, strlen(text));
	assert_memory_equal(path.p, text, path.len);
}

static void test_path(void **state)
{
	static const struct {
		const char *chain;
		size_t len;
		const char *path;
	} rows[] = {
		{ "", 0, "/" },
		{ "", 1, "/" },
		{ "a", 2, "/a" },
		{ "bin\0usr", 8, "/usr/bin" },
		{ "c\0bb\0aaa", 9, "/aaa/bb/c" },
		{ "b\0\0a", 5, "/a//b" },
		/* the last byte is the NUL, whatever it is */
		{ "b\0ax", 4, "/a/b" },
	};
	struct buf to;

	(void)state;
	buf_init(&to, CHAIN_PATH_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_path(path_of_chain(&to, rows[i].chain, rows[i].len), rows[i].path);
	buf_deinit(&to);
}

static void test_no_room(void **state)
{
	struct buf to;

	buf_init(&to, 4);
	assert_null(path_of_chain(&to, "bin\0usr", 8).p);
	assert_path(path_of_chain(&to, "bin", 4), "/bin");
	buf_deinit(&to);

	char *chain = malloc(CHAIN_PATH_MAX + 1);

	assert_non_null(chain);
	memset(chain, 'x', CHAIN_PATH_MAX + 1);
	for (int i = 0; i < 2; i++) {
		assert_null(chain_paths_get(*state, A_TASK, chain, CHAIN_PATH_MAX, false).p);
		assert_null(chain_paths_get(*state, A_TASK, chain, CHAIN_PATH_MAX + 1, false).p);
	}
	free(chain);
	assert_path(chain_paths_get(*state, A_TASK, "a", 2, false), "/a");
}

/* What is remembered is found by its bytes, never by the task alone. */
static void test_remembered(void **state)
{
	struct view first = chain_paths_get(*state, A_TASK, "b\0a", 4, false);
	const char *memory = first.p;

	assert_path(first, "/a/b");
	assert_int_equal(first.p[first.len], '\0');
	assert_ptr_equal(chain_paths_get(*state, A_TASK, "b\0a", 4, false).p, memory);
	assert_path(chain_paths_get(*state, A_TASK, "c\0a", 4, false), "/a/c");
	assert_path(chain_paths_get(*state, A_TASK, "c\0a\0z", 6, false), "/z/a/c");
	assert_path(chain_paths_get(*state, A_TASK, "c", 2, false), "/c");
	assert_path(chain_paths_get(*state, A_TASK, "c", 2, true), "/c (deleted)");
	assert_path(chain_paths_get(*state, A_TASK, "c", 2, false), "/c");
	assert_path(chain_paths_get(*state, A_TASK, "", 0, false), "/");
	/* another task at the same place */
	assert_path(chain_paths_get(*state, A_TASK + CHAIN_PATHS, "d", 2, false), "/d");
	assert_path(chain_paths_get(*state, A_TASK, "", 0, false), "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_remembered, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
