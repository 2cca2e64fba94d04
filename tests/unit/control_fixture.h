/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_CONTROL_FIXTURE_H
#define UAUDIT_TESTS_UNIT_CONTROL_FIXTURE_H

/*
 * The control protocol with a transcript: everything that comes out of it, in order, one line each.
 *
 *	A: ack 7                    NLMSG_ERROR 0 for the request with sequence number 7, checked to be 36 bytes
 *	A: error -22 7              ... with an error, checked to hold the whole request
 *	A: 1000 flags=0 seq=7 +44   any other message and the bytes of its payload; the payload is kept
 *	[1305] op=set ...           a record, without its stamp (checked)
 *	daemon A, daemon -A by request, rules changed, event N, acked A N
 *
 * Needs cmocka.h before it.
 */

#include <inttypes.h>
#include <stdio.h>

#include "abi/control.h"
#include "core/control.h"
#include "fake_env.h"
#include "fake_kauditd.h"
#include "kaudit_fixture.h"

#define SESSION   "auid=1000 ses=3"
#define REQUESTER "pid=500 uid=0 " SESSION
#define ROW_MAX   8

struct control_fixture {
	struct rule_set *rules;
	struct kaudit *audit;
	struct kauditd kauditd;
	struct control *control;
	struct control_client *a, *b;
	struct audit_sender sender; /* of what is sent next */
	struct buf log;
	_Alignas(8) char payload[65536]; /* of the last data message */
	size_t payload_len;
	struct buf sent;  /* the datagram being made */
	bool is_b_broken; /* B is found dead when something is sent to it */
	uint32_t seq;
	uint32_t serial; /* expected next */
	int event_result;
	int cost_result; /* of the cost op: rows that there are, or an error */
	bool is_unsure;  /* the answer of daemon_is_unsure */
};

static inline void log_format(struct control_fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static inline void log_format(struct control_fixture *f, const char *fmt, ...)
{
	static char line[20000];
	va_list args;

	va_start(args, fmt);
	assert_true(vsnprintf(line, sizeof(line), fmt, args) < (int)sizeof(line));
	va_end(args);
	buf_puts(&f->log, line);
}

static struct control_fixture *the_fixture; /* the ops of a client get its name only */

static inline int control_sink(void *userdata, const struct kaudit_record *record)
{
	struct control_fixture *f = userdata;
	char stamp[64];
	int n = snprintf(stamp, sizeof(stamp), "audit(1700000000.123:%u): ", record->serial);

	assert_true(record->len >= (size_t)n);
	assert_memory_equal(record->text, stamp, (size_t)n);
	assert_true(record->source == RECORD_SOURCE_ENGINE || record->source == RECORD_SOURCE_USER);
	log_format(f, "[%u] %.*s\n", record->type, (int)record->len - n, record->text + n);
	return 0;
}

static inline void fixture_reply(
	void *client, const struct nlmsghdr *nlh, const void *payload, size_t len)
{
	struct control_fixture *f = the_fixture;
	const struct nlmsgerr *err = payload;

	assert_int_equal(nlh->nlmsg_len, len + NLMSG_HDRLEN);
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		assert_int_equal(nlh->nlmsg_pid, *(const char *)client == 'A' ? 500 : 0xfffff000u);
		assert_int_equal(nlh->nlmsg_seq, err->msg.nlmsg_seq);
		if (err->error) {
			assert_int_equal(nlh->nlmsg_len, 20 + NLMSG_ALIGN(err->msg.nlmsg_len));
			assert_int_equal(nlh->nlmsg_flags, 0);
			log_format(
				f, "%s: error %d %u\n", (char *)client, err->error, nlh->nlmsg_seq);
		} else {
			assert_int_equal(nlh->nlmsg_len, 36);
			assert_int_equal(nlh->nlmsg_flags, NLM_F_CAPPED);
			log_format(f, "%s: ack %u\n", (char *)client, nlh->nlmsg_seq);
		}
		return;
	}
	assert_int_equal(nlh->nlmsg_pid, 0);
	assert_true(len <= sizeof(f->payload));
	if (len)
		memcpy(f->payload, payload, len);
	f->payload_len = len;
	log_format(f, "%s: %u flags=%u seq=%u +%zu\n", (char *)client, nlh->nlmsg_type,
		nlh->nlmsg_flags, nlh->nlmsg_seq, len);
	/* As the engine does with a connection that is found broken. */
	if (f->is_b_broken && *(const char *)client == 'B') {
		f->is_b_broken = false;
		f->b = control_client_free(f->b);
	}
}

