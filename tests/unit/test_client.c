// SPDX-License-Identifier: MIT
/* The client library on an engine's socket: what it sends, and what it makes of each kind of answer. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include <cmocka.h>

#include "abi/control.h"
#include "base/buf.h"
#include "client/client.h"
#include "client/connection.h"

/* Both ends of a connection; what an engine would answer is put there before the library asks. */
struct ends {
	int client, engine;
};

static void open_ends(struct ends *e)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	e->client = fds[0];
	e->engine = fds[1];
}

static int setup(void **state)
{
	static struct ends e;

	open_ends(&e);
	*state = &e;
	return 0;
}

static int teardown(void **state)
{
	struct ends *e = *state;

	audit_close(e->client);
	(void)close(e->engine);
	return 0;
}

static void answer(const struct ends *e, int error)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack = { .nlh = { .nlmsg_len = sizeof(ack), .nlmsg_type = NLMSG_ERROR },
		.err = { .error = error } };

	assert_int_equal(send(e->engine, &ack, sizeof(ack), 0), sizeof(ack));
}

/* A record, with the length that the kernel gives it: without the header. */
static void send_record(const struct ends *e, uint16_t type, const char *text)
{
	struct audit_message m = { .nlh = { .nlmsg_len = (uint32_t)strlen(text),
					   .nlmsg_type = type } };
	size_t len = sizeof(m.nlh) + strlen(text);

	memcpy(m.data, text, strlen(text));
	assert_int_equal(send(e->engine, &m, len, 0), len);
}

static void read_request(const struct ends *e, struct audit_message *ret, uint16_t type)
{
	ssize_t n = recv(e->engine, ret, sizeof(*ret), MSG_DONTWAIT);

	assert_true(n >= (ssize_t)sizeof(ret->nlh));
	assert_int_equal(ret->nlh.nlmsg_len, n);
	assert_int_equal(ret->nlh.nlmsg_type, type);
	assert_int_equal(ret->nlh.nlmsg_pid, 0);
}

static void assert_silent(const struct ends *e)
{
	char byte;

	assert_int_equal(recv(e->engine, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void test_settings(void **state)
{
	static const struct {
		int (*set)(int fd, uint32_t value);
		uint32_t mask;
		size_t offset;
	} settings[] = {
		{ audit_set_enabled, 1, offsetof(struct audit_status, enabled) },
		{ audit_set_failure, 2, offsetof(struct audit_status, failure) },
		{ audit_set_rate_limit, 8, offsetof(struct audit_status, rate_limit) },
		{ audit_set_backlog_limit, 16, offsetof(struct audit_status, backlog_limit) },
		{ audit_set_backlog_wait_time, 32,
			offsetof(struct audit_status, backlog_wait_time) },
	};
	const struct ends *e = *state;
	struct audit_message m;
	uint32_t mask, value;
	size_t i;
	int seq;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		answer(e, 0);
		seq = settings[i].set(e->client, 7000 + (uint32_t)i);
		assert_true(seq > 0);
		read_request(e, &m, AUDIT_SET);
		assert_int_equal(m.nlh.nlmsg_seq, seq);
		assert_int_equal(m.nlh.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
		assert_int_equal(m.nlh.nlmsg_len, sizeof(m.nlh) + sizeof(struct audit_status));
		memcpy(&mask, m.data, sizeof(mask));
		memcpy(&value, m.data + settings[i].offset, sizeof(value));
		assert_int_equal(mask, settings[i].mask);
		assert_int_equal(value, 7000 + i);
	}
}

static void test_answers(void **state)
{
	const struct ends *e = *state;
	struct audit_reply rep;
	struct audit_message m;
	int first, second;

	answer(e, -EPERM);
	assert_int_equal(audit_set_enabled(e->client, 1), -EPERM);
	assert_int_equal(errno, EPERM);
	read_request(e, &m, AUDIT_SET);
	/* The error was taken out of the queue. */
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);

	/* Something else first: good, and it stays. */
	send_record(e, AUDIT_SYSCALL, "audit(1.000:1): arch=c000003e");
	first = audit_request_status(e->client);
	assert_true(first > 0);
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(rep.type, AUDIT_SYSCALL);
	assert_int_equal(rep.len, strlen("audit(1.000:1): arch=c000003e"));
	assert_string_equal(rep.message, "audit(1.000:1): arch=c000003e");
	assert_ptr_equal(rep.nlh, &rep.msg.nlh);

	answer(e, 0);
	second = audit_request_features(e->client);
	assert_int_equal(second, first + 1);

	/* A counter that is reset comes in the answer's error. */
	answer(e, 42);
	assert_int_equal(audit_reset_backlog_wait_time_actual(e->client), 42);
}

static void test_bad_messages(void **state)
{
	const struct ends *e = *state;
	struct audit_message m = { .nlh = { .nlmsg_type = AUDIT_GET } };
	struct audit_reply rep;

	assert_int_equal(send(e->engine, &m, 10, 0), 10);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -EBADE);
	/* Says more than it has. */
	m.nlh.nlmsg_len = 60;
	assert_int_equal(send(e->engine, &m, 59, 0), 59);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -EBADE);
	/* A status without its first fields, a list of rules without a rule. */
	m.nlh.nlmsg_len = 20;
	assert_int_equal(send(e->engine, &m, 20, 0), 20);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -EBADE);
	assert_null(rep.status);
	m.nlh.nlmsg_type = AUDIT_LIST_RULES;
	assert_int_equal(send(e->engine, &m, 20, 0), 20);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -EBADE);
	/* The longest datagram, which says that it is longer still. */
	m.nlh.nlmsg_type = AUDIT_USER;
	m.nlh.nlmsg_len = sizeof(m) + 1;
	assert_int_equal(send(e->engine, &m, sizeof(m), 0), sizeof(m));
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -EFBIG);

	assert_int_equal(audit_get_reply(-1, &rep, GET_REPLY_BLOCKING, 0), -EBADF);
	assert_int_equal(audit_send(-1, AUDIT_GET, NULL, 0), -EBADF);
	assert_int_equal(audit_send(e->client, AUDIT_USER, m.data, 8960), -EINVAL);
	assert_silent(e);
}

