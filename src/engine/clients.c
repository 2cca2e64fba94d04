// SPDX-License-Identifier: MIT
/*
 * Connections to control.sock. Datagrams come with the credentials of the process that sent them, and go to the control
 * protocol; answers wait in memory when the client does not read them, up to a bound behind which it is dropped.
 *
 * While a queue is full, who only sends messages is not read for a while: that is what the kernel does to the senders of
 * a flood (spec kernel 2.6), and what holds the tasks of an attached source.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/engine_state.h"

#define CLIENTS_MAX         1024
#define CLIENTS_PER_UID_MAX 256 /* of users other than the engine's own */
#define DATAGRAM_MAX        (NLMSG_HDRLEN + CONTROL_PIECE_MAX)
#define DATAGRAMS_PER_ROUND 64
#define BATCH               16 /* datagrams that are received, or answers that are sent, in one call */
#define OUTPUT_KEPT         ((size_t)16 * 1024) /* bytes of memory that stay for the next answers */
#define OUTPUT_MAX          ((size_t)16 * 1024 * 1024) /* bytes of answers; a list of 4096 rules has 5 MiB */
#define UNPARK_MS           20                         /* between two looks at the congestion */
#define SOCKET_BUFFER       (4 * 1024 * 1024) /* bytes towards a daemon; as much as the system allows */

struct client {
	struct loop_io io;
	struct engine *engine;
	struct control_client *control;
	struct client *next;
	struct ucred peer; /* who connected */
	struct identity identity;

	struct buf output; /* answers that wait: each a uint32_t length, then the datagram */
	size_t output_at;

	bool is_source; /* has sent events */
	bool is_parked,
		was_parked; /* was_parked: its budget is used up, it is read once in spite of the congestion */
	uint64_t parked_ns;
	bool is_dead; /* to be freed when nobody is in it any more */
	bool is_busy;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- life ---- */

static bool has_source(const struct engine *engine)
{
	for (const struct client *c = engine->clients; c; c = c->next)
		if (c->is_source)
			return true;
	return false;
}

static void client_free(struct client *c)
{
	struct engine *engine = c->engine;
	struct client **at = &engine->clients;

	if (c->is_busy) {
		c->is_dead = true;
		return;
	}
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	engine->n_clients--;
	if (c->is_source && !has_source(engine))
		kaudit_forget_tasks(
			engine->audit); /* a tracer that was killed has not said which tasks ended */
	loop_remove(engine->loop, &c->io);
	(void)control_client_free(c->control);
	(void)close(c->io.fd);
	buf_deinit(&c->output);
	free(c);
}

static size_t n_clients_of(const struct engine *engine, uint32_t uid)
{
	size_t n = 0;

	for (const struct client *c = engine->clients; c; c = c->next)
		n += c->peer.uid == uid;
	return n;
}

static bool may_connect(const struct engine *engine, uint32_t uid)
{
	if (engine->n_clients >= CLIENTS_MAX)
		return false;
	return uid == engine->ids.own_uid || n_clients_of(engine, uid) < CLIENTS_PER_UID_MAX;
}

static void ready(void *userdata, uint32_t events);

static int client_new(struct engine *engine, int fd, const struct ucred *peer)
{
	const int size = SOCKET_BUFFER;
	struct client *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->engine = engine;
	c->peer = *peer;
	c->identity.opener_euid = peer->uid;
	buf_init(&c->output, OUTPUT_MAX);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	r = control_client_new(&c->control, engine->control, c);
	if (r < 0) {
		free(c);
		return r;
	}
	c->io = (struct loop_io){ .fd = fd, .events = EPOLLIN, .ready = ready, .userdata = c };
	r = loop_add(engine->loop, &c->io);
	if (r < 0) {
		(void)control_client_free(c->control);
		free(c);
		return r;
	}
	c->next = engine->clients;
	engine->clients = c;
	engine->n_clients++;
	/* as long as it is there: it may end as soon as it has sent something */
	(void)identity_of(&c->identity, &engine->ids, peer);
	return 0;
}

/* What is sent before the connection is accepted needs its credentials as well: since Linux 6.16 accepted sockets have the
 * option from the listening one, before that the kernel adds them in any case. */
void clients_listen(struct engine *engine)
{
	const int on = 1;

	(void)setsockopt(engine->run_dir.control_fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

void clients_accept(struct engine *engine)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd = accept4(engine->run_dir.control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 ||
		!may_connect(engine, cred.uid) || client_new(engine, fd, &cred) < 0)
		(void)close(fd);
}

void clients_close(struct engine *engine)
{
	while (engine->clients)
		client_free(engine->clients);
}

/* ---- answers ---- */

static uint32_t events_of(const struct client *c)
{
	return (c->is_parked ? 0 : EPOLLIN) | (c->output.len ? EPOLLOUT : 0);
}

static void update_events(struct client *c)
{
	(void)loop_change(c->engine->loop, &c->io, events_of(c));
}

static int send_error(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == EINTR ? -EAGAIN : -error;
}

/* 0; -EAGAIN: the client does not read; another error: it is gone. */
static int send_datagram(struct client *c, const struct iovec *iov, size_t n_iov)
{
	const struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)iov,
		.msg_iovlen = n_iov };

