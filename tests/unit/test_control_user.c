// SPDX-License-Identifier: MIT
/* Messages of programs, TTY state, features, events of sources, queues, signals (spec kernel 1.10, 1.13 to 1.15). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "control_fixture.h"

/* libaudit's names. */
enum { AUDIT_USER_AUTH = 1100, AUDIT_USER_ACCT, AUDIT_USER_MGMT };

#define USER(type, text) "[" #type "] " REQUESTER " msg='" text "'\n"

static void messages(void **state)
{
	static const struct {
		uint16_t type;
		const char *payload;
		size_t len;
		const char *text;
	} rows[] = {
		{ AUDIT_USER, "hello", 6, USER(1005, "hello") },
		{ AUDIT_USER_AUTH, "hello", 5,
			USER(1100, "hell") }, /* the last byte is the NUL's */
		{ AUDIT_LAST_USER_MSG, "ab\0cd", 6, USER(1199, "ab") },
		{ AUDIT_FIRST_USER_MSG2, "it's \"a\"\n\x80\x01", 12,
			USER(2100, "it's \"a\"\n\x80\x01") },
		{ AUDIT_LAST_USER_MSG2, "\0x", 3, USER(2999, "") },
		{ AUDIT_USER_AVC, "ab", 2, USER(1107, "a") },
	};
	static char big[9000], expected[9000];
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_request(&f, rows[i].type, rows[i].payload, rows[i].len, rows[i].text);
	f.sender.subj = (struct view){ "a label", 7 };
	expect_request(&f, AUDIT_USER, "x", 2, "[1005] " REQUESTER " subj=a label msg='x'\n");
	f.sender.subj.p = NULL;
	/* at most 8560 characters */
	memset(big, 'x', sizeof(big));
	(void)snprintf(expected, sizeof(expected), "[1005] " REQUESTER " msg='%.*s'\n", 8560, big);
	expect_request(&f, AUDIT_USER, big, 8561, expected);
	expect_request(&f, AUDIT_USER, big, 8970, expected);
	control_fixture_deinit(&f);
}

static void disabled(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	request(&f, AUDIT_SET, (uint32_t[]){ 0x01, 0 }, 8);
	(void)transcript(&f);
	expect_request(&f, AUDIT_USER_AUTH, "hello", 6, "");
	expect_request(&f, AUDIT_USER_AUTH, "", 0, ""); /* the length is not looked at either */
	expect_request(&f, AUDIT_USER_AVC, "hello", 6, USER(1107, "hello"));
	expect_request(&f, AUDIT_USER_AVC, "", 1, "A: error -22 1\n");
	/* access decisions are told in any case */
	expect_request(&f, CONTROL_RECORD, "\x78\5\0\0\0\0\0\0avc", 11, "[1400] avc\n");
	/* no records about the rest */
	expect_request(&f, AUDIT_TTY_SET, ((uint32_t[]){ 1, 0 }), 8, "");
	expect_request(&f, AUDIT_SET_FEATURE, ((uint32_t[]){ 1, 2, 2, 0 }), 16, "");
	control_fixture_deinit(&f);
}

static void add_filter(
	struct control_fixture *f, uint32_t list, uint32_t action, uint32_t type, uint32_t uid)
{
	struct audit_krule *rule = fixture_rule(list, action, NULL);

	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, type);
	rule_field(rule, AUDIT_UID, AUDIT_EQUAL, uid);
	assert_int_equal(rule_set_add(f->rules, rule), 0);
}