static inline void fixture_daemon_connected(void *userdata, void *client, bool has_acks)
{
	log_format(userdata, "daemon %s%s\n", (char *)client, has_acks ? " with acks" : "");
}

static inline void fixture_daemon_disconnected(void *userdata, void *client, bool by_request)
{
	log_format(userdata, "daemon -%s%s\n", (char *)client, by_request ? " by request" : "");
}

static inline bool fixture_daemon_is_unsure(void *userdata)
{
	return ((struct control_fixture *)userdata)->is_unsure;
}

static inline int fixture_daemon_acked(void *userdata, void *client, uint32_t n)
{
	log_format(userdata, "acked %s %u\n", (char *)client, n);
	return 0;
}

static inline int fixture_event(void *userdata, void *client, const struct event *ev)
{
	struct control_fixture *f = userdata;

	log_format(f, "event %s nr=%d comm=%s proctitle=%zu\n", (char *)client, ev->h.nr,
		ev->h.comm, ev->proctitle.len);
	return f->event_result;
}

static inline void fixture_rules_changed(void *userdata)
{
	log_format(userdata, "rules changed\n");
}

static inline void fixture_queues(void *userdata, struct control_queues *queues,
	struct control_stream *streams, size_t streams_max)
{
	(void)userdata;
	assert_true(streams_max >= 1);
	strcpy(queues->source, "none");
	queues->n_streams = 1;
	strcpy(streams[0].name, "log");
	streams[0].offered = 5;
}

static inline int fixture_cost(void *userdata, uint32_t window_ms, struct control_cost *cost,
	struct control_cost_row *rows, size_t rows_max)
{
	struct control_fixture *f = userdata;

	if (f->cost_result < 0)
		return f->cost_result;
	log_format(f, "cost for %u ms\n", window_ms);
	strcpy(cost->source, "none");
	cost->clock_ns = 7;
	/* more rows than there is room for are not sent */
	cost->n_rows = (uint32_t)f->cost_result;
	for (size_t i = 0; i < rows_max && i < cost->n_rows; i++)
		rows[i].runs = i + 1;
	return 0;
}

static inline void fixture_now(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec)
{
	(void)userdata;
	*ret_sec = BUILDER_TIME_SEC;
	*ret_nsec = 123456789;
}

static inline struct audit_sender fixture_sender(void)
{
	return (struct audit_sender){
		.tgid = 500,
		.ppid = 499,
		.start_time = 1,
		.auid = 1000,
		.ses = 3,
		.can_control = true,
		.can_write = true,
		.can_read = true,
		.comm = "demo",
		.exe = { "/usr/local/bin/demo", 19 },
		.tty = { "pts0", 4 },
	};
}

/* Audit is enabled. */
static inline void control_fixture_init(struct control_fixture *f)
{
	struct control_ops ops = {
		.userdata = f,
		.reply = fixture_reply,
		.daemon_connected = fixture_daemon_connected,
		.daemon_disconnected = fixture_daemon_disconnected,
		.daemon_is_unsure = fixture_daemon_is_unsure,
		.daemon_acked = fixture_daemon_acked,
		.event = fixture_event,
		.rules_changed = fixture_rules_changed,
		.queues = fixture_queues,
		.cost = fixture_cost,
		.now = fixture_now,
	};
	struct control_options options;

	*f = (struct control_fixture){
		.log = BUF_NULL,
		.sent = BUF_NULL,
		.kauditd = { .limits = KAUDITD_LIMITS_DEFAULT },
		.sender = fixture_sender(),
	};
	the_fixture = f;
	assert_int_equal(rule_set_new(&f->rules), 0);
	assert_int_equal(kaudit_new(&f->audit, f->rules, control_sink, f), 0);
	options = (struct control_options){
		.audit = f->audit, .kauditd = &f->kauditd, .env = &fake_env, .enabled = 1
	};
	assert_int_equal(control_new(&f->control, &options, &ops), 0);
	assert_int_equal(control_client_new(&f->a, f->control, (void *)"A"), 0);
	assert_int_equal(control_client_new(&f->b, f->control, (void *)"B"), 0);
	/* binds A to its pid; B, of the same process, gets another number */
	control_handle(f->a, &f->sender, "", 0);
	control_handle(f->b, &f->sender, "", 0);
}

