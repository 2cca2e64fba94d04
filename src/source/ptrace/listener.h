/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_LISTENER_H
#define UAUDIT_SOURCE_PTRACE_LISTENER_H

/* Joining and leaving the multicast groups of NETLINK_AUDIT (record EVENT_LISTENER). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct event_writer;

#define LISTENER_GROUPS 32 /* the kernel gives a protocol no fewer, and audit has no more */

/* Of a call in flight. */
struct listener_call {
	bool is_listener; /* it is about a socket of NETLINK_AUDIT and groups */
	uint32_t groups;  /* bit 0 is group 1 */
	uint64_t inode;   /* close(): of the socket */
};

/* *n_listeners: how many sockets of the tree have joined so far: while it is none, no close() is looked at. A close()
 * leaves the groups if it closes the last descriptor; what is closed otherwise is not seen. */
void listener_entry(struct call *call, size_t n_listeners);
void listener_exit(const struct call *call, int64_t ret, size_t *n_listeners, int procfd,
	struct event_writer *w);

#endif
