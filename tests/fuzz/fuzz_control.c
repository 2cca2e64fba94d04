// SPDX-License-Identifier: MIT
/*
 * The control socket's side of the engine: datagrams of several clients, one after the other, with everything that they
 * leave behind. The input is a row of steps: client (1 byte), what to do (1 byte), length (2 bytes), the datagram.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "../unit/fake_kauditd.h"
#include "core/control.h"
#include "core/kaudit.h"

#define CLIENTS 3
#define STEP    4u /* bytes in front of a datagram */

enum { CAN_CONTROL = 1, CAN_WRITE = 2, OTHER_PROCESS = 4, HANG_UP = 8, REPLY_KILLS_DAEMON = 16 };

struct world {
	struct kaudit *audit;
	struct rule_set *rules;
	struct kauditd kauditd;
	struct control *control;
	struct control_client *clients[CLIENTS];
	size_t current; /* whose datagram is being handled */
	size_t waiting; /* ACKs after data are a mistake */
	bool reply_kills;
	uint64_t sum; /* all output is looked at */
};

static struct world *the_world;

static uint64_t look_at(const void *bytes, size_t len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += ((const unsigned char *)bytes)[i];
	return sum;
}

static int sink(void *userdata, const struct kaudit_record *record)
{
	struct world *w = userdata;

	if (record->len < 6 || memcmp(record->text, "audit(", 6) != 0)
		abort();
	w->kauditd.records++;
	w->sum += look_at(record->text, record->len);
	return 0;
}

static void reply(void *client, const struct nlmsghdr *nlh, const void *payload, size_t len)
{
	struct world *w = the_world;
	size_t index = (size_t)((struct control_client **)client - w->clients);

	if (nlh->nlmsg_len != len + NLMSG_HDRLEN)
		abort();
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (w->waiting || len < sizeof(struct nlmsgerr))
			abort();
	} else if (nlh->nlmsg_type != AUDIT_REPLACE) {
		w->waiting++;
	} else if (w->reply_kills && index != w->current) {
		w->clients[index] = control_client_free(w->clients[index]);
	}
	w->sum += look_at(payload, len);
}

static void connected(void *userdata, void *client, bool has_acks)
{
	(void)client;
	((struct world *)userdata)->sum += has_acks;
}

static void disconnected(void *userdata, void *client, bool by_request)
{
	(void)client;
	((struct world *)userdata)->sum += by_request;
}

static bool is_unsure(void *userdata)
{
	(void)userdata;
	return true;
}

static int acked(void *userdata, void *client, uint32_t n)
{
	(void)client;
	((struct world *)userdata)->sum += n;
	return 0;
}

static int handle_event(void *userdata, void *client, const struct event *ev)
{
	(void)client;
	return kaudit_feed(((struct world *)userdata)->audit, ev);
}

static void rules_changed(void *userdata)
{
	struct world *w = userdata;

	if (kaudit_rules(w->audit) != w->rules)
		abort();
}

static void queues(
	void *userdata, struct control_queues *q, struct control_stream *streams, size_t max)
{
	(void)userdata;
	memset(streams, 1, max * sizeof(*streams));
	q->n_streams = (uint32_t)max;
}

static int cost(void *userdata, uint32_t window_ms, struct control_cost *ret,
	struct control_cost_row *rows, size_t max)
{
	struct world *w = userdata;

	w->sum += window_ms;
	memset(rows, 1, max * sizeof(*rows));
	ret->n_rows = window_ms;
	return window_ms == 1 ? -EOPNOTSUPP : 0;
}

static void now(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec)
{
	(void)userdata;
	*ret_sec = 1700000000;
	*ret_nsec = 0;
}

static void open_world(struct world *w)
{
	const struct control_ops ops = {
		.userdata = w,
		.reply = reply,
		.daemon_connected = connected,
		.daemon_disconnected = disconnected,
		.daemon_is_unsure = is_unsure,
		.daemon_acked = acked,
		.event = handle_event,
		.rules_changed = rules_changed,
		.queues = queues,
		.cost = cost,
		.now = now,
	};
	struct control_options options = { .kauditd = &w->kauditd, .enabled = 1 };

	*w = (struct world){ .kauditd = { .limits = KAUDITD_LIMITS_DEFAULT } };
	the_world = w;
	if (rule_set_new(&w->rules) < 0 || kaudit_new(&w->audit, w->rules, sink, w) < 0)
		abort();
	options.audit = w->audit;
	if (control_new(&w->control, &options, &ops) < 0)
		abort();
}

static void close_world(struct world *w)
{
	for (size_t i = 0; i < CLIENTS; i++)
		(void)control_client_free(w->clients[i]);
	(void)control_free(w->control);
	kaudit_free(w->audit);
	rule_set_free(w->rules);
}

/* The datagram in memory of its own, one byte off any alignment. */
static void step(struct world *w, size_t index, unsigned what, const uint8_t *data, size_t len)
{
	struct audit_sender sender = {
		.tgid = what & OTHER_PROCESS ? 7 : 6,
		.auid = UINT32_MAX,
		.ses = UINT32_MAX,
		.can_control = what & CAN_CONTROL,
		.can_write = what & CAN_WRITE,
		.comm = "fuzz",
		.exe = { "/x", 2 },
	};
	char *copy = malloc(len + 1);

	if (!copy || (!w->clients[index] && control_client_new(&w->clients[index], w->control,
						    &w->clients[index]) < 0))
		abort();
	memcpy(copy + 1, data, len);
	w->current = index;
	w->waiting = 0;
	w->reply_kills = what & REPLY_KILLS_DAEMON;
	control_handle(w->clients[index], &sender, copy + 1, len);
	free(copy);
	if (what & HANG_UP)
		w->clients[index] = control_client_free(w->clients[index]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w;

	open_world(&w);
	while (size >= STEP) {
		size_t len = data[2] | (size_t)data[3] << 8;

		if (len > size - STEP)
			len = size - STEP;
		step(&w, data[0] % CLIENTS, data[1], data + STEP, len);
		data += STEP + len;
		size -= STEP + len;
	}
	close_world(&w);
	return 0;
}
