/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_ENGINE_H
#define UAUDIT_ENGINE_ENGINE_H

/*
 * uaudit daemon: the core with a machine around it. Sockets bring requests and messages, the core makes records of them,
 * streams carry those to the registered daemon and to the engine's own log.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "core/kauditd.h"
#include "engine/log_child.h"
#include "event/event.h"
#include "rule/rule_set.h"

struct engine;

enum engine_panic { ENGINE_PANIC_IGNORE, ENGINE_PANIC_EXIT, ENGINE_PANIC_EXEC };

/* Until when the BPF programs are at work. */
enum capture_ends {
	CAPTURE_ENDS_WITH_ENGINE, /* however it ends */
	CAPTURE_ENDS_AT_STOP,     /* an orderly one; after a sudden one they go on */
	CAPTURE_ENDS_AT_DETACH,   /* until they are removed */
};

struct engine_settings {
	const char *run_dir, *state_dir;
	const char *log_file; /* NULL: no log of its own; a registered daemon has the records */
	const char *source;   /* name, for the status */
	/* The source "bpf": whose calls. */
	struct {
		const char *const
			*cgroups; /* directories; the strings and the array are the caller's */
		size_t n_cgroups;
		pid_t tree;        /* 0: not a process tree */
		size_t ring_bytes; /* of one CPU; 0: the default */
		int tier;          /* enum bpf_tier: this one; 0: the best one that there is */
		enum capture_ends ends;
		const char *pin_dir; /* where they are kept */
	} bpf;
	uint32_t enabled; /* 0, 1, 2 */
	struct kauditd_limits limits;
	uint32_t extra;     /* enum extra: what records say beyond the original */
	uint64_t spool_max; /* bytes of each stream on disk */
	enum log_flush flush;
	uint32_t log_group; /* (uint32_t)-1: as it comes */
	enum engine_panic panic;
	const char *panic_program;
	uint32_t drain_ms;          /* at the end: how long to wait for who reads the records */
	int control_fd, readlog_fd; /* of a service manager; -1: none */
};

/* What people should know: one line each. */
typedef void (*engine_notice_fn)(void *userdata, const char *text);

/*
 * 0; -EBUSY: another engine serves that directory; -EINVAL, with a notice: something of the settings cannot be had; other
 * negative errnos. The rules are the engine's from here on, also when this fails. settings are copied, its strings not.
 */
int engine_new(struct engine **ret, const struct engine_settings *settings, struct rule_set *rules,
	engine_notice_fn notice, void *userdata);
struct engine *engine_free(struct engine *engine);

/* What whoever runs the engine does at signals; sender is a pid, 0: there was no signal. */
struct engine_hooks {
	void *userdata;
	void (*reload)(void *userdata, pid_t sender);
	/* It ends: the last moment to log something. */
	void (*stopping)(void *userdata, pid_t sender);
};

/* Signals that the loop takes: TERM and INT end it, HUP is for reload. 0, or a negative errno. */
int engine_run(struct engine *engine, const struct engine_hooks *hooks);
/* Ends engine_run() after the present round. */
void engine_stop(struct engine *engine, int status);
int engine_status(const struct engine *engine);

/* New settings while it runs: limits, extra, spool_max, panic, drain_ms take effect; the log is opened anew. */
void engine_reconfigure(struct engine *engine, const struct engine_settings *settings);

/* Somebody has moved the log's file away. */
void engine_reopen_log(struct engine *engine);
const struct kauditd_limits *engine_limits(const struct engine *engine);
/* enabled is 2: neither rules nor limits are to be changed until the end. */
bool engine_is_locked(const struct engine *engine);
/* These rules in place of those that are there, at once; the engine's from here on. */
void engine_set_rules(struct engine *engine, struct rule_set *rules);

/* Feeds the events of the file while the engine runs. -EBADMSG: not a replay file; another negative errno. */
int engine_replay(struct engine *engine, const char *path);
/* One event of a source of the engine's own. */
int engine_feed(struct engine *engine, const struct event *ev);
/* A record of the engine itself into the log: DAEMON_START and its like, text without stamp. */
void engine_log(struct engine *engine, uint16_t type, const char *text);

#endif
