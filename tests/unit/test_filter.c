// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/macros.h"
#include "kaudit_fixture.h"

#define WATCHED 8 /* inode */

/* An open of the watched file. */
static void open_watched(struct kaudit_fixture *f, uint32_t tid)
{
	struct evt_hdr hdr = builder_header(257, 3);

	hdr.tid = hdr.tgid = tid;
	builder_begin(&f->b, &hdr);
	builder_text(&f->b, EVT_ITEM_CWD, "/srv");
	builder_path(&f->b, "w", EVT_NAME_NORMAL, WATCHED, 0100644);
	fixture_feed(f);
}

/* The key of the one event in the log, without " key="; "" when nothing was recorded. */
static const char *recorded_key(struct kaudit_fixture *f)
{
	static char key[64];
	const char *at = strstr(fixture_log(f), " key="), *end;

	key[0] = '\0';
	if (at) {
		at += strlen(" key=");
		end = strchr(at, '\n');
		assert_true(end && (size_t)(end - at) < sizeof(key));
		memcpy(key, at, (size_t)(end - at));
		key[end - at] = '\0';
	}
	return key;
}

enum kind { EXIT, WATCH };

struct rule_row {
	enum kind kind;
	uint32_t action;
	const char *key;
	bool prepend;
};

/* The combinations of spec kernel 6.5: what is recorded of a syscall that both rules match. */
static const struct {
	struct rule_row first, then;
	const char *key; /* "": nothing */
} combinations[] = {
	{ { EXIT, AUDIT_NEVER }, { EXIT, AUDIT_ALWAYS }, "" },
	{ { EXIT, AUDIT_ALWAYS }, { EXIT, AUDIT_NEVER }, "(null)" },
	{ { EXIT, AUDIT_ALWAYS, "s" }, { WATCH, AUDIT_ALWAYS, "w" }, "\"s\"" },
	{ { WATCH, AUDIT_ALWAYS, "w" }, { EXIT, AUDIT_ALWAYS, "s" }, "\"w\"" },
	{ { WATCH, AUDIT_ALWAYS }, { EXIT, AUDIT_NEVER }, "(null)" },
	{ { EXIT, AUDIT_NEVER }, { WATCH, AUDIT_ALWAYS }, "" },
	{ { WATCH, AUDIT_NEVER }, { EXIT, AUDIT_ALWAYS }, "" },
	{ { EXIT, AUDIT_ALWAYS }, { WATCH, AUDIT_NEVER }, "(null)" },
	{ { EXIT, AUDIT_ALWAYS }, { EXIT, AUDIT_ALWAYS, "k2" }, "(null)" },
	/* here the kernel answers "s", the key of the rule that lost */
	{ { WATCH, AUDIT_ALWAYS }, { EXIT, AUDIT_ALWAYS, "s" }, "(null)" },
	{ { EXIT, AUDIT_ALWAYS, "k1" }, { EXIT, AUDIT_ALWAYS, "k2", true }, "\"k2\"" },
	{ { WATCH, AUDIT_ALWAYS, "w1" }, { WATCH, AUDIT_ALWAYS, "w2" }, "\"w1\"" },
	{ { WATCH, AUDIT_ALWAYS, "w1" }, { WATCH, AUDIT_ALWAYS, "w2", true }, "\"w2\"" },
};

static void add_row(struct kaudit_fixture *f, const struct rule_row *row)
{
	struct audit_krule *rule = row->kind == WATCH
					   ? fixture_watch("/srv/w", row->action, row->key)
					   : fixture_rule(AUDIT_FILTER_EXIT, row->action, row->key);

	rule->prepend = row->prepend;
	fixture_add(f, rule);
}

static void first_in_order_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(combinations); i++) {
		struct kaudit_fixture f;
		const char *key;

		fixture_init(&f);
		add_row(&f, &combinations[i].first);
		add_row(&f, &combinations[i].then);
		fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", WATCHED, NULL);
		open_watched(&f, 101);
		key = recorded_key(&f);
		if (strcmp(key, combinations[i].key) != 0)
			fail_msg("combination %zu: %s", i, key);
		fixture_deinit(&f);
	}
}

static void exit_rules_need_their_bit(void **state)
{
	struct audit_krule *rule = fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	memset(rule->mask, 0, sizeof(rule->mask));
	rule_select(rule, 2);
	fixture_add(&f, rule);
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");
	fixture_deinit(&f);
}

