// SPDX-License-Identifier: MIT
/* What is counted of rules: by the filters, by the records, across changes of the set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "kaudit_fixture.h"
#include "rule/rule_stats.h"

enum { GETPID = 39, KILL = 62, OPENAT = 257 };

static struct audit_krule *call_rule(uint32_t action, const char *key, unsigned nr)
{
	struct audit_krule *rule = fixture_rule(AUDIT_FILTER_EXIT, action, key);

	memset(rule->mask, 0, sizeof(rule->mask));
	rule_select(rule, nr);
	return rule;
}

static void call_of(struct kaudit_fixture *f, uint32_t arch, int32_t nr, uint32_t uid)
{
	struct evt_hdr hdr = builder_header(nr, 0);

	hdr.arch = arch;
	hdr.uid = uid;
	builder_begin(&f->b, &hdr);
	fixture_feed(f);
}

static void call(struct kaudit_fixture *f, int32_t nr, uint32_t uid)
{
	call_of(f, ABI_ARCH_X86_64, nr, uid);
}

static const struct rule_stats *stats_of(const struct kaudit_fixture *f, unsigned list, size_t i)
{
	assert_true(i < f->rules->n_rules[list]);
	return f->rules->lists[list][i]->stats;
}

static uint64_t evaluations_of(const struct kaudit_fixture *f, unsigned list, size_t i)
{
	return rule_set_evaluations(f->rules, f->rules->lists[list][i]);
}

#define EXIT_STATS(f, i) stats_of(f, AUDIT_FILTER_EXIT, i)
#define EXIT_ASKED(f, i) evaluations_of(f, AUDIT_FILTER_EXIT, i)

/* Bytes of the log's records as lines: the fixture writes [1300] where a log has type=SYSCALL msg=. */
static uint64_t line_bytes(struct kaudit_fixture *f, uint64_t *ret_records)
{
	uint64_t bytes = 0;
	char fallback[20];

	*ret_records = 0;
	for (const char *at = fixture_log(f), *end; *at; at = end + 1) {
		uint32_t type = (uint32_t)atoi(at + 1);

		end = strchr(at, '\n');
		if (type == AUDIT_EOE)
			continue;
		++*ret_records;
		bytes += strlen("type= msg=") + strlen(record_type_name(type, fallback)) +
			 (size_t)(end - at) - strlen("[1300] ") + 1;
	}
	return bytes;
}

static void who_decides_is_counted(void **state)
{
	struct kaudit_fixture f;
	uint64_t bytes, records;
	struct audit_krule *rule;

	(void)state;
	fixture_init(&f);
	rule = call_rule(AUDIT_NEVER, "not-7", OPENAT);
	rule_field(rule, AUDIT_UID, AUDIT_EQUAL, 7);
	fixture_add(&f, rule);
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "opens", OPENAT));
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "kills", KILL));
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "late", OPENAT));
	for (uint32_t uid = 0; uid < 10; uid++)
		call(&f, OPENAT, uid);
	call(&f, GETPID, 0);
	bytes = line_bytes(&f, &records);

	assert_int_equal(EXIT_STATS(&f, 0)->hits, 1);
	assert_int_equal(EXIT_STATS(&f, 0)->records, 0);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 9);
	assert_int_equal(EXIT_STATS(&f, 1)->events, 9);
	assert_int_equal(EXIT_STATS(&f, 1)->records, records);
	assert_int_equal(EXIT_STATS(&f, 1)->bytes, bytes);
	assert_int_equal(EXIT_STATS(&f, 1)->last_sec, BUILDER_TIME_SEC);
	assert_int_equal(EXIT_STATS(&f, 2)->hits, 0);
	assert_int_equal(EXIT_STATS(&f, 3)->hits, 0);
	assert_int_equal(EXIT_ASKED(&f, 0), 10);
	assert_int_equal(EXIT_ASKED(&f, 1), 10);
	assert_int_equal(EXIT_ASKED(&f, 2), 0);
	assert_int_equal(EXIT_ASKED(&f, 3), 10);
	assert_int_equal(kaudit_stats(f.audit)->events_matched, 10);
	assert_int_equal(kaudit_stats(f.audit)->bytes, bytes);
	assert_int_equal(kaudit_stats(f.audit)->lines_no_rule, 0);
	fixture_deinit(&f);
}

