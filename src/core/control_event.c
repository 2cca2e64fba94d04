// SPDX-License-Identifier: MIT
/* What is about the engine's streams: events of attached sources, the account of the queues, who signals the daemon. */
#include <errno.h>
#include <string.h>

#include "core/control_state.h"

/* The whole of an event, aligned. */
static int decode(struct control_call *call)
{
	struct buf *bytes = &call->client->event;
	size_t used;
	int r;

	r = event_decode(&call->control->event, bytes->data, bytes->len, &used);
	if (r == -ENOMEM)
		return r;
	return r < 0 || used != bytes->len ? -EINVAL : 0;
}

int control_event(struct control_call *call)
{
	struct control *control = call->control;
	struct buf *bytes = &call->client->event;
	int r;

	buf_put(bytes, call->payload, call->len);
	r = call->len > CONTROL_PIECE_MAX ? -EMSGSIZE : buf_error(bytes);
	if (r == 0 && (call->nlh.nlmsg_flags & NLM_F_MULTI))
		return 0; /* to be continued */
	if (r == 0)
		r = decode(call);
	if (r == 0)
		r = control->ops.event(
			control->ops.userdata, call->client->userdata, &control->event);
	if (bytes->capacity > CONTROL_PIECE_MAX)
		buf_deinit(bytes); /* a rare one: its memory is not kept */
	buf_clear(bytes);
	return r;
}

int control_extra(struct control_call *call)
{
	const struct control_extra answer = { .extra = kaudit_extra(call->control->audit) };

	(void)control_reply_data(call, CONTROL_EXTRA, 0, &answer, sizeof(answer));
	return 0;
}

int control_queues(struct control_call *call)
{
	struct control *control = call->control;
	struct {
		struct control_queues queues;
		struct control_stream streams[KAUDITD_STREAMS_MAX];
		struct control_capture room; /* behind the streams that there are */
	} answer = { .queues = { .records = kauditd_records(control->kauditd),
			     .events = kaudit_stats(control->audit)->events_seen,
			     .lost_events = kaudit_stats(control->audit)->events_lost } };
	struct control_capture capture = { 0 };
	size_t len;

	control->ops.queues(
		control->ops.userdata, &answer.queues, answer.streams, KAUDITD_STREAMS_MAX);
	if (answer.queues.n_streams > KAUDITD_STREAMS_MAX)
		answer.queues.n_streams = KAUDITD_STREAMS_MAX;
	len = sizeof(answer.queues) + answer.queues.n_streams * sizeof(answer.streams[0]);
	if (control->ops.capture && control->ops.capture(control->ops.userdata, &capture)) {
		memcpy((char *)&answer + len, &capture, sizeof(capture));
		len += sizeof(capture);
	}
	(void)control_reply_data(call, CONTROL_QUEUES, 0, &answer, len);
	return 0;
}

void control_set_signal_info(
	struct control *control, uint32_t uid, int32_t pid, const char *label, size_t label_len)
{
	control->signal_uid = uid;
	control->signal_pid = pid;
	if (!label)
		label_len = 0;
	control->signal_label_len = label_len < CONTROL_LABEL_MAX ? label_len : CONTROL_LABEL_MAX;
	if (label_len)
		memcpy(control->signal_label, label, control->signal_label_len);
}

int control_signal_info(struct control_call *call)
{
	const struct control *control = call->control;
	struct {
		uint32_t uid;
		int32_t pid;
		char label[CONTROL_LABEL_MAX]; /* no NUL */
	} info = { .uid = control->signal_uid, .pid = control->signal_pid };

	memcpy(info.label, control->signal_label, control->signal_label_len);
	(void)control_reply_data(call, AUDIT_SIGNAL_INFO, 0, &info, 8 + control->signal_label_len);
	return 0;
}