static inline void control_fixture_deinit(struct control_fixture *f)
{
	f->a = control_client_free(f->a);
	f->b = control_client_free(f->b);
	f->control = control_free(f->control);
	kaudit_free(f->audit);
	rule_set_free(f->rules);
	buf_deinit(&f->log);
	buf_deinit(&f->sent);
}

/* Adds a message to the datagram. */
static inline void put_message(
	struct control_fixture *f, uint16_t type, uint16_t flags, const void *payload, size_t len)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = ++f->seq,
	};

	buf_align(&f->sent, 4);
	buf_put(&f->sent, &nlh, sizeof(nlh));
	buf_put(&f->sent, payload, len);
}

/* The bytes end flush with their memory, and are not aligned. */
static inline void send_to(struct control_fixture *f, struct control_client *client)
{
	char *exact = malloc(f->sent.len + 1);

	assert_non_null(exact);
	memcpy(exact + 1, f->sent.data, f->sent.len);
	control_handle(client, &f->sender, exact + 1, f->sent.len);
	free(exact);
	buf_clear(&f->sent);
}

static inline void request(
	struct control_fixture *f, uint16_t type, const void *payload, size_t len)
{
	put_message(f, type, NLM_F_REQUEST, payload, len);
	send_to(f, f->a);
}

/* What came out since the last call; borrowed. */
static inline const char *transcript(struct control_fixture *f)
{
	const char *text = buf_cstr(&f->log);

	buf_clear(&f->log);
	return text;
}

/* One request without NLM_F_ACK as the first of its numbering: what comes of it. */
#define expect_request(f, type, payload, len, text)                                                \
	do {                                                                                       \
		(f)->seq = 0;                                                                      \
		request(f, type, payload, len);                                                    \
		assert_string_equal(transcript(f), text);                                          \
	} while (0)

/* A rule in wire form; its list. */
static inline size_t wire_rule(void *to, uint32_t flags, uint32_t action, const char *key)
{
	struct audit_rule_data *data = to;

	memset(data, 0, sizeof(*data));
	data->flags = flags;
	data->action = action;
	memset(data->mask, 0xff, sizeof(data->mask) - 2);
	if (key) {
		data->field_count = 1;
		data->fields[0] = AUDIT_FILTERKEY;
		data->fieldflags[0] = AUDIT_EQUAL;
		data->values[0] = data->buflen = (uint32_t)strlen(key);
		memcpy(data->buf, key, data->buflen);
	}
	return sizeof(*data) + data->buflen;
}

/* Everything that a request may change, as text: equal before and after what is refused. */
static inline void state_of(struct control_fixture *f, char *to, size_t size)
{
	static const uint16_t types[] = { AUDIT_GET, AUDIT_GET_FEATURE, AUDIT_TTY_GET,
		AUDIT_LIST_RULES, AUDIT_SIGNAL_INFO };
	struct audit_sender was = f->sender;
	size_t at = 0;

	f->sender = fixture_sender();
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		f->seq = 100;
		request(f, types[i], NULL, 0);
		at += (size_t)snprintf(to + at, size - at, "%s", transcript(f));
		for (size_t k = 0; k < f->payload_len && k < 64; k++)
			at += (size_t)snprintf(
				to + at, size - at, "%02x", (unsigned char)f->payload[k]);
		assert_true(at < size);
	}
	f->sender = was;
}

#endif