/* The time of an event goes to the rule that decided it, and to none if none did. */
static void time_goes_to_who_decided(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "opens", OPENAT));
	call(&f, OPENAT, 0);
	kaudit_note_time(f.audit, 100);
	call(&f, OPENAT, 0);
	kaudit_note_time(f.audit, 300);
	call(&f, GETPID, 0);
	kaudit_note_time(f.audit, 1000);
	assert_int_equal(EXIT_STATS(&f, 0)->time_ns, 400);
	assert_int_equal(EXIT_STATS(&f, 0)->n_timed, 2);
	assert_int_equal(kaudit_stats(f.audit)->time_ns, 1400);
	/* the rule may be gone by the time that the clock is read */
	call(&f, OPENAT, 0);
	rule_set_clear(f.rules);
	kaudit_note_time(f.audit, 1);
	fixture_deinit(&f);
}

/* A watch that stands higher overrules: the event is the watch's, once. */
static void overruled_rules_have_no_hit(void **state)
{
	struct evt_hdr hdr = builder_header(OPENAT, 3);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_watch("/srv/w", AUDIT_NEVER, "w"));
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "opens", OPENAT));
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w", 8, NULL);
	builder_begin(&f.b, &hdr);
	builder_path(&f.b, "w", EVT_NAME_NORMAL, 8, 0100644);
	fixture_feed(&f);
	assert_int_equal(EXIT_STATS(&f, 0)->hits, 1);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 0);
	assert_int_equal(f.n_records, 0);
	fixture_deinit(&f);
}

static void machines_are_told_apart(void **state)
{
	static const struct {
		uint32_t op, arch;
		uint64_t asked;
	} rows[] = {
		{ AUDIT_EQUAL, ABI_ARCH_X86_64, 1 },
		{ AUDIT_EQUAL, ABI_ARCH_I386, 10 },
		{ AUDIT_EQUAL, ABI_ARCH_AARCH64, 100 },
		{ AUDIT_NOT_EQUAL, ABI_ARCH_X86_64, 110 },
		{ AUDIT_NOT_EQUAL, ABI_ARCH_AARCH64, 111 },
		{ 0, 0, 111 },
	};
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct audit_krule *rule = call_rule(AUDIT_ALWAYS, NULL, OPENAT);

		rule_select(rule, KILL);
		if (rows[i].op)
			rule_field(rule, AUDIT_ARCH, rows[i].op, rows[i].arch);
		fixture_add(&f, rule);
	}
	call_of(&f, ABI_ARCH_X86_64, KILL, 0);
	for (int i = 0; i < 10; i++)
		call_of(&f, ABI_ARCH_I386, i % 2 ? KILL : OPENAT, 0);
	rule_set_note_calls(f.rules, AUDIT_FILTER_EXIT, ABI_ARCH_AARCH64, OPENAT, 100);
	/* an operation is no system call, and numbers that no rule can name count for nobody */
	rule_set_note_calls(f.rules, AUDIT_FILTER_URING_EXIT, 0, OPENAT, 1000);
	rule_set_note_calls(f.rules, AUDIT_FILTER_EXIT, ABI_ARCH_X86_64, -1, 1000);
	rule_set_note_calls(f.rules, AUDIT_FILTER_EXIT, ABI_ARCH_X86_64, RULE_SYSCALLS, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(EXIT_ASKED(&f, i), rows[i].asked);
	fixture_deinit(&f);
}

