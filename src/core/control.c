// SPDX-License-Identifier: MIT
/*
 * The frame of the control protocol: connections, datagrams, permissions, answers (spec kernel 1.2, 1.5, 1.6). What each
 * request does is in the control_*.c file of its family.
 */
#include "core/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"

#define REPLIES_MAX                                                                                \
	((size_t)16 * 1024 * 1024) /* bytes that one datagram may ask for; some 14,000 rules */
#define REPLIES_KEPT ((size_t)64 * 1024) /* bytes of memory that stay for the next datagram */
#define PORTID_AUTO                                                                                \
	0xfffff000u /* and down from there: netlink_autobind() in net/netlink/af_netlink.c */

/* ---- life ---- */

int control_new(
	struct control **ret, const struct control_options *options, const struct control_ops *ops)
{
	struct control *control = calloc(1, sizeof(*control));
	uint32_t nsec;

	if (!control)
		return -ENOMEM;
	control->ops = *ops;
	control->audit = options->audit;
	control->kauditd = options->kauditd;
	control->env = options->env;
	control->enabled = options->enabled;
	control->signal_uid = UINT32_MAX;
	control->signal_pid = -1;
	buf_init(&control->replies, REPLIES_MAX);
	control->ops.now(control->ops.userdata, &control->stats_since, &nsec);
	*ret = control;
	return 0;
}

/* Its clients are gone by then. */
struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	buf_deinit(&control->replies);
	event_deinit(&control->event);
	free(control);
	return NULL;
}

uint32_t control_enabled(const struct control *control)
{
	return control->enabled;
}

int control_client_new(struct control_client **ret, struct control *control, void *client_userdata)
{
	struct control_client *client = calloc(1, sizeof(*client));

	if (!client)
		return -ENOMEM;
	client->control = control;
	client->userdata = client_userdata;
	buf_init(&client->event, EVT_LEN_MAX);
	client->next = control->clients;
	control->clients = client;
	*ret = client;
	return 0;
}

struct control_client *control_client_free(struct control_client *client)
{
	struct control_client **at;

	if (!client)
		return NULL;
	if (client->control->daemon == client)
		control_daemon_gone(client->control, false);
	for (at = &client->control->clients; *at != client; at = &(*at)->next)
		;
	*at = client->next;
	(void)transaction_free(client->transaction);
	buf_deinit(&client->event);
	free(client);
	return NULL;
}

bool control_client_is_daemon(const struct control_client *client)
{
	return client->control->daemon == client;
}

static bool portid_is_free(const struct control *control, uint32_t portid)
{
	for (const struct control_client *c = control->clients; c; c = c->next)
		if (c->portid == portid)
			return false;
	return true;
}

/* As the kernel binds a socket at its first use: to the process's id, or if another socket has that to any. */
static void bind_client(struct control_client *client, const struct audit_sender *sender)
{
	uint32_t portid = (uint32_t)sender->tgid;

	if (client->portid)
		return;
	if (!portid || !portid_is_free(client->control, portid))
		for (portid = PORTID_AUTO; !portid_is_free(client->control, portid); portid--)
			;
	client->portid = portid;
}

/* ---- answers ---- */

void control_reply_error(struct control_call *call, int error)
{
	struct nlmsgerr ack = { .error = error, .msg = call->nlh };
	struct nlmsghdr nlh = {
		.nlmsg_len = NLMSG_LENGTH(sizeof(ack)),
		.nlmsg_type = NLMSG_ERROR,
		.nlmsg_flags = NLM_F_CAPPED,
		.nlmsg_seq = call->nlh.nlmsg_seq,
		.nlmsg_pid = call->client->portid,
	};
	_cleanup_free_ char *whole = NULL;

	/*
	 * Of what went wrong the whole request goes back; without memory for it the header alone, which says so. nlmsg_len
	 * counts the padding here, as it does in the kernel.
	 */
	if (error)
		whole = calloc(1, sizeof(ack) + NLMSG_ALIGN(call->len));
	if (whole) {
		memcpy(whole, &ack, sizeof(ack));
		memcpy(whole + sizeof(ack), call->payload, call->len);
		nlh.nlmsg_len += (uint32_t)NLMSG_ALIGN(call->len);
		nlh.nlmsg_flags = 0;
	}
	call->control->ops.reply(call->client->userdata, &nlh, whole ? (void *)whole : &ack,
		nlh.nlmsg_len - NLMSG_HDRLEN);
}