static void filters(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	add_filter(&f, AUDIT_FILTER_USER, AUDIT_NEVER, AUDIT_USER_AUTH, 0);
	add_filter(&f, AUDIT_FILTER_USER, AUDIT_ALWAYS, AUDIT_USER_ACCT, 0);
	add_filter(&f, AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, AUDIT_USER_ACCT, 0);
	add_filter(&f, AUDIT_FILTER_EXCLUDE, AUDIT_NEVER, AUDIT_CONFIG_CHANGE, 0);
	f.seq = 0;
	put_message(&f, AUDIT_USER_AUTH, NLM_F_ACK, "x", 2);
	put_message(&f, AUDIT_USER_ACCT, NLM_F_ACK, "x", 2);
	put_message(&f, AUDIT_USER_MGMT, NLM_F_ACK, "x", 2);
	put_message(&f, AUDIT_SET, NLM_F_ACK, (uint32_t[]){ 0x02, 0, 2 }, 12);
	put_message(&f, AUDIT_TRIM, NLM_F_ACK, NULL, 0);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f),
		"A: ack 1\nA: ack 2\n" USER(1102, "x") "A: ack 3\nA: ack 4\nA: ack 5\n");
	assert_int_equal(f.kauditd.limits.failure, 2);
	assert_int_equal(kaudit_stats(f.audit)->records_excluded, 3);
	/* somebody else's are told */
	f.sender.uid = 7;
	expect_request(&f, AUDIT_USER_AUTH, "x", 2, "[1100] pid=500 uid=7 " SESSION " msg='x'\n");
	expect_request(&f, AUDIT_USER_ACCT, "x", 2, "[1101] pid=500 uid=7 " SESSION " msg='x'\n");
	control_fixture_deinit(&f);
}

#define TTY_SET(res, ...) "[1305] " REQUESTER " op=tty_set " __VA_ARGS__ " res=" #res "\n"

static void expect_tty(struct control_fixture *f, uint32_t enabled, uint32_t log_passwd)
{
	expect_request(f, AUDIT_TTY_GET, NULL, 0, "A: 1016 flags=0 seq=1 +8\n");
	assert_memory_equal(f->payload, ((uint32_t[]){ enabled, log_passwd }), 8);
}

static void ttys(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	expect_tty(&f, 0, 0);
	expect_request(&f, AUDIT_USER_TTY, "ls", 3, "A: error -1 1\n");
	expect_request(&f, AUDIT_TTY_SET, ((uint32_t[]){ 1, 1 }), 8,
		TTY_SET(1, "old-enabled=0 new-enabled=1 old-log_passwd=0 new-log_passwd=1"));
	expect_tty(&f, 1, 1);
	expect_request(&f, AUDIT_TTY_SET, ((uint32_t[]){ 1, 2 }), 8,
		TTY_SET(0,
			"old-enabled=1 new-enabled=1 old-log_passwd=1 new-log_passwd=2") "A: error -22 1\n");
	/* what is missing is 0 */
	expect_request(&f, AUDIT_TTY_SET, ((uint32_t[]){ 1 }), 4,
		TTY_SET(1, "old-enabled=1 new-enabled=1 old-log_passwd=1 new-log_passwd=0"));
	expect_tty(&f, 1, 0);
	expect_request(&f, AUDIT_USER_TTY, "ls", 3, "[1124] " REQUESTER " data=\"ls\"\n");
	expect_request(&f, AUDIT_USER_TTY, "l s", 3, "[1124] " REQUESTER " data=6C2073\n");
	expect_request(&f, AUDIT_USER_TTY, "a\0\0", 3, "[1124] " REQUESTER " data=6100\n");
	/* of this process alone */
	f.sender.start_time = 2;
	expect_tty(&f, 0, 0);
	/* too many: the silent one is forgotten */
	f.sender.start_time = 1;
	for (int32_t i = 0; i < 64; i++) {
		f.sender.tgid = 1000 + i;
		request(&f, AUDIT_TTY_SET, (uint32_t[]){ 1 }, 4);
	}
	(void)transcript(&f);
	f.sender.tgid = 500;
	expect_tty(&f, 0, 0);
	f.sender.tgid = 1000;
	expect_tty(&f, 1, 0);
	request(&f, AUDIT_TTY_SET, NULL, 0);
	(void)transcript(&f);
	expect_tty(&f, 0, 0);
	control_fixture_deinit(&f);
}

#define TASK                                                                                       \
	" ppid=499 pid=500 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 "     \
	"tty=pts0 ses=3 comm=\"demo\" exe=\"/usr/local/bin/demo\""
#define FEATURE(name, rest) "[1328] " TASK " feature=" name " " rest "\n"

static void expect_features(struct control_fixture *f, uint32_t features, uint32_t lock)
{
	expect_request(f, AUDIT_GET_FEATURE, NULL, 0, "A: 1019 flags=0 seq=1 +16\n");
	assert_memory_equal(f->payload, ((uint32_t[]){ 1, UINT32_MAX, features, lock }), 16);
}