static void other_lists(void **state)
{
	struct evt_hdr hdr = builder_header(OPENAT, 3);
	struct kaudit_fixture f;
	struct audit_krule *rule;
	const struct event *ev;

	(void)state;
	fixture_init(&f);
	rule = fixture_rule(AUDIT_FILTER_USER, AUDIT_NEVER, NULL);
	rule_field(rule, AUDIT_UID, AUDIT_EQUAL, 0);
	fixture_add(&f, rule);
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_NEVER, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, AUDIT_CWD);
	fixture_add(&f, rule);
	rule = fixture_rule(AUDIT_FILTER_FS, AUDIT_NEVER, NULL);
	rule_field(rule, AUDIT_FSTYPE, AUDIT_EQUAL, 0x9fa0);
	fixture_add(&f, rule);
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "opens", OPENAT));
	builder_begin(&f.b, &hdr);
	builder_text(&f.b, EVT_ITEM_CWD, "/srv");
	builder_path(&f.b, "a", EVT_NAME_NORMAL, 8, 0100644);
	{
		struct event_path p = builder_path_of("b", EVT_NAME_NORMAL, 9, 0100644);

		p.f.fs_magic = 0x9fa0;
		event_put_path(&f.b.w, &p);
	}
	ev = builder_done(&f.b);
	assert_false(kaudit_filter_user(f.rules, ev, 1100));
	assert_int_equal(kaudit_feed(f.audit, ev), 0);
	assert_int_equal(stats_of(&f, AUDIT_FILTER_USER, 0)->hits, 1);
	assert_int_equal(evaluations_of(&f, AUDIT_FILTER_USER, 0), 1);
	assert_int_equal(stats_of(&f, AUDIT_FILTER_FS, 0)->hits, 1);
	assert_int_equal(evaluations_of(&f, AUDIT_FILTER_FS, 0), 2);
	/* SYSCALL, CWD, PATH, PATH, EOE: of the second name only the string is left */
	assert_int_equal(stats_of(&f, AUDIT_FILTER_EXCLUDE, 0)->hits, 1);
	assert_int_equal(evaluations_of(&f, AUDIT_FILTER_EXCLUDE, 0), f.n_records + 1);
	assert_int_equal(kaudit_stats(f.audit)->records_excluded, 1);
	fixture_deinit(&f);
}

/* The task list decides once; what its tasks do is written because of it, also when it is gone. */
static void tasks(void **state)
{
	struct evt_hdr hdr = builder_header(0, 0);
	struct kaudit_fixture f;
	struct rule_stats *kept;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_TASK, AUDIT_ALWAYS, "all"));
	fixture_add(&f, call_rule(AUDIT_NEVER, "no-opens", OPENAT));
	hdr.kind = EVT_TASK_NEW;
	builder_begin(&f.b, &hdr);
	fixture_feed(&f);
	call(&f, OPENAT, 0);
	call(&f, KILL, 0);
	kept = rule_stats_ref(f.rules->lists[AUDIT_FILTER_TASK][0]->stats);
	assert_int_equal(kept->hits, 1);
	assert_int_equal(kept->events, 2);
	assert_true(kept->records >= 2);
	assert_int_equal(evaluations_of(&f, AUDIT_FILTER_TASK, 0), 1);
	/* it was the task list's to decide: no other rule was asked */
	assert_int_equal(EXIT_STATS(&f, 0)->hits, 0);
	assert_int_equal(EXIT_ASKED(&f, 0), 0);
	rule_set_clear(f.rules);
	fixture_add(&f, call_rule(AUDIT_NEVER, "no-opens", OPENAT));
	call(&f, OPENAT, 0);
	assert_int_equal(kept->events, 3);
	(void)rule_stats_unref(kept);
	fixture_deinit(&f);
}

static void io_uring(void **state)
{
	static const struct evt_uringop ops[] = { { .op = 18 }, { .op = 18 }, { .op = 19 } };
	struct evt_hdr hdr = builder_header(426, 3);
	struct kaudit_fixture f;
	struct audit_krule *rule;
	uint64_t bytes, records;

	(void)state;
	fixture_init(&f);
	for (unsigned op = 18; op < 20; op++) {
		rule = fixture_rule(AUDIT_FILTER_URING_EXIT, AUDIT_ALWAYS, "u");
		memset(rule->mask, 0, sizeof(rule->mask));
		rule_select(rule, op);
		fixture_add(&f, rule);
	}
	builder_begin(&f.b, &hdr);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		event_put(&f.b.w, EVT_ITEM_URINGOP, &ops[i], sizeof(ops[i]));
	fixture_feed(&f);
	bytes = line_bytes(&f, &records);
	/* the first operation has the whole call recorded; one event, one hit */
	assert_int_equal(stats_of(&f, AUDIT_FILTER_URING_EXIT, 0)->hits, 1);
	assert_int_equal(stats_of(&f, AUDIT_FILTER_URING_EXIT, 0)->records, records);
	assert_int_equal(stats_of(&f, AUDIT_FILTER_URING_EXIT, 0)->bytes, bytes);
	assert_int_equal(stats_of(&f, AUDIT_FILTER_URING_EXIT, 1)->hits, 0);
	fixture_deinit(&f);
}