/* An engine that goes away is an error, never a signal. */
static void test_gone(void **state)
{
	struct ends *e = *state;
	struct audit_reply rep;

	(void)close(TAKE_FD(e->engine));
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_BLOCKING, 0), -ECONNRESET);
	assert_int_equal(audit_request_status(e->client), -EPIPE);
	assert_int_equal(
		audit_log_user_message(e->client, 1111, "x", "h", "1.1.1.1", "t", 1), -EPIPE);
}

static uint32_t acked(const struct ends *e)
{
	struct audit_message m;
	struct control_ack ack;

	read_request(e, &m, CONTROL_ACK);
	assert_int_equal(m.nlh.nlmsg_flags & NLM_F_ACK, 0);
	memcpy(&ack, m.data, sizeof(ack));
	return ack.n_records;
}

static void register_daemon(const struct ends *e, int error)
{
	struct audit_message m;

	answer(e, error);
	answer(e, 0);
	assert_int_equal(audit_set_pid(e->client, (uint32_t)getpid(), WAIT_NO), 1);
	read_request(e, &m, CONTROL_ACKS);
	read_request(e, &m, AUDIT_SET);
}

static void test_acks(void **state)
{
	const struct ends *e = *state;
	struct audit_reply rep;
	struct audit_message m;

	register_daemon(e, 0);
	send_record(e, AUDIT_SYSCALL, "audit(1.000:1): a=b");
	send_record(e, AUDIT_EOE, "audit(1.000:1): ");
	/* Looking is not taking. */
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, MSG_PEEK) > 0);
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_silent(e);
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(acked(e), 1);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	assert_int_equal(acked(e), 1);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	assert_silent(e);
	/* Answers are no records. */
	answer(e, 0);
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	assert_silent(e);

	/* No daemon any more. */
	answer(e, 0);
	assert_int_equal(audit_set_pid(e->client, 0, WAIT_NO), 1);
	read_request(e, &m, AUDIT_SET);
	send_record(e, AUDIT_EOE, "audit(1.000:2): ");
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	assert_silent(e);
}

