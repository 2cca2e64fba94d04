// SPDX-License-Identifier: MIT
/* Making records: stamps, serials, what the exclude filter drops, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "core/kaudit_log.h"
#include "kaudit_fixture.h"

#define STAMP(serial) "audit(1700000000.123:" #serial "): "

static void standalone(void **state)
{
	struct event who = { .h = builder_header(0, 0) };
	struct kaudit_fixture f;
	struct audit_buffer *ab;

	(void)state;
	fixture_init(&f);
	assert_int_equal(kaudit_log(f.audit, &who, 1700, "a=%d b=%s", -1, "x"), 0);
	ab = kaudit_log_start(f.audit, &who, 1701);
	assert_non_null(ab);
	kaudit_log_format(ab, "n=%u ", 5u);
	ab_untrusted(ab, "a b", 3);
	kaudit_log_format(ab, "%s", "");
	kaudit_log_format(ab, "%0300d", 0); /* longer than what the buffer had */
	assert_int_equal(kaudit_log_end(ab), 0);
	assert_int_equal(f.n_records, 2);
	assert_non_null(strstr(buf_cstr(&f.log), "[1700] " STAMP(1) "a=-1 b=x\n"));
	assert_non_null(strstr(fixture_log(&f), "[1701] " STAMP(2) "n=5 6120620000000"));
	/* who it is about, with a label and without */
	ab = kaudit_log_start(f.audit, &who, 1100);
	kaudit_log_sender(ab, &who);
	assert_int_equal(kaudit_log_end(ab), 0);
	who.subj = (struct view){ "l", 1 };
	ab = kaudit_log_start(f.audit, &who, 1100);
	kaudit_log_sender(ab, &who);
	assert_int_equal(kaudit_log_end(ab), 0);
	assert_string_equal(fixture_log(&f),
		"[1100] " STAMP(
			3) "pid=101 uid=0 auid=4294967295 ses=4294967295\n"
			   "[1100] " STAMP(
				   4) "pid=101 uid=0 auid=4294967295 ses=4294967295 subj=l\n");
	assert_int_equal(kaudit_stats(f.audit)->records, 4);
	fixture_deinit(&f);
}

/* Records of one event share the stamp, and the serial is drawn by the first that is not dropped. */
static void one_event(void **state)
{
	struct event who = { .h = builder_header(0, 0) };
	struct kaudit_fixture f;
	struct audit_krule *rule;
	struct audit_buffer *ab;
	uint32_t serial = 0;

	(void)state;
	fixture_init(&f);
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, 1400);
	fixture_add(&f, rule);
	assert_null(kaudit_log_start_in(f.audit, &who, 1400, &serial));
	assert_int_equal(serial, 0);
	assert_int_equal(kaudit_log(f.audit, &who, 1400, "x"), 0);
	kaudit_log_format(NULL, "x");
	kaudit_log_subj(NULL, &who);
	assert_int_equal(kaudit_log_end(NULL), 0);
	assert_int_equal(kaudit_stats(f.audit)->records_excluded, 2);
	for (uint16_t type = 1401; type < 1403; type++) {
		ab = kaudit_log_start_in(f.audit, &who, type, &serial);
		kaudit_log_format(ab, "x");
		assert_int_equal(kaudit_log_end(ab), 0);
	}
	assert_int_equal(serial, 1);
	assert_string_equal(fixture_log(&f), "[1401] " STAMP(1) "x\n[1402] " STAMP(1) "x\n");
	fixture_deinit(&f);
}

static void errors(void **state)
{
	struct event who = { .h = builder_header(0, 0) };
	static char long_text[RECORD_TEXT_MAX + 1];
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	memset(long_text, 'x', RECORD_TEXT_MAX);
	assert_int_equal(kaudit_log(f.audit, &who, 1400, "%s", long_text), -EMSGSIZE);
	assert_int_equal(f.n_records, 0);
	f.sink_result = -ENOSPC;
	assert_int_equal(kaudit_log(f.audit, &who, 1400, "x"), -ENOSPC);
	f.sink_result = 0;
	(void)fixture_log(&f);
	assert_int_equal(kaudit_log(f.audit, &who, 1400, "x"), 0);
	assert_string_equal(fixture_log(&f), "[1400] " STAMP(3) "x\n");
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standalone),
		cmocka_unit_test(one_event),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
