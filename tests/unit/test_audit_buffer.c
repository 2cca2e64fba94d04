// SPDX-License-Identifier: MIT
/* The encodings that records share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core/audit_buffer.h"

/* Spec kernel 7.2: hex for any byte below 0x21 or above 0x7e, and for a quote. */
static bool wants_hex(unsigned char c)
{
	return c < 0x21 || c > 0x7e || c == '"';
}

/* Each byte at each place of a text of each length, whose others are the plain ones next to it in value. */
static void hex_or_not(void **state)
{
	char text[33];

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		for (unsigned fill = 0; fill < 3; fill++) {
			memset(text, "!~#"[fill], sizeof(text));
			text[len] = ' '; /* not looked at */
			assert_false(ab_needs_hex(text, len));
			for (size_t at = 0; at < len; at++)
				for (unsigned c = 0; c < 256; c++) {
					text[at] = (char)c;
					assert_int_equal(ab_needs_hex(text, len),
						wants_hex((unsigned char)c));
					text[at] = "!~#"[fill];
				}
		}
	}
}

static void check(struct audit_buffer *ab, const char *wanted)
{
	assert_string_equal(buf_cstr(&ab->text), wanted);
	buf_clear(&ab->text);
}

static void fields(void **state)
{
	struct audit_buffer ab = { .text = BUF_NULL };

	(void)state;
	ab_untrusted(&ab, "/bin/sh", 7);
	ab_untrusted(&ab, "", 0);
	ab_untrusted(&ab, NULL, 0);
	ab_untrusted(&ab, "a b", 3);
	check(&ab, "\"/bin/sh\"\"\"(null)612062");
	ab_octal(&ab, "mode=", 0);
	ab_octal(&ab, " mode=", 0100644);
	check(&ab, "mode=0 mode=0100644");
	ab_device(&ab, "dev=", 0, 0x1f);
	ab_device(&ab, " dev=", 0x103, 0xfffff);
	check(&ab, "dev=00:1f dev=103:fffff");
	ab_cap(&ab, "fp=", 0);
	ab_cap(&ab, " fp=", 0x21);
	ab_cap(&ab, " fp=", UINT64_MAX);
	check(&ab, "fp=0 fp=0000000000000021 fp=ffffffffffffffff");
	ab_i64(&ab, "exit=", -2);
	ab_i64(&ab, " exit=", INT64_MIN);
	ab_u64(&ab, " auid=", UINT32_MAX);
	ab_hex(&ab, " a0=", 0xffffff9c);
	check(&ab, "exit=-2 exit=-9223372036854775808 auid=4294967295 a0=ffffff9c");
	ab_key(&ab, NULL);
	ab_key(&ab, "k");
	check(&ab, " key=(null) key=\"k\"");
	ab_stamp(&ab, 1700000000, 0, 1);
	ab_stamp(&ab, 0, 7, UINT32_MAX);
	ab_stamp(&ab, 1, 10, 2);
	ab_stamp(&ab, 1, 999, 3);
	check(&ab, "audit(1700000000.000:1): audit(0.007:4294967295): audit(1.010:2): "
		   "audit(1.999:3): ");
	buf_deinit(&ab.text);
}

/* What has no room is not written, nor is what comes behind it. */
static void errors_stick(void **state)
{
	struct audit_buffer ab;

	(void)state;
	buf_init(&ab.text, 40);
	ab.text.len = 0;
	ab_text(&ab, "0123456789");
	ab_device(&ab, " dev=", 1, 1);
	assert_int_equal(buf_error(&ab.text), -EMSGSIZE);
	ab_u64(&ab, "", 1);
	ab_quoted(&ab, "x", 1);
	assert_int_equal(ab.text.len, 10);
	buf_deinit(&ab.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_or_not),
		cmocka_unit_test(fields),
		cmocka_unit_test(errors_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