/* No further record is taken while the engine has no room to be told of those before: one at most is in doubt. */
static void test_never_ahead(void **state)
{
	const struct ends *e = *state;
	const int size = 1; /* the least there is */
	uint32_t n_taken = 0, n_acked = 0;
	struct audit_reply rep;
	int r;

	register_daemon(e, 0);
	assert_int_equal(setsockopt(e->client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
	do {
		send_record(e, AUDIT_EOE, "audit(1.000:1): ");
		r = audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0);
		n_taken += r > 0;
	} while (r > 0 && n_taken < 1000);
	assert_int_equal(r, -EAGAIN);
	assert_true(n_taken > 1);
	while (n_acked + 1 < n_taken)
		n_acked += acked(e);
	assert_silent(e);
	/* the one that waited, and what it says of the one before */
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(acked(e), 1);
}

/* Of the first record an earlier daemon did not say whether it wrote it: the log tells. */
static void test_record_in_doubt(void **state)
{
	static const char *const logs[] = {
		"type=EOE msg=audit(1.000:1): a=b\n",
		"node=x type=SYSCALL msg=audit(1.000:1): a=b\x1dUID=\"root\"\n",
		"type=SYSCALL msg=audit(1.000:1): a=bc\n",
		"type=SYSCALL msg=audit(1.000:1): a=",
		"",
	};
	const struct ends *e = *state;
	struct audit_reply rep;
	struct audit_message m;

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		char path[] = "/tmp/test_client.XXXXXX";
		int made = mkstemp(path), log = open(path, O_WRONLY | O_APPEND);

		(void)unlink(path);
		(void)close(made);
		assert_int_equal(write(log, logs[i], strlen(logs[i])), strlen(logs[i]));
		register_daemon(e, 1);
		send_record(e, AUDIT_SYSCALL, "audit(1.000:1): a=b");
		send_record(e, AUDIT_SYSCALL, "audit(1.000:2): a=b");
		if (i < 2) { /* it is there: passed over, and acknowledged */
			assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
			assert_int_equal(acked(e), 1);
		} else {
			assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
			assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
			assert_int_equal(acked(e), 1);
		}
		/* a daemon that goes says that it has dealt with what it has */
		answer(e, 0);
		assert_int_equal(audit_set_pid(e->client, 0, WAIT_NO), 1);
		assert_int_equal(acked(e), 1);
		read_request(e, &m, AUDIT_SET);
		(void)close(log);
	}
}

/* An engine that ended at the same time has heard of none of the last ones: they are looked for up to the first that is
 * not there; behind it nothing is in doubt, whatever the log says. */
static void test_records_in_doubt(void **state)
{
	static const char log_text[] =
		"type=SYSCALL msg=audit(1.000:1): a\ntype=SYSCALL msg=audit(1.000:2): a\n";
	static const char *const records[] = { "audit(1.000:1): a", "audit(1.000:2): a",
		"audit(1.000:3): a", "audit(1.000:2): a" };
	const struct ends *e = *state;
	char path[] = "/tmp/test_client.XXXXXX";
	int made = mkstemp(path), log = open(path, O_WRONLY | O_APPEND);
	struct audit_reply rep;

	(void)unlink(path);
	(void)close(made);
	assert_int_equal(write(log, log_text, strlen(log_text)), strlen(log_text));
	register_daemon(e, 1);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		send_record(e, AUDIT_SYSCALL, records[i]);
	for (size_t i = 2; i < sizeof(records) / sizeof(records[0]); i++) {
		assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
		assert_memory_equal(rep.message, records[i], strlen(records[i]));
	}
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	(void)close(log);
}

/* An engine that knows no acknowledgements, and one that refuses the daemon. */
static void test_no_acks(void **state)
{
	const struct ends *e = *state;
	struct audit_reply rep;
	struct audit_message m;
	int round;

	register_daemon(e, -EINVAL);
	for (round = 0; round < 2; round++) {
		send_record(e, AUDIT_EOE, "audit(1.000:1): ");
		assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
		assert_int_equal(
			audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
		assert_silent(e);
		if (round)
			break;
		answer(e, 0);
		answer(e, -EEXIST);
		assert_int_equal(audit_set_pid(e->client, 1, WAIT_NO), -EEXIST);
		read_request(e, &m, CONTROL_ACKS);
		read_request(e, &m, AUDIT_SET);
	}
}

/* A descriptor that was closed without audit_close() and given out again is nobody's daemon. */
static void test_reused_fd(void **state)
{
	struct ends *e = *state, other;
	struct audit_reply rep;

	register_daemon(e, 0);
	send_record(e, AUDIT_EOE, "audit(1.000:1): ");
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	open_ends(&other);
	assert_int_equal(dup2(other.client, e->client), e->client);
	(void)close(other.client);
	(void)close(e->engine);
	e->engine = other.engine;
	assert_int_equal(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -EAGAIN);
	assert_silent(e);
}

/* A daemon made for netlink does not know that a connection can end; it must not burn a processor then. */
static void test_end_of_engine(void **state)
{
	struct ends *e = *state;
	struct timespec before, after;
	struct audit_reply rep;
	int i;

	register_daemon(e, 0);
	(void)close(TAKE_FD(e->engine));
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	for (i = 0; i < 3; i++)
		assert_int_equal(
			audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0), -ECONNRESET);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 +
			    (after.tv_nsec - before.tv_nsec) / 1000000 >=
		    300);
}