int control_reply_data(
	struct control_call *call, uint16_t type, uint16_t flags, const void *payload, size_t len)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = call->nlh.nlmsg_seq,
	};
	struct buf *to = &call->control->replies;

	if (!buf_reserve(to, NLMSG_SPACE(len))) {
		to->error = 0; /* this answer is lost, not the others */
		return -ENOMEM;
	}
	buf_put(to, &nlh, sizeof(nlh));
	buf_put(to, payload, len);
	buf_align(to, NLMSG_ALIGNTO);
	return 0;
}

static void send_replies(struct control_client *client)
{
	struct control *control = client->control;
	struct buf *replies = &control->replies;
	const struct nlmsghdr *nlh;

	for (size_t at = 0; at < replies->len; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (const struct nlmsghdr *)(const void *)(replies->data + at);
		control->ops.reply(client->userdata, nlh, replies->data + at + NLMSG_HDRLEN,
			nlh->nlmsg_len - NLMSG_HDRLEN);
	}
	if (replies->capacity > REPLIES_KEPT)
		buf_deinit(replies);
	buf_clear(replies);
}

/* ---- requests ---- */

enum capability { CAP_NONE, CAP_CONTROL, CAP_WRITE, CAP_REGISTERED };

struct request {
	uint16_t first, last; /* types */
	uint8_t capability;   /* NONE: nobody may */
	uint16_t min_len;     /* bytes of payload; fewer are EINVAL */
	control_handler handle;
};

#define ONE(type) (type), (type)

/* What is not here is EINVAL. Ascending. */
static const struct request requests[] = {
	{ ONE(AUDIT_GET), CAP_CONTROL, 0, control_get },
	{ ONE(AUDIT_SET), CAP_CONTROL, 0, control_set },
	{ AUDIT_LIST, AUDIT_DEL, CAP_NONE, 0, NULL },
	{ ONE(AUDIT_USER), CAP_WRITE, 0, control_user },
	{ ONE(AUDIT_SIGNAL_INFO), CAP_CONTROL, 0, control_signal_info },
	{ ONE(AUDIT_ADD_RULE), CAP_CONTROL, sizeof(struct audit_rule_data), control_add_rule },
	{ ONE(AUDIT_DEL_RULE), CAP_CONTROL, sizeof(struct audit_rule_data), control_del_rule },
	{ ONE(AUDIT_LIST_RULES), CAP_CONTROL, 0, control_list_rules },
	{ ONE(AUDIT_TRIM), CAP_CONTROL, 0, control_trim },
	{ ONE(AUDIT_MAKE_EQUIV), CAP_CONTROL, 0, control_make_equiv },
	{ ONE(AUDIT_TTY_GET), CAP_CONTROL, 0, control_tty_get },
	{ ONE(AUDIT_TTY_SET), CAP_CONTROL, 0, control_tty_set },
	{ ONE(AUDIT_SET_FEATURE), CAP_CONTROL, sizeof(struct audit_features), control_set_feature },
	{ ONE(AUDIT_GET_FEATURE), CAP_CONTROL, 0, control_get_feature },
	{ ONE(CONTROL_RULES_BEGIN), CAP_CONTROL, 0, control_rules_begin },
	{ ONE(CONTROL_RULES_COMMIT), CAP_CONTROL, 0, control_rules_commit },
	{ ONE(CONTROL_RULES_ABORT), CAP_CONTROL, 0, control_rules_abort },
	{ ONE(CONTROL_ACKS), CAP_CONTROL, 0, control_acks },
	{ ONE(CONTROL_ACK), CAP_REGISTERED, sizeof(struct control_ack), control_ack },
	{ ONE(CONTROL_QUEUES), CAP_CONTROL, 0, control_queues },
	{ ONE(CONTROL_EVENT), CAP_CONTROL, 0, control_event },
	{ ONE(CONTROL_EXTRA), CAP_CONTROL, 0, control_extra },
	{ ONE(CONTROL_RULE_STATS), CAP_CONTROL, sizeof(struct control_stats_request),
		control_rule_stats },
	{ ONE(CONTROL_COST), CAP_CONTROL, sizeof(struct control_cost_request), control_cost },
	{ ONE(CONTROL_RECORD), CAP_WRITE, sizeof(struct control_record), control_record },
	{ AUDIT_FIRST_USER_MSG, AUDIT_LAST_USER_MSG, CAP_WRITE, 0, control_user },
	{ AUDIT_FIRST_USER_MSG2, AUDIT_LAST_USER_MSG2, CAP_WRITE, 0, control_user },
};