/* Rules of the io_uring list are not about syscalls, whatever their numbers are. */
static void uring_rules_do_not_select(void **state)
{
	struct audit_krule *watch = fixture_watch("/srv/w", AUDIT_ALWAYS, NULL);
	struct kaudit_fixture f;

	(void)state;
	watch->list = AUDIT_FILTER_URING_EXIT;
	fixture_init(&f);
	fixture_add(&f, watch);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_URING_EXIT, AUDIT_ALWAYS, NULL));
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", WATCHED, NULL);
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");
	fixture_deinit(&f);
}

/* The items decide before the order of the rules does: it is the first item that a rule matches which ends it. */
static void items_before_rules(void **state)
{
	struct evt_hdr hdr = builder_header(82, 0);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_watch("/srv/a", AUDIT_ALWAYS, "a"));
	fixture_add(&f, fixture_watch("/srv/b", AUDIT_ALWAYS, "b"));
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/a", 1, NULL);
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/b", 2, NULL);
	builder_begin(&f.b, &hdr);
	builder_path(&f.b, "b", EVT_NAME_DELETE, 2, 0100644);
	builder_path(&f.b, "a", EVT_NAME_DELETE, 1, 0100644);
	fixture_feed(&f);
	assert_string_equal(recorded_key(&f), "\"b\"");
	fixture_deinit(&f);
}

/* The event that takes a file away from its watch is still seen by it, the next one is not. */
static void marks_move_with_events(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_watch("/srv/w", AUDIT_ALWAYS, "w"));
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", WATCHED, NULL);
	fixture_bind(&f, EVT_MARK_WATCH, "/no/such/rule", 9, NULL);
	open_watched(&f, 101);
	assert_string_equal(recorded_key(&f), "\"w\"");
	open_watched(&f, 101);
	assert_string_equal(recorded_key(&f), "\"w\"");
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", 0, NULL);
	open_watched(&f, 101);
	assert_string_equal(recorded_key(&f), "\"w\"");
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");

	/* A source tells of an event that came late: what was bound then, and what is now. */
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", 99, NULL);
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", WATCHED, NULL);
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", 99, NULL);
	open_watched(&f, 101);
	assert_string_equal(recorded_key(&f), "\"w\"");
	open_watched(&f, 101);
	assert_string_equal(fixture_log(&f), "");
	fixture_deinit(&f);
}

static void task_event(struct kaudit_fixture *f, enum evt_kind kind, uint32_t tid, uint32_t forker)
{
	struct evt_hdr hdr = builder_header(56, 0);

	hdr.kind = (uint16_t)kind;
	hdr.tid = hdr.tgid = tid;
	hdr.ppid = forker;
	builder_begin(&f->b, &hdr);
	fixture_feed(f);
}

static void task_list(void **state)
{
	struct audit_krule *rule;
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	rule = fixture_rule(AUDIT_FILTER_TASK, AUDIT_NEVER, NULL);
	rule_field(rule, AUDIT_PID, AUDIT_EQUAL, 10);
	fixture_add(&f, rule);
	rule = fixture_rule(AUDIT_FILTER_TASK, AUDIT_ALWAYS, "task");
	rule_field(rule, AUDIT_PID, AUDIT_EQUAL, 20);
	fixture_add(&f, rule);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_NEVER, "exit"));

	task_event(&f, EVT_TASK_NEW, 1001, 10);
	task_event(&f, EVT_TASK_NEW, 1002, 20);
	task_event(&f, EVT_TASK_NEW, 1003, 30);
	open_watched(&f, 1001);
	assert_string_equal(recorded_key(&f), "");
	open_watched(&f, 1002); /* no exit rule changes verdict or key */
	assert_string_equal(recorded_key(&f), "\"task\"");
	open_watched(&f, 1003);
	assert_string_equal(recorded_key(&f), "");

	rule_set_clear(f.rules); /* no rules that count: contexts are dummies */
	open_watched(&f, 1002);
	assert_string_equal(recorded_key(&f), "");
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "exit"));
	open_watched(&f, 1001); /* for life */
	assert_string_equal(recorded_key(&f), "");
	open_watched(&f, 1002);
	assert_string_equal(recorded_key(&f), "\"task\"");
	open_watched(&f, 1003);
	assert_string_equal(recorded_key(&f), "\"exit\"");

	task_event(&f, EVT_TASK_FREE, 1001, 0); /* the numbers may be used again */
	open_watched(&f, 1001);
	assert_string_equal(recorded_key(&f), "\"exit\"");
	task_event(&f, EVT_TASK_NEW, 1002, 30);
	open_watched(&f, 1002);
	assert_string_equal(recorded_key(&f), "\"exit\"");
	fixture_deinit(&f);
}

