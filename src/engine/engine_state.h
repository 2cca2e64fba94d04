/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_ENGINE_STATE_H
#define UAUDIT_ENGINE_ENGINE_STATE_H

/* What the parts of the engine share; nobody else includes this. */

#include "base/macros.h"
#include "core/control.h"
#include "core/kaudit.h"
#include "engine/bpf_feed.h"
#include "engine/engine.h"
#include "engine/identity.h"
#include "engine/kernel_feed.h"
#include "engine/loop.h"
#include "engine/replay_source.h"
#include "engine/sockets.h"
#include "engine/spool.h"
#include "engine/writer_process.h"

struct client;   /* clients.c */
struct listener; /* listeners.c */

struct outlet_spool {
	struct stream *stream;
	struct spool *spool;
};

struct engine {
	struct engine_settings settings;
	engine_notice_fn notice;
	void *userdata;

	struct loop *loop;
	struct run_dir run_dir;
	struct identities ids;
	struct loop_io signals, accept_control, accept_readlog;
	struct loop_timer unpark; /* looks after clients that are not read for now */

	struct kaudit *audit;
	struct kauditd *kauditd;
	struct control *control;
	struct rule_set *rules;
	uint64_t n_fed;                  /* events, in this round */
	struct outlet_spool daemon, log; /* the streams */
	struct writer *writer;           /* NULL: no log of its own */
	uint64_t log_lines;              /* records for the log's file that were made, ever */

	struct bpf_feed *bpf;        /* NULL: BPF programs are not the source */
	struct loop_timer measuring; /* cost.c: somebody wants to know what it costs, until then */
	uint64_t measured_until_ns;

	struct kernel_feed *kernel; /* NULL: the kernel's audit is not the source */

	struct client *clients, *daemon_client;
	size_t n_clients;
	struct listener *listeners;
	size_t n_listeners;
	uint64_t listener_lost;

	struct replay_source *replay; /* NULL: none, or at its end */
	uint64_t panic_said_ns;       /* when it was said last; 0: never */
	pid_t panic_pid;              /* the program that runs; 0: none */

	struct engine_hooks hooks;
	bool is_stopping;
	pid_t stopped_by; /* who sent the signal; 0: nobody */
	int status;
};

void engine_say(const struct engine *engine, const char *format, ...) _printf_(2, 3);
/* CLOCK_REALTIME_COARSE, as records have it. */
void engine_now(void *engine, int64_t *ret_sec, uint32_t *ret_nsec);

/* ---- outlets.c: the streams, and what is behind them ---- */

/* -EINVAL after a notice. */
int outlets_open(struct engine *engine);
void outlets_close(struct engine *engine);
/* Whether somebody who is there has not got everything. */
bool outlets_have_pending(const struct engine *engine);
/* Whether records of an earlier engine, or of this one, wait on disk. */
bool outlets_have_spooled(const struct engine *engine);
/* What is not delivered stays on disk for the next start. */
void outlets_save(struct engine *engine);
/* For struct stream_ops and gap_add(): a serial and the time. */
void engine_stamp(void *engine, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec);
/* For struct control_ops. */
void outlets_daemon_connected(void *engine, void *client, bool has_acks);
void outlets_daemon_disconnected(void *engine, void *client, bool by_request);
bool outlets_daemon_is_unsure(void *engine);
int outlets_daemon_acked(void *engine, void *client, uint32_t n_records);
void outlets_account(void *engine, struct control_queues *queues, struct control_stream *streams,
	size_t streams_max);

/* ---- clients.c: connections to control.sock ---- */

void clients_listen(struct engine *engine);
void clients_accept(struct engine *engine);
void clients_close(struct engine *engine);
/* Clients that wait for the congestion to end: those whose time is over are read again, all when it has ended. */
void clients_unpark(struct engine *engine);
/* For struct control_ops. */
void client_reply(void *client, const struct nlmsghdr *nlh, const void *payload, size_t len);
/* The consumer side of the stream of the registered daemon; userdata is the engine. */
int client_send_record(void *engine, const struct audit_record *record);
void client_gone(void *engine);
void client_note_source(struct client *client);

/* ---- listeners.c: connections to readlog.sock ---- */

void listeners_accept(struct engine *engine);
void listeners_close(struct engine *engine);
void listeners_multicast(struct engine *engine, const struct audit_record *record);

#endif
