// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "kaudit_fixture.h"

/* ---- the words ---- */

static void words(void **state)
{
	static const struct {
		const char *text;
		uint32_t set;
	} rows[] = {
		{ "paths", EXTRA_PATHS },
		{ "time,args", EXTRA_TIME | EXTRA_ARGS },
		{ "paths,args,time,cgroup", EXTRA_ALL },
		{ "all", EXTRA_ALL },
		{ "all,time", EXTRA_ALL },
		{ "cgroup,cgroup", EXTRA_CGROUP },
		{ "none", EXTRA_NONE },
	};
	const char *bad;
	uint32_t set;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set = 99;
		assert_int_equal(
			extra_parse(rows[i].text, strlen(rows[i].text), &set, &bad, &len), 0);
		assert_int_equal(set, rows[i].set);
	}
	assert_string_equal(extra_words(), "paths, args, time, cgroup, all, none");
}

static void words_that_are_none(void **state)
{
	static const struct {
		const char *text, *bad;
	} rows[] = {
		{ "", "" },
		{ "path", "path" },
		{ "time,", "" },
		{ ",time", "" },
		{ "time,tim", "tim" },
		{ "TIME", "TIME" },
		{ "time none", "time none" },
		{ "none,time", "none" },
		{ "time,none", "none" },
	};
	const char *bad;
	uint32_t set;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set = 99;
		assert_int_equal(
			extra_parse(rows[i].text, strlen(rows[i].text), &set, &bad, &len), -EINVAL);
		assert_int_equal(len, strlen(rows[i].bad));
		assert_memory_equal(bad, rows[i].bad, len);
		assert_int_equal(set, 99);
	}
}

/* ---- the records ---- */

#define STAMP   "audit(1700000000.123:1): "
#define NO_CAPS " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"
#define STRICT_1                                                                                   \
	"[1300] " STAMP "arch=c000003e syscall=82 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 " \
	"ppid=100 pid=101 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "        \
	"fsgid=0 tty=(none) ses=4294967295 comm=\"demo\" exe=(null) key=(null)\n"                  \
	"[1307] " STAMP "cwd=\"/srv\"\n"                                                           \
	"[1302] " STAMP "item=0 name=\"d/\" inode=5 dev=fe:00 mode=040755 ouid=0 ogid=0 "          \
	"rdev=00:00 nametype=PARENT" NO_CAPS "\n"                                                  \
	"[1302] " STAMP "item=1 name=642F662067 nametype=CREATE" NO_CAPS "\n"
#define STRICT_2                                                                                   \
	"[1327] " STAMP "proctitle=\"(null)\"\n"                                                   \
	"[1320] " STAMP "\n"

/* A rename-like event: a PARENT, a hidden item, a child, with all that can be said beside. */
static void put_event(struct event_builder *b, bool has_extra)
{
	const struct evt_times times = {
		.sec = 1700000000, .nsec = 4567, .has_duration = 1, .duration_nsec = 89
	};
	const struct evt_namespaces namespaces = {
		.mnt = 1, .pid = 2, .net = 3, .user = 4, .ipc = 5, .uts = 6, .cgroup = 4026531835
	};
	struct event_path parent = builder_path_of("d/f", EVT_NAME_PARENT, 5, 040755),
			  hidden = builder_path_of(NULL, EVT_NAME_NORMAL, 6, 040755),
			  child = builder_path_of("d/f g", EVT_NAME_CREATE, 0, 0);
	struct evt_hdr hdr = builder_header(82, 0);

	parent.f.shown_len = 2;
	hidden.f.flags |= EVT_PATH_HIDDEN;
	if (has_extra) {
		hdr.args[4] = 0xfffffffffffffff4;
		hdr.args[5] = 0x1000;
		hdr.cgroup = 4711;
		parent.full = (struct view){ "/srv/d", 6 };
		hidden.full = (struct view){ "/never/shown", 12 };
		child.full = (struct view){ "/srv/d/f g", 10 };
	}
	builder_begin(b, &hdr);
	builder_text(b, EVT_ITEM_CWD, "/srv");
	event_put_path(&b->w, &parent);
	event_put_path(&b->w, &hidden);
	event_put_path(&b->w, &child);
	if (!has_extra)
		return;
	event_put_fd_path(&b->w, 3, "/var/log/x", 10);
	event_put_fd_path(&b->w, 4, "pipe:[12]", 9);
	event_put(&b->w, EVT_ITEM_TIMES, &times, sizeof(times));
	builder_text(b, EVT_ITEM_CGROUP, "/system.slice/docker-abc.scope");
	event_put(&b->w, EVT_ITEM_NAMESPACES, &namespaces, sizeof(namespaces));
}