/* More tasks than the table begins with, in and out. */
static void many_tasks(void **state)
{
	struct audit_krule *rule = fixture_rule(AUDIT_FILTER_TASK, AUDIT_ALWAYS, NULL);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	rule_field(rule, AUDIT_PID, AUDIT_BIT_MASK, 1);
	fixture_add(&f, rule);
	for (int round = 0; round < 2; round++) {
		for (uint32_t tid = 1; tid <= 1000; tid++)
			task_event(&f, EVT_TASK_NEW, tid, tid);
		for (uint32_t tid = 1; tid <= 1000; tid++) {
			open_watched(&f, tid);
			assert_int_equal(f.n_records != 0, tid & 1);
			(void)fixture_log(&f);
		}
		for (uint32_t tid = 1; round == 0 && tid <= 1000; tid++)
			task_event(&f, EVT_TASK_FREE, tid, 0);
		if (round == 1)
			kaudit_forget_tasks(f.audit);
		open_watched(&f, 1);
		assert_int_equal(f.n_records, 0);
	}
	fixture_deinit(&f);
}

static struct audit_krule *type_rule(
	uint32_t list, uint32_t action, uint32_t op, uint32_t type, const char *key)
{
	struct audit_krule *rule = fixture_rule(list, action, key);

	rule_field(rule, AUDIT_MSGTYPE, op, type);
	return rule;
}

static void exclude_list(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
	fixture_add(&f, type_rule(AUDIT_FILTER_EXCLUDE, AUDIT_NEVER, AUDIT_EQUAL, AUDIT_CWD, NULL));
	fixture_add(
		&f, type_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, AUDIT_EQUAL, AUDIT_EOE, "key"));
	open_watched(&f, 101);
	assert_int_equal(f.n_records, 3); /* SYSCALL, PATH, PROCTITLE */
	assert_int_equal(kaudit_stats(f.audit)->records_excluded, 2);
	assert_null(strstr(fixture_log(&f), "cwd="));

	/* Without SYSCALL there is no event, and no serial is drawn for it. */
	fixture_add(
		&f, type_rule(AUDIT_FILTER_EXCLUDE, AUDIT_NEVER, AUDIT_EQUAL, AUDIT_SYSCALL, NULL));
	open_watched(&f, 101);
	assert_int_equal(f.n_records, 0);
	rule_set_clear(f.rules);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
	open_watched(&f, 101);
	assert_non_null(strstr(fixture_log(&f), "audit(1700000000.123:2): arch="));
	assert_int_equal(kaudit_stats(f.audit)->events_seen, 3);
	assert_int_equal(kaudit_stats(f.audit)->events_recorded, 2);
	fixture_deinit(&f);
}

/* Spec kernel 6.6: in order, the first match decides, a field that is not understood ends it. */
static void simple_lists(void **state)
{
	struct audit_krule *rule;
	struct kaudit_fixture f;
	struct evt_hdr hdr = builder_header(1, 0);
	const struct event *ev;

	(void)state;
	fixture_init(&f);
	builder_begin(&f.b, &hdr);
	ev = builder_done(&f.b);
	assert_true(kaudit_filter_user(f.rules, ev, 1100));
	assert_false(kaudit_filter_exclude(f.rules, ev, 1100));

	fixture_add(&f, type_rule(AUDIT_FILTER_USER, AUDIT_NEVER, AUDIT_EQUAL, 1100, "k"));
	fixture_add(&f, type_rule(AUDIT_FILTER_USER, AUDIT_ALWAYS, AUDIT_EQUAL, 1101, NULL));
	fixture_add(&f,
		type_rule(AUDIT_FILTER_USER, AUDIT_NEVER, AUDIT_GREATER_THAN_OR_EQUAL, 1101, NULL));
	assert_false(kaudit_filter_user(f.rules, ev, 1100));
	assert_true(kaudit_filter_user(f.rules, ev, 1101));
	assert_false(kaudit_filter_user(f.rules, ev, 1102));
	assert_true(kaudit_filter_user(f.rules, ev, 1099));

	rule = fixture_rule(AUDIT_FILTER_USER, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_EUID, AUDIT_EQUAL, 12345);
	rule->prepend = true;
	fixture_add(&f, rule);
	assert_true(kaudit_filter_user(f.rules, ev, 1100));

	fixture_add(&f, type_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, AUDIT_EQUAL, 1302, NULL));
	assert_true(kaudit_filter_exclude(f.rules, ev, 1302));
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_EUID, AUDIT_EQUAL, 0);
	rule->prepend = true;
	fixture_add(&f, rule);
	assert_false(kaudit_filter_exclude(f.rules, ev, 1302));
	fixture_deinit(&f);
}

