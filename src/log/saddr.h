/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_SADDR_H
#define UAUDIT_LOG_SADDR_H

/* The address of a SOCKADDR record: the bytes that a program passed, so of any length and content. */

#include <arpa/inet.h>

#include "event/event.h"

enum saddr_kind {
	SADDR_SHORT, /* fewer bytes than the family needs */
	SADDR_LOCAL, /* path; may be empty (autobind), an abstract name starts behind its NUL */
	SADDR_INET,  /* host, port */
	SADDR_INET6,
	SADDR_NETLINK, /* group, pid */
	SADDR_OTHER,
};

struct saddr {
	enum saddr_kind kind;
	unsigned family;
	bool abstract;
	struct view path;
	char host[INET6_ADDRSTRLEN];
	unsigned port;
	uint32_t netlink_pid;
};

/* The family itself is missing: -EBADMSG. */
int saddr_parse(struct saddr *ret, const void *bytes, size_t len);

#endif
