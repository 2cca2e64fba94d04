// SPDX-License-Identifier: MIT
/* GET, SET, registration of the daemon, locked mode (spec kernel 1.7 to 1.9, 1.17). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/macros.h"
#include "control_fixture.h"

static void expect_status(struct control_fixture *f, const uint32_t *words)
{
	expect_request(f, AUDIT_GET, NULL, 0, "A: 1000 flags=0 seq=1 +44\n");
	assert_memory_equal(f->payload, words, 44);
}

static void status(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	expect_status(&f, (uint32_t[11]){ 0, 1, 1, 0, 0, 64, 0, 0, 0x7f, 15000, 0 });
	f.kauditd.limits = (struct kauditd_limits){ 2, 3, 4, 5 };
	f.kauditd.lost = 6;
	f.kauditd.backlog = 7;
	f.kauditd.wait_actual = 8;
	expect_status(&f, (uint32_t[11]){ 0, 1, 2, 0, 3, 4, 6, 7, 0x7f, 5, 8 });
	control_fixture_deinit(&f);
}

#define OP_SET(name, rest) "[1305] op=set " name " " rest

struct set_row {
	uint32_t words[11]; /* of the request */
	uint32_t n_bytes;   /* that are sent; 0: all 44 */
	const char *text;
	uint32_t after[11]; /* enabled, failure, rate, limit, wait at their places */
};

#define STATE(enabled, failure, rate, limit, wait)                                                 \
	{                                                                                          \
		[1] = (enabled), [2] = (failure), [4] = (rate), [5] = (limit), [9] = (wait)        \
	}

