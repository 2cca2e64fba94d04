// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "base/utf8.h"
#include "log/json.h"
#include "log_sample.h"

static struct json_object *object_of(const char *lines)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };
	struct buf line = BUF_NULL;
	struct json_object *object;

	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(sample_add(&ev, lines), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(json_event(&line, in, &d, &ev), 0);
	assert_true(line.len && line.data[line.len - 1] == '\n');
	assert_null(memchr(line.data, '\n', line.len - 1));
	assert_true(utf8_is_valid(line.data, line.len));
	object = json_tokener_parse(buf_cstr(&line));
	assert_non_null(object);
	buf_deinit(&line);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
	return object;
}

static const char *text(struct json_object *o, const char *name)
{
	struct json_object *member = NULL;

	assert_true(json_object_object_get_ex(o, name, &member));
	return json_object_get_string(member);
}

static struct json_object *member(struct json_object *o, const char *name)
{
	struct json_object *m = NULL;

	assert_true(json_object_object_get_ex(o, name, &m));
	return m;
}

static void decoded_beside_raw(void **state)
{
	struct json_object *o =
		object_of(SYSCALL("257 success=no exit=-13 a0=ffffff9c a1=1 a2=80000 a3=0")
				CWD("\"/srv\"") PATH("0", "\"/etc/shadow\"", "NORMAL"));
	struct json_object *call;

	(void)state;
	assert_string_equal(text(o, "time"), "2023-11-14T22:13:20.123Z");
	assert_string_equal(text(o, "serial"), "5055");
	assert_string_equal(text(o, "action"), "read");
	assert_string_equal(text(o, "syscall"), "openat");
	assert_string_equal(text(o, "object"), "/etc/shadow");
	assert_string_equal(text(o, "result"), "failure");
	assert_string_equal(text(o, "errno"), "EACCES");
	assert_string_equal(text(o, "key"), "k");
	assert_string_equal(text(member(o, "subject"), "user"), "root");
	assert_int_equal(json_object_array_length(member(o, "records")), 3);
	call = json_object_array_get_idx(member(o, "records"), 0);
	assert_string_equal(text(call, "type"), "SYSCALL");
	assert_string_equal(text(member(call, "fields"), "a2"), "O_RDONLY|O_CLOEXEC");
	assert_string_equal(text(member(call, "raw"), "a2"), "80000");
	assert_string_equal(text(member(call, "raw"), "comm"), "\"demo\"");
	json_object_put(o);
}