static void begin(struct kaudit_fixture *f, uint32_t extra)
{
	fixture_init(f);
	fixture_add(f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
	kaudit_set_extra(f->audit, extra);
	assert_int_equal(kaudit_extra(f->audit), extra);
}

/* The records of put_event() with that switched on. */
static void assert_extra(uint32_t extra, const char *records)
{
	struct kaudit_fixture f;
	struct buf expected = BUF_NULL;

	begin(&f, extra);
	put_event(&f.b, true);
	fixture_feed(&f);
	buf_puts(&expected, STRICT_1);
	buf_puts(&expected, records);
	buf_puts(&expected, STRICT_2);
	assert_string_equal(fixture_log(&f), buf_cstr(&expected));
	buf_deinit(&expected);
	fixture_deinit(&f);
}

#define PATHS                                                                                      \
	"[1399] " STAMP "item=0 path=\"/srv/d\"\n"                                                 \
	"[1399] " STAMP "item=1 path=2F7372762F642F662067\n"                                       \
	"[1399] " STAMP "fd=3 path=\"/var/log/x\"\n"                                               \
	"[1399] " STAMP "fd=4 path=\"pipe:[12]\"\n"
#define ARGS "a4=fffffffffffffff4 a5=1000"
#define TIME "time=1700000000.000004567 duration_ns=89"
#define CGROUP                                                                                           \
	"cgroup=\"/system.slice/docker-abc.scope\" cgroup_id=4711 mnt_ns=1 pid_ns=2 net_ns=3 user_ns=4 " \
	"ipc_ns=5 uts_ns=6 cgroup_ns=4026531835"

static void each_part_by_itself(void **state)
{
	(void)state;
	assert_extra(EXTRA_NONE, "");
	assert_extra(EXTRA_PATHS, PATHS);
	assert_extra(EXTRA_ARGS, "[1399] " STAMP ARGS "\n");
	assert_extra(EXTRA_TIME, "[1399] " STAMP TIME "\n");
	assert_extra(EXTRA_CGROUP, "[1399] " STAMP CGROUP "\n");
	assert_extra(EXTRA_TIME | EXTRA_CGROUP, "[1399] " STAMP TIME " " CGROUP "\n");
	assert_extra(EXTRA_ALL, "[1399] " STAMP ARGS " " TIME " " CGROUP "\n" PATHS);
}

/* An event of a source that was not asked for more. */
static void what_is_not_known_is_not_said(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	begin(&f, EXTRA_ALL);
	put_event(&f.b, false);
	fixture_feed(&f);
	assert_string_equal(fixture_log(&f), STRICT_1 "[1399] " STAMP "a4=0 a5=0\n" STRICT_2);
	fixture_deinit(&f);
}

static void no_duration_without_return(void **state)
{
	const struct evt_times times = { .sec = 1, .nsec = 999999999 };
	struct evt_hdr hdr = builder_header(231, 0);
	struct kaudit_fixture f;
	const char *log;

	(void)state;
	begin(&f, EXTRA_TIME | EXTRA_CGROUP);
	hdr.flags = 0;
	builder_begin(&f.b, &hdr);
	event_put(&f.b.w, EVT_ITEM_TIMES, &times, sizeof(times));
	/* without an id, as of a hierarchy of version 1 */
	builder_text(&f.b, EVT_ITEM_CGROUP, "/a b");
	fixture_feed(&f);
	log = fixture_log(&f);
	assert_non_null(strstr(log, "\n[1399] " STAMP "time=1.999999999 cgroup=2F612062\n[1327] "));
	fixture_deinit(&f);
}

/* A rule of the exclude list switches them off as any other type, and takes nothing else away. */
static void can_be_excluded(void **state)
{
	struct audit_krule *rule;
	struct kaudit_fixture f;

	(void)state;
	begin(&f, EXTRA_ALL);
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, EXTRA_RECORD);
	fixture_add(&f, rule);
	put_event(&f.b, true);
	fixture_feed(&f);
	assert_string_equal(fixture_log(&f), STRICT_1 STRICT_2);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(words_that_are_none),
		cmocka_unit_test(each_part_by_itself),
		cmocka_unit_test(what_is_not_known_is_not_said),
		cmocka_unit_test(no_duration_without_return),
		cmocka_unit_test(can_be_excluded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