static void features(void **state)
{
	static const struct {
		uint32_t words[4];
		const char *text;
		uint32_t features, lock; /* afterwards */
	} rows[] = {
		{ { 1, 0, 3, 3 }, "", 0, 0 }, /* not in the mask */
		{ { 9, 1, 1, 0 },
			FEATURE("only_unset_loginuid", "old=0 new=1 old_lock=0 new_lock=0 res=1"),
			1, 0 },
		{ { 1, 1, 1, 0 }, "", 1, 0 }, { { 1, 2, 0, 2 }, "", 1, 2 }, /* locks only */
		{ { 1, 3, 2, 0 },
			FEATURE("loginuid_immutable",
				"old=0 new=1 old_lock=1 new_lock=1 res=0") "A: error -1 1\n",
			1, 2 },
		{ { 1, 0xfffffff1, 0xfffffff0, 0xffffffff },
			FEATURE("only_unset_loginuid", "old=1 new=0 old_lock=0 new_lock=1 res=1"),
			0, 3 },
		{ { 1, 3, 0, 0 }, "", 0, 3 }, /* as it is; a lock stays */
	};
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	expect_features(&f, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_request(&f, AUDIT_SET_FEATURE, rows[i].words, 16, rows[i].text);
		expect_features(&f, rows[i].features, rows[i].lock);
	}
	control_fixture_deinit(&f);
}

/* NLM_F_MULTI: to be continued. */
static void events(void **state)
{
	struct evt_hdr hdr = builder_header(257, 3);
	struct control_fixture f;
	struct event_builder b = { 0 };
	char title[100] = "x";
	size_t len;

	(void)state;
	control_fixture_init(&f);
	builder_begin(&b, &hdr);
	event_put(&b.w, EVT_ITEM_PROCTITLE, title, sizeof(title));
	(void)builder_done(&b);
	len = b.bytes.len;
	expect_request(
		&f, CONTROL_EVENT, b.bytes.data, len, "event A nr=257 comm=demo proctitle=100\n");
	f.event_result = -ENOSPC;
	expect_request(&f, CONTROL_EVENT, b.bytes.data, len,
		"event A nr=257 comm=demo proctitle=100\nA: error -28 1\n");
	f.event_result = 0;
	/* in pieces */
	put_message(&f, CONTROL_EVENT, NLM_F_MULTI, b.bytes.data, 1);
	put_message(&f, CONTROL_EVENT, NLM_F_MULTI, b.bytes.data + 1, 50);
	put_message(&f, CONTROL_EVENT, NLM_F_MULTI, NULL, 0);
	put_message(&f, CONTROL_EVENT, 0, b.bytes.data + 51, len - 51);
	put_message(&f, CONTROL_EVENT, 0, b.bytes.data, len);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f),
		"event A nr=257 comm=demo proctitle=100\nevent A nr=257 comm=demo proctitle=100\n");
	/* two events in one message, a cut one, none: refused, and the next is whole again */
	f.seq = 0;
	put_message(&f, CONTROL_EVENT, NLM_F_MULTI, b.bytes.data, len);
	put_message(&f, CONTROL_EVENT, 0, b.bytes.data, len);
	put_message(&f, CONTROL_EVENT, 0, b.bytes.data, len - 8);
	put_message(&f, CONTROL_EVENT, 0, NULL, 0);
	put_message(&f, CONTROL_EVENT, 0, b.bytes.data, len);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "A: error -22 2\nA: error -22 3\nA: error -22 4\n"
					    "event A nr=257 comm=demo proctitle=100\n");
	builder_deinit(&b);
	control_fixture_deinit(&f);
}

/* More than the longest event: EMSGSIZE for the piece that goes beyond, and the memory is given back. */
static void endless_event(void **state)
{
	static char piece[CONTROL_PIECE_MAX];
	struct control_fixture f;
	size_t n = EVT_LEN_MAX / sizeof(piece);

	(void)state;
	control_fixture_init(&f);
	f.seq = 0;
	for (size_t i = 0; i <= n; i++) {
		put_message(&f, CONTROL_EVENT, NLM_F_MULTI, piece, sizeof(piece));
		send_to(&f, f.a);
	}
	assert_string_equal(transcript(&f), "A: error -90 65\n");
	control_fixture_deinit(&f);
}

