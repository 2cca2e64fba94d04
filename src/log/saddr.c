// SPDX-License-Identifier: MIT
#include "log/saddr.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/netlink.h>

static void parse_local(struct saddr *s, const char *bytes, size_t len)
{
	const size_t at = offsetof(struct sockaddr_un, sun_path);

	s->kind = SADDR_LOCAL;
	s->path = (struct view){ bytes + at, len - at };
	if (s->path.len && !s->path.p[0]) {
		s->abstract = true;
		s->path.p++;
		s->path.len--;
	}
	/* Programs pass sizeof(struct sockaddr_un): padding follows the name. The NULs of an abstract name count for
	 * the kernel, but readers of logs know it without them. */
	s->path.len = strnlen(s->path.p, s->path.len);
}

int saddr_parse(struct saddr *ret, const void *bytes, size_t len)
{
	struct saddr s = { .kind = SADDR_SHORT };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_nl nl;
	uint16_t family;

	if (len < sizeof(family))
		return -EBADMSG;
	memcpy(&family, bytes, sizeof(family));
	s.family = family;
	switch (family) {
	case AF_UNIX:
		parse_local(&s, bytes, len);
		break;
	case AF_INET:
		/* The kernel asks for no more than the address itself (16 bytes, of which 8 are padding). */
		if (len < offsetof(struct sockaddr_in, sin_zero))
			break;
		memcpy(&in, bytes, offsetof(struct sockaddr_in, sin_zero));
		s.kind = SADDR_INET;
		s.port = ntohs(in.sin_port);
		(void)inet_ntop(AF_INET, &in.sin_addr, s.host, sizeof(s.host));
		break;
	case AF_INET6:
		if (len < offsetof(struct sockaddr_in6, sin6_scope_id))
			break;
		memcpy(&in6, bytes, offsetof(struct sockaddr_in6, sin6_scope_id));
		s.kind = SADDR_INET6;
		s.port = ntohs(in6.sin6_port);
		(void)inet_ntop(AF_INET6, &in6.sin6_addr, s.host, sizeof(s.host));
		break;
	case AF_NETLINK:
		if (len < sizeof(nl))
			break;
		memcpy(&nl, bytes, sizeof(nl));
		s.kind = SADDR_NETLINK;
		s.netlink_pid = nl.nl_pid;
		break;
	default:
		s.kind = SADDR_OTHER;
	}
	*ret = s;
	return 0;
}
