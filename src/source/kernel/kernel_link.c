// SPDX-License-Identifier: MIT
#include "source/kernel/kernel_link.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/macros.h"

#define ANSWER_S 5 /* seconds; the kernel answers at once */

union message {
	struct nlmsghdr h;
	char bytes[NLMSG_HDRLEN + KERNEL_MESSAGE_MAX];
};

int kernel_link_open(struct kernel_link *link)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct timeval patience = { .tv_sec = ANSWER_S };

	link->seq = 0;
	link->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (link->fd < 0)
		return -errno;
	if (connect(link->fd, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0 ||
		setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0) {
		int r = -errno;

		kernel_link_close(link);
		return r;
	}
	return 0;
}

void kernel_link_close(struct kernel_link *link)
{
	if (link->fd >= 0)
		(void)close(link->fd);
	link->fd = -1;
}

static int send_request(struct kernel_link *link, uint16_t type, const void *payload, size_t len)
{
	static const char padding[NLMSG_ALIGNTO];
	struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = ++link->seq,
	};
	struct iovec iov[] = {
		{ &nlh, NLMSG_HDRLEN },
		{ (void *)(uintptr_t)payload, len },
		{ (void *)(uintptr_t)padding, NLMSG_ALIGN(len) - len },
	};
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	return sendmsg(link->fd, &msg, 0) < 0 ? -errno : 0;
}

/* The next message that answers the last request: its payload's length. */
static ssize_t answer(struct kernel_link *link, union message *msg)
{
	for (;;) {
		ssize_t n = recv(link->fd, msg, sizeof(*msg), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (n < (ssize_t)NLMSG_HDRLEN || msg->h.nlmsg_len < NLMSG_HDRLEN ||
			msg->h.nlmsg_len > (size_t)n)
			return -EBADMSG;
		if (msg->h.nlmsg_seq == link->seq)
			return (ssize_t)(msg->h.nlmsg_len - NLMSG_HDRLEN);
	}
}

int kernel_link_request(struct kernel_link *link, uint16_t type, const void *payload, size_t len)
{
	union message msg;
	const struct nlmsgerr *ack = NLMSG_DATA(&msg.h);
	ssize_t n;
	int r;

	r = send_request(link, type, payload, len);
	if (r < 0)
		return r;
	n = answer(link, &msg);
	if (n < 0)
		return (int)n;
	if (msg.h.nlmsg_type != NLMSG_ERROR || n < (ssize_t)sizeof(ack->error))
		return -EBADMSG;
	return ack->error;
}

int kernel_link_status(struct kernel_link *link, struct audit_status *ret)
{
	union message msg;
	ssize_t n;
	int r = kernel_link_request(link, AUDIT_GET, NULL, 0);

	if (r < 0)
		return r;
	n = answer(link, &msg);
	if (n < 0 || msg.h.nlmsg_type != AUDIT_GET)
		return n < 0 ? (int)n : -EBADMSG;
	*ret = (struct audit_status){ 0 };
	memcpy(ret, NLMSG_DATA(&msg.h), (size_t)n < sizeof(*ret) ? (size_t)n : sizeof(*ret));
	return 0;
}

int kernel_link_set(struct kernel_link *link, const struct audit_status *status)
{
	return kernel_link_request(link, AUDIT_SET, status, sizeof(*status));
}

int kernel_link_each_rule(struct kernel_link *link,
	int (*each)(void *userdata, const struct audit_rule_data *rule, size_t len), void *userdata)
{
	union message msg;
	int r, result = 0;

	r = kernel_link_request(link, AUDIT_LIST_RULES, NULL, 0);
	while (r >= 0) {
		ssize_t n = answer(link, &msg);

		if (n < 0)
			return (int)n;
		if (msg.h.nlmsg_type == NLMSG_DONE)
			return result;
		if (msg.h.nlmsg_type != AUDIT_LIST_RULES ||
			n < (ssize_t)sizeof(struct audit_rule_data))
			return -EBADMSG;
		if (result ==
			0) /* the rest is read all the same: it would stand before the next answer */
			result = each(userdata, NLMSG_DATA(&msg.h), (size_t)n);
	}
	return r;
}
