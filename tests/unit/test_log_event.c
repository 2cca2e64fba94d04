// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log_sample.h"

static const char line[] =
	"node=box type=SYSCALL msg=audit(1795290107.756:85320): arch=c000003e syscall=257 success=yes exit=6 a0=ffffff9c "
	"comm=\"p\" exe=2F746D702F7420787878 key=(null)\x1d"
	"ARCH=x86_64 SYSCALL=openat";

static void assert_field(const struct log_record *rec, const char *name, const char *value)
{
	const struct log_field *field = log_record_field(rec, name);

	assert_non_null(field);
	assert_int_equal(field->value.len, strlen(value));
	assert_memory_equal(field->value.p, value, field->value.len);
}

static void takes_a_line_apart(void **state)
{
	struct log_record rec = { 0 };
	uint64_t n = 0;

	(void)state;
	assert_int_equal(log_record_parse_line(&rec, line, sizeof(line) - 1), 0);
	assert_int_equal(rec.type, AUDIT_SYSCALL);
	assert_int_equal(rec.time_sec, 1795290107);
	assert_int_equal(rec.time_msec, 756);
	assert_int_equal(rec.serial, 85320);
	assert_true(view_is(&rec.node, "box"));
	assert_int_equal(rec.n_fields, 8);
	assert_field(&rec, "comm", "\"p\"");
	assert_true(log_record_field(&rec, "comm")->quoted);
	assert_field(&rec, "key", "(null)"); /* what follows 0x1D is no part of it */
	assert_null(log_record_field(&rec, "ARCH"));
	assert_null(log_record_field(&rec, "sys")); /* exact names only */
	assert_true(log_record_u64(&rec, "a0", 16, &n));
	assert_int_equal(n, 0xffffff9c);
	assert_false(log_record_u64(&rec, "key", 10, &n));
	log_record_deinit(&rec);
}

static void values_keep_their_blanks(void **state)
{
	static const char user[] =
		"audit(1.001:2): pid=6 msg='text=a b pid=7 it's \"q' res=no' (x) avc:  denied  { read } for  name=\"a=b\"'";
	struct log_record rec = { 0 };

	(void)state;
	assert_int_equal(log_record_parse_text(&rec, AUDIT_USER, user, sizeof(user) - 1), 0);
	/* A program chose what stands between the quotes: no field of the record comes out of it. */
	assert_int_equal(rec.n_fields, 2);
	assert_field(&rec, "pid", "6");
	assert_int_equal(
		log_record_parse_text(&rec, AUDIT_AVC,
			"audit(1.001:2): avc:  denied  { read } for  name=\"a=b c\" x=", 59),
		0);
	assert_int_equal(rec.n_fields, 2);
	assert_field(&rec, "name", "\"a=b c\"");
	assert_field(&rec, "x", "");
	log_record_deinit(&rec);
}

static void refuses_what_is_no_record(void **state)
{
	static const char *const bad[] = {
		"",
		"type=",
		"type=SYSCALL",
		"type=SYSCALL msg=",
		"type=SYSCALL msg=audit(1.1:1)",
		"type=SYSCALL msg=audit(1:1): a=b",
		"type=SYSCALL msg=audit(1.1000:1): a=b",
		"type=SYSCALL msg=audit(1.1:4294967296): a=b",
		"type=SYSCALL msg=audit(99999999999999999999.1:1): a=b",
		"type=NOSUCHTYPE msg=audit(1.1:1): a=b",
		"type= msg=audit(1.1:1): a=b",
		" type=SYSCALL msg=audit(1.1:1): a=b",
	};
	struct log_record rec = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(log_record_parse_line(&rec, bad[i], strlen(bad[i])), -EBADMSG);
	assert_int_equal(
		log_record_parse_line(&rec, "type=UNKNOWN[1399] msg=audit(1.1:1):", 36), 0);
	assert_int_equal(rec.type, 1399);
	assert_int_equal(rec.n_fields, 0);
	log_record_deinit(&rec);
}

/* Every cut and many mutations of a line, ending flush against an unmapped page: one byte too far faults. */
static void survives_mutations_at_the_end_of_memory(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), len = sizeof(line) - 1;
	struct log_record rec = { 0 };
	unsigned seed = 1;
	char *map, *at;

	(void)state;
	map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
	for (size_t cut = 0; cut <= len; cut++) {
		at = map + page - cut;
		memcpy(at, line, cut);
		(void)log_record_parse_line(&rec, at, cut);
	}
	at = map + page - len;
	for (int round = 0; round < 20000; round++) {
		memcpy(at, line, len);
		for (int i = 0; i < 3; i++)
			at[(size_t)rand_r(&seed) % len] =
				"\"'= \x1d(:.)\0a9\n"[(size_t)rand_r(&seed) % 14];
		if (log_record_parse_line(&rec, at, len) == 0)
			for (size_t f = 0; f < rec.n_fields; f++)
				assert_true(rec.fields[f].name.p >= at &&
					    rec.fields[f].value.p + rec.fields[f].value.len <=
						    at + len);
	}
	log_record_deinit(&rec);
	(void)munmap(map, 2 * page);
}

static void views_outlive_later_records(void **state)
{
	static char big[100000];
	struct log_event ev = { 0 };
	struct view first;

	(void)state;
	assert_int_equal(
		log_event_add(&ev, AUDIT_CWD, STAMP "cwd=\"/srv\"", strlen(STAMP "cwd=\"/srv\"")),
		0);
	first = log_record_field(&ev.records[0], "cwd")->value;
	memset(big, 'x', sizeof(big));
	memcpy(big, STAMP "proctitle=", strlen(STAMP "proctitle="));
	for (int i = 0; i < 40; i++)
		assert_int_equal(
			log_event_add(&ev, AUDIT_PROCTITLE, big, i % 3 ? sizeof(big) : 100), 0);
	assert_true(view_is(&first, "\"/srv\""));
	assert_int_equal(ev.n_records, 41);
	assert_int_equal(log_event_add(&ev, AUDIT_PATH, "audit(", 6), -EBADMSG);
	assert_int_equal(ev.n_records, 41);
	assert_null(log_event_record(&ev, AUDIT_PROCTITLE, 40));
	assert_non_null(log_event_record(&ev, AUDIT_PROCTITLE, 39));
	log_event_clear(&ev);
	assert_null(log_event_record(&ev, AUDIT_CWD, 0));
	assert_int_equal(
		log_event_add(&ev, AUDIT_CWD, STAMP "cwd=\"/b\"", strlen(STAMP "cwd=\"/b\"")), 0);
	assert_field(&ev.records[0], "cwd", "\"/b\"");
	log_event_deinit(&ev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_line_apart),
		cmocka_unit_test(values_keep_their_blanks),
		cmocka_unit_test(refuses_what_is_no_record),
		cmocka_unit_test(survives_mutations_at_the_end_of_memory),
		cmocka_unit_test(views_outlive_later_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
