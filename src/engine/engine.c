// SPDX-License-Identifier: MIT
/* The core, its streams and the sockets, put together; the loop that drives them. */

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
#include "engine/engine_state.h"
#include "system/system_env.h"

#define DRAIN_STEP_MS 10
#define PANIC_SAY_NS  UINT64_C(1000000000)

static const char *const stream_names[] = { "daemon", "log" };

void engine_say(const struct engine *e, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	e->notice(e->userdata, text);
}

static void say_plain(void *engine, const char *text)
{
	engine_say(engine, "%s", text);
}

/* ---- what the core asks for ---- */

static void now_coarse(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec)
{
	struct timespec now;

	(void)userdata;
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	*ret_sec = now.tv_sec;
	*ret_nsec = (uint32_t)now.tv_nsec;
}

static void stamp(void *engine, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec)
{
	uint32_t nsec;

	now_coarse(engine, ret_sec, &nsec);
	*ret_msec = nsec / 1000000;
	*ret_serial = kaudit_next_serial(((struct engine *)engine)->audit);
}

static uint64_t monotonic_ns(void *engine)
{
	struct timespec now;

	(void)engine;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void lost(void *engine, uint64_t n_records, const char *reason)
{
	kauditd_lost(((struct engine *)engine)->kauditd, n_records, reason);
}

static void multicast(void *engine, const struct audit_record *record)
{
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

/* With a log of its own the engine keeps records for a daemon only from its registration on, until it says that it goes. */
static void daemon_connected(void *engine, void *client, bool has_acks)
{
	struct engine *e = engine;

	e->daemon_client = client;
	kauditd_enable_stream(e->kauditd, e->daemon.stream, true);
	stream_connect(e->daemon.stream, has_acks, 0);
	stream_flush(e->daemon.stream);
}

static void daemon_disconnected(void *engine, void *client, bool by_request)
{
	struct engine *e = engine;
	struct stream_stats stats;

	(void)client;
	/* what was recorded before is the daemon's still */
	kauditd_run(e->kauditd);
	stream_get_stats(e->daemon.stream, &stats);
	if (stats.is_connected)
		stream_disconnect(e->daemon.stream);
	e->daemon_client = NULL;
	if (by_request && e->writer)
		kauditd_enable_stream(e->kauditd, e->daemon.stream, false);
}

static bool daemon_is_unsure(void *engine)
{
	return stream_is_unsure(((struct engine *)engine)->daemon.stream);
}

static int daemon_acked(void *engine, void *client, uint32_t n_records)
{
	struct engine *e = engine;
	int r = stream_ack(e->daemon.stream, n_records);

	(void)client;
	if (r == 0)
		stream_flush(e->daemon.stream);
	return r;
}

static int take_event(void *engine, void *client, const struct event *ev)
{
	client_note_source(client);
	return engine_feed(engine, ev);
}

static void rules_changed(void *engine)
{
	struct engine *e = engine;

	if (e->kernel)
		kernel_feed_rules_changed(e->kernel);
}

static void fill_stream(const struct outlet_spool *o, struct control_stream *ret)
{
	struct stream_stats stats;
	struct spool_stats spool;

	stream_get_stats(o->stream, &stats);
	spool_get_stats(o->spool, &spool);
	*ret = (struct control_stream){
		.is_connected = stats.is_connected,
		.sent = stats.sent,
		.waiting = stats.waiting,
		.spooled = stats.spooled,
		.spool_bytes = spool.bytes,
		.spool_max = spool.bytes_max,
		.offered = stats.offered,
		.delivered = stats.delivered,
		.lost_records = stats.lost_records,
		.lost_events = stats.lost_events,
		.declared_records = stats.declared_records,
	};
	(void)snprintf(ret->name, sizeof(ret->name), "%s", stream_name(o->stream));
}

static void queues(void *engine, struct control_queues *queues, struct control_stream *streams,
	size_t streams_max)
{
	const struct engine *e = engine;
	const struct outlet_spool *all[] = { &e->daemon, &e->log };

	queues->n_listeners = (uint32_t)e->n_listeners;
	queues->listener_lost = e->listener_lost;
	(void)snprintf(queues->source, sizeof(queues->source), "%s", e->settings.source);
	for (size_t i = 0; i < ARRAY_SIZE(all) && queues->n_streams < streams_max; i++)
		if (all[i]->stream)
			fill_stream(all[i], &streams[queues->n_streams++]);
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

static int open_stream(struct engine *e, struct outlet_spool *o, const char *name,
	const struct stream_ops *consumer)
{
	struct stream_ops ops = *consumer;
	_cleanup_free_ char *dir = NULL;
	int r;

	if (asprintf(&dir, "%s/spool/%s", e->settings.state_dir, name) < 0)
		return -ENOMEM;
	r = spool_open(&o->spool, dir, e->settings.spool_max);
	if (r < 0) {
		engine_say(e, "cannot keep records in '%s': %s", dir, strerror(-r));
		return -EINVAL;
	}
	if (spool_count(o->spool))
		engine_say(e, "'%s' has %llu records of before, which go out first", dir,
			(unsigned long long)spool_count(o->spool));
	ops.stamp = stamp;
	ops.lost = lost;
	ops.spool = o->spool;
	ops.spool_put = spool_put;
	ops.spool_get = spool_get;
	ops.spool_unget = spool_unget;
	ops.spool_count = spool_count;
	ops.spool_is_full = spool_is_full;
	r = stream_new(&o->stream, name, &ops, e->settings.limits.backlog_limit);
	return r < 0 ? r : kauditd_add_stream(e->kauditd, o->stream);
}

/* Each part of the path that is missing. */
static int make_dirs(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = copy; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		(void)mkdir(copy, 0755);
		*slash = '/';
	}
	return mkdir(copy, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_streams(struct engine *e)
{
	const struct stream_ops to_daemon = {
		.userdata = e, .send = client_send_record, .gone = client_gone
	};
	_cleanup_free_ char *spool = NULL;
	int r;

	if (asprintf(&spool, "%s/spool", e->settings.state_dir) < 0)
		return -ENOMEM;
	r = make_dirs(spool);
	if (r < 0) {
		engine_say(e, "cannot make '%s': %s", spool, strerror(-r));
		return -EINVAL;
	}
	r = open_stream(e, &e->daemon, stream_names[0], &to_daemon);
	if (r == 0 && e->settings.log_file)
		kauditd_enable_stream(e->kauditd, e->daemon.stream, false);
	return r;
}

/* userdata of a stream is the engine, as stamp() and lost() want it. */
static int send_to_writer(void *engine, const struct audit_record *record)
{
	return writer_send(((struct engine *)engine)->writer, record);
}

static void writer_is_gone(void *engine)
{
	writer_gone(((struct engine *)engine)->writer);
}

static int open_log(struct engine *e)
{
	const struct writer_options options = {
		.path = e->settings.log_file,
		.flush = e->settings.flush,
		.group = e->settings.log_group,
		.notice = say_plain,
		.userdata = e,
	};
	const struct stream_ops to_writer = {
		.userdata = e, .send = send_to_writer, .gone = writer_is_gone
	};
	int r;

	if (!e->settings.log_file)
		return 0;
	r = writer_new(&e->writer, e->loop, &options);
	if (r < 0)
		return r;
	r = open_stream(e, &e->log, stream_names[1], &to_writer);
	if (r < 0)
		return r;
	r = writer_start(e->writer, e->log.stream);
	if (r < 0) {
		engine_say(e, "cannot write the log '%s': %s", e->settings.log_file, strerror(-r));
		return -EINVAL;
	}
	return 0;
}

/* stamp() and lost() serve two masters: of a stream and of kauditd userdata is the engine. */
static int open_core(struct engine *e)
{
	const struct kauditd_ops kauditd_ops = { e, multicast, printk, panic, monotonic_ns };
	const struct control_ops control_ops = {
		.userdata = e,
		.reply = client_reply,
		.daemon_connected = daemon_connected,
		.daemon_disconnected = daemon_disconnected,
		.daemon_is_unsure = daemon_is_unsure,
		.daemon_acked = daemon_acked,
		.event = take_event,
		.rules_changed = rules_changed,
		.queues = queues,
		.now = now_coarse,
	};
	struct control_options options = { .env = &system_env, .enabled = e->settings.enabled };
	int r;

	r = kauditd_new(&e->kauditd, &kauditd_ops, &e->settings.limits);
	if (r == 0)
		r = kaudit_new(&e->audit, e->rules, kauditd_enqueue, e->kauditd);
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
	else if (r < 0)
		engine_say(e, "cannot open the sockets in '%s': %s", dir, strerror(-r));
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

static int open_source(struct engine *e)
{
	return strcmp(e->settings.source, "kernel") == 0 ? kernel_feed_open(&e->kernel, e) : 0;
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
		r = open_streams(e);
	if (r == 0)
		r = open_log(e);
	if (r == 0)
		r = watch_signals(e);
	if (r == 0)
		r = listen_to_sockets(e);
	return r < 0 ? r : open_source(e);
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
		e->replay = replay_source_free(e->replay);
		listeners_close(e);
		clients_close(e);
		loop_remove(e->loop, &e->signals);
		loop_timer_remove(e->loop, &e->unpark);
		e->writer = writer_close(e->writer);
	}
	if (e->signals.fd >= 0)
		(void)close(e->signals.fd);
	run_dir_close(&e->run_dir);
	identities_deinit(&e->ids);
	e->control = control_free(e->control);
	kaudit_free(e->audit);
	e->kauditd = kauditd_free(e->kauditd);
	e->daemon.stream = stream_free(e->daemon.stream);
	e->log.stream = stream_free(e->log.stream);
	e->daemon.spool = spool_close(e->daemon.spool);
	e->log.spool = spool_close(e->log.spool);
	rule_set_free(e->rules);
	e->loop = loop_free(e->loop);
	free(e);
	return NULL;
}

/* ---- at work ---- */

int engine_feed(struct engine *e, const struct event *ev)
{
	return control_enabled(e->control) ? kaudit_feed(e->audit, ev) : 0;
}

void engine_log(struct engine *e, uint16_t type, const char *text)
{
	struct event who = { .h = { .source = RECORD_SOURCE_ENGINE } };
	int64_t sec;

	now_coarse(e, &sec, &who.h.time_nsec);
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

static bool has_pending(const struct outlet_spool *o)
{
	struct stream_stats stats;

	if (!o->stream)
		return false;
	stream_get_stats(o->stream, &stats);
	return stats.is_connected && (stats.sent || stats.waiting || stats.spooled);
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
	while (r == 0 && (has_pending(&e->daemon) || has_pending(&e->log)) &&
		monotonic_ns(e) < end) {
		loop_timer_set(&tick, DRAIN_STEP_MS);
		r = loop_round(e->loop);
		kauditd_run(e->kauditd);
	}
	loop_timer_remove(e->loop, &tick);
	return r;
}

static void save(struct engine *e, struct outlet_spool *o)
{
	struct stream_stats stats;
	int64_t n;

	if (!o->stream)
		return;
	stream_get_stats(o->stream, &stats);
	/* with a log of its own the engine owes an absent daemon nothing but what it has kept for it */
	n = stats.sent || stats.waiting || stats.spooled ||
			    stats.lost_records > stats.declared_records
		    ? stream_save(o->stream)
		    : 0;
	if (n < 0)
		engine_say(e, "%u records for '%s' are lost: %s", stats.sent + stats.waiting,
			stream_name(o->stream), strerror((int)-n));
	else if (n > 0)
		engine_say(e, "%lld records for '%s' wait in '%s/spool/%s' for the next start",
			(long long)n, stream_name(o->stream), e->settings.state_dir,
			stream_name(o->stream));
}

int engine_run(struct engine *e, const struct engine_hooks *hooks)
{
	int r = 0;

	if (hooks)
		e->hooks = *hooks;
	while (r == 0 && !e->is_stopping) {
		if (e->kernel)
			kernel_feed_sync(e->kernel);
		kauditd_run(e->kauditd);
		r = loop_round(e->loop);
	}
	e->kernel = kernel_feed_close(e->kernel);
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
	save(e, &e->daemon);
	save(e, &e->log);
	return r;
}

void engine_reconfigure(struct engine *e, const struct engine_settings *settings)
{
	e->settings = *settings;
	kauditd_set_limits(e->kauditd, &settings->limits);
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
