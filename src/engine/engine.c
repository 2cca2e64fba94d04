// SPDX-License-Identifier: MIT
/* The core, its outlets and the sockets, put together; the loop that drives them. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi/abi.h"
#include "core/kaudit_log.h"
#include "engine/cost.h"
#include "engine/engine_state.h"
#include "log/log_line.h"
#include "system/system_env.h"

#define DRAIN_STEP_MS 10
#define PANIC_SAY_NS  UINT64_C(1000000000)
/* Events whose time is taken: the first of a round, of the others one of so many. */
#define TIMED_OF_ROUND 16
#define TIMED_OF_FLOOD 16

void engine_say(const struct engine *e, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	e->notice(e->userdata, text);
}

/* ---- what the core asks for ---- */

void engine_now(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec)
{
	struct timespec now;

	(void)userdata;
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	*ret_sec = now.tv_sec;
	*ret_nsec = (uint32_t)now.tv_nsec;
}

static uint64_t monotonic_ns(void *engine)
{
	struct timespec now;

	(void)engine;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool has_listeners(const void *engine)
{
	return ((const struct engine *)engine)->listeners;
}

static void multicast(void *engine, const struct audit_record *record)
{
	if (has_listeners(engine))
		listeners_multicast(engine, record);
}

static void printk(void *engine, const char *text)
{
	engine_say(engine, "audit: %s", text);
}

/* One at a time: losses come in thousands. The signals that the engine has blocked are the program's to receive. */
static void run_panic_program(struct engine *e, const char *reason)
{
	char *const argv[] = { (char *)(uintptr_t)e->settings.panic_program,
		(char *)(uintptr_t)reason, NULL };
	posix_spawnattr_t attr;
	sigset_t none;
	int r;

	if (e->panic_pid && waitpid(e->panic_pid, NULL, WNOHANG) == 0)
		return;
	e->panic_pid = 0;
	r = posix_spawnattr_init(&attr);
	if (r == 0) {
		(void)sigemptyset(&none);
		(void)posix_spawnattr_setsigmask(&attr, &none);
		(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		r = posix_spawn(&e->panic_pid, argv[0], NULL, &attr, argv, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	if (r)
		engine_say(e, "cannot run '%s': %s", argv[0], strerror(r));
}

static void panic(void *engine, const char *reason)
{
	struct engine *e = engine;
	uint64_t now = monotonic_ns(e);

	/* losses come in thousands: one line tells of those of a second */
	if (!e->panic_said_ns || now - e->panic_said_ns >= PANIC_SAY_NS) {
		engine_say(e, "audit: panic: %s", reason);
		e->panic_said_ns = now;
	}
	if (e->settings.panic == ENGINE_PANIC_EXIT)
		engine_stop(e, 1);
	else if (e->settings.panic == ENGINE_PANIC_EXEC)
		run_panic_program(e, reason);
}

/* ---- what the control protocol asks for ---- */

static int take_event(void *engine, void *client, const struct event *ev)
{
	client_note_source(client);
	return engine_feed(engine, ev);
}

static void rules_changing(void *engine)
{
	struct engine *e = engine;

	if (e->bpf)
		bpf_feed_rules_changing(e->bpf);
}

static void catch_up(void *engine)
{
	struct engine *e = engine;

	if (e->bpf)
		bpf_feed_catch_up(e->bpf);
}

static void rules_changed(void *engine)
{
	struct engine *e = engine;

	if (e->kernel)
		kernel_feed_rules_changed(e->kernel);
	if (e->bpf)
		bpf_feed_rules_changed(e->bpf);
}

static bool tell_capture(void *engine, struct control_capture *ret)
{
	const struct engine *e = engine;

	if (e->bpf)
		bpf_feed_tell(e->bpf, ret);
	return e->bpf;
}

/* ---- signals ---- */

static void take_signal(void *userdata, uint32_t events)
{
	struct engine *e = userdata;
	struct signalfd_siginfo info;

	(void)events;
	if (read(e->signals.fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGTERM:
	case SIGINT:
		e->stopped_by = (pid_t)info.ssi_pid;
		engine_stop(e, 0);
		break;
	case SIGHUP:
		if (e->hooks.reload)
			e->hooks.reload(e->hooks.userdata, (pid_t)info.ssi_pid);
		break;
	default:
		break;
	}
}

static int watch_signals(struct engine *e)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	(void)signal(SIGPIPE, SIG_IGN);
	e->signals = (struct loop_io){ .events = EPOLLIN, .ready = take_signal, .userdata = e };
	e->signals.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return e->signals.fd < 0 ? -errno : loop_add(e->loop, &e->signals);
}

/* ---- putting together ---- */

static int take_record(void *engine, const struct kaudit_record *record)
{
	struct engine *e = engine;

	e->log_lines += log_line_is_written(record->type);
	return kauditd_enqueue(e->kauditd, record);
}

/* stamp() and lost() serve two masters: of a stream and of kauditd userdata is the engine. */
static int open_core(struct engine *e)
{
	const struct kauditd_ops kauditd_ops = {
		.userdata = e,
		.multicast = multicast,
		.has_listeners = has_listeners,
		.printk = printk,
		.panic = panic,
		.now_ns = monotonic_ns,
	};
	const struct control_ops control_ops = {
		.userdata = e,
		.reply = client_reply,
		.daemon_connected = outlets_daemon_connected,
		.daemon_disconnected = outlets_daemon_disconnected,
		.daemon_is_unsure = outlets_daemon_is_unsure,
		.daemon_acked = outlets_daemon_acked,
		.event = take_event,
		.rules_changing = rules_changing,
		.rules_changed = rules_changed,
		.queues = outlets_account,
		.capture = tell_capture,
		.catch_up = catch_up,
		.cost = engine_cost,
		.now = engine_now,
	};
	struct control_options options = { .env = &system_env, .enabled = e->settings.enabled };
	int r;

	r = kauditd_new(&e->kauditd, &kauditd_ops, &e->settings.limits);
	if (r == 0)
		r = kaudit_new(&e->audit, e->rules, take_record, e);
	if (r == 0)
		kaudit_set_extra(e->audit, e->settings.extra);
	options.audit = e->audit;
	options.kauditd = e->kauditd;
	if (r == 0)
		r = control_new(&e->control, &options, &control_ops);
	return r;
}

static void accept_control(void *engine, uint32_t events)
{
	(void)events;
	clients_accept(engine);
}

static void accept_readlog(void *engine, uint32_t events)
{
	(void)events;
	listeners_accept(engine);
}

static void unpark(void *engine)
{
	clients_unpark(engine);
}

static int open_sockets(struct engine *e)
{
	const char *dir = e->settings.run_dir;
	pid_t owner;
	int r;

	r = run_dir_open(&e->run_dir, dir, e->settings.control_fd, e->settings.readlog_fd, &owner);
	if (r == -EBUSY && owner)
		engine_say(e, "'%s' is served by another engine, process %d", dir, (int)owner);
	else if (r == -EBUSY)
		engine_say(e, "'%s' is served by another engine", dir);
	else if (r == -EPERM)
		engine_say(e,
			"'%s' belongs to somebody else, or everybody may write there: others could put their sockets "
			"in place of the engine's; name another with --run-dir",
			dir);
	else if (r < 0)
		engine_say(e, "cannot open the sockets in '%s': %s%s", dir, strerror(-r),
			r == -ENOENT ? "; the directory that it is to be made in must exist" : "");
	return r < 0 && r != -EBUSY ? -EINVAL : r;
}

static int listen_to_sockets(struct engine *e)
{
	int r;

	e->accept_control = (struct loop_io){ .fd = e->run_dir.control_fd,
		.events = EPOLLIN,
		.ready = accept_control,
		.userdata = e };
	e->accept_readlog = (struct loop_io){ .fd = e->run_dir.readlog_fd,
		.events = EPOLLIN,
		.ready = accept_readlog,
		.userdata = e };
	clients_listen(e);
	e->unpark.expired = unpark;
	e->unpark.userdata = e;
	r = loop_timer_add(e->loop, &e->unpark);
	if (r == 0)
		r = loop_add(e->loop, &e->accept_control);
	return r < 0 ? r : loop_add(e->loop, &e->accept_readlog);
}

/* It looks at the log of before, so it is there before the log's writer. */
static int open_bpf(struct engine *e)
{
	return strcmp(e->settings.source, "bpf") == 0 ? bpf_feed_open(&e->bpf, e) : 0;
}

static int start_source(struct engine *e)
{
	if (strcmp(e->settings.source, "kernel") == 0)
		return kernel_feed_open(&e->kernel, e);
	return e->bpf ? bpf_feed_start(e->bpf) : 0;
}

static int open_all(struct engine *e)
{
	int r;

	r = open_sockets(e);
	if (r == 0)
		r = loop_new(&e->loop);
	if (r == 0)
		r = identities_init(&e->ids);
	if (r == 0)
		r = open_core(e);
	if (r == 0)
		r = open_bpf(e);
	if (r == 0)
		r = outlets_open(e);
	if (r == 0)
		r = watch_signals(e);
	if (r == 0)
		r = listen_to_sockets(e);
	return r < 0 ? r : start_source(e);
}

int engine_new(struct engine **ret, const struct engine_settings *settings, struct rule_set *rules,
	engine_notice_fn notice, void *userdata)
{
	struct engine *e = calloc(1, sizeof(*e));
	int r;

	if (!e) {
		rule_set_free(rules);
		return -ENOMEM;
	}
	e->settings = *settings;
	e->notice = notice;
	e->userdata = userdata;
	e->rules = rules;
	e->run_dir = (struct run_dir)RUN_DIR_NULL;
	e->signals.fd = e->ids.procfd = -1;
	r = open_all(e);
	if (r < 0) {
		(void)engine_free(e);
		return r;
	}
	control_log_initialized(e->control);
	kauditd_run(e->kauditd);
	*ret = e;
	return 0;
}

struct engine *engine_free(struct engine *e)
{
	if (!e)
		return NULL;
	e->kernel = kernel_feed_close(e->kernel);
	if (e->loop) {
		e->bpf = bpf_feed_close(e->bpf);
		e->replay = replay_source_free(e->replay);
		listeners_close(e);
		clients_close(e);
		loop_remove(e->loop, &e->signals);
		loop_timer_remove(e->loop, &e->unpark);
		loop_timer_remove(e->loop, &e->measuring);
		e->writer = writer_close(e->writer);
	}
	if (e->signals.fd >= 0)
		(void)close(e->signals.fd);
	run_dir_close(&e->run_dir);
	identities_deinit(&e->ids);
	e->control = control_free(e->control);
	kaudit_free(e->audit);
	e->kauditd = kauditd_free(e->kauditd);
	outlets_close(e);
	rule_set_free(e->rules);
	e->loop = loop_free(e->loop);
	free(e);
	return NULL;
}

/* ---- at work ---- */

/* All of a few, some of a flood: reading the clock twice costs as much as a record. */
static bool is_timed(struct engine *e)
{
	return e->n_fed++ < TIMED_OF_ROUND || e->n_fed % TIMED_OF_FLOOD == 0;
}

int engine_feed(struct engine *e, const struct event *ev)
{
	uint64_t begin;
	int r;

	kaudit_set_enabled(e->audit, control_enabled(e->control));
	if (!is_timed(e))
		return kaudit_feed(e->audit, ev);
	begin = monotonic_ns(e);
	r = kaudit_feed(e->audit, ev);
	kaudit_note_time(e->audit, monotonic_ns(e) - begin);
	return r;
}

void engine_log(struct engine *e, uint16_t type, const char *text)
{
	struct event who = { .h = { .source = RECORD_SOURCE_ENGINE } };
	int64_t sec;

	engine_now(e, &sec, &who.h.time_nsec);
	who.h.time_sec = sec;
	(void)kaudit_log(e->audit, &who, type, "%s", text);
}

void engine_stop(struct engine *e, int status)
{
	e->is_stopping = true;
	if (status)
		e->status = status;
}

int engine_status(const struct engine *e)
{
	return e->status;
}

/* Who reads the records gets some time for the rest of them. */
static int drain(struct engine *e)
{
	uint64_t end = monotonic_ns(e) + (uint64_t)e->settings.drain_ms * 1000000;
	struct loop_timer tick = { .expired = unpark, .userdata = e };
	int r;

	loop_remove(e->loop, &e->accept_control);
	loop_remove(e->loop, &e->accept_readlog);
	r = loop_timer_add(e->loop, &tick);
	while (r == 0 && outlets_have_pending(e) && monotonic_ns(e) < end) {
		loop_timer_set(&tick, DRAIN_STEP_MS);
		r = loop_round(e->loop);
		kauditd_run(e->kauditd);
	}
	loop_timer_remove(e->loop, &tick);
	return r;
}

int engine_run(struct engine *e, const struct engine_hooks *hooks)
{
	int r = 0;

	if (hooks)
		e->hooks = *hooks;
	while (r == 0 && !e->is_stopping) {
		if (e->kernel)
			kernel_feed_sync(e->kernel);
		if (e->bpf)
			bpf_feed_sync(e->bpf);
		kauditd_run(e->kauditd);
		e->n_fed = 0;
		r = loop_round(e->loop);
	}
	e->kernel = kernel_feed_close(e->kernel);
	bpf_feed_stop(e->bpf);
	e->replay = replay_source_free(e->replay);
	if (e->hooks.stopping)
		e->hooks.stopping(e->hooks.userdata, e->stopped_by);
	listeners_close(e);
	kauditd_run(e->kauditd);
	if (r == 0)
		r = drain(e);
	clients_close(e);
	kauditd_run(e->kauditd);
	e->writer = writer_close(e->writer);
	outlets_save(e);
	e->bpf = bpf_feed_close(e->bpf);
	return r;
}

void engine_reconfigure(struct engine *e, const struct engine_settings *settings)
{
	bool has_other_extra = e->settings.extra != settings->extra;

	e->settings = *settings;
	kauditd_set_limits(e->kauditd, &settings->limits);
	kaudit_set_extra(e->audit, settings->extra);
	if (has_other_extra && e->bpf)
		bpf_feed_rules_changed(e->bpf); /* the programs gather more, or less */
	spool_set_max(e->daemon.spool, settings->spool_max);
	if (e->log.spool)
		spool_set_max(e->log.spool, settings->spool_max);
	engine_reopen_log(e);
}

void engine_reopen_log(struct engine *e)
{
	if (e->writer)
		writer_reopen(e->writer);
}

const struct kauditd_limits *engine_limits(const struct engine *e)
{
	return kauditd_limits(e->kauditd);
}

bool engine_is_locked(const struct engine *e)
{
	return control_enabled(e->control) == 2;
}

void engine_set_rules(struct engine *e, struct rule_set *rules)
{
	rules_changing(e);
	rule_set_swap(e->rules, rules);
	rule_set_free(rules);
	control_note_rules(e->control);
	rules_changed(e);
}

/* ---- replay ---- */

static bool replay_is_congested(void *engine)
{
	return kauditd_is_congested(((struct engine *)engine)->kauditd);
}

static int replay_feed(void *engine, const struct event *ev)
{
	return engine_feed(engine, ev);
}

static void replay_done(void *engine, int error, uint64_t offset, uint64_t n_events)
{
	struct engine *e = engine;

	if (error)
		engine_say(e, "the replay ends after %llu events, at byte %llu of its file: %s",
			(unsigned long long)n_events, (unsigned long long)offset,
			error == -EBADMSG ? "what is there is no event" : strerror(-error));
	else
		engine_say(e, "the replay has ended, %llu events", (unsigned long long)n_events);
}

int engine_replay(struct engine *e, const char *path)
{
	const struct replay_source_ops ops = { e, replay_is_congested, replay_feed, replay_done };

	return replay_source_new(&e->replay, e->loop, path, &ops);
}
