// SPDX-License-Identifier: MIT
/* The frame of the control protocol, who may what, and what malformed requests are answered (spec kernel 1.2 to 1.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/macros.h"
#include "control_fixture.h"

static void answers(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	/* NLM_F_REQUEST is not needed; without NLM_F_ACK only the data comes */
	put_message(&f, AUDIT_GET, 0, NULL, 0);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "A: 1000 flags=0 seq=1 +44\n");
	/* all ACKs before all data; errors in their place */
	f.seq = 0;
	put_message(&f, AUDIT_GET, NLM_F_ACK, "x", 1);
	put_message(&f, AUDIT_LIST_RULES, NLM_F_ACK, NULL, 0);
	put_message(&f, 1099, 0, "xyz", 3);
	put_message(&f, AUDIT_SET, 0, NULL, 0);
	put_message(&f, AUDIT_SET, NLM_F_ACK, NULL, 0);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "B: ack 1\nB: ack 2\nB: error -22 3\nB: ack 5\n"
					    "B: 1000 flags=0 seq=1 +44\nB: 3 flags=2 seq=2 +0\n");
	control_fixture_deinit(&f);
}

static void framing(void **state)
{
	struct control_fixture f;
	struct nlmsghdr nlh = { .nlmsg_type = AUDIT_GET, .nlmsg_flags = NLM_F_ACK };
	static const uint32_t bad[] = { 0, 15, 17, UINT32_MAX };
	size_t i;

	(void)state;
	control_fixture_init(&f);
	/* a length that cannot be ends the datagram, without a word; what came before counts */
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		f.seq = 0;
		put_message(&f, AUDIT_SET, NLM_F_ACK, NULL, 0);
		nlh.nlmsg_len = bad[i];
		buf_put(&f.sent, &nlh, sizeof(nlh));
		send_to(&f, f.a);
		assert_string_equal(transcript(&f), "A: ack 1\n");
	}
	/* less than a header */
	for (i = 0; i < sizeof(nlh); i++) {
		buf_put(&f.sent, &nlh, i);
		send_to(&f, f.a);
		assert_string_equal(transcript(&f), "");
	}
	/* the padding of the last message may be missing */
	f.seq = 0;
	put_message(&f, AUDIT_SET, NLM_F_ACK, NULL, 0);
	put_message(&f, AUDIT_USER, NLM_F_ACK, "h\0", 2);
	send_to(&f, f.a);
	assert_string_equal(transcript(&f), "A: ack 1\n[1005] " REQUESTER " msg='h'\nA: ack 2\n");
	control_fixture_deinit(&f);
}

static void numbers_of_clients(void **state)
{
	struct control_fixture f;
	struct control_client *c = NULL;

	(void)state;
	control_fixture_init(&f); /* checks A and B's numbers in each answer */
	expect_request(&f, 1, NULL, 0, "A: error -22 1\n");
	put_message(&f, 1, 0, NULL, 0);
	send_to(&f, f.b);
	assert_string_equal(transcript(&f), "B: error -22 2\n");
	/* the number is free again; the next of that process has it */
	f.a = control_client_free(f.a);
	assert_int_equal(control_client_new(&c, f.control, (void *)"A"), 0);
	put_message(&f, 1, 0, NULL, 0);
	send_to(&f, c);
	assert_string_equal(transcript(&f), "A: error -22 3\n");
	(void)control_client_free(c);
	control_fixture_deinit(&f);
}

