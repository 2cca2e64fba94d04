// SPDX-License-Identifier: MIT
/* Where records leave the engine: the streams to a registered daemon and to its own log, with what waits on disk behind each. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "engine/engine_state.h"

void engine_stamp(void *engine, uint32_t *ret_serial, int64_t *ret_sec, uint32_t *ret_msec)
{
	uint32_t nsec;

	engine_now(engine, ret_sec, &nsec);
	*ret_msec = nsec / 1000000;
	*ret_serial = kaudit_next_serial(((struct engine *)engine)->audit);
}

static void lost(void *engine, uint64_t n_records, const char *reason)
{
	kauditd_lost(((struct engine *)engine)->kauditd, n_records, reason);
}

static int open_stream(struct engine *e, struct outlet_spool *o, const char *name,
	const struct stream_ops *consumer, bool takes_eoe)
{
	struct stream_ops ops = *consumer;
	_cleanup_free_ char *dir = NULL;
	struct spool_stats stats;
	int r;

	if (asprintf(&dir, "%s/spool/%s", e->settings.state_dir, name) < 0)
		return -ENOMEM;
	r = spool_open(&o->spool, dir, e->settings.spool_max);
	if (r < 0) {
		engine_say(e, "cannot keep records in '%s': %s", dir, strerror(-r));
		return -EINVAL;
	}
	spool_get_stats(o->spool, &stats);
	if (stats.bytes_cut)
		engine_say(e, "'%s': %llu bytes of before could not be read and are left out", dir,
			(unsigned long long)stats.bytes_cut);
	if (spool_count(o->spool))
		engine_say(e, "'%s' has %llu records of before, which go out first", dir,
			(unsigned long long)spool_count(o->spool));
	ops.stamp = engine_stamp;
	ops.lost = lost;
	ops.spool = o->spool;
	ops.spool_put = spool_put;
	ops.spool_get = spool_get;
	ops.spool_unget = spool_unget;
	ops.spool_count = spool_count;
	ops.spool_is_full = spool_is_full;
	r = stream_new(&o->stream, name, &ops, e->settings.limits.backlog_limit);
	return r < 0 ? r : kauditd_add_stream(e->kauditd, o->stream, takes_eoe);
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
	r = open_stream(e, &e->daemon, "daemon", &to_daemon, true);
	if (r == 0 && e->settings.log_file)
		kauditd_enable_stream(e->kauditd, e->daemon.stream, false);
	return r;
}

/* userdata of a stream is the engine, as engine_stamp() and lost() want it. */
static int send_to_writer(void *engine, const struct audit_record *record)
{
	return writer_send(((struct engine *)engine)->writer, record);
}

static void writer_is_gone(void *engine)
{
	writer_gone(((struct engine *)engine)->writer);
}

static void say(void *engine, const char *text)
{
	engine_say(engine, "%s", text);
}

static int open_log(struct engine *e)
{
	const struct writer_options options = {
		.path = e->settings.log_file,
		.flush = e->settings.flush,
		.group = e->settings.log_group,
		.notice = say,
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
	r = open_stream(e, &e->log, "log", &to_writer, false);
	if (r < 0)
		return r;
	r = writer_start(e->writer, e->log.stream);
	if (r < 0) {
		engine_say(e, "cannot write the log '%s': %s", e->settings.log_file,
			r == -EBUSY ? "another process writes to it: name another file with --log"
				    : strerror(-r));
		return -EINVAL;
	}
	return 0;
}

/* With a log of its own the engine keeps records for a daemon only from its registration on, until it says that it goes. */
void outlets_daemon_connected(void *engine, void *client, bool has_acks)
{
	struct engine *e = engine;

	e->daemon_client = client;
	/* what came before is not for it, no part of it */
	if (e->writer)
		kauditd_run(e->kauditd);
	kauditd_enable_stream(e->kauditd, e->daemon.stream, true);
	stream_connect(e->daemon.stream, has_acks, 0);
	stream_flush(e->daemon.stream);
}

void outlets_daemon_disconnected(void *engine, void *client, bool by_request)
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

bool outlets_daemon_is_unsure(void *engine)
{
	return stream_is_unsure(((struct engine *)engine)->daemon.stream);
}

int outlets_daemon_acked(void *engine, void *client, uint32_t n_records)
{
	struct engine *e = engine;
	int r = stream_ack(e->daemon.stream, n_records);

	(void)client;
	if (r == 0)
		stream_flush(e->daemon.stream);
	return r;
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

void outlets_account(void *engine, struct control_queues *queues, struct control_stream *streams,
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

static bool has_pending(const struct outlet_spool *o)
{
	struct stream_stats stats;

	if (!o->stream)
		return false;
	stream_get_stats(o->stream, &stats);
	return stats.is_connected && (stats.sent || stats.waiting || stats.spooled);
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

int outlets_open(struct engine *e)
{
	int r = open_streams(e);

	return r < 0 ? r : open_log(e);
}

bool outlets_have_pending(const struct engine *e)
{
	return has_pending(&e->daemon) || has_pending(&e->log);
}

static bool has_spooled(const struct outlet_spool *o)
{
	return o->spool && spool_count(o->spool) > 0;
}

bool outlets_have_spooled(const struct engine *e)
{
	return has_spooled(&e->daemon) || has_spooled(&e->log);
}

void outlets_save(struct engine *e)
{
	save(e, &e->daemon);
	save(e, &e->log);
}

void outlets_close(struct engine *e)
{
	e->daemon.stream = stream_free(e->daemon.stream);
	e->log.stream = stream_free(e->log.stream);
	e->daemon.spool = spool_close(e->daemon.spool);
	e->log.spool = spool_close(e->log.spool);
}
