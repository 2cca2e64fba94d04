// SPDX-License-Identifier: MIT
/* Rules by request, one by one and all or nothing, and the two requests about trees (spec kernel 1.11, 1.12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/macros.h"
#include "control_fixture.h"

static _Alignas(8) unsigned char wire[8192];

static size_t rule(const char *key)
{
	return wire_rule(wire, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, key);
}

#define ADDED(key, list, res)                                                                      \
	"[1305] " SESSION " op=add_rule key=" key " list=" #list " res=" #res "\n"
#define REMOVED(key, list, res)                                                                    \
	"[1305] " SESSION " op=remove_rule key=" key " list=" #list " res=" #res "\n"

static void one_by_one(void **state)
{
	struct control_fixture f;
	struct audit_rule_data *data = (void *)f.payload;
	size_t len;

	(void)state;
	control_fixture_init(&f);
	f.sender.subj = (struct view){ "label", 5 };
	expect_request(&f, AUDIT_ADD_RULE, wire, rule("k"),
		"rules changed\n[1305] " SESSION
		" subj=label op=add_rule key=\"k\" list=4 res=1\n");
	f.sender.subj.p = NULL;
	expect_request(
		&f, AUDIT_ADD_RULE, wire, rule("k"), ADDED("\"k\"", 4, 0) "A: error -17 1\n");
	expect_request(&f, AUDIT_ADD_RULE, wire, rule("two\001keys"),
		"rules changed\n" ADDED("74776F016B657973", 4, 1));
	expect_request(&f, AUDIT_ADD_RULE, wire,
		wire_rule(wire, AUDIT_FILTER_TASK, AUDIT_NEVER, NULL),
		"rules changed\n" ADDED("(null)", 1, 1));
	/* prepended: listed first, and without the flag */
	expect_request(&f, AUDIT_ADD_RULE, wire,
		wire_rule(wire, AUDIT_FILTER_EXIT | AUDIT_FILTER_PREPEND, AUDIT_NEVER, NULL),
		"rules changed\n" ADDED("(null)", 4, 1));
	expect_request(&f, AUDIT_LIST_RULES, NULL, 0,
		"A: 1013 flags=2 seq=1 +1040\nA: 1013 flags=2 seq=1 +1040\n"
		"A: 1013 flags=2 seq=1 +1041\nA: 1013 flags=2 seq=1 +1048\nA: 3 flags=2 seq=1 +0\n");
	/* what is listed is what deletes */
	expect_request(&f, AUDIT_DEL_RULE, wire, wire_rule(wire, 4 | 0x10, AUDIT_NEVER, NULL),
		REMOVED("(null)", 4, 0) "A: error -2 1\n");
	expect_request(&f, AUDIT_DEL_RULE, wire, wire_rule(wire, 4, AUDIT_NEVER, NULL),
		"rules changed\n" REMOVED("(null)", 4, 1));
	expect_request(
		&f, AUDIT_DEL_RULE, wire, rule("k"), "rules changed\n" REMOVED("\"k\"", 4, 1));
	expect_request(&f, AUDIT_DEL_RULE, wire,
		wire_rule(wire, AUDIT_FILTER_TASK, AUDIT_NEVER, NULL),
		"rules changed\n" REMOVED("(null)", 1, 1));
	request(&f, AUDIT_LIST_RULES, NULL, 0);
	(void)transcript(&f);
	assert_int_equal(f.payload_len, 0); /* the end */
	assert_int_equal(data->flags, AUDIT_FILTER_EXIT);
	assert_int_equal(data->buflen, 8);
	len = rule("two\001keys");
	assert_memory_equal(data, wire, len);
	control_fixture_deinit(&f);
}

