/* SPDX-License-Identifier: MIT */
/* Sockets: addresses to and from the kernel. Everything stays on the loopback interface. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "cases.h"

#define PORT_LISTEN 47011
#define PORT_PEER   47012
#define PORT_CLOSED 47013

/* All of 127/8 is loopback: an address that nobody else is likely to listen on. */
static struct sockaddr_in inet(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	a.sin_addr.s_addr = htonl(0x7f4d0b01);
	return a;
}

static struct sockaddr_in6 inet6(uint16_t port)
{
	return (struct sockaddr_in6){ .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
}

static struct sockaddr_un unix_path(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return a;
}

static struct sockaddr_un abstract(const char *name, socklen_t *ret_len)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "%s", name);
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	return a;
}

static void reuse(int fd)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

static void unix_bind(void)
{
	struct sockaddr_un a = unix_path("sock"), b = unix_path("f"), c = unix_path("missing/sock"),
			   e = unix_path("d/sock");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), fd2 = socket(AF_UNIX, SOCK_DGRAM, 0);

	bind(fd2, (struct sockaddr *)&b, sizeof(b));
	bind(fd2, (struct sockaddr *)&c, sizeof(c));
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	bind(fd2, (struct sockaddr *)&e, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 6));
	bind(fd2, (struct sockaddr *)&e, 1);
	bind(fd2, (struct sockaddr *)&e, 500);
	bind(fd2, BAD_POINTER, sizeof(e));
}

static void unix_connect(void)
{
	struct sockaddr_un a = unix_path("sock"), file = unix_path("f"),
			   missing = unix_path("missing"), peer;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0), got;
	socklen_t len = sizeof(peer);

	connect(fd, (struct sockaddr *)&missing, sizeof(missing));
	connect(fd, (struct sockaddr *)&file, sizeof(file));
	bind(listener, (struct sockaddr *)&a, sizeof(a));
	connect(fd, (struct sockaddr *)&a, sizeof(a));
	listen(listener, 5);
	connect(fd, (struct sockaddr *)&a, sizeof(a));
	got = accept(listener, (struct sockaddr *)&peer, &len);
	len = sizeof(peer);
	getsockname(got, (struct sockaddr *)&peer, &len);
	len = sizeof(peer);
	getpeername(fd, (struct sockaddr *)&peer, &len);
	send(fd, "x", 1, 0);
	recv(got, &peer, 1, 0);
}

static void unix_abstract(void)
{
	socklen_t len;
	struct sockaddr_un a = abstract("uaudit differential", &len), peer;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t peer_len = sizeof(peer);

	connect(fd, (struct sockaddr *)&a, len);
	bind(listener, (struct sockaddr *)&a, len);
	listen(listener, 5);
	connect(fd, (struct sockaddr *)&a, len);
	close(accept4(listener, (struct sockaddr *)&peer, &peer_len, SOCK_CLOEXEC));
	peer_len = sizeof(peer);
	getpeername(fd, (struct sockaddr *)&peer, &peer_len);
}

static void send_message(int fd, void *name, socklen_t name_len)
{
	struct iovec iov = { .iov_base = "hello", .iov_len = 5 };
	struct msghdr msg = {
		.msg_name = name, .msg_namelen = name_len, .msg_iov = &iov, .msg_iovlen = 1
	};

	sendmsg(fd, &msg, MSG_NOSIGNAL);
}

static void receive_message(int fd)
{
	char text[100];
	struct sockaddr_storage from;
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1
	};

	recvmsg(fd, &msg, MSG_DONTWAIT);
}

static void unix_datagram(void)
{
	struct sockaddr_un a = unix_path("dgram"), missing = unix_path("missing"), from;
	int in = socket(AF_UNIX, SOCK_DGRAM, 0), out = socket(AF_UNIX, SOCK_DGRAM, 0);
	socklen_t len = sizeof(from);
	char text[100];

	bind(in, (struct sockaddr *)&a, sizeof(a));
	sendto(out, "one", 3, 0, (struct sockaddr *)&a, sizeof(a));
	sendto(out, "one", 3, 0, (struct sockaddr *)&missing, sizeof(missing));
	send_message(out, &a, sizeof(a));
	send_message(out, NULL, 0);
	recvfrom(in, text, sizeof(text), 0, (struct sockaddr *)&from, &len);
	receive_message(in);
	receive_message(in);
	connect(out, (struct sockaddr *)&a, sizeof(a));
	send(out, "two", 3, 0);
	recvfrom(in, text, sizeof(text), 0, NULL, NULL);
}

