// SPDX-License-Identifier: MIT
/* What an engine holds and what became of all records: a line for each figure, then a table of streams. */

#include <stdio.h>
#include <string.h>

#include "abi/control.h"
#include "cli/ctl.h"

#define STREAMS_MAX                                                                                \
	((MAX_AUDIT_MESSAGE_LENGTH - sizeof(struct control_queues)) / sizeof(struct control_stream))

struct answer {
	struct control_queues queues;
	struct control_stream streams[STREAMS_MAX];
	size_t n_streams;
};

static int take_answer(void *userdata, const struct audit_reply *reply)
{
	size_t len = (size_t)reply->len - NLMSG_HDRLEN;
	const char *payload = NLMSG_DATA(reply->nlh);
	struct answer *a = userdata;

	if (reply->type == NLMSG_ERROR && reply->error->error)
		return -1;
	if (reply->type != CONTROL_QUEUES || reply->len < (int)NLMSG_LENGTH(sizeof(a->queues)))
		return 0;
	memcpy(&a->queues, payload, sizeof(a->queues));
	a->queues.source[CONTROL_NAME_LEN - 1] = '\0';
	a->n_streams = (len - sizeof(a->queues)) / sizeof(a->streams[0]);
	if (a->n_streams > a->queues.n_streams)
		a->n_streams = a->queues.n_streams;
	if (a->n_streams > STREAMS_MAX)
		a->n_streams = STREAMS_MAX;
	memcpy(a->streams, payload + sizeof(a->queues), a->n_streams * sizeof(a->streams[0]));
	return 1;
}

static void print_stream(const struct control_stream *s)
{
	(void)printf("%-8.*s %9u %12llu %12llu %6u %8u %10llu %12llu %12llu %10llu %12llu %10llu\n",
		CONTROL_NAME_LEN, s->name, s->is_connected, (unsigned long long)s->offered,
		(unsigned long long)s->delivered, s->sent, s->waiting,
		(unsigned long long)s->spooled, (unsigned long long)s->spool_bytes,
		(unsigned long long)s->spool_max, (unsigned long long)s->lost_records,
		(unsigned long long)s->lost_events, (unsigned long long)s->declared_records);
}

void ctl_print_queues(const struct ctl *ctl)
{
	struct answer a = { 0 };
	size_t i;

	if (audit_send(ctl->fd, CONTROL_QUEUES, NULL, 0) <= 0 ||
		ctl_replies(ctl, take_answer, &a) != 1)
		return;
	(void)printf("source %s\nrecords %llu\nevents %llu\nevents_lost %llu\n", a.queues.source,
		(unsigned long long)a.queues.records, (unsigned long long)a.queues.events,
		(unsigned long long)a.queues.lost_events);
	(void)printf("listeners %u\nlistener_records_lost %llu\n", a.queues.n_listeners,
		(unsigned long long)a.queues.listener_lost);
	(void)printf("%-8s %9s %12s %12s %6s %8s %10s %12s %12s %10s %12s %10s\n", "stream",
		"connected", "offered", "delivered", "sent", "waiting", "spooled", "spool_bytes",
		"spool_max", "lost", "lost_events", "declared");
	for (i = 0; i < a.n_streams; i++)
		print_stream(&a.streams[i]);
}