static void off_and_locked(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	request(&f, AUDIT_SET, (uint32_t[]){ 0x01, 0 }, 8);
	(void)transcript(&f);
	expect_request(&f, AUDIT_ADD_RULE, wire, rule("k"), "rules changed\n");
	expect_request(&f, AUDIT_ADD_RULE, wire, rule("k"), "A: error -17 1\n");
	expect_request(&f, AUDIT_TRIM, NULL, 0, "");
	request(&f, AUDIT_SET, (uint32_t[]){ 0x01, 2 }, 8);
	assert_string_equal(transcript(&f), "");
	expect_request(&f, AUDIT_ADD_RULE, wire, rule("l"),
		"[1305] " REQUESTER " op=add_rule audit_enabled=2 res=0\nA: error -1 1\n");
	expect_request(&f, AUDIT_DEL_RULE, wire, rule("k"),
		"[1305] " REQUESTER " op=remove_rule audit_enabled=2 res=0\nA: error -1 1\n");
	expect_request(&f, AUDIT_TRIM, NULL, 0, "A: error -1 1\n");
	expect_request(&f, AUDIT_MAKE_EQUIV, NULL, 0, "A: error -1 1\n");
	expect_request(&f, CONTROL_RULES_BEGIN, NULL, 0,
		"[1305] " REQUESTER " op=add_rule audit_enabled=2 res=0\nA: error -1 1\n");
	expect_request(&f, AUDIT_LIST_RULES, NULL, 0,
		"A: 1013 flags=2 seq=1 +1041\nA: 3 flags=2 seq=1 +0\n");
	assert_int_equal(rule_set_count(f.rules), 1);
	control_fixture_deinit(&f);
}

static void add_by(
	struct control_fixture *f, struct control_client *client, uint16_t type, const char *key)
{
	put_message(f, type, 0, wire, rule(key));
	send_to(f, client);
}

static void by(struct control_fixture *f, struct control_client *client, uint16_t type)
{
	put_message(f, type, NLM_F_ACK, NULL, 0);
	send_to(f, client);
}

static void all_or_nothing(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	add_by(&f, f.a, AUDIT_ADD_RULE, "old");
	(void)transcript(&f);

	/* nothing happens outside until the commit */
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_BEGIN);
	add_by(&f, f.a, AUDIT_DEL_RULE, "old");
	add_by(&f, f.a, AUDIT_ADD_RULE, "new");
	add_by(&f, f.a, AUDIT_ADD_RULE, "new");
	add_by(&f, f.a, AUDIT_ADD_RULE, "newer");
	by(&f, f.a, CONTROL_RULES_BEGIN);
	assert_string_equal(transcript(&f), "A: ack 1\nA: error -17 4\nA: error -114 6\n");
	assert_int_equal(rule_set_count(f.rules), 1);
	assert_string_equal(f.rules->lists[AUDIT_FILTER_EXIT][0]->filterkey, "old");
	f.seq = 0;
	by(&f, f.a, AUDIT_LIST_RULES);
	by(&f, f.b, AUDIT_LIST_RULES);
	assert_string_equal(transcript(&f),
		"A: ack 1\nA: 1013 flags=2 seq=1 +1043\nA: 1013 flags=2 seq=1 +1045\nA: 3 flags=2 seq=1 +0\n"
		"B: ack 2\nB: 1013 flags=2 seq=2 +1043\nB: 3 flags=2 seq=2 +0\n");
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_COMMIT);
	assert_string_equal(transcript(&f),
		"rules changed\n" REMOVED("\"old\"", 4, 1) ADDED("\"new\"", 4, 1)
			ADDED("\"newer\"", 4, 1) "A: ack 1\n");
	assert_int_equal(rule_set_count(f.rules), 2);
	assert_string_equal(f.rules->lists[AUDIT_FILTER_EXIT][1]->filterkey, "newer");

	/* no change, no word */
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_BEGIN);
	by(&f, f.a, CONTROL_RULES_COMMIT);
	by(&f, f.a, CONTROL_RULES_COMMIT);
	by(&f, f.a, CONTROL_RULES_ABORT);
	assert_string_equal(transcript(&f), "A: ack 1\nA: ack 2\nA: error -22 3\nA: error -22 4\n");
	control_fixture_deinit(&f);
}

