// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <stdio.h>
#include <time.h>

#include "log/human.h"
#include "log/summary.h"
#include "log_sample.h"

#define OK(nr, args)        SYSCALL(nr " success=yes exit=3 " args)
#define FAIL(nr, ret, args) SYSCALL(nr " success=no exit=-" ret " " args)
#define W                   CWD("\"/srv/w\"")
#define PARENT_W            PATH("0", "\"/srv/w\"", "PARENT")
#define OPEN_W(item)        OK("257", "a0=ffffff9c a1=1 a2=241 a3=1a4") W item
#define UNLINK(name)        OK("87", "a0=1 a1=0 a2=0 a3=0") W PARENT_W PATH("1", name, "DELETE")
#define RENAME(from)                                                                               \
	OK("82", "a0=1 a1=2 a2=0 a3=0")                                                            \
	W PARENT_W PATH("1", "\"/srv/w\"", "PARENT") PATH("2", from, "DELETE")
#define TO(to) PATH("3", to, "CREATE")

static void said(struct buf *to, const char *lines, const struct human_options *options)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };

	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(sample_add(&ev, lines), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	buf_clear(to);
	assert_int_equal(human_event(to, in, &d, &ev, options), 0);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void lines_read_well(void **state)
{
	static const struct {
		const char *lines, *want;
	} cases[] = {
		{ OPEN_W(PARENT_W PATH("1", "6120620A", "CREATE")),
			"22:13:20.123 demo[101]            created \"/srv/w/a b\\012\"  [k]\n" },
		{ FAIL("257", "13", "a0=ffffff9c a1=1 a2=0 a3=0")
				W PATH("0", "\"/etc/shadow\"", "NORMAL"),
			"22:13:20.123 demo[101]            failed to open /etc/shadow: EACCES (Permission denied)  [k]\n" },
		{ FAIL("62", "3", "a0=ffffffff a1=9 a2=0 a3=0"),
			"22:13:20.123 demo[101]            failed to signal every process with SIGKILL: ESRCH (No such process)  [k]\n" },
		{ OK("59", "a0=1 a1=2 a2=3 a3=0")
				OTHER("EXECVE", "argc=3 a0=\"sh\" a1=\"-c\" a2=6120FF5C")
					W PATH("0", "\"/bin/sh\"", "NORMAL"),
			"22:13:20.123 demo[101]            ran /bin/sh: sh -c \"a \\377\\\\\"  [k]\n" },
	};
	const struct human_options options = {
		.show_key = true, .has_own_uid = true, .own_uid = 0
	};
	struct buf line = BUF_NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		said(&line, cases[i].lines, &options);
		assert_string_equal(buf_cstr(&line), cases[i].want);
	}
	buf_deinit(&line);
}

static void other_users_are_named(void **state)
{
	const struct human_options options = { .has_own_uid = true, .own_uid = 1000 };
	struct buf line = BUF_NULL;

	(void)state;
	said(&line, OK("39", "a0=1 a1=0 a2=0 a3=0"), &options);
	assert_string_equal(buf_cstr(&line), "22:13:20.123 demo[101](root)      called getpid\n");
	buf_deinit(&line);
}

static void arguments_are_cut_to_the_terminal(void **state)
{
	static const char lines[] = OK("59", "a0=1 a1=2 a2=3 a3=0") OTHER("EXECVE",
		"argc=2 a0=\"sh\" a1=\"0123456789012345678901234567890123456789012345678901234567890123456789\"")
		W PATH("0", "\"/bin/sh\"", "NORMAL");
	const struct human_options options = { .width = 80 },
				   coloured = { .width = 80, .colour = true };
	struct buf line = BUF_NULL;
	size_t visible = 0;
	bool escape = false;

	(void)state;
	said(&line, lines, &options);
	assert_int_equal(line.len, 80 + 1); /* and the newline */
	assert_non_null(strstr(buf_cstr(&line), "...\n"));
	said(&line, lines, &coloured);
	for (size_t i = 0; i < line.len; i++) {
		escape |= line.data[i] == '\033';
		visible += !escape;
		escape &= line.data[i] != 'm';
	}
	assert_int_equal(visible, 80 + 1);
	buf_deinit(&line);
}

static void nothing_steers_the_terminal(void **state)
{
	struct buf text = BUF_NULL;

	(void)state;
	human_text(&text, "\x1b[2J\x7f\xc2\x9b\xff\xc3\xa4\\", 11);
	assert_string_equal(buf_cstr(&text), "\\033[2J\\177\\302\\233\\377\xc3\xa4\\\\");
	buf_clear(&text);
	human_text(&text, "", 0);
	human_text(&text, "a \"b", 4);
	assert_string_equal(buf_cstr(&text), "\"\"\"a \\\"b\"");
	buf_deinit(&text);
}