static const struct request *find_request(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (type >= requests[i].first && type <= requests[i].last)
			return &requests[i];
	return NULL;
}

/* The daemon may have been killed since it sent that, and nobody can say any more what it is capable of: its process had
 * registered this connection. Another one that has its number by now is there to be seen. */
static bool is_of_daemon(const struct control_call *call)
{
	const struct audit_sender *sender = call->sender;

	return control_client_is_daemon(call->client) &&
	       sender->tgid == call->control->daemon_tgid &&
	       (!sender->start_time || sender->start_time == call->control->daemon_start_time);
}

/* In the kernel's order (spec kernel 1.5), before anything of the payload is looked at. */
static int check_permission(const struct request *request, const struct control_call *call)
{
	const struct audit_sender *sender = call->sender;

	/* Login software takes that for a kernel without audit, and goes on. */
	if (sender->foreign_userns)
		return -ECONNREFUSED;
	if (!request)
		return -EINVAL;
	if (request->capability == CAP_REGISTERED && is_of_daemon(call))
		return 0;
	switch (request->capability) {
	case CAP_REGISTERED:
	case CAP_CONTROL:
		return sender->foreign_pidns || !sender->can_control ? -EPERM : 0;
	case CAP_WRITE:
		return sender->can_write ? 0 : -EPERM;
	default:
		return -EOPNOTSUPP;
	}
}

static void handle_message(struct control_call *call)
{
	const struct request *request = find_request(call->nlh.nlmsg_type);
	int r;

	call->control->n_requests++;
	call->wants_ack = call->nlh.nlmsg_flags & NLM_F_ACK;
	r = check_permission(request, call);
	if (r == -EPERM && call->sender->is_unseen && request->capability == CAP_WRITE &&
		call->control->enabled)
		kauditd_lose_message(call->control->kauditd,
			kaudit_next_serial(call->control->audit), STREAM_LOSS_GONE);
	if (r == 0 && call->len < request->min_len)
		r = -EINVAL;
	if (r == 0) {
		control_sender_event(call->control, &call->who, call->sender, RECORD_SOURCE_ENGINE);
		r = request->handle(call);
	}
	if (r || call->wants_ack)
		control_reply_error(call, r);
}

void control_handle(struct control_client *client, const struct audit_sender *sender,
	const void *datagram, size_t len)
{
	struct control_call call = {
		.control = client->control,
		.client = client,
		.sender = sender,
		.bytes = datagram,
	};

	bind_client(client, sender);
	while (len >= NLMSG_HDRLEN) {
		size_t step;

		memcpy(&call.nlh, call.bytes, sizeof(call.nlh));
		if (call.nlh.nlmsg_len < NLMSG_HDRLEN || call.nlh.nlmsg_len > len)
			break;
		call.payload = call.bytes + NLMSG_HDRLEN;
		call.len = call.nlh.nlmsg_len - NLMSG_HDRLEN;
		handle_message(&call);
		step = NLMSG_ALIGN((size_t)call.nlh.nlmsg_len);
		if (step >= len)
			break;
		call.bytes += step;
		len -= step;
	}
	send_replies(client);
}