static void put_on_fs(
	struct kaudit_fixture *f, const char *name, uint8_t nametype, uint64_t ino, uint32_t magic)
{
	struct event_path path = builder_path_of(name, nametype, ino, ino ? 0100644 : 0);

	path.f.fs_magic = magic;
	path.f.uid = 77;
	event_put_path(&f->b.w, &path);
}

static void filesystem_list(void **state)
{
	struct audit_krule *never = fixture_rule(AUDIT_FILTER_FS, AUDIT_NEVER, NULL), *rule;
	struct evt_hdr hdr = builder_header(82, 0);
	struct kaudit_fixture f;
	const char *log;

	(void)state;
	fixture_init(&f);
	rule_field(never, AUDIT_FSTYPE, AUDIT_EQUAL, 0x9fa0);
	fixture_add(&f, never);
	rule = fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL);
	fixture_add(&f, rule);
	builder_begin(&f.b, &hdr);
	put_on_fs(&f, "proc/d/new", EVT_NAME_PARENT, 1, 0x9fa0);
	put_on_fs(&f, "/srv/old", EVT_NAME_PARENT, 2, 0xef53);
	put_on_fs(&f, "/srv/old", EVT_NAME_DELETE, 3, 0xef53);
	put_on_fs(&f, "proc/d/new", EVT_NAME_CREATE, 0, 0);
	put_on_fs(&f, NULL, EVT_NAME_NORMAL, 4, 0x9fa0);
	put_on_fs(&f, "proc/x", EVT_NAME_NORMAL, 5, 0x9fa0);
	fixture_feed(&f);
	log = fixture_log(&f);
	assert_non_null(strstr(log, " items=4 "));
	assert_non_null(strstr(log, ": item=0 name=\"proc/d/new\" nametype=UNKNOWN cap_fp=0 "));
	assert_non_null(strstr(log, ": item=1 name=\"/srv/old\" inode=2 "));
	assert_non_null(strstr(log, ": item=2 name=\"/srv/old\" inode=3 "));
	assert_non_null(strstr(log, ": item=3 name=\"proc/x\" nametype=UNKNOWN "));

	/* Rules do not see what was filtered away. */
	rule_field(rule, AUDIT_INODE, AUDIT_EQUAL, 5);
	fixture_feed(&f);
	assert_string_equal(fixture_log(&f), "");
	never->action = AUDIT_ALWAYS; /* which means nothing on this list */
	fixture_feed(&f);
	assert_non_null(strstr(fixture_log(&f), " items=6 "));
	fixture_deinit(&f);
}

static void sink_errors_stop_the_event(void **state)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
	f.sink_result = -ENOSPC;
	builder_begin(&f.b, &hdr);
	assert_int_equal(kaudit_feed(f.audit, builder_done(&f.b)), -ENOSPC);
	assert_int_equal(f.n_records, 1);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_in_order_decides),
		cmocka_unit_test(exit_rules_need_their_bit),
		cmocka_unit_test(uring_rules_do_not_select),
		cmocka_unit_test(items_before_rules),
		cmocka_unit_test(marks_move_with_events),
		cmocka_unit_test(task_list),
		cmocka_unit_test(many_tasks),
		cmocka_unit_test(exclude_list),
		cmocka_unit_test(simple_lists),
		cmocka_unit_test(filesystem_list),
		cmocka_unit_test(sink_errors_stop_the_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