static void producers(void **state)
{
	static const uint16_t good[] = { 1400, 1599, 1700, 1999 },
			      bad[] = { 0, 1399, 1600, 1699, 2000, 1100 };
	struct control_fixture f;
	unsigned char p[64] = { 0 };

	(void)state;
	control_fixture_init(&f);
	f.sender.can_control = false;
	memcpy(p + 8, "lsm=x fn=y", 11);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char text[64];

		memcpy(p, &good[i], 2);
		(void)snprintf(text, sizeof(text), "[%u] lsm=x fn=y\n", good[i]);
		expect_request(
			&f, CONTROL_RECORD, p, 18 + (i & 1), text); /* with and without a NUL */
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(p, &bad[i], 2);
		expect_request(&f, CONTROL_RECORD, p, 18, "A: error -22 1\n");
	}
	memcpy(p, &good[0], 2);
	p[10] = '\n'; /* a record of its own, it would be */
	expect_request(&f, CONTROL_RECORD, p, 18, "A: error -22 1\n");
	control_fixture_deinit(&f);
}

static void queues(void **state)
{
	struct control_fixture f;
	const struct control_queues *q = (void *)f.payload;
	const struct control_stream *s = (void *)(f.payload + sizeof(*q));

	(void)state;
	control_fixture_init(&f);
	f.kauditd.records = 77;
	expect_request(&f, CONTROL_QUEUES, NULL, 0, "A: 1085 flags=0 seq=1 +152\n");
	assert_int_equal(q->records, 77);
	assert_string_equal(q->source, "none");
	assert_int_equal(q->n_streams, 1);
	assert_string_equal(s->name, "log");
	assert_int_equal(s->offered, 5);
	control_fixture_deinit(&f);
}

static void extra(void **state)
{
	struct control_fixture f;
	const struct control_extra *e = (void *)f.payload;

	(void)state;
	control_fixture_init(&f);
	expect_request(&f, CONTROL_EXTRA, NULL, 0, "A: 1088 flags=0 seq=1 +8\n");
	assert_int_equal(e->extra, EXTRA_NONE);
	kaudit_set_extra(f.audit, EXTRA_TIME | EXTRA_CGROUP);
	expect_request(&f, CONTROL_EXTRA, "xyz", 3, "A: 1088 flags=0 seq=1 +8\n");
	assert_int_equal(e->extra, EXTRA_TIME | EXTRA_CGROUP);
	control_fixture_deinit(&f);
}

static void signals(void **state)
{
	struct control_fixture f;
	char label[300];

	(void)state;
	control_fixture_init(&f);
	expect_request(&f, AUDIT_SIGNAL_INFO, NULL, 0, "A: 1010 flags=0 seq=1 +8\n");
	assert_memory_equal(f.payload, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	control_set_signal_info(f.control, 1000, 77, "label", 5);
	expect_request(&f, AUDIT_SIGNAL_INFO, NULL, 0, "A: 1010 flags=0 seq=1 +13\n");
	assert_memory_equal(f.payload, "\xe8\3\0\0\x4d\0\0\0label", 13);
	memset(label, 'l', sizeof(label));
	control_set_signal_info(f.control, 1000, 77, label, sizeof(label));
	expect_request(&f, AUDIT_SIGNAL_INFO, NULL, 0, "A: 1010 flags=0 seq=1 +264\n");
	control_set_signal_info(f.control, 1000, 77, NULL, 5);
	expect_request(&f, AUDIT_SIGNAL_INFO, NULL, 0, "A: 1010 flags=0 seq=1 +8\n");
	control_fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		cmocka_unit_test(disabled),
		cmocka_unit_test(filters),
		cmocka_unit_test(ttys),
		cmocka_unit_test(features),
		cmocka_unit_test(events),
		cmocka_unit_test(endless_event),
		cmocka_unit_test(producers),
		cmocka_unit_test(queues),
		cmocka_unit_test(extra),
		cmocka_unit_test(signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
