// SPDX-License-Identifier: MIT
/*
 * Acknowledgements of a registered daemon that knows nothing of them. A record that audit_get_reply() returned counts as
 * dealt with when the daemon asks for the next one: auditd writes a record before it does. The last record of a burst
 * therefore stays unacknowledged for a while, and is sent again to the next daemon if this one ends; so the engine must let
 * at least two records be on their way. While the engine has no room for an acknowledgement there is no further record, so
 * that one record at most is in doubt.
 *
 * State hangs off descriptors, which programs close and the system gives out again: an entry is good only for the very
 * socket that was registered.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "abi/control.h"
#include "client/client.h"

/* A process is one daemon; several descriptors are the exception. */
#define ACKS_MAX 4
/* The end of a connection is readable for ever, and daemons made for netlink ask again at once: not more often than this. */
#define OVER_PAUSE_MS 100
/* So long who does not want to wait for a record waits for an engine that is too busy for acknowledgements. */
#define ROOM_WAIT_MS 100

static struct ack_state {
	bool is_used;
	int fd;
	dev_t dev;
	ino_t ino;          /* of the socket */
	uint32_t n_pending; /* records returned and not acknowledged */
	bool is_unsure; /* the next record may be in the log already, and then those behind it */
	bool is_over;   /* the engine is gone, which has been said */
} states[ACKS_MAX];

static struct ack_state *find(int fd)
{
	struct stat st;
	size_t i;

	for (i = 0; i < ACKS_MAX; i++) {
		if (!states[i].is_used || states[i].fd != fd)
			continue;
		if (fstat(fd, &st) == 0 && st.st_dev == states[i].dev && st.st_ino == states[i].ino)
			return &states[i];
		states[i].is_used = false;
	}
	return NULL;
}

/* A place in the table: a free one, or one whose descriptor was closed behind our back. */
static struct ack_state *free_place(void)
{
	size_t i;

	for (i = 0; i < ACKS_MAX; i++)
		if (!states[i].is_used || !find(states[i].fd))
			return &states[i];
	return NULL;
}

void acks_register(int fd)
{
	struct ack_state *state;
	struct stat st;
	int seq, r;

	acks_forget(fd);
	state = free_place();
	if (!state || fstat(fd, &st) < 0)
		return;
	r = __audit_send(fd, CONTROL_ACKS, NULL, 0, &seq);
	/* With an engine that does not know the request, records count as dealt with when sent. */
	if (r < 0)
		return;
	*state = (struct ack_state){
		.is_used = true, .fd = fd, .dev = st.st_dev, .ino = st.st_ino, .is_unsure = r > 0
	};
}

void acks_forget(int fd)
{
	size_t i;

	for (i = 0; i < ACKS_MAX; i++)
		if (states[i].fd == fd)
			states[i].is_used = false;
}

static int flush(int fd)
{
	struct ack_state *state = find(fd);
	struct {
		struct nlmsghdr nlh;
		struct control_ack ack;
	} message = { .nlh = { .nlmsg_len = sizeof(message),
			      .nlmsg_type = CONTROL_ACK,
			      .nlmsg_flags = NLM_F_REQUEST } };

	if (!state || !state->n_pending)
		return 0;
	message.ack.n_records = state->n_pending;
	if (send(fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return errno == EAGAIN ? -EAGAIN
				       : 0; /* who has gone is noticed when it is read from */
	state->n_pending = 0;
	return 0;
}

int acks_flush(int fd, bool has_time)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	int r = flush(fd);

	while (r == -EAGAIN) {
		(void)poll(&room, 1, ROOM_WAIT_MS);
		r = flush(fd);
		if (!has_time)
			break;
	}
	return r;
}

/* Records have no sequence number, and their length does not count the header (spec kernel 1.2); AUDIT_REPLACE and
 * answers to requests are of the other kind. */
static bool is_record(const struct nlmsghdr *message, size_t n)
{
	return n > sizeof(*message) && message->nlmsg_seq == 0 &&
	       message->nlmsg_len == n - sizeof(*message) && message->nlmsg_type != AUDIT_REPLACE &&
	       message->nlmsg_type != NLMSG_ERROR;
}

bool acks_returned(int fd, const struct nlmsghdr *message, size_t n)
{
	struct ack_state *state = find(fd);

	if (!state || !is_record(message, n))
		return false;
	state->n_pending++;
	state->is_unsure = state->is_unsure &&
			   written_by_another((const char *)(message + 1), n - sizeof(*message));
	return state->is_unsure;
}

void acks_over(int fd)
{
	const struct timespec pause = { .tv_nsec = OVER_PAUSE_MS * 1000000L };
	struct ack_state *state = find(fd);

	if (!state)
		return;
	if (!state->is_over)
		audit_msg(LOG_ERR, "The audit engine has ended: no more records before a restart");
	state->is_over = true;
	(void)nanosleep(&pause, NULL);
}
