// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/buf.h"
#include "base/parse.h"

static void numbers(void **state)
{
	struct buf b = BUF_NULL;

	(void)state;
	buf_u64(&b, 0);
	buf_putc(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_putc(&b, ' ');
	buf_u64_width(&b, 7, 3);
	buf_putc(&b, ' ');
	buf_hex(&b, UINT64_MAX);
	buf_putc(&b, ' ');
	buf_hex_width(&b, 0xa, 2);
	buf_putc(&b, ' ');
	buf_oct(&b, 0100644);
	buf_putc(&b, ' ');
	buf_hex_bytes(&b, "\x01\xfe", 2);
	assert_string_equal(
		buf_cstr(&b), "0 -9223372036854775808 007 ffffffffffffffff 0a 100644 01FE");
	buf_deinit(&b);
}

static void maximum_is_sticky(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_puts(&b, "abcd");
	assert_int_equal(buf_error(&b), 0);
	buf_putc(&b, 'e');
	assert_int_equal(buf_error(&b), -EMSGSIZE);
	buf_clear(&b);
	assert_int_equal(buf_error(&b), 0);
	buf_deinit(&b);
}

static void parses_whole_numbers_only(void **state)
{
	uint32_t u = 1;
	int64_t i = 1;

	(void)state;
	assert_int_equal(parse_u32("0x10", 4, 0, &u), 0);
	assert_int_equal(u, 16);
	assert_int_equal(parse_u32("010", 3, 0, &u), 0);
	assert_int_equal(u, 8);
	assert_int_equal(parse_u32("0", 1, 0, &u), 0);
	assert_int_equal(u, 0);
	assert_int_equal(parse_u32("5abc", 4, 0, &u), -EINVAL);
	assert_int_equal(parse_u32("4294967296", 10, 0, &u), -ERANGE);
	assert_int_equal(parse_u32("", 0, 0, &u), -EINVAL);
	assert_int_equal(parse_i64("-9223372036854775808", 20, 10, &i), 0);
	assert_true(i == INT64_MIN);
	assert_int_equal(parse_i64("-9223372036854775809", 20, 10, &i), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(maximum_is_sticky),
		cmocka_unit_test(parses_whole_numbers_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