/* A source that evaluates rules by itself says what it does not hand over. */
static void passed_over_by_the_source(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, call_rule(AUDIT_NEVER, "not", OPENAT));
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "kills", KILL));
	kaudit_note_calls(f.audit, ABI_ARCH_X86_64, OPENAT, 7);
	kaudit_note_calls(f.audit, ABI_ARCH_X86_64, KILL, 2);
	kaudit_note_never(f.audit, 0, 5);
	kaudit_note_never(f.audit, 2, 100); /* no such rule */
	assert_int_equal(EXIT_STATS(&f, 0)->hits, 5);
	assert_int_equal(EXIT_ASKED(&f, 0), 7);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 0);
	assert_int_equal(EXIT_ASKED(&f, 1), 2);
	assert_int_equal(kaudit_stats(f.audit)->events_matched, 5);
	assert_int_equal(kaudit_stats(f.audit)->events_passed, 9);
	assert_int_equal(kaudit_stats(f.audit)->events_seen, 0);
	fixture_deinit(&f);
}

/* Others come and go; a rule that stays has its counters, one that comes again begins anew. */
static void changes_of_the_set(void **state)
{
	struct kaudit_fixture f;
	struct rule_set *copy;
	struct audit_krule *same;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "opens", OPENAT));
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "kills", KILL));
	call(&f, OPENAT, 0);
	call(&f, KILL, 0);
	/* what comes late was not asked before */
	fixture_add(&f, call_rule(AUDIT_ALWAYS, "late", OPENAT));
	assert_int_equal(EXIT_ASKED(&f, 2), 0);
	call(&f, OPENAT, 0);
	assert_int_equal(EXIT_ASKED(&f, 2), 1);
	assert_int_equal(EXIT_ASKED(&f, 0), 2);

	/* a copy that is changed while the set goes on counting, and takes its place */
	assert_int_equal(rule_set_clone(&copy, f.rules), 0);
	same = call_rule(AUDIT_ALWAYS, "late", OPENAT);
	assert_int_equal(rule_set_delete(copy, same), 0);
	krule_free(same);
	assert_int_equal(rule_set_add(copy, call_rule(AUDIT_ALWAYS, "new", OPENAT)), 0);
	call(&f, OPENAT, 0);
	rule_set_swap(f.rules, copy);
	rule_set_free(copy);
	call(&f, OPENAT, 0);
	assert_int_equal(EXIT_STATS(&f, 0)->hits, 4);
	assert_int_equal(EXIT_ASKED(&f, 0), 4);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 1);
	assert_int_equal(EXIT_STATS(&f, 2)->hits, 0);
	assert_int_equal(EXIT_ASKED(&f, 2), 1);

	/* a set that was read anew: the same rule in another place */
	assert_int_equal(rule_set_new(&copy), 0);
	assert_int_equal(rule_set_add(copy, call_rule(AUDIT_ALWAYS, "other", GETPID)), 0);
	assert_int_equal(rule_set_add(copy, call_rule(AUDIT_ALWAYS, "kills", KILL)), 0);
	assert_int_equal(rule_set_add(copy, call_rule(AUDIT_ALWAYS, "opens", OPENAT)), 0);
	rule_set_swap(f.rules, copy);
	rule_set_free(copy);
	assert_int_equal(EXIT_STATS(&f, 0)->hits, 0);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 1);
	assert_int_equal(EXIT_STATS(&f, 2)->hits, 4);
	assert_int_equal(EXIT_ASKED(&f, 2), 4);

	same = call_rule(AUDIT_ALWAYS, "opens", OPENAT);
	assert_int_equal(rule_set_delete(f.rules, same), 0);
	fixture_add(&f, same);
	assert_int_equal(EXIT_STATS(&f, 2)->hits, 0);
	assert_int_equal(EXIT_ASKED(&f, 2), 0);

	rule_set_reset_stats(f.rules);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 0);
	call(&f, KILL, 0);
	assert_int_equal(EXIT_STATS(&f, 1)->hits, 1);
	assert_int_equal(EXIT_ASKED(&f, 1), 1);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_decides_is_counted),
		cmocka_unit_test(time_goes_to_who_decided),
		cmocka_unit_test(overruled_rules_have_no_hit),
		cmocka_unit_test(machines_are_told_apart),
		cmocka_unit_test(other_lists),
		cmocka_unit_test(tasks),
		cmocka_unit_test(io_uring),
		cmocka_unit_test(passed_over_by_the_source),
		cmocka_unit_test(changes_of_the_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