static void every_byte_survives(void **state)
{
	/* 0A 5C 22 FF C3 A4 ED A0 80: newline, backslash, quote, no UTF-8, a letter, a surrogate */
	struct json_object *o =
		object_of(SYSCALL("257 success=yes exit=3 a0=ffffff9c a1=1 a2=0 a3=0") CWD("\"/\"")
				PATH("0", "2F0A5C22FFC3A4EDA080", "NORMAL"));
	struct json_object *path;

	(void)state;
	assert_string_equal(text(o, "object"),
		"/\n\\\"\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(text(o, "object_hex"), "2F0A5C22FFC3A4EDA080");
	path = json_object_array_get_idx(member(o, "records"), 2);
	assert_string_equal(text(member(path, "raw"), "name"), "2F0A5C22FFC3A4EDA080");
	assert_string_equal(text(member(path, "fields"), "name_hex"), "2F0A5C22FFC3A4EDA080");
	json_object_put(o);
}

static void names_that_occur_twice(void **state)
{
	struct json_object *o = object_of(OTHER("AVC", "x=1 x=2 x=\"3\"")), *x;

	(void)state;
	assert_string_equal(text(o, "action"), "other");
	x = member(member(json_object_array_get_idx(member(o, "records"), 0), "raw"), "x");
	assert_int_equal(json_object_array_length(x), 3);
	assert_string_equal(json_object_get_string(json_object_array_get_idx(x, 2)), "\"3\"");
	json_object_put(o);
}

static void utf8_has_one_form(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, want;
	} cases[] = {
		{ "a", 1, 1 },
		{ "\xc3\xa4", 2, 2 },
		{ "\xc3", 1, 0 },
		{ "\xc0\x80", 2, 0 },
		{ "\xc1\xbf", 2, 0 },
		{ "\xe0\x9f\xbf", 3, 0 },
		{ "\xed\xa0\x80", 3, 0 },
		{ "\xee\x80\x80", 3, 3 },
		{ "\xf0\x90\x80\x80", 4, 4 },
		{ "\xf0\x8f\xbf\xbf", 4, 0 },
		{ "\xf4\x90\x80\x80", 4, 0 },
		{ "\xf5\x80\x80\x80", 4, 0 },
		{ "\x80", 1, 0 },
		{ "", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(utf8_character(cases[i].bytes, cases[i].len), cases[i].want);
}

static void beyond_the_original(void **state)
{
	struct json_object *o, *paths, *m;

	(void)state;
	o = object_of(SYSCALL("265 success=yes exit=0 a0=3 a1=1 a2=4 a3=2") CWD("\"/srv\"")
			PATH("0", "\"f\"", "NORMAL") OTHER("UNKNOWN[1399]",
				"a4=1000 a5=ff time=1700000000.000004567 duration_ns=89 "
				"cgroup=\"/a/docker-x.scope\" cgroup_id=4711")
				OTHER("UNKNOWN[1399]", "item=0 path=2F7372762F642F662067FF")
					OTHER("UNKNOWN[1399]", "fd=3 path=\"pipe:[12]\""));
	assert_string_equal(text(o, "entered"), "2023-11-14T22:13:20.000004567Z");
	assert_string_equal(text(o, "time"), "2023-11-14T22:13:20.123Z");
	assert_int_equal(json_object_get_int64(member(o, "duration_ns")), 89);
	assert_string_equal(text(o, "cgroup"), "/a/docker-x.scope");
	assert_int_equal(json_object_get_int64(member(o, "cgroup_id")), 4711);
	paths = member(o, "paths");
	assert_int_equal(json_object_array_length(paths), 2);
	m = json_object_array_get_idx(paths, 0);
	assert_int_equal(json_object_get_int64(member(m, "item")), 0);
	assert_string_equal(text(m, "path"), "/srv/d/f g\xef\xbf\xbd");
	assert_string_equal(text(m, "path_hex"), "2F7372762F642F662067FF");
	assert_false(json_object_object_get_ex(m, "fd", NULL));
	m = json_object_array_get_idx(paths, 1);
	assert_int_equal(json_object_get_int64(member(m, "fd")), 3);
	assert_string_equal(text(m, "path"), "pipe:[12]");
	/* the record itself as any other: linkat's fifth argument has names */
	m = json_object_array_get_idx(member(o, "records"), 3);
	assert_string_equal(text(m, "type"), "UNKNOWN[1399]");
	assert_string_equal(text(member(m, "fields"), "a4"), "AT_EMPTY_PATH");
	assert_string_equal(text(member(m, "fields"), "a5"), "0xff");
	assert_string_equal(text(member(m, "raw"), "a4"), "1000");
	json_object_put(o);

	/* a log says what it likes: nothing is made of what is no time */
	o = object_of(SYSCALL("3 success=yes exit=0 a0=3 a1=1 a2=4 a3=2") OTHER(
		"UNKNOWN[1399]", "time=1700000000.0000045 duration_ns=-1 cgroup_id=x cgroup=zz"));
	assert_false(json_object_object_get_ex(o, "entered", NULL));
	assert_false(json_object_object_get_ex(o, "duration_ns", NULL));
	assert_false(json_object_object_get_ex(o, "cgroup_id", NULL));
	assert_false(json_object_object_get_ex(o, "paths", NULL));
	assert_string_equal(text(o, "cgroup"), "zz");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoded_beside_raw),
		cmocka_unit_test(every_byte_survives),
		cmocka_unit_test(names_that_occur_twice),
		cmocka_unit_test(utf8_has_one_form),
		cmocka_unit_test(beyond_the_original),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
