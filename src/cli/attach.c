// SPDX-License-Identifier: MIT
#include "cli/attach.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "abi/control.h"
#include "abi/extra.h"
#include "base/macros.h"
#include "cli/commands.h"
#include "client/connection.h"

#define REPLY_MAX ((size_t)NLMSG_HDRLEN + sizeof(struct audit_rule_data) + 64 * 4096)
#define SNDBUF    (1024 * 1024) /* bytes; as much of it as the system allows */

struct attach {
	int fd;
	char *path;
	uint32_t seq;
	uint64_t n_events;
	int refused; /* the first negative answer to an event */
	char *reply; /* REPLY_MAX bytes */
};

DEFINE_CLEANUP(struct attach *, attach_close)

int attach_open(struct attach **ret, const char *path)
{
	_cleanup_(attach_closep) struct attach *a = calloc(1, sizeof(*a));
	const struct timeval forever = { 0 };
	const int sndbuf = SNDBUF;
	int r;

	if (!a)
		return -ENOMEM;
	a->fd = -1;
	a->reply = malloc(REPLY_MAX);
	if (!a->reply)
		return -ENOMEM;
	r = connection_engine_path(&a->path, path);
	if (r < 0) {
		complain("no engine is known to attach to: give its control.sock, --attach=PATH");
		return r;
	}
	a->fd = connection_open_engine(a->path);
	if (a->fd < 0) {
		complain("cannot attach to the engine at '%s': %s; 'uaudit daemon' starts one",
			a->path, strerror(-a->fd));
		return a->fd;
	}
	(void)setsockopt(a->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	/* How long the tasks wait is the engine's to say (backlog_wait_time), and may be longer than programs wait. */
	(void)setsockopt(a->fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof(forever));
	*ret = TAKE_PTR(a);
	return 0;
}

struct attach *attach_close(struct attach *a)
{
	if (!a)
		return NULL;
	if (a->fd >= 0)
		(void)close(a->fd);
	free(a->path);
	free(a->reply);
	free(a);
	return NULL;
}

const char *attach_path(const struct attach *a)
{
	return a->path;
}

uint64_t attach_n_events(const struct attach *a)
{
	return a->n_events;
}

/* ---- messages ---- */

static int send_message(
	struct attach *a, uint16_t type, uint16_t flags, const void *payload, size_t len)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
		.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.nlmsg_seq = ++a->seq,
	};
	struct iovec iov[] = { { &nlh, NLMSG_HDRLEN }, { (void *)(uintptr_t)payload, len } };
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	while (sendmsg(a->fd, &msg, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* The next message from the engine into a->reply: its payload's length. -EAGAIN: none now (MSG_DONTWAIT). */
static ssize_t receive(struct attach *a, int flags)
{
	const struct nlmsghdr *nlh = (const void *)a->reply;
	ssize_t n;

	do
		n = recv(a->fd, a->reply, REPLY_MAX, flags | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -EPIPE;
	if (n > (ssize_t)REPLY_MAX || n < (ssize_t)NLMSG_HDRLEN || nlh->nlmsg_len < NLMSG_HDRLEN ||
		nlh->nlmsg_len > (size_t)n)
		return -EBADMSG;
	return (ssize_t)(nlh->nlmsg_len - NLMSG_HDRLEN);
}

static const struct nlmsghdr *reply_header(const struct attach *a)
{
	return (const void *)a->reply;
}

static const void *reply_payload(const struct attach *a)
{
	return a->reply + NLMSG_HDRLEN;
}

/* The errno of an answer of type NLMSG_ERROR; 0 is an ACK. */
static int reply_error(const struct attach *a, ssize_t len)
{
	const struct nlmsgerr *e = reply_payload(a);

	return len < (ssize_t)sizeof(e->error) ? -EBADMSG : e->error;
}

/* The next answer to what was sent last: its payload's length. */
static ssize_t receive_answer(struct attach *a)
{
	ssize_t len;

	do
		len = receive(a, 0);
	while (len >= 0 && reply_header(a)->nlmsg_seq != a->seq);
	return len;
}

/* ---- rules ---- */

static int take_rule(struct rule_set *set, const void *data, size_t len)
{
	struct audit_krule *rule;
	int r = krule_from_data(&rule, data, len, NULL);

	return r < 0 ? r : rule_set_add(set, rule);
}

static int receive_rules(struct attach *a, struct rule_set *set)
{
	ssize_t len;
	int r;

	for (;;) {
		len = receive_answer(a);
		if (len < 0)
			return (int)len;
		switch (reply_header(a)->nlmsg_type) {
		case NLMSG_DONE:
			return 0;
		case NLMSG_ERROR:
			r = reply_error(a, len);
			break;
		case AUDIT_LIST_RULES:
			r = take_rule(set, reply_payload(a), (size_t)len);
			break;
		default:
			r = -EBADMSG;
		}
		if (r < 0)
			return r;
	}
}

int attach_rules(struct attach *a, struct rule_set **ret)
{
	struct rule_set *set;
	int r = rule_set_new(&set);

	if (r < 0)
		return r;
	r = send_message(a, AUDIT_LIST_RULES, 0, NULL, 0);
	if (r == 0)
		r = receive_rules(a, set);
	if (r < 0) {
		complain("cannot get the rules of the engine at '%s': %s%s", a->path, strerror(-r),
			r == -EPERM
				? "; attaching needs CAP_AUDIT_CONTROL, or an engine of your own"
				: "");
		rule_set_free(set);
		return r;
	}
	*ret = set;
	return 0;
}

/* ---- what is beyond the original ---- */

static int receive_extra(struct attach *a, uint32_t *ret)
{
	ssize_t len = receive_answer(a);
	struct control_extra answer;
	int r;

	if (len < 0)
		return (int)len;
	if (reply_header(a)->nlmsg_type == NLMSG_ERROR) {
		r = reply_error(a, len);
		/* an engine of an earlier version */
		return r == -EINVAL ? 0 : r < 0 ? r : -EBADMSG;
	}
	if (reply_header(a)->nlmsg_type != CONTROL_EXTRA || len < (ssize_t)sizeof(answer))
		return -EBADMSG;
	memcpy(&answer, reply_payload(a), sizeof(answer));
	*ret = answer.extra & EXTRA_ALL;
	return 0;
}

int attach_extra(struct attach *a, uint32_t *ret)
{
	int r;

	*ret = EXTRA_NONE;
	r = send_message(a, CONTROL_EXTRA, 0, NULL, 0);
	if (r == 0)
		r = receive_extra(a, ret);
	if (r < 0)
		complain(
			"cannot get the settings of the engine at '%s': %s", a->path, strerror(-r));
	return r;
}

/* ---- events ---- */

/* Answers come only for events that the engine refused. */
static int take_answers(struct attach *a)
{
	ssize_t len;

	while ((len = receive(a, MSG_DONTWAIT)) >= 0)
		if (reply_header(a)->nlmsg_type == NLMSG_ERROR && !a->refused)
			a->refused = reply_error(a, len);
	if (len != -EAGAIN)
		return (int)len;
	return a->refused < 0 ? a->refused : 0;
}

int attach_event(void *attach, const void *event, size_t len)
{
	struct attach *a = attach;
	const char *at = event;
	int r = 0;

	for (; len > CONTROL_PIECE_MAX && r == 0; at += CONTROL_PIECE_MAX, len -= CONTROL_PIECE_MAX)
		r = send_message(a, CONTROL_EVENT, NLM_F_MULTI, at, CONTROL_PIECE_MAX);
	if (r == 0)
		r = send_message(a, CONTROL_EVENT, 0, at, len);
	if (r < 0)
		return r;
	a->n_events++;
	return take_answers(a);
}

int attach_finish(struct attach *a)
{
	ssize_t len;
	int r;

	/* The engine takes messages in order: the answer to this one comes when all events have been dealt with. */
	r = send_message(a, CONTROL_QUEUES, NLM_F_ACK, NULL, 0);
	while (r == 0) {
		len = receive(a, 0);
		if (len < 0)
			return (int)len;
		if (reply_header(a)->nlmsg_type != NLMSG_ERROR)
			continue;
		if (reply_header(a)->nlmsg_seq == a->seq)
			return a->refused;
		if (!a->refused)
			a->refused = reply_error(a, len);
	}
	return r;
}
