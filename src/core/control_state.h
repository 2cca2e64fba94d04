/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_CONTROL_STATE_H
#define UAUDIT_CORE_CONTROL_STATE_H

/* What the control_*.c files share; nobody else includes this. One file a family of requests, a row a request in control.c. */

#include "base/buf.h"
#include "core/audit_buffer.h"
#include "core/control.h"
#include "core/kaudit.h"
#include "rule/rule_set.h"

/* TTY auditing is a state of processes, which we hear of only when they ask: the oldest give way (control_tty.c). */
#define CONTROL_TTYS_MAX 64

struct control_tty {
	int32_t tgid; /* 0: free */
	uint64_t start_time;
	uint32_t enabled, log_passwd;
	uint64_t used; /* the last request, by control.n_requests */
};

struct control {
	struct control_ops ops;
	struct kaudit *audit;
	struct kauditd *kauditd;
	const struct rule_env *env;
	uint32_t enabled;
	uint32_t features, features_locked;
	uint64_t n_requests;
	uint64_t rules_generation;        /* counts the changes */
	struct kaudit_stats stats_before; /* what the counters were when they began anew */
	int64_t stats_since;              /* and when that was */

	struct control_client *clients; /* list */
	struct control_client *daemon;  /* NULL: none is registered */
	int32_t daemon_tgid;
	uint64_t daemon_start_time;

	uint32_t signal_uid;
	int32_t signal_pid;
	char signal_label[CONTROL_LABEL_MAX];
	size_t signal_label_len;

	struct control_tty ttys[CONTROL_TTYS_MAX];
	/* Answers with data wait for the ACKs of the whole datagram: headers and payloads, each aligned as netlink does. */
	struct buf replies;
	struct event event; /* the one being decoded; its arrays are kept */
};

struct transaction; /* control_transaction.c */

struct control_client {
	struct control *control;
	void *userdata;
	struct control_client *next;
	uint32_t portid; /* 0: not asked for anything yet */
	bool has_acks;
	struct transaction *transaction; /* NULL: none */
	struct buf event;                /* pieces of an event that is to be continued */
};

/* One message. */
struct control_call {
	struct control *control;
	struct control_client *client;
	const struct audit_sender *sender;
	struct event who; /* the sender as filters and records see it, now */
	struct nlmsghdr nlh;
	const unsigned char *bytes;   /* the message, header included; not aligned */
	const unsigned char *payload; /* not aligned */
	size_t len;                   /* bytes of payload */
	bool wants_ack;               /* an answer also to what succeeds */
};

typedef int (*control_handler)(struct control_call *call);

/* NLMSG_ERROR, at once: an ACK for 0. */
void control_reply_error(struct control_call *call, int error);
/* Data, behind the ACKs. -ENOMEM: too much waits. */
int control_reply_data(
	struct control_call *call, uint16_t type, uint16_t flags, const void *payload, size_t len);

/* ---- records (control_record.c) ---- */

void control_sender_event(struct control *control, struct event *ev,
	const struct audit_sender *sender, enum record_source source);
/* NULL: audit is disabled, or the exclude filter drops it. */
struct audit_buffer *control_log_start(struct control_call *call, uint16_t type);
/* The text begins with pid, uid, auid, ses. */
struct audit_buffer *control_log_sender(struct control_call *call, uint16_t type);
void control_log_end(struct control_call *call, struct audit_buffer *ab);
/* op=set, whether audit is enabled or not. */
void control_log_set(
	struct control_call *call, const char *name, uint32_t value, uint32_t old, bool is_done);

/* ---- what others need of a family ---- */

static inline bool control_is_locked(const struct control *control)
{
	return control->enabled == 2;
}

/* The rules that the client's requests are about. */
struct rule_set *control_rules(const struct control_client *client);
void control_rules_changing(struct control *control);
void control_rules_changed(struct control *control);
bool control_tty_enabled(struct control_call *call);
int control_set_pid(struct control_call *call, uint32_t pid);
void control_daemon_gone(struct control *control, bool by_request);
/* In a transaction: to be told of at its commit. 0, -ENOMEM. */
int transaction_note(struct control_call *call, bool is_removal, const struct audit_krule *rule);
/* What was noted last did not come about. */
void transaction_forget_last(struct control_call *call);
struct transaction *transaction_free(struct transaction *transaction);
struct rule_set *transaction_rules(const struct transaction *transaction);
void control_log_rule(
	struct control_call *call, const char *op, const char *key, uint32_t list, bool is_done);
int control_refuse_locked_rule(struct control_call *call, const char *op);
/* An answer of type AUDIT_LIST_RULES. -ENOMEM. */
int control_list_rule(struct control_call *call, const struct audit_krule *rule);

/* ---- the requests ---- */

int control_get(struct control_call *call);
int control_set(struct control_call *call);
int control_add_rule(struct control_call *call);
int control_del_rule(struct control_call *call);
int control_list_rules(struct control_call *call);
int control_rules_begin(struct control_call *call);
int control_rules_commit(struct control_call *call);
int control_rules_abort(struct control_call *call);
int control_trim(struct control_call *call);
int control_make_equiv(struct control_call *call);
int control_signal_info(struct control_call *call);
int control_tty_get(struct control_call *call);
int control_tty_set(struct control_call *call);
int control_get_feature(struct control_call *call);
int control_set_feature(struct control_call *call);
int control_user(struct control_call *call);
int control_acks(struct control_call *call);
int control_ack(struct control_call *call);
int control_queues(struct control_call *call);
int control_event(struct control_call *call);
int control_extra(struct control_call *call);
int control_record(struct control_call *call);
int control_rule_stats(struct control_call *call);
int control_cost(struct control_call *call);

#endif