static void transactions_that_fail(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	/* aborted */
	by(&f, f.a, CONTROL_RULES_BEGIN);
	add_by(&f, f.a, AUDIT_ADD_RULE, "x");
	by(&f, f.a, CONTROL_RULES_ABORT);
	assert_int_equal(rule_set_count(f.rules), 0);
	/* somebody was faster, as a request or as a transaction or by other ways */
	by(&f, f.a, CONTROL_RULES_BEGIN);
	add_by(&f, f.a, AUDIT_ADD_RULE, "x");
	add_by(&f, f.b, AUDIT_ADD_RULE, "b");
	(void)transcript(&f);
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_COMMIT);
	assert_string_equal(transcript(&f), "A: error -16 1\n");
	by(&f, f.a, CONTROL_RULES_BEGIN);
	by(&f, f.b, CONTROL_RULES_BEGIN);
	add_by(&f, f.b, AUDIT_DEL_RULE, "b");
	by(&f, f.b, CONTROL_RULES_COMMIT);
	(void)transcript(&f);
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_COMMIT);
	by(&f, f.a, CONTROL_RULES_BEGIN);
	control_note_rules(f.control);
	by(&f, f.a, CONTROL_RULES_COMMIT);
	assert_string_equal(transcript(&f), "A: error -16 1\nA: ack 2\nA: error -16 3\n");
	/* locked meanwhile */
	by(&f, f.a, CONTROL_RULES_BEGIN);
	add_by(&f, f.a, AUDIT_ADD_RULE, "x");
	put_message(&f, AUDIT_SET, 0, (uint32_t[]){ 0x01, 2 }, 8);
	send_to(&f, f.b);
	(void)transcript(&f);
	f.seq = 0;
	by(&f, f.a, CONTROL_RULES_COMMIT);
	assert_string_equal(transcript(&f),
		"[1305] " REQUESTER " op=add_rule audit_enabled=2 res=0\nA: error -1 1\n");
	assert_int_equal(rule_set_count(f.rules), 0);
	control_fixture_deinit(&f);

	/* the connection ends in the middle */
	control_fixture_init(&f);
	by(&f, f.a, CONTROL_RULES_BEGIN);
	add_by(&f, f.a, AUDIT_ADD_RULE, "x");
	f.a = control_client_free(f.a);
	assert_int_equal(rule_set_count(f.rules), 0);
	control_fixture_deinit(&f);
}

static size_t equiv(const char *old, const char *new)
{
	uint32_t sizes[2] = { (uint32_t)strlen(old), (uint32_t)strlen(new) };

	memcpy(wire, sizes, 8);
	memcpy(wire + 8, old, sizes[0]);
	memcpy(wire + 8 + sizes[0], new, sizes[1]);
	return 8 + sizes[0] + sizes[1];
}

static void trees(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	expect_request(&f, AUDIT_TRIM, NULL, 0, "[1305] " REQUESTER " op=trim res=1\n");
	expect_request(&f, AUDIT_MAKE_EQUIV, wire, equiv("/tmp", "/etc"),
		"[1305] " REQUESTER " op=make_equiv old=\"/tmp\" new=\"/etc\" res=1\n");
	expect_request(&f, AUDIT_MAKE_EQUIV, wire, equiv("/tmp", "/a b"),
		"[1305] " REQUESTER
		" op=make_equiv old=\"/tmp\" new=2F612062 res=0\nA: error -2 1\n");
	expect_request(&f, AUDIT_MAKE_EQUIV, wire, equiv("/etc/passwd/x", "/tmp"),
		"[1305] " REQUESTER
		" op=make_equiv old=\"/etc/passwd/x\" new=\"/tmp\" res=0\nA: error -20 1\n");
	control_fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(off_and_locked),
		cmocka_unit_test(all_or_nothing),
		cmocka_unit_test(transactions_that_fail),
		cmocka_unit_test(trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