static void stream_pair(void *listen_addr, void *peer_addr, socklen_t len)
{
	int family = ((struct sockaddr *)listen_addr)->sa_family;
	int listener = socket(family, SOCK_STREAM, 0), fd = socket(family, SOCK_STREAM, 0), got;
	struct linger now = { .l_onoff = 1 };
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof(peer);

	reuse(listener);
	reuse(fd);
	bind(listener, listen_addr, len);
	listen(listener, 5);
	bind(fd, peer_addr, len);
	connect(fd, listen_addr, len);
	got = accept(listener, (struct sockaddr *)&peer, &peer_len);
	peer_len = sizeof(peer);
	getsockname(fd, (struct sockaddr *)&peer, &peer_len);
	peer_len = sizeof(peer);
	getpeername(fd, (struct sockaddr *)&peer, &peer_len);
	peer_len = 4;
	getpeername(fd, (struct sockaddr *)&peer, &peer_len);
	send(fd, "x", 1, 0);
	recv(got, &peer, 1, 0);
	/* A reset leaves no TIME_WAIT behind: the other side of the comparison needs the same ports at once. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	setsockopt(got, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	close(got);
	close(listener);
}

static void inet_stream(void)
{
	struct sockaddr_in a = inet(PORT_LISTEN), b = inet(PORT_PEER);

	stream_pair(&a, &b, sizeof(a));
}

static void inet6_stream(void)
{
	struct sockaddr_in6 a = inet6(PORT_LISTEN), b = inet6(PORT_PEER);

	stream_pair(&a, &b, sizeof(a));
}

static void inet_datagram(void)
{
	struct sockaddr_in a = inet(PORT_LISTEN), b = inet(PORT_PEER);
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[100];

	bind(in, (struct sockaddr *)&a, sizeof(a));
	bind(out, (struct sockaddr *)&b, sizeof(b));
	sendto(out, "one", 3, 0, (struct sockaddr *)&a, sizeof(a));
	send_message(out, &a, sizeof(a));
	recvfrom(in, text, sizeof(text), 0, (struct sockaddr *)&from, &len);
	receive_message(in);
	connect(out, (struct sockaddr *)&a, sizeof(a));
	send(out, "two", 3, 0);
	receive_message(in);
}

static void inet6_datagram(void)
{
	struct sockaddr_in6 a = inet6(PORT_LISTEN), b = inet6(PORT_PEER);
	int in = socket(AF_INET6, SOCK_DGRAM, 0), out = socket(AF_INET6, SOCK_DGRAM, 0);

	bind(in, (struct sockaddr *)&a, sizeof(a));
	bind(out, (struct sockaddr *)&b, sizeof(b));
	sendto(out, "one", 3, 0, (struct sockaddr *)&a, sizeof(a));
	send_message(out, &a, sizeof(a));
	receive_message(in);
}

static void mmsg(void)
{
	struct sockaddr_in a = inet(PORT_LISTEN), b = inet(PORT_PEER);
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
	struct iovec iov = { .iov_base = "hello", .iov_len = 5 };
	struct mmsghdr msgs[2] = {
		{ .msg_hdr = { .msg_name = &a,
			  .msg_namelen = sizeof(a),
			  .msg_iov = &iov,
			  .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_name = &b,
			  .msg_namelen = sizeof(b),
			  .msg_iov = &iov,
			  .msg_iovlen = 1 } },
	};

	bind(in, (struct sockaddr *)&a, sizeof(a));
	bind(out, (struct sockaddr *)&b, sizeof(b));
	sendmmsg(out, msgs, 2, 0);
	memset(&a, 0, sizeof(a));
	recvmmsg(in, msgs, 2, MSG_DONTWAIT, NULL);
}

static void connect_refused(void)
{
	struct sockaddr_in a = inet(PORT_CLOSED);
	struct sockaddr_in6 b = inet6(PORT_CLOSED);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = socket(AF_INET, SOCK_STREAM, 0), fd6 = socket(AF_INET6, SOCK_STREAM, 0);

	connect(fd, (struct sockaddr *)&a, sizeof(a));
	connect(fd6, (struct sockaddr *)&b, sizeof(b));
	connect(fd, (struct sockaddr *)&b, sizeof(b));
	connect(fd, (struct sockaddr *)&a, 2);
	connect(fd, (struct sockaddr *)&a, 0);
	connect(fd, &none, sizeof(none));
	connect(99, (struct sockaddr *)&a, sizeof(a));
	connect(CALL(open, "f", O_RDONLY), (struct sockaddr *)&a, sizeof(a));
	connect(fd, BAD_POINTER, sizeof(a));
	bind(99, (struct sockaddr *)&a, sizeof(a));
	socket(AF_INET, 77, 0);
	socket(77, SOCK_STREAM, 0);
}

static const struct diff_case socket_cases[] = {
	{ "unix_bind", unix_bind },
	{ "unix_connect", unix_connect },
	{ "unix_abstract", unix_abstract },
	{ "unix_datagram", unix_datagram },
	{ "inet_stream", inet_stream },
	{ "inet6_stream", inet6_stream },
	{ "inet_datagram", inet_datagram },
	{ "inet6_datagram", inet6_datagram },
	{ "mmsg", mmsg },
	{ "connect_refused", connect_refused },
};
TOPIC(socket);