/* One after the other, each on what the one before left. */
static const struct set_row set_rows[] = {
	{ { 0x02, 0, 0 }, 0, OP_SET("audit_failure=0 old=1", SESSION " res=1\n"),
		STATE(1, 0, 0, 64, 15000) },
	{ { 0x02, 0, 2 }, 12, OP_SET("audit_failure=2 old=0", SESSION " res=1\n"),
		STATE(1, 2, 0, 64, 15000) },
	{ { 0x08, 0, 0, 0, UINT32_MAX }, 20,
		OP_SET("audit_rate_limit=4294967295 old=0", SESSION " res=1\n"),
		STATE(1, 2, UINT32_MAX, 64, 15000) },
	{ { [0] = 0x10, [5] = 8192 }, 0,
		OP_SET("audit_backlog_limit=8192 old=64", SESSION " res=1\n"),
		STATE(1, 2, UINT32_MAX, 8192, 15000) },
	{ { [0] = 0x20, [9] = 150000 }, 0,
		OP_SET("audit_backlog_wait_time=150000 old=15000", SESSION " res=1\n"),
		STATE(1, 2, UINT32_MAX, 8192, 150000) },
	/* the kernel takes 28 bytes and more for a status with a wait time, of 0 */
	{ { [0] = 0x20, [9] = 150000 }, 28, "A: error -22 1\n",
		STATE(1, 2, UINT32_MAX, 8192, 150000) },
	{ { [0] = 0x20, [9] = 1 }, 39, "A: error -22 1\n", STATE(1, 2, UINT32_MAX, 8192, 150000) },
	{ { [0] = 0x20, [9] = 0 }, 40,
		OP_SET("audit_backlog_wait_time=0 old=150000", SESSION " res=1\n"),
		STATE(1, 2, UINT32_MAX, 8192, 0) },
	/* in the order of the bits; the first error ends it, what is done stays */
	{ { [0] = 0x2a, [2] = 1, [4] = 7, [9] = 150001 }, 0,
		OP_SET("audit_failure=1 old=2", SESSION " res=1\n") OP_SET(
			"audit_rate_limit=7 old=4294967295", SESSION " res=1\n") "A: error -22 1\n",
		STATE(1, 1, 7, 8192, 0) },
	{ { [0] = 0x0a, [2] = 3, [4] = 8 }, 0, "A: error -22 1\n", STATE(1, 1, 7, 8192, 0) },
	/* bits that nobody knows; no payload */
	{ { [0] = 0xffffff00 }, 0, "", STATE(1, 1, 7, 8192, 0) },
	/* lost and wait_actual with other bits */
	{ { [0] = 0xc0 }, 0, "", STATE(1, 1, 7, 8192, 0) },
	{ { [0] = 0x41, [1] = 1 }, 0, OP_SET("audit_enabled=1 old=1", SESSION " res=1\n"),
		STATE(1, 1, 7, 8192, 0) },
	/* off is told, on is not, and nothing between */
	{ { 0x01, 0 }, 0, OP_SET("audit_enabled=0 old=1", SESSION " res=1\n"),
		STATE(0, 1, 7, 8192, 0) },
	{ { [0] = 0x08, [4] = 0 }, 0, "", STATE(0, 1, 0, 8192, 0) },
	{ { 0x01, 3 }, 0, "A: error -22 1\n", STATE(0, 1, 0, 8192, 0) },
	{ { 0x01, 1 }, 8, "", STATE(1, 1, 0, 8192, 0) },
	/* locked */
	{ { 0x01, 2 }, 0, OP_SET("audit_enabled=2 old=1", SESSION " res=1\n"),
		STATE(2, 1, 0, 8192, 0) },
	{ { 0x01, 2 }, 0, OP_SET("audit_enabled=2 old=2", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
	{ { 0x01, 0 }, 0, OP_SET("audit_enabled=0 old=2", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
	{ { 0x01, 3 }, 0, "A: error -22 1\n", STATE(2, 1, 0, 8192, 0) },
	{ { 0x02, 0, 0 }, 0, OP_SET("audit_failure=0 old=1", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
	{ { [0] = 0x18, [4] = 1 }, 0,
		OP_SET("audit_rate_limit=1 old=0", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
	{ { [0] = 0x10, [5] = 1 }, 0,
		OP_SET("audit_backlog_limit=1 old=8192", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
	{ { [0] = 0x20, [9] = 1 }, 0,
		OP_SET("audit_backlog_wait_time=1 old=0", SESSION " res=0\n") "A: error -1 1\n",
		STATE(2, 1, 0, 8192, 0) },
};

static void values(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(set_rows); i++) {
		const struct set_row *row = &set_rows[i];
		uint32_t got[11];
		const char *text;

		f.seq = 0;
		request(&f, AUDIT_SET, row->words, row->n_bytes ? row->n_bytes : 44);
		text = transcript(&f);
		if (strcmp(text, row->text) != 0)
			fail_msg("row %zu: %s", i, text);
		request(&f, AUDIT_GET, NULL, 0);
		(void)transcript(&f);
		memcpy(got, f.payload, sizeof(got));
		got[8] = 0;
		if (memcmp(got, row->after, sizeof(got)) != 0)
			fail_msg("row %zu: status", i);
		assert_int_equal(control_enabled(f.control), got[1]);
	}
	control_fixture_deinit(&f);
}

/* The old value comes back as a positive error, locked or not, and is told even when audit is off. */
static void counters(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	f.kauditd.lost = 12;
	f.kauditd.wait_actual = 34;
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x01, 0 }), 8,
		"[1305] op=set audit_enabled=0 old=1 " SESSION " res=1\n");
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x40 }), 4,
		"[1305] op=set lost=0 old=12 " SESSION " res=1\nA: error 12 1\n");
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x40 }), 4,
		"[1305] op=set lost=0 old=0 " SESSION " res=1\n");
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x80 }), 4,
		"[1305] op=set backlog_wait_time_actual=0 old=34 " SESSION
		" res=1\nA: error 34 1\n");
	assert_int_equal(f.kauditd.lost, 0);
	assert_int_equal(f.kauditd.wait_actual, 0);
	control_fixture_deinit(&f);
}

#define SET_PID(pid) ((uint32_t[11]){ AUDIT_STATUS_PID, 0, 0, (pid) })
#define OP_PID       "[1305] op=set audit_pid="

