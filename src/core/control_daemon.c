// SPDX-License-Identifier: MIT
/* Who receives the records: registration of the audit daemon (spec kernel 1.9), and what it has dealt with. */
#include <errno.h>
#include <string.h>

#include "core/control_state.h"

/* Asks the daemon whether it is there, and tells it who wants its place. Afterwards there may be none. */
static void probe(struct control_call *call)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = NLMSG_LENGTH(sizeof(int32_t)),
		.nlmsg_type = AUDIT_REPLACE,
	};
	int32_t tgid = call->sender->tgid;

	if (call->control->daemon)
		call->control->ops.reply(
			call->control->daemon->userdata, &nlh, &tgid, sizeof(tgid));
}

void control_daemon_gone(struct control *control, bool by_request)
{
	struct control_client *client = control->daemon;

	if (!client)
		return;
	control->daemon = NULL;
	control->daemon_tgid = 0;
	control->daemon_start_time = 0;
	client->has_acks = false;
	control->ops.daemon_disconnected(control->ops.userdata, client->userdata, by_request);
}

static bool is_daemon_process(const struct control *control, const struct audit_sender *sender)
{
	return control->daemon && control->daemon_tgid == sender->tgid &&
	       control->daemon_start_time == sender->start_time;
}

static int refuse(struct control_call *call, uint32_t pid, int error)
{
	control_log_set(call, "audit_pid", pid, (uint32_t)call->control->daemon_tgid, false);
	return error;
}

static void log_pid(struct control_call *call, uint32_t pid, uint32_t old)
{
	if (call->control->enabled)
		control_log_set(call, "audit_pid", pid, old, true);
}

int control_set_pid(struct control_call *call, uint32_t pid)
{
	struct control *control = call->control;

	if (pid && pid != (uint32_t)call->sender->tgid)
		return -EINVAL;
	probe(call);
	if (control->daemon && pid)
		return refuse(call, pid, -EEXIST);
	if (control->daemon && !is_daemon_process(control, call->sender))
		return refuse(call, pid, -EACCES);
	if (!pid) {
		log_pid(call, 0, (uint32_t)control->daemon_tgid);
		control_daemon_gone(control, true);
		return 0;
	}
	/* Ahead of any record. */
	if (call->wants_ack)
		control_reply_error(call, 0);
	call->wants_ack = false;
	control->daemon = call->client;
	control->daemon_tgid = call->sender->tgid;
	control->daemon_start_time = call->sender->start_time;
	control->ops.daemon_connected(
		control->ops.userdata, call->client->userdata, call->client->has_acks);
	log_pid(call, pid, 0);
	return 0;
}

int control_acks(struct control_call *call)
{
	/* What has been sent by now counts as delivered, as of any daemon that does not acknowledge. */
	if (control_client_is_daemon(call->client))
		return -EBUSY;
	call->client->has_acks = true;
	return call->control->ops.daemon_is_unsure(call->control->ops.userdata);
}

/* Never answered: a number that cannot be right is for the stream to know. */
int control_ack(struct control_call *call)
{
	struct control *control = call->control;
	struct control_ack ack;

	call->wants_ack = false;
	memcpy(&ack, call->payload, sizeof(ack));
	if (control_client_is_daemon(call->client) && call->client->has_acks)
		(void)control->ops.daemon_acked(
			control->ops.userdata, call->client->userdata, ack.n_records);
	return 0;
}
