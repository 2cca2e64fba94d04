/* SPDX-License-Identifier: MIT */
/* Addresses of many families, to and from the kernel: SOCKADDR shows the bytes, whatever they mean. Nothing is sent
 * beyond the loopback interface. */
#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cases.h"

#define LOOPBACK_INDEX 1
#define NO_CID         0x7ffffff0 /* no machine has it */

static void own_name(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	memset(&a, 0, sizeof(a));
	getsockname(fd, (struct sockaddr *)&a, &len);
	len = 3;
	getsockname(fd, (struct sockaddr *)&a, &len);
}

/* Unicast addresses of netlink are chosen by the kernel, and may be another process's: one that is asked for. */
static void family_netlink(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = 0x7ead0001 }, kernel = { 0 };
	struct nlmsghdr noop = { .nlmsg_len = sizeof(noop), .nlmsg_type = NLMSG_NOOP };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	bind(fd, (struct sockaddr *)&a, sizeof(a));
	own_name(fd);
	kernel.nl_family = AF_NETLINK;
	sendto(fd, &noop, sizeof(noop), 0, (struct sockaddr *)&kernel, sizeof(kernel));
	connect(fd, (struct sockaddr *)&kernel, sizeof(kernel));
	a.nl_groups = 1;
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	bind(fd, (struct sockaddr *)&a, 4);
}

static void family_packet(void)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_ifindex = LOOPBACK_INDEX };
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0); /* protocol 0: receives nothing */

	bind(fd, (struct sockaddr *)&a, sizeof(a));
	own_name(fd);
	a.sll_ifindex = 0x7fffffff;
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	connect(fd, (struct sockaddr *)&a, sizeof(a));
}

static void family_vsock(void)
{
	struct sockaddr_vm a = { .svm_family = AF_VSOCK, .svm_cid = NO_CID, .svm_port = 47011 };
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK, 0);

	bind(fd, (struct sockaddr *)&a, sizeof(a));
	a.svm_cid = VMADDR_CID_ANY;
	bind(fd, (struct sockaddr *)&a, sizeof(a)); /* else connect would take the next free port */
	own_name(fd);
	a.svm_cid = NO_CID;
	connect(fd, (struct sockaddr *)&a, sizeof(a));
}

static void family_alg(void)
{
	struct sockaddr_alg a = { .salg_family = AF_ALG };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	snprintf((char *)a.salg_type, sizeof(a.salg_type), "no-such");
	snprintf((char *)a.salg_name, sizeof(a.salg_name), "thing");
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	own_name(fd);
}

/* Bytes that belong to no family, on a socket that refuses them after they were copied. */
static void family_unknown(void)
{
	static const socklen_t lengths[] = { 1, 2, 3, 15, 16, 28, 110, 127, 128 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	unsigned char bytes[128];

	for (int family = 0; family < 50; family++) {
		memset(bytes, 0xa5, sizeof(bytes));
		bytes[0] = (unsigned char)family;
		bytes[1] = 0;
		/* one of our own family without a name in it would be bound */
		if (family != AF_UNIX)
			bind(fd, (struct sockaddr *)bytes, 24);
	}
	bytes[0] = bytes[1] = 0xff;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		connect(fd, (struct sockaddr *)bytes, lengths[i]);
		sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)bytes, lengths[i]);
	}
	connect(fd, (struct sockaddr *)bytes, 129);
	connect(fd, (struct sockaddr *)bytes, (socklen_t)-1);
}

static void family_unix_lengths(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int pair[2];

	for (size_t len = 0; len <= sizeof(a); len += 27) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		memset(a.sun_path, 'n', sizeof(a.sun_path));
		a.sun_path[0] = '\0';
		a.sun_path[1] = ' ';
		bind(fd, (struct sockaddr *)&a, (socklen_t)len);
		own_name(fd);
		connect(fd, (struct sockaddr *)&a, (socklen_t)len);
		close(fd);
	}
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	own_name(pair[0]);
}

static const struct diff_case family_cases[] = {
	{ "family_netlink", family_netlink },
	{ "family_packet", family_packet },
	{ "family_vsock", family_vsock },
	{ "family_alg", family_alg },
	{ "family_unknown", family_unknown },
	{ "family_unix_lengths", family_unix_lengths },
};
TOPIC(family);