/* WAIT_YES may take an error that comes late; it must not take a record. */
static void test_wait_keeps_records(void **state)
{
	const struct ends *e = *state;
	struct audit_reply rep;

	answer(e, 0);
	answer(e, 0);
	send_record(e, AUDIT_EOE, "audit(1.000:1): ");
	assert_int_equal(audit_set_pid(e->client, (uint32_t)getpid(), WAIT_YES), 1);
	assert_true(audit_get_reply(e->client, &rep, GET_REPLY_NONBLOCKING, 0) > 0);
	assert_int_equal(rep.type, AUDIT_EOE);
}

static void own_exe(char ret[static 4096])
{
	ssize_t n = readlink("/proc/self/exe", ret, 4095);

	assert_true(n > 0);
	ret[n] = '\0';
}

static void assert_text(const struct ends *e, uint16_t type, const char *format, ...)
{
	struct audit_message m;
	char expected[8192];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(expected, sizeof(expected), format, args);
	va_end(args);
	read_request(e, &m, type);
	assert_int_equal(m.nlh.nlmsg_len, NLMSG_SPACE(strlen(expected) + 1));
	assert_string_equal(m.data, expected);
}

static void test_texts(void **state)
{
	const struct ends *e = *state;
	char exe[4096], cwd[4096];

	own_exe(exe);
	answer(e, 0);
	assert_true(audit_log_user_message(e->client, 1111, "op=x", "h", "1.2.3.4", "tty1", 1) > 0);
	assert_text(
		e, 1111, "op=x exe=\"%s\" hostname=h addr=1.2.3.4 terminal=tty1 res=success", exe);
	answer(e, 0);
	assert_true(audit_log_user_message(e->client, 1111, "op=x", "10.1.2.3", NULL, "", 0) > 0);
	assert_text(e, 1111,
		"op=x exe=\"%s\" hostname=10.1.2.3 addr=10.1.2.3 terminal=? res=failed", exe);
	answer(e, 0);
	assert_true(audit_log_user_comm_message(
			    e->client, 1130, "unit=a", "my comm", "", "::1", "t", 1) > 0);
	assert_text(e, 1130,
		"unit=a comm=6D7920636F6D6D exe=\"%s\" hostname=? addr=::1 terminal=t res=success",
		exe);
	answer(e, 0);
	assert_true(audit_log_acct_message(e->client, 1114, "useradd", "add-user", "new",
			    (unsigned)-1, NULL, NULL, "t", 1) > 0);
	assert_text(e, 1114,
		"op=add-user acct=\"new\" exe=\"useradd\" hostname=? addr=? terminal=t res=success");
	answer(e, 0);
	assert_true(audit_log_acct_message(
			    e->client, 1114, NULL, "add-user", "new", 12, NULL, NULL, "t", 1) > 0);
	assert_text(e, 1114,
		"op=add-user id=12 exe=\"%s\" hostname=? addr=? terminal=t res=success", exe);
	answer(e, 0);
	assert_true(audit_log_user_avc_message(e->client, 1107, "avc: x", "", "", "t", 7) > 0);
	assert_text(e, 1107, "avc: x exe=\"%s\" sauid=7 hostname=? addr=? terminal=t", exe);
	answer(e, 0);
	assert_true(audit_log_semanage_message(e->client, 2301, "semanage", "add", "bob",
			    (unsigned)-1, "u", "r", "s0", NULL, "", NULL, NULL, NULL, "t", 1) > 0);
	assert_text(e, 2301,
		"op=add acct=\"bob\" old-seuser=? old-role=? old-range=? new-seuser=u new-role=r "
		"new-range=s0 exe=semanage hostname=? addr=? terminal=t res=success");
	answer(e, 0);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_true(audit_log_user_command(e->client, 1123, "  ls -l \n", "t", 1) > 0);
	assert_text(
		e, 1123, "cwd=\"%s\" cmd=6C73202D6C exe=\"%s\" terminal=t res=success", cwd, exe);
}