static void register_daemon(struct control_fixture *f)
{
	f->seq = 0;
	put_message(f, AUDIT_SET, NLM_F_ACK, SET_PID(500), 44);
	send_to(f, f->a);
	assert_string_equal(
		transcript(f), "A: ack 1\ndaemon A\n" OP_PID "500 old=0 " SESSION " res=1\n");
	assert_true(control_client_is_daemon(f->a));
}

static void registration(void **state)
{
	struct control_fixture f;
	struct audit_sender other;

	(void)state;
	control_fixture_init(&f);
	/* nobody is there: 0 is fine */
	expect_request(&f, AUDIT_SET, SET_PID(0), 44, OP_PID "0 old=0 " SESSION " res=1\n");
	/* only oneself */
	expect_request(&f, AUDIT_SET, SET_PID(1), 44, "A: error -22 1\n");
	register_daemon(&f);
	expect_request(&f, AUDIT_GET, NULL, 0, "A: 1000 flags=0 seq=1 +44\n");
	assert_int_equal(((uint32_t *)(void *)f.payload)[3], 500);

	/* again, from either of its sockets: probed first */
	f.seq = 0;
	put_message(&f, AUDIT_SET, NLM_F_ACK, SET_PID(500), 44);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "A: 1329 flags=0 seq=0 +4\n" OP_PID
					    "500 old=500 " SESSION " res=0\nB: error -17 1\n");
	assert_int_equal(*(int32_t *)(void *)f.payload, 500);

	/* somebody else, while it lives: also without audit, the refusal is told */
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x01, 0 }), 8,
		"[1305] op=set audit_enabled=0 old=1 " SESSION " res=1\n");
	other = f.sender;
	other.tgid = 600;
	f.sender = other;
	f.seq = 0;
	put_message(&f, AUDIT_SET, 0, SET_PID(600), 44);
	put_message(&f, AUDIT_SET, 0, SET_PID(0), 44);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "A: 1329 flags=0 seq=0 +4\n" OP_PID
					    "600 old=500 " SESSION " res=0\nB: error -17 1\n"
					    "A: 1329 flags=0 seq=0 +4\n" OP_PID "0 old=500 " SESSION
					    " res=0\nB: error -13 2\n");
	assert_int_equal(*(int32_t *)(void *)f.payload, 600);
	/* a process of the same pid that came later is another one */
	f.sender = fixture_sender();
	f.sender.start_time = 2;
	f.seq = 0;
	put_message(&f, AUDIT_SET, 0, SET_PID(0), 44);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "A: 1329 flags=0 seq=0 +4\n" OP_PID "0 old=500 " SESSION
					    " res=0\nB: error -13 1\n");

	/* the process itself unregisters, by any of its sockets, and gets its own probe */
	f.sender = fixture_sender();
	f.seq = 0;
	put_message(&f, AUDIT_SET, NLM_F_ACK, SET_PID(0), 44);
	send_to(&f, f.b);
	assert_string_equal(
		transcript(&f), "A: 1329 flags=0 seq=0 +4\ndaemon -A by request\nB: ack 1\n");
	assert_false(control_client_is_daemon(f.a));
	control_fixture_deinit(&f);
}

static void dead_daemons(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	/* the connection ends */
	f.seq = 0;
	put_message(&f, AUDIT_SET, 0, SET_PID(500), 44);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "daemon B\n" OP_PID "500 old=0 " SESSION " res=1\n");
	f.b = control_client_free(f.b);
	assert_string_equal(transcript(&f), "daemon -B\n");
	/* it is found dead by the probe: the newcomer takes its place */
	assert_int_equal(control_client_new(&f.b, f.control, (void *)"B"), 0);
	f.seq = 0;
	put_message(&f, AUDIT_SET, 0, SET_PID(500), 44);
	send_to(&f, f.b);
	(void)transcript(&f);
	f.is_b_broken = true;
	f.sender.tgid = 600;
	f.seq = 0;
	put_message(&f, AUDIT_SET, NLM_F_ACK, SET_PID(600), 44);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f),
		"B: 1329 flags=0 seq=0 +4\ndaemon -B\nA: ack 1\ndaemon A\n" OP_PID
		"600 old=0 " SESSION " res=1\n");
	control_fixture_deinit(&f);
}

