// SPDX-License-Identifier: MIT
/* Digits are those of printf(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"

/* end: where the function says that the next byte goes */
static void check(const char *got, const char *end, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void check(const char *got, const char *end, const char *fmt, ...)
{
	char wanted[DIGITS_MAX + 2];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(wanted, sizeof(wanted), fmt, args);
	va_end(args);
	assert_int_equal(end - got, n);
	assert_memory_equal(got, wanted, n);
}

static void check_all(uint64_t v)
{
	char digits[DIGITS_MAX];

	check(digits, digits_decimal(digits, v), "%" PRIu64, v);
	check(digits, digits_hex(digits, v), "%" PRIx64, v);
	check(digits, digits_octal(digits, v), "%" PRIo64, v);
	check(digits, digits_signed(digits, v), "%" PRId64, (int64_t)v);
	check(digits, digits_signed(digits, -v), "%" PRId64, (int64_t)-v);
	for (unsigned width = 1; width <= 17; width++)
		check(digits, digits_hex_width(digits, v, width), "%0*" PRIx64, (int)width, v);
}

/* Around the powers of ten and two, where a digit is added, and between. */
static void numbers(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (uint64_t v = 0; v < 20000; v++)
		check_all(v);
	for (unsigned i = 0; i < 20; i++, power *= 10)
		for (uint64_t v = power - 2; v != power + 3; v++) {
			check_all(v);
			check_all(v * 7);
		}
	for (unsigned bit = 0; bit < 64; bit++)
		for (uint64_t v = (UINT64_C(1) << bit) - 2; v != (UINT64_C(1) << bit) + 3; v++)
			check_all(v);
}

static void bytes(void **state)
{
	unsigned char all[256];
	char digits[2 * sizeof(all) + 1], wanted[3];

	(void)state;
	for (unsigned i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	for (size_t n = 0; n <= sizeof(all); n++) {
		memset(digits, '.', sizeof(digits));
		assert_ptr_equal(digits_hex_bytes(digits, all, n), digits + 2 * n);
		assert_int_equal(digits[2 * n], '.');
		for (size_t i = 0; i < n; i++) {
			(void)snprintf(wanted, sizeof(wanted), "%02X", (unsigned)all[i]);
			assert_memory_equal(digits + 2 * i, wanted, 2);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
