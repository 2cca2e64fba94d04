// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "source/ptrace/login.h"

/* What the kernel made of the same bytes is compared in tests/differential (login_wrong). */
static void test_parse(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int r;
		uint32_t auid;
	} rows[] = {
		{ "1000", 4, 0, 1000 },
		{ "1000\n", 5, 0, 1000 },
		{ "+7", 2, 0, 7 },
		{ "007", 3, 0, 7 },
		{ "4294967295", 10, 0, UINT32_MAX },
		{ "7\0junk", 6, 0, 7 },
		/* cut at 34 bytes */
		{ "0000000000000000000000000000000007999", 37, 0, 7 },
		{ "", 0, -EINVAL, 0 },
		{ "\n", 1, -EINVAL, 0 },
		{ "+", 1, -EINVAL, 0 },
		{ "-1", 2, -EINVAL, 0 },
		{ "++1", 3, -EINVAL, 0 },
		{ " 1", 2, -EINVAL, 0 },
		{ "1 ", 2, -EINVAL, 0 },
		{ "1\n\n", 3, -EINVAL, 0 },
		{ "0x1", 3, -EINVAL, 0 },
		{ "4294967296", 10, -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t auid = 0;

		assert_int_equal(login_parse(rows[i].text, rows[i].len, &auid), rows[i].r);
		assert_int_equal(auid, rows[i].auid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
