/* SPDX-License-Identifier: MIT */
/* Login uids, and listeners to the audit's own multicast group: what the kernel's audit records of itself. */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "cases.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* ---- login uids ---- */

static int open_loginuid(void)
{
	return CALL(open, "/proc/self/loginuid", O_RDWR, 0);
}

static void put(int fd, const char *text)
{
	CALL(write, fd, text, strlen(text));
	CALL(lseek, fd, 0L, SEEK_SET);
}

static void look(void)
{
	CALL(open, "f", O_RDONLY, 0);
}

static void login_part(void)
{
	int fd = open_loginuid();

	look();
	put(fd, "1000");
	look();
	in_child(look);
	put(fd, "1000\n");
	put(fd, "+1001");
	put(fd, "4294967295");
	put(fd, "4294967295");
	look();
}

static void login(void)
{
	in_child(login_part);
}

static void login_wrong_part(void)
{
	int fd = open_loginuid(), other;

	put(fd, "");
	put(fd, "x");
	put(fd, "-1");
	put(fd, "4294967296");
	put(fd, "1 ");
	put(fd, "0x10");
	put(fd, "1\n\n");
	CALL(write, fd, BAD_POINTER, 4L);
	CALL(lseek, fd, 1L, SEEK_SET);
	CALL(write, fd, "7", 1L);
	/* refused: only a task itself may write there */
	other = CALL(open, "/proc/1/loginuid", O_RDWR, 0);
	put(other, "7");
	look();
	/* as many digits as the kernel looks at, and more */
	CALL(lseek, fd, 0L, SEEK_SET);
	put(fd, "00000000000000000000000000000000077");
	look();
}

static void login_wrong(void)
{
	in_child(login_wrong_part);
}

static int refused_fd;

static void login_refused_part(void)
{
	int fd = refused_fd;

	put(fd, "1001");
	put(fd, "4294967295");
	put(fd, "nobody");
	look();
}

/* Who has logged in may not do so again without CAP_AUDIT_CONTROL. */
static void login_refused_child(void)
{
	refused_fd = open_loginuid();
	put(refused_fd, "1000");
	CALL(setresuid, 65534, 65534, 65534);
	login_refused_part();
	CALL(lseek, refused_fd, 1L, SEEK_SET);
	CALL(write, refused_fd, "7", 1L);
}

static void login_refused(void)
{
	in_child(login_refused_child);
}

static void login_ways_part(void)
{
	int fd = open_loginuid();
	struct iovec two[] = { { "20", 2 }, { "21", 2 } };

	CALL(pwrite64, fd, "10", 2L, 0L, 0L);
	CALL(pwrite64, fd, "11", 2L, 1L, 0L);
	look();
	CALL(writev, fd, two, 1L);
	look();
}

static void login_ways(void)
{
	in_child(login_ways_part);
}

/* ---- listeners ---- */

static int audit_socket(void)
{
	return CALL(socket, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
}

static void bind_groups(int fd, unsigned groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };

	CALL(bind, fd, &address, sizeof(address));
}

static void membership(int fd, int option, int group)
{
	CALL(setsockopt, fd, SOL_NETLINK, option, &group, sizeof(group));
}

static void listeners(void)
{
	int fd = audit_socket(), kept;

	bind_groups(fd, 1);
	bind_groups(fd, 0);
	bind_groups(fd, 1);
	CALL(bind, fd, BAD_POINTER, sizeof(struct sockaddr_nl));
	CALL(close, fd);
	fd = audit_socket();
	membership(fd, NETLINK_ADD_MEMBERSHIP, AUDIT_NLGRP_READLOG);
	membership(fd, NETLINK_ADD_MEMBERSHIP, 0);
	membership(fd, NETLINK_ADD_MEMBERSHIP, 33);
	membership(fd, NETLINK_ADD_MEMBERSHIP, 7);
	membership(fd, NETLINK_DROP_MEMBERSHIP, AUDIT_NLGRP_READLOG);
	membership(fd, NETLINK_DROP_MEMBERSHIP, AUDIT_NLGRP_READLOG);
	CALL(setsockopt, fd, SOL_SOCKET, NETLINK_ADD_MEMBERSHIP, BAD_POINTER, 4);
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, BAD_POINTER, 4);
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, BAD_POINTER, 1);
	kept = CALL(dup, fd);
	CALL(close, fd);
	CALL(close, kept);
	fd = audit_socket();
	bind_groups(fd, 5);
	CALL(close, fd);
}

/* The kernel leaves the groups of what is still open when the task is no more. */
static void listeners_exit(void)
{
	bind_groups(audit_socket(), 5);
}

static void listeners_refused(void)
{
	as_nobody(listeners);
}

static void listeners_other(void)
{
	int fd = CALL(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	bind_groups(fd, 1);
	membership(fd, NETLINK_ADD_MEMBERSHIP, 1);
	membership(fd, NETLINK_DROP_MEMBERSHIP, 1);
	CALL(close, fd);
	bind_groups(99, 1);
	membership(99, NETLINK_ADD_MEMBERSHIP, 1);
}

static const struct diff_case login_cases[] = {
	{ "login", login },
	{ "login_wrong", login_wrong },
	{ "login_refused", login_refused },
	{ "login_ways", login_ways },
	{ "listeners", listeners },
	{ "listeners_exit", listeners_exit },
	{ "listeners_refused", listeners_refused },
	{ "listeners_other", listeners_other },
};
TOPIC(login);