/* An error behind the PID bit is answered also after the early ACK; registration works while locked. */
static void early_ack(void **state)
{
	struct control_fixture f;
	uint32_t words[11] = { AUDIT_STATUS_PID | AUDIT_STATUS_BACKLOG_WAIT_TIME, 0, 0, 500, 0, 0,
		0, 0, 0, 150001 };

	(void)state;
	control_fixture_init(&f);
	expect_request(&f, AUDIT_SET, ((uint32_t[]){ 0x01, 2 }), 8,
		"[1305] op=set audit_enabled=2 old=1 " SESSION " res=1\n");
	f.seq = 0;
	put_message(&f, AUDIT_SET, NLM_F_ACK, words, 44);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f),
		"A: ack 1\ndaemon A\n" OP_PID "500 old=0 " SESSION " res=1\nA: error -22 1\n");
	control_fixture_deinit(&f);
}

static void acknowledgements(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	/* of somebody who is no daemon */
	expect_request(&f, CONTROL_ACK, ((uint32_t[]){ 3 }), 4, "");
	f.seq = 0;
	put_message(&f, CONTROL_ACKS, NLM_F_ACK, NULL, 0);
	put_message(&f, AUDIT_SET, 0, SET_PID(500), 44);
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 3 }, 4);
	put_message(&f, CONTROL_ACKS, NLM_F_ACK, NULL, 0);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f),
		"A: ack 1\ndaemon A with acks\n" OP_PID "500 old=0 " SESSION
		" res=1\nacked A 3\nA: error -16 4\n");
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 4 }, 4);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "");
	/* it has been killed since: nothing is known of it but its number; another process has no say on its connection */
	f.sender.can_control = false;
	f.seq = 0;
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 5 }, 4);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "acked A 5\n");
	f.sender.start_time = 0;
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 5 }, 4);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "acked A 5\n");
	f.sender.start_time = 2; /* its number is another's */
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 6 }, 4);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "A: error -1 3\n");
	f.sender.start_time = 1;
	f.sender.tgid = 600;
	put_message(&f, CONTROL_ACK, NLM_F_ACK, (uint32_t[]){ 6 }, 4);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "A: error -1 4\n");
	/* a record is in doubt */
	f.sender = fixture_sender();
	f.is_unsure = true;
	f.seq = 0;
	put_message(&f, CONTROL_ACKS, NLM_F_ACK, NULL, 0);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "B: error 1 1\n");
	control_fixture_deinit(&f);
}

/* Spec kernel 8.7. */
static void engine_records(void **state)
{
	struct control_fixture f;
	struct audit_sender reader = fixture_sender();

	(void)state;
	control_fixture_init(&f);
	control_log_initialized(f.control);
	assert_string_equal(transcript(&f), "[2000] state=initialized audit_enabled=1 res=1\n");
	reader.subj = (struct view){ "some label", 10 };
	control_log_listener(f.control, &reader, true);
	reader.tty = reader.exe = (struct view){ 0 };
	control_log_listener(f.control, &reader, false);
	assert_string_equal(transcript(&f),
		"[1335] pid=500 uid=0 auid=1000 tty=pts0 ses=3 subj=some label comm=\"demo\" "
		"exe=\"/usr/local/bin/demo\" nl-mcgrp=1 op=connect res=1\n"
		"[1335] pid=500 uid=0 auid=1000 tty=(none) ses=3 subj=some label comm=\"demo\" "
		"exe=(null) nl-mcgrp=1 op=disconnect res=1\n");
	request(&f, AUDIT_SET, (uint32_t[]){ 0x01, 0 }, 8);
	(void)transcript(&f);
	control_log_listener(f.control, &reader, true);
	assert_string_equal(transcript(&f), "");
	control_fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status),
		cmocka_unit_test(values),
		cmocka_unit_test(counters),
		cmocka_unit_test(registration),
		cmocka_unit_test(dead_daemons),
		cmocka_unit_test(early_ack),
		cmocka_unit_test(acknowledgements),
		cmocka_unit_test(engine_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
