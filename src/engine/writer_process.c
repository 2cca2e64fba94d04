// SPDX-License-Identifier: MIT
#include "engine/writer_process.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macros.h"
#include "log/log_line.h"

#define SOCKET_BUFFER  (4 * 1024 * 1024) /* bytes; as much of it as the system allows */
#define RESTART_MIN_MS 10u
#define RESTART_MAX_MS 1000u
#define HELLO_MS       5000 /* for opening the log at the start */
#define END_MS         5000 /* for writing the rest at the end */
#define COALESCE_MS    1u
#define COALESCE_NS    (COALESCE_MS * UINT64_C(1000000))

struct writer {
	struct loop *loop;
	struct writer_options options;
	struct stream *stream;
	struct loop_io io; /* fd -1: no process */
	struct loop_timer restart;
	/*
	 * Records on their way to the process: what comes within a millisecond of the last datagram waits for the end of
	 * that, so that neither side is woken for each record of a flood. They count as sent.
	 */
	struct buf batch;
	struct loop_timer flush_batch;
	uint64_t flushed_ns;
	pid_t pid;
	bool is_greeted; /* it has told how the file is */
	bool has_acked;  /* it has written something: what ended it was not its start */
	struct log_mark mark;
	int last_error; /* of the log, said once */
	uint32_t delay_ms;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void notice(const struct writer *w, const char *format, ...) _printf_(2, 3);

static void notice(const struct writer *w, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	w->options.notice(w->options.userdata, text);
}

/* ---- the process ---- */

static int fork_child(struct writer *w, int fds[2])
{
	const int size = SOCKET_BUFFER;
	struct log_child child = {
		.path = w->options.path,
		.flush = w->options.flush,
		.mark = w->mark,
		.group = w->options.group,
		.is_alone = true,
	};
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	if (setsockopt(fds[0], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	pid = fork();
	if (pid < 0) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		return -errno;
	}
	if (pid == 0) {
		child.fd = fds[1];
		(void)close(fds[0]);
		log_child_main(&child);
	}
	(void)close(fds[1]);
	w->pid = pid;
	w->has_acked = false;
	return 0;
}

static void reap(struct writer *w)
{
	int status;

	if (w->pid <= 0)
		return;
	(void)kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
}

static void close_socket(struct writer *w)
{
	buf_clear(&w->batch);
	if (w->flush_batch.is_set)
		loop_timer_set(&w->flush_batch, 0);
	loop_remove(w->loop, &w->io);
	if (w->io.fd >= 0)
		(void)close(TAKE_FD(w->io.fd));
	w->is_greeted = false;
}

/* Of the records that were sent and not acknowledged, how many make the first n_lines lines of the file. */
static uint32_t records_of_lines(const struct stream *stream, uint32_t n_lines)
{
	const struct audit_record *record;
	uint32_t n = 0;

	while (n_lines && (record = stream_peek(stream, n))) {
		n_lines -= log_line_is_written(record->nlh.nlmsg_type);
		n++;
	}
	return n;
}

static void greet(struct writer *w, const struct log_hello *hello)
{
	w->is_greeted = true;
	w->mark = hello->mark;
	stream_connect(w->stream, true, records_of_lines(w->stream, hello->n_lines));
	stream_flush(w->stream);
}

static void start_again(struct writer *w)
{
	close_socket(w);
	reap(w);
	w->delay_ms = w->has_acked || !w->delay_ms ? RESTART_MIN_MS : w->delay_ms * 2;
	if (w->delay_ms > RESTART_MAX_MS)
		w->delay_ms = RESTART_MAX_MS;
	loop_timer_set(&w->restart, w->delay_ms);
}

static void died(struct writer *w, const char *why)
{
	struct stream_stats stats;

	stream_get_stats(w->stream, &stats);
	if (stats.is_connected)
		stream_disconnect(w->stream);
	notice(w, "the log writer (pid %d) %s; it is started again, nothing is lost", (int)w->pid,
		why);
	start_again(w);
}

static void take_error(struct writer *w, int error)
{
	if (error && error != w->last_error)
		notice(w, "cannot write '%s': %s; records wait until it can be written",
			w->options.path, strerror(error));
	if (!error && w->last_error)
		notice(w, "'%s' can be written again", w->options.path);
	w->last_error = error;
}

/* Positive: a message was taken; 0: there is none; negative: the process is gone, or says nonsense. */
static int take_message(struct writer *w)
{
	union {
		struct log_hello hello;
		struct log_ack ack;
	} message;
	size_t size = w->is_greeted ? sizeof(message.ack) : sizeof(message.hello);
	ssize_t n = recv(w->io.fd, &message, sizeof(message), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != (ssize_t)size)
		return -EPIPE;
	if (!w->is_greeted) {
		take_error(w, message.hello.error);
		if (message.hello.error)
			return -message.hello.error;
		greet(w, &message.hello);
		return 1;
	}
	take_error(w, message.ack.error);
	w->has_acked |= message.ack.n_records > 0;
	if (message.ack.mark.is_set)
		w->mark = message.ack.mark;
	return stream_ack(w->stream, message.ack.n_records) < 0 ? -EPROTO : 1;
}

/* 0; -EAGAIN: the process does not read, ready() tries again; another error: it is gone. */
static int flush_batch(struct writer *w)
{
	if (!w->batch.len)
		return 0;
	if (send(w->io.fd, w->batch.data, w->batch.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != ENOBUFS)
			return -errno;
		(void)loop_change(w->loop, &w->io, EPOLLIN | EPOLLOUT);
		return -EAGAIN;
	}
	buf_clear(&w->batch);
	w->flushed_ns = now_ns();
	return 0;
}

static void flush_later(void *userdata)
{
	struct writer *w = userdata;
	int r = flush_batch(w);

	if (r < 0 && r != -EAGAIN)
		died(w, "has ended");
}

static void ready(void *userdata, uint32_t events)
{
	struct writer *w = userdata;
	int r;

	while ((r = take_message(w)) > 0)
		;
	if (r < 0) {
		died(w, r == -EPIPE ? "has ended" : "has failed");
		return;
	}
	(void)loop_change(w->loop, &w->io, EPOLLIN);
	if (events & EPOLLOUT)
		flush_later(w);
	if (w->is_greeted)
		stream_flush(w->stream);
}

static int launch(struct writer *w)
{
	int fds[2], r;

	r = fork_child(w, fds);
	if (r < 0)
		return r;
	w->io = (struct loop_io){ .fd = fds[0], .events = EPOLLIN, .ready = ready, .userdata = w };
	return loop_add(w->loop, &w->io);
}

static void launch_again(void *userdata)
{
	struct writer *w = userdata;

	if (launch(w) < 0)
		start_again(w);
}

/* ---- the consumer ---- */

static int add_to_batch(struct writer *w, const struct audit_record *record)
{
	struct log_batch batch = { 0 };

	if (w->batch.len + log_line_room(record->len) > LOG_DATAGRAM_MAX) {
		int r = flush_batch(w);

		if (r < 0)
			return r;
	}
	if (!w->batch.len)
		buf_put(&w->batch, &batch, sizeof(batch));
	if (log_line_is_written(record->nlh.nlmsg_type))
		(void)log_line_put(&w->batch, record->nlh.nlmsg_type, record->text, record->len);
	memcpy(&batch, w->batch.data, sizeof(batch));
	batch.n_records++;
	memcpy(w->batch.data, &batch, sizeof(batch));
	return 0;
}

int writer_send(void *writer, const struct audit_record *record)
{
	struct writer *w = writer;
	int r = add_to_batch(w, record);

	if (r < 0)
		return r;
	if (w->flush_batch.is_set || w->io.events & EPOLLOUT)
		return 0;
	if (now_ns() - w->flushed_ns < COALESCE_NS) {
		loop_timer_set(&w->flush_batch, COALESCE_MS);
		return 0;
	}
	r = flush_batch(w);
	return r == -EAGAIN ? 0 : r;
}

void writer_gone(void *writer)
{
	died(writer, "has ended");
}

/* ---- life ---- */

int writer_new(struct writer **ret, struct loop *loop, const struct writer_options *options)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->loop = loop;
	w->options = *options;
	w->io.fd = -1;
	w->restart.expired = launch_again;
	w->restart.userdata = w;
	w->flush_batch.expired = flush_later;
	w->flush_batch.userdata = w;
	buf_init(&w->batch, LOG_DATAGRAM_MAX);
	/* at once, so that no record finds none */
	r = buf_reserve(&w->batch, LOG_DATAGRAM_MAX) ? loop_timer_add(loop, &w->restart) : -ENOMEM;
	if (r == 0)
		r = loop_timer_add(loop, &w->flush_batch);
	if (r < 0) {
		loop_timer_remove(loop, &w->restart);
		buf_deinit(&w->batch);
		free(w);
		return r;
	}
	*ret = w;
	return 0;
}

/* The first hello is waited for: a log that cannot be opened is told at once. */
int writer_start(struct writer *w, struct stream *stream)
{
	const struct timeval patience = { .tv_sec = HELLO_MS / 1000 };
	struct log_hello hello;
	ssize_t n;
	int r;

	w->stream = stream;
	r = launch(w);
	if (r < 0)
		return r;
	(void)setsockopt(w->io.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	do
		n = recv(w->io.fd, &hello, sizeof(hello), 0);
	while (n < 0 && errno == EINTR);
	r = n == (ssize_t)sizeof(hello) ? -hello.error : -EIO;
	if (r < 0) {
		close_socket(w);
		reap(w);
		return r;
	}
	greet(w, &hello);
	return 0;
}

int writer_pid(const struct writer *w)
{
	return w->pid;
}

void writer_reopen(struct writer *w)
{
	if (w->pid > 0)
		(void)kill(w->pid, SIGHUP);
}

/* Takes acknowledgements until the process has ended, which it does when all is written. */
static void wait_for_end(struct writer *w)
{
	const struct timeval patience = { .tv_sec = END_MS / 1000 };
	struct log_ack ack;

	(void)setsockopt(w->io.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (w->batch.len)
		(void)send(w->io.fd, w->batch.data, w->batch.len, MSG_NOSIGNAL);
	(void)shutdown(w->io.fd, SHUT_WR);
	(void)setsockopt(w->io.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (w->is_greeted && recv(w->io.fd, &ack, sizeof(ack), 0) == (ssize_t)sizeof(ack))
		(void)stream_ack(w->stream, ack.n_records);
}

struct writer *writer_close(struct writer *w)
{
	struct stream_stats stats;

	if (!w)
		return NULL;
	if (w->io.fd >= 0 && w->stream) {
		wait_for_end(w);
		stream_get_stats(w->stream, &stats);
		if (stats.is_connected)
			stream_disconnect(w->stream);
	}
	close_socket(w);
	reap(w);
	loop_timer_remove(w->loop, &w->restart);
	loop_timer_remove(w->loop, &w->flush_batch);
	buf_deinit(&w->batch);
	free(w);
	return NULL;
}
