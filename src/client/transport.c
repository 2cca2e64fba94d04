// SPDX-License-Identifier: MIT
/*
 * One message out, its acknowledgement in; one message in (spec userspace 7.1). The same bytes to the kernel and to an
 * engine: what differs is that netlink has addresses to check, and that an engine can go away.
 */

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#include "client/client.h"
#include "client/connection.h"

#define ACK_ROUNDS   81
#define ACK_ROUND_MS 500

/* One counter a process, whatever the descriptor; atomic so that threads with descriptors of their own may send. */
static atomic_int sequence;

static int next_sequence(void)
{
	int now = atomic_load(&sequence), next;

	do
		next = now < 1 || now == INT32_MAX ? 1 : now + 1;
	while (!atomic_compare_exchange_weak(&sequence, &now, next));
	return next;
}

static int fail(int error)
{
	errno = error;
	return -error;
}

_public_ int audit_open(void)
{
	int fd = connection_open();

	if (fd >= 0)
		return fd;
	errno = -fd;
	if (fd == -EINVAL || fd == -EPROTONOSUPPORT || fd == -EAFNOSUPPORT)
		audit_msg(LOG_ERR, "Error - audit support not in kernel");
	else
		audit_msg(LOG_ERR, "Error opening audit netlink socket (%s)", strerror(-fd));
	errno = -fd;
	return -1;
}

_public_ void audit_close(int fd)
{
	if (fd < 0)
		return;
	acks_forget(fd);
	(void)close(fd);
}

int client_wait(int fd, int timeout_ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int r;

	do
		r = poll(&ready, 1, timeout_ms);
	while (r < 0 && errno == EINTR);
	return r;
}

static bool is_event(int type)
{
	return type == AUDIT_USER || type == AUDIT_LOGIN || type == AUDIT_KERNEL ||
	       (type >= AUDIT_FIRST_USER_MSG && type <= AUDIT_LAST_USER_MSG) ||
	       (type >= AUDIT_FIRST_USER_MSG2 && type <= AUDIT_LAST_USER_MSG2) ||
	       (type >= AUDIT_FIRST_EVENT && type <= AUDIT_INTEGRITY_LAST_MSG);
}

/* Smallest payloads, so that nobody reads past what was received. */
static bool is_whole(int type, const void *data, size_t payload)
{
	const struct audit_rule_data *rule = data;

	if (type == NLMSG_ERROR)
		return payload >= sizeof(struct nlmsgerr);
	/* An older kernel's status is shorter; what it lacks is zero. */
	if (type == AUDIT_GET)
		return payload >= offsetof(struct audit_status, backlog) + sizeof(uint32_t);
	if (type == AUDIT_LIST_RULES)
		return payload >= sizeof(*rule) && rule->buflen <= payload - sizeof(*rule);
	if (type == AUDIT_SIGNAL_INFO)
		return payload >= sizeof(struct audit_sig_info);
	if (type == AUDIT_GET_FEATURE)
		return payload >= sizeof(struct audit_features);
	return true;
}

/* Fills what callers look at. n: bytes received. */
static int take_apart(struct audit_reply *rep, size_t n)
{
	void *payload = rep->msg.data;

	rep->type = rep->msg.nlh.nlmsg_type;
	rep->len = (int)rep->msg.nlh.nlmsg_len;
	rep->nlh = &rep->msg.nlh;
	rep->status = NULL;
	if (n < sizeof(rep->msg.nlh) || rep->msg.nlh.nlmsg_len < sizeof(rep->msg.nlh) ||
		rep->msg.nlh.nlmsg_len > n) {
		if (n == sizeof(rep->msg)) {
			audit_msg(LOG_ERR, "Netlink event from kernel is too big");
			return fail(EFBIG);
		}
		audit_msg(LOG_ERR, "Netlink message from kernel was not OK");
		return fail(EBADE);
	}
	/* What lies behind the message is of an older one, or of nobody: readers of its text find an end. */
	memset((char *)&rep->msg + n, 0,
		sizeof(rep->msg) - n < sizeof(struct audit_status) ? sizeof(rep->msg) - n
								   : sizeof(struct audit_status));
	if (!is_whole(rep->type, payload, n - sizeof(rep->msg.nlh))) {
		audit_msg(LOG_ERR, "Netlink message from kernel was not OK");
		return fail(EBADE);
	}
	if (rep->type == AUDIT_GET || rep->type == AUDIT_LIST_RULES ||
		rep->type == AUDIT_SIGNAL_INFO || rep->type == AUDIT_GET_FEATURE ||
		rep->type == NLMSG_ERROR || is_event(rep->type))
		rep->message = payload;
	return 0;
}

