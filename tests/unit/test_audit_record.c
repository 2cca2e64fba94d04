// SPDX-License-Identifier: MIT
/* Records that come as text: what their stamp says. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core/audit_record.h"

static void stamps(void **state)
{
	static const struct {
		const char *text;
		int result;
		int64_t sec;
		uint32_t msec, serial;
	} rows[] = {
		{ "audit(1700000000.123:5055): arch=c000003e", 0, 1700000000, 123, 5055 },
		{ "audit(0.000:0): ", 0, 0, 0, 0 },
		{ "audit(1700000000.007:4294967295):", 0, 1700000000, 7, UINT32_MAX },
		{ "", -EBADMSG, 0, 0, 0 },
		{ "audit(", -EBADMSG, 0, 0, 0 },
		{ "audit(1", -EBADMSG, 0, 0, 0 },
		{ "audit(1.", -EBADMSG, 0, 0, 0 },
		{ "audit(1.5:", -EBADMSG, 0, 0, 0 },
		{ "audit(1.5:7", -EBADMSG, 0, 0, 0 },
		{ "audit(1.5:7)", -EBADMSG, 0, 0, 0 },
		{ "audit(1.1000:7):", -EBADMSG, 0, 0, 0 },
		{ "audit(1.5:4294967296):", -EBADMSG, 0, 0, 0 },
		{ "audit(99999999999999999999.5:7):", -EBADMSG, 0, 0, 0 },
		{ "audit(-1.5:7):", -EBADMSG, 0, 0, 0 },
		{ "Audit(1.5:7):", -EBADMSG, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		/* flush against the end of what may be read */
		char *copy = len ? test_malloc(len) : NULL;
		struct kaudit_record record = { .type = 1300 };

		if (len)
			memcpy(copy, rows[i].text, len);
		assert_int_equal(
			audit_record_parse(&record, copy ? copy : "", len), rows[i].result);
		if (rows[i].result == 0) {
			assert_int_equal(record.time_sec, rows[i].sec);
			assert_int_equal(record.time_msec, rows[i].msec);
			assert_int_equal(record.serial, rows[i].serial);
			assert_int_equal(record.len, len);
			assert_int_equal(record.type, 1300);
		}
		if (copy)
			test_free(copy);
	}
}

static void references(void **state)
{
	const struct kaudit_record from = { .type = 1100, .serial = 3, .text = "text", .len = 4 };
	struct audit_record *record = audit_record_new(&from);

	(void)state;
	assert_non_null(record);
	assert_int_equal(record->nlh.nlmsg_len, 4); /* the kernel's: without the header */
	assert_int_equal(record->nlh.nlmsg_type, 1100);
	assert_ptr_equal(audit_record_ref(record), record);
	assert_null(audit_record_unref(record));
	assert_memory_equal(record->text, "text", 4);
	assert_null(audit_record_unref(record));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps),
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
