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
	bool has_capture;
	struct control_capture capture;
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
	payload += sizeof(a->queues) + a->n_streams * sizeof(a->streams[0]);
	len -= sizeof(a->queues) + a->n_streams * sizeof(a->streams[0]);
	a->has_capture = a->n_streams == a->queues.n_streams && len == sizeof(a->capture);
	if (a->has_capture)
		memcpy(&a->capture, payload, sizeof(a->capture));
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

static void print_capture(const struct control_capture *c)
{
	(void)printf(
		"tier %.*s\nscope %.*s", CONTROL_NAME_LEN, c->tier, CONTROL_NAME_LEN, c->scope);
	if (c->n_cgroups)
		(void)printf(" %u", c->n_cgroups);
	if (c->tree)
		(void)printf(" %d", c->tree);
	(void)printf("\nrings %u\nring_bytes %llu\npinned %u\ntaken_over %u\n", c->n_rings,
		(unsigned long long)c->ring_bytes, c->is_pinned, c->is_taken_over);
	(void)printf("captured %llu\nlost_no_room %llu\nlost_no_memory %llu\nlost_size %llu\n"
		     "lost_missed %llu\ntexts_cut %llu\ntexts_left %llu\n",
		(unsigned long long)c->captured, (unsigned long long)c->lost_ring,
		(unsigned long long)c->lost_task, (unsigned long long)c->lost_size,
		(unsigned long long)c->lost_missed, (unsigned long long)c->cut_texts,
		(unsigned long long)c->left_texts);
	for (size_t i = 0; i < c->n_losers && i < CONTROL_LOSERS_MAX; i++)
		(void)printf("lost_cgroup %llu %llu\n", (unsigned long long)c->losers[i].cgroup_id,
			(unsigned long long)c->losers[i].lost);
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
	if (a.has_capture)
		print_capture(&a.capture);
	(void)printf("listeners %u\nlistener_records_lost %llu\n", a.queues.n_listeners,
		(unsigned long long)a.queues.listener_lost);
	(void)printf("%-8s %9s %12s %12s %6s %8s %10s %12s %12s %10s %12s %10s\n", "stream",
		"connected", "offered", "delivered", "sent", "waiting", "spooled", "spool_bytes",
		"spool_max", "lost", "lost_events", "declared");
	for (i = 0; i < a.n_streams; i++)
		print_stream(&a.streams[i]);
}
