// SPDX-License-Identifier: MIT
/* CONTROL_RULE_STATS and CONTROL_COST: what is answered, and what begins anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "control_fixture.h"

static _Alignas(8) unsigned char wire[8192];

static void add(struct control_fixture *f, uint32_t list, uint32_t action, const char *key)
{
	request(f, AUDIT_ADD_RULE, wire, wire_rule(wire, list, action, key));
	(void)transcript(f);
}

static void ask(struct control_fixture *f, uint32_t flags)
{
	const struct control_stats_request r = { .flags = flags };

	f->seq = 0;
	request(f, CONTROL_RULE_STATS, &r, sizeof(r));
}

/* The fixture keeps the last payload that is not empty. */
static struct control_rule_stats of_last_rule(struct control_fixture *f)
{
	struct control_rule_stats s;

	ask(f, 0);
	memcpy(&s, f->payload, sizeof(s));
	return s;
}

static void feed(struct control_fixture *f, unsigned n)
{
	struct evt_hdr hdr = builder_header(257, 3);
	struct event_builder b = { 0 };

	hdr.source = RECORD_SOURCE_USER; /* as the fixture expects of records */
	for (unsigned i = 0; i < n; i++) {
		builder_begin(&b, &hdr);
		assert_int_equal(kaudit_feed(f->audit, builder_done(&b)), 0);
	}
	builder_deinit(&b);
	(void)transcript(f);
}

static void an_answer_for_each_rule(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	ask(&f, 0);
	assert_string_equal(transcript(&f), "A: 1089 flags=2 seq=1 +112\nA: 3 flags=2 seq=1 +0\n");
	add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k");
	add(&f, AUDIT_FILTER_EXIT, AUDIT_NEVER, NULL);
	ask(&f, 0);
	/* the rule as it is listed, and behind it what became of it */
	assert_string_equal(transcript(&f),
		"A: 1089 flags=2 seq=1 +112\n"
		"A: 1013 flags=2 seq=1 +1041\nA: 1089 flags=2 seq=1 +64\n"
		"A: 1013 flags=2 seq=1 +1040\nA: 1089 flags=2 seq=1 +64\n"
		"A: 3 flags=2 seq=1 +0\n");
	control_fixture_deinit(&f);
}

static void counts(void **state)
{
	struct control_rule_stats s;
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k");
	feed(&f, 3);
	kaudit_note_time(f.audit, 500);
	s = of_last_rule(&f);
	(void)transcript(&f);
	assert_int_equal(s.hits, 3);
	assert_int_equal(s.events, 3);
	assert_int_equal(s.evaluations, 3);
	assert_true(s.records >= 3 && s.bytes > s.records);
	assert_int_equal(s.time_ns, 500);
	assert_int_equal(s.n_timed, 1);
	assert_int_equal(s.last_sec, BUILDER_TIME_SEC);

	/* what is told is told before it begins anew, and that is a change like others */
	ask(&f, CONTROL_STATS_RESET);
	assert_string_equal(transcript(&f),
		"[1305] " SESSION " op=reset_rule_stats res=1\n"
		"A: 1089 flags=2 seq=1 +112\n"
		"A: 1013 flags=2 seq=1 +1041\nA: 1089 flags=2 seq=1 +64\n"
		"A: 3 flags=2 seq=1 +0\n");
	memcpy(&s, f.payload, sizeof(s));
	assert_int_equal(s.hits, 3);
	s = of_last_rule(&f);
	assert_int_equal(s.hits + s.events + s.evaluations + s.records + s.bytes + s.n_timed, 0);
	feed(&f, 2);
	s = of_last_rule(&f);
	assert_int_equal(s.hits, 2);
	assert_int_equal(s.evaluations, 2);
	control_fixture_deinit(&f);
}

/* Without a rule the last payload is that of all together. */
static void all_together(void **state)
{
	struct control_fixture f;
	struct control_stats all;

	(void)state;
	control_fixture_init(&f);
	add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k");
	feed(&f, 3);
	request(&f, AUDIT_DEL_RULE, wire, wire_rule(wire, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k"));
	request(&f, AUDIT_USER, "hello", 6);
	(void)transcript(&f);
	ask(&f, 0);
	memcpy(&all, f.payload, sizeof(all));
	assert_int_equal(all.now_sec, BUILDER_TIME_SEC);
	assert_int_equal(all.since_sec, BUILDER_TIME_SEC);
	assert_int_equal(all.events, 3);
	assert_int_equal(all.events_matched, 3);
	assert_int_equal(all.events_recorded, 3);
	assert_int_equal(all.n_rules, 0);
	assert_string_equal(all.source, "none");
	/* two changes of rules, one message */
	assert_int_equal(all.records_no_rule, 3);
	assert_true(all.bytes > all.bytes_no_rule && all.records > all.records_no_rule);
	ask(&f, CONTROL_STATS_RESET);
	ask(&f, 0);
	memcpy(&all, f.payload, sizeof(all));
	assert_int_equal(
		all.events + all.events_recorded + all.records + all.bytes + all.bytes_no_rule, 0);
	control_fixture_deinit(&f);
}

/* A transaction's rules are not asked yet: those that are in force are told of. */
static void beside_a_transaction(void **state)
{
	struct control_rule_stats s;
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k");
	request(&f, CONTROL_RULES_BEGIN, NULL, 0);
	request(&f, AUDIT_ADD_RULE, wire, wire_rule(wire, AUDIT_FILTER_EXIT, AUDIT_NEVER, "new"));
	feed(&f, 1);
	s = of_last_rule(&f);
	assert_string_equal(transcript(&f),
		"A: 1089 flags=2 seq=1 +112\n"
		"A: 1013 flags=2 seq=1 +1041\nA: 1089 flags=2 seq=1 +64\n"
		"A: 3 flags=2 seq=1 +0\n");
	assert_int_equal(s.hits, 1);
	request(&f, CONTROL_RULES_COMMIT, NULL, 0);
	(void)transcript(&f);
	/* the event between BEGIN and COMMIT is not forgotten */
	request(&f, AUDIT_DEL_RULE, wire, wire_rule(wire, AUDIT_FILTER_EXIT, AUDIT_NEVER, "new"));
	s = of_last_rule(&f);
	assert_int_equal(s.hits, 1);
	control_fixture_deinit(&f);
}

static void cost(void **state)
{
	struct control_cost_request r = { .window_ms = 1500 };
	struct control_fixture f;
	struct control_cost head;

	(void)state;
	control_fixture_init(&f);
	f.cost_result = 2;
	expect_request(
		&f, CONTROL_COST, &r, sizeof(r), "cost for 1500 ms\nA: 1090 flags=0 seq=1 +152\n");
	memcpy(&head, f.payload, sizeof(head));
	assert_int_equal(head.n_rows, 2);
	assert_int_equal(head.clock_ns, 7);
	f.cost_result = 1000;
	expect_request(
		&f, CONTROL_COST, &r, sizeof(r), "cost for 1500 ms\nA: 1090 flags=0 seq=1 +3624\n");
	f.cost_result = -EOPNOTSUPP;
	expect_request(&f, CONTROL_COST, &r, sizeof(r), "A: error -95 1\n");
	control_fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_for_each_rule),
		cmocka_unit_test(counts),
		cmocka_unit_test(all_together),
		cmocka_unit_test(beside_a_transaction),
		cmocka_unit_test(cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