static bool in_ranges(uint32_t type, const uint32_t ranges[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (type >= ranges[i][0] && type <= ranges[i][1])
			return true;
	return false;
}

static bool is_user(uint32_t type)
{
	static const uint32_t ranges[][2] = { { 1005, 1005 }, { 1100, 1199 }, { 2100, 2999 } };

	return in_ranges(type, ranges, ARRAY_SIZE(ranges));
}

static bool is_control(uint32_t type)
{
	static const uint32_t ranges[][2] = { { 1000, 1001 }, { 1010, 1019 }, { 1080, 1086 },
		{ 1088, 1090 } };

	return in_ranges(type, ranges, ARRAY_SIZE(ranges));
}

/* The first errno in the transcript, 0 without one. */
static int first_error(struct control_fixture *f)
{
	const char *at = strstr(transcript(f), "error ");

	return at ? atoi(at + 6) : 0;
}

static int errno_of(struct control_fixture *f, uint32_t type)
{
	put_message(f, (uint16_t)type, 0, NULL, 0);
	send_to(f, f->a);
	return first_error(f);
}

/* Spec kernel 1.5, for every type there is. */
static void permissions(void **state)
{
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	f.kauditd.limits.failure = 0;
	for (uint32_t type = 0; type <= UINT16_MAX; type++) {
		int none = type >= 1002 && type <= 1004 ? -EOPNOTSUPP
			   : is_control(type) || is_user(type) || type == CONTROL_RECORD ? -EPERM
											 : -EINVAL;
		bool writes = is_user(type) || type == CONTROL_RECORD;
		int got;

		f.sender = fixture_sender();
		f.sender.can_control = f.sender.can_write = false;
		assert_int_equal(errno_of(&f, type), none);
		f.sender.can_read = f.sender.can_control = true;
		got = errno_of(&f, type);
		assert_true(is_control(type) ? got != -EPERM : got == none);
		f.sender.can_control = false;
		f.sender.can_write = true;
		got = errno_of(&f, type);
		assert_true(writes ? got != -EPERM : got == none);
		/* a pid namespace: no control, but messages */
		f.sender.can_control = f.sender.foreign_pidns = true;
		got = errno_of(&f, type);
		assert_true(writes ? got != -EPERM : got == none);
		f.sender.foreign_userns = true;
		assert_int_equal(errno_of(&f, type), -ECONNREFUSED);
	}
	assert_int_equal(rule_set_count(f.rules), 0);
	control_fixture_deinit(&f);
}

/* ---- malformed requests ---- */

static size_t long_string(unsigned char *to, uint32_t field, uint32_t value, size_t have)
{
	struct audit_rule_data *data = (void *)to;
	size_t len = wire_rule(to, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL);

	data->field_count = 1;
	data->fields[0] = field;
	data->fieldflags[0] = AUDIT_EQUAL;
	data->values[0] = value;
	data->buflen = 1; /* is not looked at */
	memset(to + len, '/', have);
	return len + have;
}

static size_t many_fields(unsigned char *to, uint32_t n)
{
	size_t len = wire_rule(to, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL);

	((struct audit_rule_data *)(void *)to)->field_count = n;
	return len;
}

static size_t equiv(unsigned char *to, uint32_t old, uint32_t new, size_t have)
{
	uint32_t sizes[2] = { old, new };

	memcpy(to, sizes, sizeof(sizes));
	memset(to + sizeof(sizes), '/', have);
	return sizeof(sizes) + have;
}

static size_t words(unsigned char *to, const uint32_t *w, size_t n_bytes)
{
	memcpy(to, w, n_bytes);
	return n_bytes;
}

#define WORDS(...) words(p, (const uint32_t[16]){ __VA_ARGS__ }, len)
#define ROW(class, errno_, type, len_, make)                                                       \
	do {                                                                                       \
		size_t len = (len_);                                                               \
		(void)len;                                                                         \
		check_malformed(&f, class, type, p, (make), -(errno_));                            \
	} while (0)

/* The answer, and nothing has changed. */
static void check_malformed(struct control_fixture *f, const char *class, uint16_t type,
	const unsigned char *payload, size_t len, int error)
{
	static char before[8192], after[8192];
	char answer[64];
	const char *got;

	state_of(f, before, sizeof(before));
	f->seq = 0;
	request(f, type, payload, len);
	(void)snprintf(answer, sizeof(answer), "A: error %d 1\n", error);
	got = transcript(f);
	if (strcmp(got, answer) != 0)
		fail_msg("%s, type %u, %zu bytes: %s instead of %s", class, type, len, got, answer);
	state_of(f, after, sizeof(after));
	assert_string_equal(before, after);
}

static void malformed(void **state)
{
	static _Alignas(8) unsigned char p[CONTROL_PIECE_MAX + 1];
	struct control_fixture f;

	(void)state;
	control_fixture_init(&f);
	/* something is there that could change */
	expect_request(&f, AUDIT_ADD_RULE, p,
		wire_rule(p, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "there"),
		"rules changed\n[1305] " SESSION " op=add_rule key=\"there\" list=4 res=1\n");

	/* 1 too short */
	ROW("short", EINVAL, AUDIT_ADD_RULE, 0, 0);
	ROW("short", EINVAL, AUDIT_ADD_RULE, 0, wire_rule(p, 4, 2, NULL) - 1);
	ROW("short", EINVAL, AUDIT_DEL_RULE, 0, wire_rule(p, 4, 2, NULL) - 1);
	ROW("short", EINVAL, AUDIT_SET_FEATURE, 15, WORDS(1, 3, 3, 3));
	ROW("short", EINVAL, AUDIT_MAKE_EQUIV, 7, WORDS(1, 1));
	ROW("short", EINVAL, AUDIT_USER, 1, WORDS('x'));
	ROW("short", EINVAL, AUDIT_FIRST_USER_MSG, 0, 0);
	ROW("short", EINVAL, AUDIT_LAST_USER_MSG2, 1, WORDS('x'));
	ROW("short", EINVAL, AUDIT_SET, 24, WORDS(AUDIT_STATUS_BACKLOG_WAIT_TIME));
	/* here the kernel would set it to 0 */
	ROW("short", EINVAL, AUDIT_SET, 36, WORDS(AUDIT_STATUS_BACKLOG_WAIT_TIME));
	ROW("short", EINVAL, CONTROL_ACK, 3, WORDS(1));
	ROW("short", EINVAL, CONTROL_RECORD, 7, WORDS(AUDIT_AVC, 0));
	ROW("short", EINVAL, CONTROL_RECORD, 8, WORDS(AUDIT_AVC, 0));
	ROW("short", EINVAL, CONTROL_EVENT, 64, WORDS(1));
	ROW("short", EINVAL, CONTROL_RULE_STATS, 7, WORDS(0, 0));
	ROW("short", EINVAL, CONTROL_COST, 7, WORDS(0, 0));

	/* 2 too long */
	ROW("long", EMSGSIZE, CONTROL_EVENT, 0, CONTROL_PIECE_MAX + 1);
	ROW("long", ENAMETOOLONG, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_WATCH, 4097, 4097));
	ROW("long", EINVAL, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_EXE, 4097, 4097));
	ROW("long", EINVAL, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_FILTERKEY, 257, 257));
	ROW("long", ENAMETOOLONG, AUDIT_MAKE_EQUIV, 0, equiv(p, 4097, 1, 4098));
	ROW("long", ENAMETOOLONG, AUDIT_MAKE_EQUIV, 0, equiv(p, 1, 4097, 4098));
	ROW("long", EINVAL, CONTROL_RECORD, 8,
		(memset(p, 'x', 9000), WORDS(AUDIT_AVC, 0) + CONTROL_TEXT_MAX + 1));

	/* 3 wrong type: test permissions() goes through all of them */
	ROW("type", EOPNOTSUPP, AUDIT_LIST, 4, WORDS(0));
	ROW("type", EOPNOTSUPP, AUDIT_ADD, 4, WORDS(0));
	ROW("type", EINVAL, AUDIT_LOGIN, 4, WORDS(0));
	ROW("type", EINVAL, 1200, 4, WORDS(0));
	ROW("type", EINVAL, AUDIT_SYSCALL, 4, WORDS(0));
	ROW("type", EINVAL, 3000, 4, WORDS(0));
	ROW("type", EINVAL, CONTROL_RECORD, 12, WORDS(AUDIT_SYSCALL, 0, 'x'));
	ROW("type", EINVAL, CONTROL_RECORD, 12, WORDS(0x10000 + AUDIT_AVC, 0, 'x'));

	/* 4 masks and values that cannot be */
	ROW("mask", EINVAL, AUDIT_SET, 44, WORDS(AUDIT_STATUS_ENABLED, 3));
	ROW("mask", EINVAL, AUDIT_SET, 44, WORDS(AUDIT_STATUS_FAILURE, 0, 3));
	ROW("mask", EINVAL, AUDIT_SET, 44, WORDS(AUDIT_STATUS_PID, 0, 0, 501));
	ROW("mask", EINVAL, AUDIT_SET, 44,
		WORDS(AUDIT_STATUS_BACKLOG_WAIT_TIME, 0, 0, 0, 0, 0, 0, 0, 0, 150001));
	ROW("mask", EINVAL, AUDIT_ADD_RULE, 0, wire_rule(p, 8, AUDIT_ALWAYS, NULL));
	ROW("mask", EINVAL, AUDIT_ADD_RULE, 0, wire_rule(p, 0x24, AUDIT_ALWAYS, NULL));
	ROW("mask", EINVAL, AUDIT_ADD_RULE, 0,
		wire_rule(p, AUDIT_FILTER_ENTRY, AUDIT_ALWAYS, NULL));
	ROW("mask", EINVAL, AUDIT_ADD_RULE, 0,
		wire_rule(p, AUDIT_FILTER_EXIT, AUDIT_POSSIBLE, NULL));
	ROW("mask", EINVAL, AUDIT_DEL_RULE, 0, wire_rule(p, AUDIT_FILTER_EXIT, 3, NULL));
	ROW("mask", EINVAL, CONTROL_RULE_STATS, 8, WORDS(CONTROL_STATS_RESET << 1, 0));
	ROW("mask", EINVAL, CONTROL_COST, 8, WORDS(CONTROL_COST_WINDOW_MAX + 1, 0));

	/* 5 numbers of fields */
	ROW("fields", EINVAL, AUDIT_ADD_RULE, 0, many_fields(p, 65));
	ROW("fields", EINVAL, AUDIT_DEL_RULE, 0, many_fields(p, UINT32_MAX));
	ROW("fields", EINVAL, AUDIT_ADD_RULE, 0, many_fields(p, 1)); /* without an operator */

	/* 6 strings that go beyond the end */
	ROW("string", EINVAL, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_WATCH, 5, 4));
	ROW("string", EINVAL, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_DIR, UINT32_MAX, 4));
	ROW("string", EINVAL, AUDIT_DEL_RULE, 0, long_string(p, AUDIT_FILTERKEY, 2, 1));
	ROW("string", EINVAL, AUDIT_ADD_RULE, 0, long_string(p, AUDIT_FILTERKEY, 0, 4));
	ROW("string", EINVAL, AUDIT_MAKE_EQUIV, 0, equiv(p, 5, 1, 4));
	ROW("string", EINVAL, AUDIT_MAKE_EQUIV, 0, equiv(p, 3, 2, 4));
	ROW("string", EINVAL, AUDIT_MAKE_EQUIV, 0, equiv(p, 0, 4, 4));
	ROW("string", EINVAL, AUDIT_MAKE_EQUIV, 0, equiv(p, 4, UINT32_MAX, 8));

	/* 7 no permission; before anything is looked at */
	f.sender.can_control = f.sender.can_write = false;
	ROW("permission", EPERM, AUDIT_GET, 0, 0);
	ROW("permission", EPERM, AUDIT_SET, 44, WORDS(AUDIT_STATUS_ENABLED, 0));
	ROW("permission", EPERM, AUDIT_SET, 44, WORDS(AUDIT_STATUS_FAILURE, 0, 3));
	ROW("permission", EPERM, AUDIT_ADD_RULE, 0, wire_rule(p, 4, 2, NULL));
	ROW("permission", EPERM, AUDIT_DEL_RULE, 0, wire_rule(p, 4, 2, "there"));
	ROW("permission", EPERM, AUDIT_ADD_RULE, 0, 0);
	ROW("permission", EPERM, AUDIT_SET_FEATURE, 16, WORDS(1, 3, 3, 3));
	ROW("permission", EPERM, AUDIT_TTY_SET, 8, WORDS(1, 1));
	ROW("permission", EPERM, AUDIT_USER, 3, WORDS('x'));
	ROW("permission", EPERM, CONTROL_RULES_BEGIN, 0, 0);
	ROW("permission", EPERM, CONTROL_RECORD, 12, WORDS(AUDIT_AVC, 0, 'x'));
	ROW("permission", EPERM, CONTROL_EVENT, 0, 0);
	ROW("permission", EPERM, CONTROL_RULE_STATS, 8, WORDS(CONTROL_STATS_RESET, 0));
	ROW("permission", EPERM, CONTROL_COST, 8, WORDS(0, 0));
	control_fixture_deinit(&f);
}

/* Longer than a request needs to be is as good: the rest is ignored (spec kernel 1.8, 1.11). */
static void long_requests(void **state)
{
	static _Alignas(8) unsigned char p[8192];
	struct control_fixture f;
	size_t len;

	(void)state;
	control_fixture_init(&f);
	((uint32_t *)(void *)p)[0] = AUDIT_STATUS_FAILURE;
	((uint32_t *)(void *)p)[2] = 2;
	memset(p + 44, 0xff, 100);
	expect_request(
		&f, AUDIT_SET, p, 144, "[1305] op=set audit_failure=2 old=1 " SESSION " res=1\n");
	len = wire_rule(p, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k");
	memset(p + len, 0xff, 100);
	expect_request(&f, AUDIT_ADD_RULE, p, len + 100,
		"rules changed\n[1305] " SESSION " op=add_rule key=\"k\" list=4 res=1\n");
	expect_request(&f, AUDIT_LIST_RULES, p, 100,
		"A: 1013 flags=2 seq=1 +1041\nA: 3 flags=2 seq=1 +0\n");
	control_fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(framing),
		cmocka_unit_test(numbers_of_clients),
		cmocka_unit_test(permissions),
		cmocka_unit_test(malformed),
		cmocka_unit_test(long_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