	return sendmsg(c->io.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? send_error(errno) : 0;
}

/* Some of the answers that wait, in one call. As send_datagram(). */
static int send_waiting(struct client *c)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	size_t at = c->output_at;
	unsigned n = 0;
	int sent;

	while (n < BATCH && at < c->output.len) {
		uint32_t len;

		memcpy(&len, c->output.data + at, sizeof(len));
		iov[n] = (struct iovec){ c->output.data + at + sizeof(len), len };
		msgs[n] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[n], .msg_iovlen = 1 } };
		at += sizeof(len) + len;
		n++;
	}
	sent = sendmmsg(c->io.fd, msgs, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0)
		return send_error(errno);
	for (int i = 0; i < sent; i++)
		c->output_at += sizeof(uint32_t) + iov[i].iov_len;
	return 0;
}

static void flush_output(struct client *c)
{
	int r = 0;

	while (c->output_at < c->output.len && r == 0)
		r = send_waiting(c);
	if (c->output_at == c->output.len) {
		if (c->output.capacity > OUTPUT_KEPT)
			buf_deinit(&c->output);
		buf_clear(&c->output);
		c->output_at = 0;
	}
	update_events(c);
	if (r < 0 && r != -EAGAIN)
		client_free(c);
}

static void keep_output(struct client *c, const struct iovec *iov, size_t n_iov)
{
	uint32_t len = 0;

	for (size_t i = 0; i < n_iov; i++)
		len += (uint32_t)iov[i].iov_len;
	buf_put(&c->output, &len, sizeof(len));
	for (size_t i = 0; i < n_iov; i++)
		buf_put(&c->output, iov[i].iov_base, iov[i].iov_len);
	if (buf_error(&c->output))
		client_free(c); /* it has not read for too long */
	else if (!c->is_busy)
		update_events(c);
}

void client_reply(void *client, const struct nlmsghdr *nlh, const void *payload, size_t len)
{
	static const char padding[NLMSG_ALIGNTO];
	struct client *c = client;
	const struct iovec iov[] = {
		{ (void *)(uintptr_t)nlh, NLMSG_HDRLEN },
		{ (void *)(uintptr_t)payload, len },
		{ (void *)(uintptr_t)padding, NLMSG_ALIGN(len) - len },
	};
	int r = -EAGAIN;

	if (c->is_dead)
		return;
	/* those of a datagram, or of several, go together */
	if (!c->output.len && !c->is_busy)
		r = send_datagram(c, iov, 3);
	if (r == -EAGAIN)
		keep_output(c, iov, 3);
	else if (r < 0)
		client_free(c);
}

/* ---- the registered daemon ---- */

int client_send_record(void *engine, const struct audit_record *record)
{
	struct client *c = ((struct engine *)engine)->daemon_client;
	const struct iovec iov = { (void *)(uintptr_t)&record->nlh, NLMSG_HDRLEN + record->len };
	int r;

	if (!c || c->is_dead)
		return -ECONNREFUSED;
	if (c->output.len) /* answers were there first */
		return -EAGAIN;
	r = send_datagram(c, &iov, 1);
	if (r == 0)
		return 0;
	/* The end of the connection is dealt with when it is read: acknowledgements may stand before it. */
	if (r != -EAGAIN)
		(void)shutdown(c->io.fd, SHUT_RDWR);
	(void)loop_change(c->engine->loop, &c->io, events_of(c) | EPOLLOUT);
	return -EAGAIN;
}

/* The stream believes in a daemon that is not there any more. */
void client_gone(void *engine)
{
	((struct engine *)engine)->daemon_client = NULL;
}

/* ---- congestion ---- */

void client_note_source(struct client *c)
{
	c->is_source = true;
}

/* Who may change settings is not held up, as the kernel does not hold up the daemon; a source of events is. */
static bool should_park(const struct client *c)
{
	if (control_client_is_daemon(c->control) || !kauditd_is_congested(c->engine->kauditd))
		return false;
	return c->is_source || !c->identity.sender.can_control;
}

static void park(struct client *c)
{
	if (!kauditd_limits(c->engine->kauditd)->backlog_wait_time)
		return;
	c->is_parked = true;
	c->parked_ns = now_ns();
	update_events(c);
	if (!c->engine->unpark.is_set)
		loop_timer_set(&c->engine->unpark, UNPARK_MS);
}