/* An old kernel knows AUDIT_USER only. */
static void test_old_type(void **state)
{
	const struct ends *e = *state;
	struct audit_message m;

	answer(e, -EINVAL);
	answer(e, 0);
	assert_true(audit_log_user_message(e->client, 1111, "x", "h", "1.1.1.1", "t", 1) > 0);
	read_request(e, &m, 1111);
	read_request(e, &m, AUDIT_USER);
	answer(e, -EINVAL);
	assert_int_equal(
		audit_log_user_message(e->client, 2111, "x", "h", "1.1.1.1", "t", 1), -EINVAL);
	read_request(e, &m, 2111);
	assert_silent(e);
	answer(e, -ECONNREFUSED);
	assert_int_equal(audit_log_user_message(e->client, 2111, "x", "h", "1.1.1.1", "t", 1), 0);
}

static void test_encode(void **state)
{
	_cleanup_free_ char *plain = audit_encode_nv_string("acct", "root", 0);
	_cleanup_free_ char *hex = audit_encode_nv_string("acct", "a b", 3);
	_cleanup_free_ char *none = audit_encode_nv_string("acct", NULL, 0);
	char text[16];

	(void)state;
	assert_string_equal(plain, "acct=\"root\"");
	assert_string_equal(hex, "acct=612062");
	assert_string_equal(none, "acct=\"?\"");
	assert_int_equal(audit_value_needs_encoding("abc", 3), 0);
	assert_int_equal(audit_value_needs_encoding("a\"c", 3), 1);
	assert_int_equal(audit_value_needs_encoding("a\"c", 1), 0);
	assert_int_equal(audit_value_needs_encoding("\xc3\xa9", 2), 1);
	assert_int_equal(audit_value_needs_encoding("\x7f", 1), 1);
	assert_int_equal(audit_value_needs_encoding(NULL, 3), 0);
	assert_ptr_equal(audit_encode_value(text, "\xff\x01", 2), text);
	assert_string_equal(text, "FF01");
	assert_string_equal(audit_encode_value(text, NULL, 2), "");
}

static void chld(int signal)
{
	(void)signal;
	fail_msg("the program noticed the child");
}

/* Names take a bounded time, and programs that watch their children do not notice. */
static void test_resolve(void **state)
{
	char address[RESOLVE_ADDR_SIZE];
	struct timespec before, after;

	(void)state;
	(void)signal(SIGCHLD, chld);
	assert_int_equal(resolve_address("127.0.0.1", address), 0);
	assert_string_equal(address, "127.0.0.1");
	assert_int_equal(resolve_address("::1", address), 0);
	assert_string_equal(address, "::1");
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	assert_true(resolve_address("no-such-host.invalid", address) < 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(after.tv_sec - before.tv_sec <= 2);
	if (resolve_address("localhost", address) == 0)
		assert_true(strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0);
	else
		print_message("SKIP localhost: this machine does not know it\n");
	(void)signal(SIGCHLD, SIG_DFL);
}

static void test_engine_path(void **state)
{
	char dir[] = "/tmp/uaudit-client-XXXXXX", path[128];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener, fd;
	char *found;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/control.sock", dir);
	assert_int_equal(connection_engine_path(&found, "/given"), 0);
	assert_string_equal(found, "/given");
	free(found);
	assert_int_equal(setenv(CONTROL_ENV, path, 1), 0);
	assert_int_equal(connection_engine_path(&found, NULL), 0);
	assert_string_equal(found, path);
	free(found);

	/* An engine that was named and is not there is an error. */
	assert_int_equal(audit_open(), -1);
	assert_int_equal(errno, ENOENT);
	(void)strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(audit_open(), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(listen(listener, 4), 0);
	fd = audit_open();
	assert_true(fd >= 0);
	assert_true(connection_is_engine(fd));
	assert_true(connection_is_own_engine(fd));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	audit_close(fd);
	/* An engine of our own user needs no capabilities. */
	assert_int_equal(audit_can_control(), 1);
	(void)close(listener);
	(void)unlink(path);
	(void)rmdir(dir);
	assert_int_equal(unsetenv(CONTROL_ENV), 0);
	assert_int_equal(connection_open_engine(""), -ENAMETOOLONG);
}

int main(void)
{
#define ON_ENDS(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ON_ENDS(test_settings),
		ON_ENDS(test_answers),
		ON_ENDS(test_bad_messages),
		ON_ENDS(test_gone),
		ON_ENDS(test_acks),
		ON_ENDS(test_never_ahead),
		ON_ENDS(test_record_in_doubt),
		ON_ENDS(test_records_in_doubt),
		ON_ENDS(test_no_acks),
		ON_ENDS(test_reused_fd),
		ON_ENDS(test_end_of_engine),
		ON_ENDS(test_wait_keeps_records),
		ON_ENDS(test_texts),
		ON_ENDS(test_old_type),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_engine_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