static void summarised(struct buf *to, const char *const *events, size_t n)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };
	struct summary *s = NULL;

	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(summary_new(&s), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sample_add(&ev, events[i]), 0);
		assert_int_equal(describe_event(&d, in, &ev), 0);
		summary_add(s, &d);
	}
	buf_clear(to);
	summary_format(to, s, 100);
	summary_free(s);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void files_are_told_by_what_is_left(void **state)
{
	static const char *const events[] = {
		OPEN_W(PARENT_W PATH("1", "\"new\"", "CREATE")),
		OPEN_W(PATH("0", "\"new\"", "NORMAL")), /* still new */
		OPEN_W(PATH("0", "\"old\"", "NORMAL")),
		OPEN_W(PARENT_W PATH("1", "\"tmp\"", "CREATE")),
		UNLINK("\"tmp\""),
		UNLINK("\"gone\""),
		/* sed -i: written elsewhere, renamed over what was there */
		OPEN_W(PARENT_W PATH("1", "\"sed1\"", "CREATE")),
		RENAME("\"sed1\"") PATH("3", "\"edited\"", "DELETE")
			PATH("4", "\"edited\"", "CREATE"),
		RENAME("\"here\"") TO("\"there\""),
		RENAME("\"there\"") TO("\"end\""),
		UNLINK("\"back\""),
		OPEN_W(PARENT_W PATH("1", "\"back\"", "CREATE")),
	};
	struct buf text = BUF_NULL;

	(void)state;
	summarised(&text, events, sizeof(events) / sizeof(events[0]));
	assert_string_equal(buf_cstr(&text),
		"  files created           1  /srv/w/new\n"
		"  files changed           3  /srv/w/old, /srv/w/edited, /srv/w/back\n"
		"  files renamed           1  /srv/w/end\n"
		"  files deleted           1  /srv/w/gone\n"
		"  temporary files         1  /srv/w/tmp\n");
	buf_deinit(&text);
}

static void the_rest_is_counted(void **state)
{
	static const char *const events[] = {
		OK("59", "a0=1 a1=2 a2=3 a3=0") W PATH("0", "\"/bin/sh\"", "NORMAL"),
		OK("59", "a0=1 a1=2 a2=3 a3=0") W PATH("0", "\"/bin/sh\"", "NORMAL"),
		FAIL("257", "13", "a0=ffffff9c a1=1 a2=0 a3=0")
			W PATH("0", "\"/etc/shadow\"", "NORMAL"),
		FAIL("42", "115", "a0=3 a1=1 a2=10 a3=0")
			OTHER("SOCKADDR", "saddr=020000097F0000010000000000000000"),
		OK("62", "a0=4d2 a1=f a2=0 a3=0")
			OTHER("OBJ_PID", "opid=1234 oauid=-1 ouid=0 oses=-1 ocomm=\"nap\""),
		OK("105", "a0=0 a1=0 a2=0 a3=0"),
	};
	struct buf text = BUF_NULL;

	(void)state;
	summarised(&text, events, sizeof(events) / sizeof(events[0]));
	assert_string_equal(buf_cstr(&text),
		"  programs run            1  sh x2\n"
		"  failed accesses         1  /etc/shadow (EACCES)\n"
		"  network peers           1  127.0.0.1:9\n"
		"  identity changes        1  changed user to root\n"
		"  signals sent            1  nap[1234] with SIGTERM\n");
	buf_deinit(&text);
}

static void long_lists_end_with_a_count(void **state)
{
	static char lines[300][1024];
	const char *events[300];
	struct buf text = BUF_NULL;
	const char *nl;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		(void)snprintf(lines[i], sizeof(lines[i]),
			"%s%s%stype=PATH msg=" STAMP "item=1 name=\"file%zu\" nametype=CREATE\n",
			OK("257", "a0=ffffff9c a1=1 a2=241 a3=1a4"), W, PARENT_W, i);
		events[i] = lines[i];
	}
	summarised(&text, events, 300);
	nl = strchr(buf_cstr(&text), '\n');
	assert_int_equal(nl - text.data, (long)text.len - 1); /* one line */
	assert_true(text.len <= 101);
	assert_non_null(strstr(text.data, "files created         300  /srv/w/file0, "));
	assert_non_null(strstr(text.data, " more\n"));
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_read_well),
		cmocka_unit_test(other_users_are_named),
		cmocka_unit_test(arguments_are_cut_to_the_terminal),
		cmocka_unit_test(nothing_steers_the_terminal),
		cmocka_unit_test(files_are_told_by_what_is_left),
		cmocka_unit_test(the_rest_is_counted),
		cmocka_unit_test(long_lists_end_with_a_count),
	};

	(void)setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