static void unpark(struct client *c, uint64_t waited_ns, bool in_spite)
{
	c->is_parked = false;
	c->was_parked = in_spite;
	if (c->is_source)
		kauditd_add_wait(
			c->engine->kauditd, (uint32_t)(waited_ns * CONTROL_HZ / 1000000000u));
	update_events(c);
}

void clients_unpark(struct engine *engine)
{
	uint64_t budget_ns = (uint64_t)kauditd_limits(engine->kauditd)->backlog_wait_time *
			     1000000000u / CONTROL_HZ;
	bool is_congested = kauditd_is_congested(engine->kauditd), any = false;
	uint64_t now = now_ns();

	for (struct client *c = engine->clients; c; c = c->next) {
		uint64_t waited = now - c->parked_ns;

		if (!c->is_parked)
			continue;
		if (!is_congested || waited >= budget_ns)
			unpark(c, waited, is_congested);
		else
			any = true;
	}
	if (any)
		loop_timer_set(&engine->unpark, UNPARK_MS);
}

/* ---- requests ---- */

/* Who sent the datagram; who connected where the kernel does not say, as of a process that it cannot name to us. */
static void credentials_of(const struct client *c, struct msghdr *msg, struct ucred *ret)
{
	*ret = c->peer;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h))
		if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_CREDENTIALS &&
			h->cmsg_len == CMSG_LEN(sizeof(*ret)))
			memcpy(ret, CMSG_DATA(h), sizeof(*ret));
}

/* What is received at a time. */
static union {
	struct nlmsghdr aligned;
	char bytes[DATAGRAM_MAX];
} datagrams[BATCH];

union credentials {
	struct cmsghdr aligned;
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
};

/* Up to n_max datagrams, at most BATCH. Their number, 0: none is there; negative: the client is gone. */
static int receive(struct client *c, struct mmsghdr msgs[BATCH], struct iovec iov[BATCH],
	union credentials control[BATCH], unsigned n_max)
{
	int n;

	for (unsigned i = 0; i < n_max; i++) {
		iov[i] = (struct iovec){ datagrams[i].bytes, sizeof(datagrams[i].bytes) };
		msgs[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[i],
						    .msg_iovlen = 1,
						    .msg_control = control[i].bytes,
						    .msg_controllen = sizeof(control[i].bytes) } };
	}
	n = recvmmsg(c->io.fd, msgs, n_max, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL);
	/* It ended with something unread: once. What it has sent before, acknowledgements say, is still there. */
	if (n < 0 && errno == ECONNRESET)
		n = recvmmsg(c->io.fd, msgs, n_max, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return n;
}

/* The number of datagrams that were dealt with. Events come one at a time, so that none has been taken when it has to wait. */
static int take_batch(struct client *c)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	union credentials control[BATCH];
	struct ucred cred;
	int n = receive(c, msgs, iov, control, c->is_source ? 1 : BATCH);

	for (int i = 0; i < n && !c->is_dead; i++) {
		struct msghdr *msg = &msgs[i].msg_hdr;

		/* an empty datagram is as good as an end: nobody sends one */
		if (msgs[i].msg_len == 0 || (msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
			return -EPIPE;
		credentials_of(c, msg, &cred);
		control_handle(c->control, identity_of(&c->identity, &c->engine->ids, &cred),
			datagrams[i].bytes, msgs[i].msg_len);
	}
	return n;
}

static void take_datagrams(struct client *c, bool is_gone)
{
	int n = 1;

	for (int total = 0; total < DATAGRAMS_PER_ROUND && n > 0 && !c->is_dead; total += n) {
		/* who has gone is held up no more: what it has sent is taken */
		if (!is_gone && !c->was_parked && should_park(c)) {
			park(c);
			break;
		}
		c->was_parked = false;
		n = take_batch(c);
		/* the next look at the congestion is to see the event that has just come, too */
		if (kauditd_has_work(c->engine->kauditd) &&
			(c->is_source || kauditd_is_congested(c->engine->kauditd)))
			kauditd_run(c->engine->kauditd);
		if (!c->is_source && n < BATCH)
			break; /* that was all */
	}
	if (n < 0)
		c->is_dead = true;
	if (!c->is_dead && c->output.len)
		flush_output(c);
}

static void ready(void *userdata, uint32_t events)
{
	struct client *c = userdata;

	c->is_busy = true;
	if (events & EPOLLOUT)
		flush_output(c);
	if (!c->is_dead && (events & EPOLLOUT) && control_client_is_daemon(c->control)) {
		update_events(c);
		stream_flush(c->engine->daemon.stream);
	}
	if (!c->is_dead && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		take_datagrams(c, events & (EPOLLHUP | EPOLLERR));
	c->is_busy = false;
	if (c->is_dead)
		client_free(c);
}
