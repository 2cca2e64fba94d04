/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_CONTROL_H
#define UAUDIT_CORE_CONTROL_H

/*
 * The control protocol on the kernel's side (spec kernel 1): requests in, answers and records out. A state machine like
 * the rest of core: who sent a message was found out by the engine, which also carries out what touches the machine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/control.h"
#include "core/kauditd.h"
#include "event/event.h"

/* Who sent a message, as found out by the engine, never as the message says. All in the initial namespaces. */
struct audit_sender {
	int32_t tgid, ppid;
	uint64_t start_time; /* field 22 of /proc/PID/stat: tells two processes of one pid apart */
	uint32_t uid, gid, euid, suid, fsuid, egid, sgid, fsgid;
	uint32_t auid, ses; /* (uint32_t)-1: unset */
	/* Capabilities in the initial user namespace; of an engine that is not root's: whether it is the engine's own user. */
	bool can_control, can_write, can_read;
	bool foreign_userns; /* not in the engine's user namespace: ECONNREFUSED for everything */
	bool foreign_pidns;  /* not in the engine's pid namespace: EPERM for control requests */
	/* It ended before anything of it could be seen, and who had connected was the engine's own user: it may have had the
	 * capabilities. Its messages are lost, and declared. */
	bool is_unseen;
	char comm[EVT_COMM_LEN];
	struct view tty, exe, subj; /* borrowed; p NULL: none */
	struct evt_exe exe_inode;
};

struct control;
struct control_client; /* one connection */

struct control_ops {
	void *userdata; /* of the engine */
	/*
	 * One message to the client, in order; header and payload as spec kernel 1.2 has them. The datagram is the two one
	 * behind the other, padded with NULs to a multiple of 4 (nlmsg_len does not count the padding). Meanwhile another
	 * client may be freed (one that is found dead), but not the one whose request is being handled.
	 */
	void (*reply)(
		void *client_userdata, const struct nlmsghdr *nlh, const void *payload, size_t len);
	/*
	 * The client has become the registered daemon, or is it no more. A daemon that is connected is probed with
	 * AUDIT_REPLACE through reply(). Called after the ACK was handed to reply().
	 */
	void (*daemon_connected)(void *userdata, void *client_userdata, bool has_acks);
	void (*daemon_disconnected)(void *userdata, void *client_userdata, bool by_request);
	/* Whether the first record for the next daemon may have been dealt with by an earlier one. */
	bool (*daemon_is_unsure)(void *userdata);
	int (*daemon_acked)(void *userdata, void *client_userdata, uint32_t n_records);
	/* One event of an attached source, decoded; 0, or the negative errno for the client. */
	int (*event)(void *userdata, void *client_userdata, const struct event *ev);
	/* The rules are about to change: what has happened before is still judged by those of now. NULL: nothing to do. */
	void (*rules_changing)(void *userdata);
	/* The rules are others now. Called once for each request, or for the commit of many. */
	void (*rules_changed)(void *userdata);
	/* The answer to CONTROL_QUEUES behind the counters that kauditd has; streams_max rows. */
	void (*queues)(void *userdata, struct control_queues *queues,
		struct control_stream *streams, size_t streams_max);
	/* What the source of the engine's own captures; false: there is none. May be NULL. */
	bool (*capture)(void *userdata, struct control_capture *ret);
	/* Before the statistics of rules are told: kaudit_note_calls() and kaudit_note_never(), as far as there is something to
	 * note. NULL: there never is. */
	void (*catch_up)(void *userdata);
	/*
	 * The answer to CONTROL_COST: its rows, at most rows_max, and how many. What costs something itself is counted for
	 * window_ms more only. NULL, or a negative errno: nobody can tell.
	 */
	int (*cost)(void *userdata, uint32_t window_ms, struct control_cost *cost,
		struct control_cost_row *rows, size_t rows_max);
	/* CLOCK_REALTIME_COARSE. */
	void (*now)(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec);
};

struct control_options {
	struct kaudit *audit; /* borrowed, as all here */
	struct kauditd *kauditd;
	const struct rule_env *env; /* looks up what rules name */
	uint32_t enabled;           /* 0, 1, 2 */
};

int control_new(
	struct control **ret, const struct control_options *options, const struct control_ops *ops);
struct control *control_free(struct control *control);

/* The record of the start: type=KERNEL state=initialized (spec kernel 8.7). */
void control_log_initialized(struct control *control);

int control_client_new(struct control_client **ret, struct control *control, void *client_userdata);
/* The connection is gone: a registration and a rule transaction of it end. */
struct control_client *control_client_free(struct control_client *client);
bool control_client_is_daemon(const struct control_client *client);

/*
 * One datagram of the client (spec kernel 1.6): any number of messages, untrusted. Answers come through ops->reply,
 * the ACKs of all messages before the data.
 */
void control_handle(struct control_client *client, const struct audit_sender *sender,
	const void *datagram, size_t len);

/* A reader of readlog.sock has come or gone: EVENT_LISTENER (spec kernel 8.7, 1.16). */
void control_log_listener(
	struct control *control, const struct audit_sender *sender, bool is_connected);

/* 0, 1, 2. While it is 0 no events are to be fed. */
uint32_t control_enabled(const struct control *control);
/* The rules were changed by others than clients: transactions that have begun end with EBUSY. */
void control_note_rules(struct control *control);
/*
 * Somebody has sent the registered daemon SIGTERM, SIGHUP, SIGUSR1 or SIGUSR2, as a source saw it (spec kernel 1.13); uid
 * is the sender's auid if that is set. label is cut at CONTROL_LABEL_MAX bytes; NULL: none.
 */
#define CONTROL_LABEL_MAX 256
void control_set_signal_info(
	struct control *control, uint32_t uid, int32_t pid, const char *label, size_t label_len);

#endif