/* The bytes of one datagram, or a negative errno. */
static ssize_t receive(int fd, struct audit_reply *rep, int flags, bool is_engine)
{
	struct sockaddr_nl from;
	socklen_t from_len = sizeof(from);
	ssize_t n;

	do
		n = recvfrom(fd, &rep->msg, sizeof(rep->msg), flags,
			is_engine ? NULL : (struct sockaddr *)&from, is_engine ? NULL : &from_len);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		if (errno != EAGAIN)
			audit_msg(LOG_ERR, "Error receiving audit netlink packet (%s)",
				strerror(errno));
		return -errno;
	}
	if (is_engine)
		return n ? n : -ECONNRESET;
	if (from_len != sizeof(from)) {
		audit_msg(LOG_ERR, "Bad address size reading audit netlink socket");
		return -EPROTO;
	}
	if (from.nl_pid) {
		audit_msg(LOG_ERR, "Spoofed packet received on audit netlink socket");
		return -EINVAL;
	}
	return n;
}

_public_ int audit_get_reply(int fd, struct audit_reply *rep, reply_t block, int peek)
{
	int flags = (block == GET_REPLY_NONBLOCKING ? MSG_DONTWAIT : 0) | (peek ? MSG_PEEK : 0);
	bool is_engine;
	ssize_t n;
	int r;

	if (fd < 0)
		return fail(EBADF);
	is_engine = connection_is_engine(fd);
	do {
		if (is_engine && !peek && acks_flush(fd, block != GET_REPLY_NONBLOCKING) < 0)
			return fail(EAGAIN);
		n = receive(fd, rep, flags, is_engine);
		if (n == -ECONNRESET && is_engine)
			acks_over(fd);
		if (n < 0)
			return fail((int)-n);
		r = take_apart(rep, (size_t)n);
	} while (is_engine && !peek && acks_returned(fd, &rep->msg.nlh, (size_t)n));
	return r < 0 ? r : (int)n;
}

/* 0, the errno of the answer, or the positive number that it carries for requests that reset a counter. */
static int wait_for_ack(int fd)
{
	struct audit_reply rep;
	int round, error, r = -EAGAIN;

	for (round = 0; round < ACK_ROUNDS && r == -EAGAIN; round++) {
		(void)client_wait(fd, ACK_ROUND_MS);
		r = audit_get_reply(fd, &rep, GET_REPLY_NONBLOCKING, MSG_PEEK);
	}
	if (r < 0)
		return r;
	/* Something else is first in the queue: it stays there for the caller, and the answer counts as good. */
	if (rep.type != NLMSG_ERROR)
		return 0;
	error = rep.error->error;
	(void)audit_get_reply(fd, &rep, GET_REPLY_NONBLOCKING, 0);
	if (error)
		errno = error < 0 ? -error : error;
	return error;
}

/* The whole datagram or nothing. */
static int send_message(int fd, const struct audit_message *message)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	bool is_engine = connection_is_engine(fd);
	ssize_t n;

	do
		n = sendto(fd, message, message->nlh.nlmsg_len, MSG_NOSIGNAL,
			is_engine ? NULL : (const struct sockaddr *)&kernel,
			is_engine ? 0 : sizeof(kernel));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)message->nlh.nlmsg_len ? 0 : -EINVAL;
}

_public_ int __audit_send(int fd, int type, const void *data, unsigned int size, int *seq)
{
	struct audit_message message;
	int r;

	if (fd < 0)
		return fail(EBADF);
	if (size > MAX_AUDIT_MESSAGE_LENGTH ||
		NLMSG_SPACE(size) > (unsigned int)MAX_AUDIT_MESSAGE_LENGTH)
		return fail(EINVAL);
	memset(&message, 0, NLMSG_SPACE(size));
	*seq = next_sequence();
	message.nlh.nlmsg_len = NLMSG_SPACE(size);
	message.nlh.nlmsg_type = (uint16_t)type;
	message.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message.nlh.nlmsg_seq = (uint32_t)*seq;
	if (size && data)
		memcpy(message.data, data, size);
	r = send_message(fd, &message);
	if (r < 0)
		return fail(-r);
	return wait_for_ack(fd);
}

_public_ int audit_send(int fd, int type, const void *data, unsigned int size)
{
	int seq, r;

	r = __audit_send(fd, type, data, size, &seq);
	return r ? r : seq;
}
