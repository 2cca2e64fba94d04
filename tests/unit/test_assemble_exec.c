// SPDX-License-Identifier: MIT
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raw_builder.h"

#define CASE(test) cmocka_unit_test_setup_teardown(test, raw_setup, raw_teardown)

static void exec_call(struct raw_builder *b, int64_t ret)
{
	raw_call(b, "execve", ret);
	raw_string(b, 0, ARG_PATH, 0, "/no/such/program");
}

static void put_argv(
	struct raw_builder *b, const struct cap_argv *argv, const char *bytes, size_t len)
{
	raw_item(b, CAP_ITEM_ARGV, 0, argv, sizeof(*argv), bytes, len);
}

static void test_inline(void **state)
{
	struct raw_builder *b = *state;
	const struct cap_argv argv = { .len = 8 };

	exec_call(b, 0);
	put_argv(b, &argv, "a\0\0b c\0", 8);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 4);
	assert_memory_equal(b->ev.argv.p, "a\0\0b c\0", 8);
	assert_int_equal(b->ev.h.flags & (EVT_F_TRUNCATED | EVT_F_FAULT), 0);
}

static void test_failed(void **state)
{
	struct raw_builder *b = *state;

	exec_call(b, -ENOENT);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 0);
	assert_int_equal(b->ev.n_paths, 1);
	assert_int_equal(b->ev.paths[0].f.nametype, EVT_NAME_UNKNOWN);
}

static void test_chunks(void **state)
{
	struct raw_builder *b = *state;
	struct cap_argv argv = { .len = 8192 + 3, .nr = 2, .flags = CAP_F_CHUNKS };
	static char bytes[4096];

	memset(bytes, 'x', sizeof(bytes));
	raw_piece(b, 2, 0, 0, bytes, sizeof(bytes));
	bytes[4095] = '\0';
	raw_piece(b, 2, 1, 0, bytes, sizeof(bytes));
	raw_piece(b, 2, 2, 0, "yz", 3);
	exec_call(b, 0);
	put_argv(b, &argv, NULL, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 2);
	assert_int_equal(b->ev.argv.len, 8195);
	assert_string_equal(b->ev.argv.p + 8192, "yz");
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, 0);

	/* they were of that call alone */
	exec_call(b, 0);
	put_argv(b, &argv, NULL, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, EVT_F_TRUNCATED);
}

/* Cut in the middle of an argument: what is whole is there, and the event says that something is missing. */
static void test_lost_piece(void **state)
{
	struct raw_builder *b = *state;
	struct cap_argv argv = { .len = 5000, .nr = 1, .flags = CAP_F_CHUNKS | CAP_F_CUT };

	raw_piece(b, 1, 0, 0, "one\0two\0thr", 11);
	raw_piece(b, 1, 1, CAP_F_FAULT, "", 0);
	exec_call(b, 0);
	put_argv(b, &argv, NULL, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 2);
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, EVT_F_TRUNCATED);
}

static void test_fault(void **state)
{
	struct raw_builder *b = *state;
	struct cap_argv argv = { .len = 5, .flags = CAP_F_FAULT };

	exec_call(b, 0);
	put_argv(b, &argv, "abcd", 5);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.argc, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_FAULT, EVT_F_FAULT);
}

static void test_privileges(void **state)
{
	struct raw_builder *b = *state;
	struct cap_bprm bprm = { .before = { .uid = 1000, .euid = 1000 },
		.after = { .permitted = 0x2000, .effective = 0x2000, .uid = 1000, .euid = 1000 } };
	struct cap_argv argv = { .len = 2 };

	exec_call(b, 0);
	RAW_STRUCT(b, CAP_ITEM_BPRM, bprm);
	put_argv(b, &argv, "a", 2);
	assert_int_equal(raw_assemble(b), 0);
	assert_true(b->ev.has_bprm_fcaps);
	assert_int_equal(b->ev.bprm_fcaps.pp, 0x2000);
	assert_int_equal(b->ev.bprm_fcaps.old_pp, 0);

	bprm.after.permitted = bprm.after.effective = 0;
	exec_call(b, 0);
	RAW_STRUCT(b, CAP_ITEM_BPRM, bprm);
	assert_int_equal(raw_assemble(b), 0);
	assert_false(b->ev.has_bprm_fcaps);
}

/* Where the file is gone, the programs have told what was loaded. */
static void test_program(void **state)
{
	struct raw_builder *b = *state;
	struct cap_file program = { .fd = -1,
		.inode = { .ino = 99, .dev = 8 << 20 | 1, .mode = S_IFREG | 0755 } };
	struct cap_argv argv = { .len = 2 };

	exec_call(b, 0);
	RAW_STRUCT(b, CAP_ITEM_PROGRAM, program);
	put_argv(b, &argv, "a", 2);
	raw_becomes(b, 1);
	assert_int_equal(b->ev.paths[0].f.nametype, EVT_NAME_NORMAL);
	assert_int_equal(b->ev.paths[0].f.ino, 99);
	assert_int_equal(b->ev.paths[0].f.dev_major, 8);
	raw_assert_view(b->ev.paths[0].name, "/no/such/program");

	/* of a script that is gone, only the interpreter is known */
	program.flags = CAP_F_SCRIPT;
	exec_call(b, 0);
	RAW_STRUCT(b, CAP_ITEM_PROGRAM, program);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.paths[0].f.nametype, EVT_NAME_UNKNOWN);
}

/* The kernel's own copy of a path that was gone before it could be read. */
static void test_path_of_kernel(void **state)
{
	struct raw_builder *b = *state;
	static const struct {
		const char *kernel, *shown;
	} rows[] = {
		{ "/dev/fd/5/sub/prog", "sub/prog" },
		{ "/dev/fd/5", "" },
		{ "/bin/no such", "/bin/no such" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		raw_call(b, "execveat", 0);
		raw_header(b)->args[0] = 5;
		raw_header(b)->args[4] = 0x1000; /* AT_EMPTY_PATH */
		raw_string(b, 1, ARG_PATH, CAP_F_FAULT, "");
		raw_string(b, 1, ARG_PATH, CAP_F_KERNEL, rows[i].kernel);
		raw_becomes(b, 1);
		raw_assert_view(b->ev.paths[0].name, rows[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_inline),
		CASE(test_failed),
		CASE(test_chunks),
		CASE(test_lost_piece),
		CASE(test_fault),
		CASE(test_privileges),
		CASE(test_program),
		CASE(test_path_of_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
