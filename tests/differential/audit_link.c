/* SPDX-License-Identifier: MIT */
#include "audit_link.h"

#include <errno.h>
#include <signal.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER    (32 * 1024 * 1024) /* bytes; more than any test program's records */
#define ANSWER_TIMEOUT_MS 5000

union message {
	struct nlmsghdr h;
	char bytes[NLMSG_HDRLEN + AUDIT_LINK_MSG_MAX];
};

int audit_link_open(struct audit_link *link)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int size = RECEIVE_BUFFER;

	link->seq = 0;
	link->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (link->fd < 0)
		return -errno;
	/* Needs CAP_NET_ADMIN; without it the usual buffer has to do, and an overrun is noticed when reading. */
	(void)setsockopt(link->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (connect(link->fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		return -errno;
	return 0;
}

void audit_link_close(struct audit_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

static int send_request(struct audit_link *link, uint16_t type, const void *payload, size_t len)
{
	union message msg = { .h = {
				      .nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
				      .nlmsg_type = type,
				      .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
				      .nlmsg_seq = ++link->seq,
			      } };

	if (len > AUDIT_LINK_MSG_MAX)
		return -EMSGSIZE;
	if (len)
		memcpy(NLMSG_DATA(&msg.h), payload, len);
	return send(link->fd, &msg, NLMSG_SPACE(len), 0) < 0 ? -errno : 0;
}

static ssize_t receive(struct audit_link *link, union message *msg)
{
	struct pollfd poll_fd = { .fd = link->fd, .events = POLLIN };
	int n = poll(&poll_fd, 1, ANSWER_TIMEOUT_MS);
	ssize_t len;

	if (n <= 0)
		return n ? -errno : -ETIMEDOUT;
	len = recv(link->fd, msg, sizeof(*msg), MSG_DONTWAIT);
	if (len < 0)
		return -errno;
	return (size_t)len < sizeof(msg->h) ? -EBADMSG : len;
}

/* The next message that answers the last request; its payload length. */
static ssize_t answer(struct audit_link *link, union message *msg)
{
	for (;;) {
		ssize_t len = receive(link, msg);

		if (len < 0)
			return len;
		if (msg->h.nlmsg_seq == link->seq)
			return len - NLMSG_HDRLEN;
	}
}

static int wait_ack(struct audit_link *link)
{
	union message msg;
	ssize_t len = answer(link, &msg);
	const struct nlmsgerr *ack = NLMSG_DATA(&msg.h);

	if (len < 0)
		return (int)len;
	if (msg.h.nlmsg_type != NLMSG_ERROR || (size_t)len < sizeof(ack->error))
		return -EBADMSG;
	return ack->error;
}

int audit_link_request(struct audit_link *link, uint16_t type, const void *payload, size_t len)
{
	int r = send_request(link, type, payload, len);

	return r ? r : wait_ack(link);
}

int audit_link_get(struct audit_link *link, struct audit_status *ret)
{
	union message msg;
	ssize_t len;
	int r = audit_link_request(link, AUDIT_GET, NULL, 0);

	if (r)
		return r;
	len = answer(link, &msg);
	if (len < 0)
		return (int)len;
	if (msg.h.nlmsg_type != AUDIT_GET)
		return -EBADMSG;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, NLMSG_DATA(&msg.h), (size_t)len < sizeof(*ret) ? (size_t)len : sizeof(*ret));
	return 0;
}

int audit_link_set(struct audit_link *link, uint32_t mask_bit, uint32_t value)
{
	struct audit_status status = { .mask = mask_bit };

	switch (mask_bit) {
	case AUDIT_STATUS_ENABLED:
		status.enabled = value;
		break;
	case AUDIT_STATUS_FAILURE:
		status.failure = value;
		break;
	case AUDIT_STATUS_PID:
		status.pid = value;
		break;
	case AUDIT_STATUS_BACKLOG_LIMIT:
		status.backlog_limit = value;
		break;
	case AUDIT_STATUS_BACKLOG_WAIT_TIME:
		status.backlog_wait_time = value;
		break;
	default:
		return -EINVAL;
	}
	return audit_link_request(link, AUDIT_SET, &status, sizeof(status));
}

/* What a rule holds beyond its fixed part is as long as buflen says. */
static size_t rule_size(const struct audit_rule_data *rule, size_t received)
{
	size_t size = sizeof(*rule) + rule->buflen;

	return size < received ? size : received;
}

int audit_link_rules(struct audit_link *link, int remove)
{
	char *rules[4096];
	size_t sizes[4096];
	size_t n = 0;
	union message msg;
	int r = audit_link_request(link, AUDIT_LIST_RULES, NULL, 0);

	if (r)
		return r;
	for (;;) {
		ssize_t len = answer(link, &msg);

		if (len < 0 || msg.h.nlmsg_type != AUDIT_LIST_RULES) {
			r = len < 0 ? (int)len : 0;
			break;
		}
		if ((size_t)len < sizeof(struct audit_rule_data) ||
			n == sizeof(rules) / sizeof(rules[0]))
			continue;
		sizes[n] = rule_size(NLMSG_DATA(&msg.h), (size_t)len);
		rules[n] = malloc(sizes[n]);
		if (rules[n])
			memcpy(rules[n], NLMSG_DATA(&msg.h), sizes[n]);
		n += rules[n] != NULL;
	}
	for (size_t i = 0; i < n; i++) {
		if (remove && !r)
			r = audit_link_request(link, AUDIT_DEL_RULE, rules[i], sizes[i]);
		free(rules[i]);
	}
	return r < 0 ? r : (int)n;
}

int audit_link_each_rule(struct audit_link *link,
	int (*each)(void *userdata, const void *rule, size_t len), void *userdata)
{
	union message msg;
	int r = audit_link_request(link, AUDIT_LIST_RULES, NULL, 0);

	while (!r) {
		ssize_t len = answer(link, &msg);

		if (len < 0)
			return (int)len;
		if (msg.h.nlmsg_type != AUDIT_LIST_RULES)
			return 0;
		if ((size_t)len >= sizeof(struct audit_rule_data))
			r = each(userdata, NLMSG_DATA(&msg.h),
				rule_size(NLMSG_DATA(&msg.h), (size_t)len));
	}
	return r;
}

ssize_t audit_link_record(struct audit_link *link, uint16_t *ret_type, char *text, size_t size)
{
	union message msg;
	ssize_t len = recv(link->fd, &msg, sizeof(msg), MSG_DONTWAIT);

	if (len < 0)
		return -errno;
	len -= NLMSG_HDRLEN;
	if (len < 0 || (size_t)len > size)
		return -EBADMSG;
	/* nlmsg_len does not count the header here (spec kernel 1.2): what was received counts. */
	memcpy(text, NLMSG_DATA(&msg.h), (size_t)len);
	*ret_type = msg.h.nlmsg_type;
	return len;
}

/* The kernel names a daemon that died until something was to be sent to it, which with audit off never happens. */
static int has_daemon(const struct audit_status *status)
{
	return status->pid && (kill((pid_t)status->pid, 0) == 0 || errno != ESRCH);
}

const char *audit_link_why_not(struct audit_status *ret)
{
	struct audit_link link = AUDIT_LINK_NULL;
	const char *why = NULL;
	int r = audit_link_open(&link);

	if (!r)
		r = audit_link_get(&link, ret);
	if (r == -EPERM)
		why = "the kernel's audit needs CAP_AUDIT_CONTROL";
	else if (r)
		why = "the kernel's audit is not there";
	else if (ret->enabled == 2)
		why = "the kernel's audit is locked";
	else if (ret->enabled || has_daemon(ret))
		why = "the kernel's audit is in use";
	else if (audit_link_rules(&link, 0))
		why = "the kernel's audit has rules loaded";
	audit_link_close(&link);
	return why;
}
