// SPDX-License-Identifier: MIT
#include "source/ptrace/listener.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_fd.h"
#include "source/ptrace/task_mem.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

static bool is_call(const struct call *call, const char *name)
{
	return strcmp(call->info->name, name) == 0;
}

static bool is_audit_socket(int fd)
{
	int domain = 0, protocol = -1;
	socklen_t len = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_NETLINK &&
	       getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == 0 &&
	       protocol == NETLINK_AUDIT;
}

/* ---- entry ---- */

/* The groups that the call asks for; 0: it is about none. */
static uint32_t asked_groups(const struct call *call)
{
	struct sockaddr_nl address;
	uint32_t option = (uint32_t)call->args[2];
	uint32_t group;

	if (is_call(call, "bind")) {
		if (call->sockaddr_len < sizeof(address))
			return 0;
		memcpy(&address, call->sockaddr, sizeof(address));
		return address.nl_family == AF_NETLINK ? address.nl_groups : 0;
	}
	if ((int32_t)call->args[1] != SOL_NETLINK ||
		(option != NETLINK_ADD_MEMBERSHIP && option != NETLINK_DROP_MEMBERSHIP) ||
		(int32_t)call->args[4] < (int32_t)sizeof(group))
		return 0;
	if (task_mem_read(call->tid, call->args[3], &group, sizeof(group)) < 0 || group == 0 ||
		group > LISTENER_GROUPS)
		return 0;
	return UINT32_C(1) << (group - 1);
}

static uint32_t joined_groups(int fd)
{
	uint32_t groups[8] = { 0 };
	socklen_t len = sizeof(groups);

	if (getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &len) < 0)
		return 0;
	return groups[0];
}

static void close_entry(struct call *call)
{
	struct listener_call *listener = &call->listener;
	_cleanup_close_ int fd = -1;
	struct stat st;

	fd = task_fd_get(call->tid, call->tgid, (int)call->args[0]);
	if (fd < 0 || !is_audit_socket(fd) || fstat(fd, &st) < 0)
		return;
	listener->groups = joined_groups(fd);
	listener->inode = st.st_ino;
	listener->is_listener = listener->groups != 0;
}

void listener_entry(struct call *call, size_t n_listeners)
{
	struct listener_call *listener = &call->listener;
	_cleanup_close_ int fd = -1;

	if (is_call(call, "close")) {
		if (n_listeners)
			close_entry(call);
		return;
	}
	listener->groups = asked_groups(call);
	if (!listener->groups)
		return;
	fd = task_fd_get(call->tid, call->tgid, (int)call->args[0]);
	listener->is_listener = fd >= 0 && is_audit_socket(fd);
}

/* ---- exit ---- */

static void put_groups(struct event_writer *w, uint32_t groups, bool is_connect, bool res)
{
	for (int i = 0; i < LISTENER_GROUPS; i++) {
		struct evt_event_listener item = {
			.group = i + 1, .is_connect = is_connect, .res = res
		};

		if (groups & (UINT32_C(1) << i))
			event_put(w, EVT_ITEM_EVENT_LISTENER, &item, sizeof(item));
	}
}

/* With bind(), the first group that is refused is the last one asked for; and if the address is taken, all are left
 * again. */
static void bind_exit(
	const struct call *call, int64_t ret, size_t *n_listeners, struct event_writer *w)
{
	uint32_t asked = call->listener.groups;

	if (ret == -EPERM) {
		put_groups(w, asked & -asked, true, false);
	} else if (ret == 0 || ret == -EADDRINUSE) {
		put_groups(w, asked, true, true);
		if (ret < 0)
			put_groups(w, asked, false, true);
		(*n_listeners)++;
	}
}

static void membership_exit(
	const struct call *call, int64_t ret, size_t *n_listeners, struct event_writer *w)
{
	bool joins = (uint32_t)call->args[2] == NETLINK_ADD_MEMBERSHIP;

	if (ret == 0)
		put_groups(w, call->listener.groups, joins, true);
	else if (ret == -EPERM && joins)
		put_groups(w, call->listener.groups, true, false);
	*n_listeners += joins && ret == 0;
}

/* Whether one of the descriptors in the directory is the socket. */
static bool holds_socket(int procfd, const char *pid, const char *link)
{
	char path[NAME_MAX + 4], target[64];
	struct dirent *entry;
	DIR *dir;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/fd", pid);
	fd = openat(procfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	while ((entry = readdir(dir))) {
		ssize_t n = readlinkat(fd, entry->d_name, target, sizeof(target) - 1);

		target[n < 0 ? 0 : n] = '\0';
		if (n > 0 && !strcmp(target, link))
			break;
	}
	(void)closedir(dir);
	return entry;
}

/* Whether any process has it still. The kernel's own lists lack sockets without an address. Such sockets are closed so
 * seldom that one may go through all descriptors. */
static bool socket_exists(int procfd, uint64_t inode)
{
	char link[40];
	struct dirent *entry;
	DIR *dir;
	int fd = openat(procfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)snprintf(link, sizeof(link), "socket:[%llu]", (unsigned long long)inode);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return true; /* who cannot look says nothing */
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			holds_socket(procfd, entry->d_name, link))
			break;
	(void)closedir(dir);
	return entry;
}

static void close_exit(const struct call *call, int procfd, struct event_writer *w)
{
	const struct listener_call *listener = &call->listener;

	if (listener->is_listener && !socket_exists(procfd, listener->inode))
		put_groups(w, listener->groups, false, true);
}

void listener_exit(const struct call *call, int64_t ret, size_t *n_listeners, int procfd,
	struct event_writer *w)
{
	if (!call->listener.is_listener)
		return;
	if (is_call(call, "close"))
		close_exit(call, procfd, w);
	else if (is_call(call, "bind"))
		bind_exit(call, ret, n_listeners, w);
	else
		membership_exit(call, ret, n_listeners, w);
}
