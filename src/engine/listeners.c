// SPDX-License-Identifier: MIT
/*
 * Readers on readlog.sock, in place of the kernel's multicast group (spec kernel 1.16). Nobody waits for them: a record for
 * which a reader's buffer has no room is lost to it, and the next that gets through is preceded by one that says how many.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/stream_gap.h"
#include "engine/engine_state.h"

#define LISTENERS_MAX 64
#define SOCKET_BUFFER (4 * 1024 * 1024) /* bytes; as much of it as the system allows */

struct listener {
	struct loop_io io;
	struct engine *engine;
	struct listener *next;
	struct identity identity; /* of who connected: told again when it leaves */
	struct stream_gap gap;    /* what it missed */
	uint32_t got_serial;      /* of the last record that it got */
	bool is_gone;
};

static void listener_free(struct listener *l)
{
	struct engine *engine = l->engine;
	struct listener **at = &engine->listeners;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	engine->n_listeners--;
	loop_remove(engine->loop, &l->io);
	(void)close(l->io.fd);
	control_log_listener(engine->control, &l->identity.sender, false);
	free(l);
}

/* Whatever it sends is none of our business; its end is. */
static void ready(void *userdata, uint32_t events)
{
	struct listener *l = userdata;
	char byte;

	if ((events & (EPOLLHUP | EPOLLERR)) || recv(l->io.fd, &byte, 1, MSG_DONTWAIT) == 0)
		listener_free(l);
}

static int listener_new(struct engine *engine, int fd, const struct ucred *cred)
{
	const int size = SOCKET_BUFFER;
	struct listener *l = calloc(1, sizeof(*l));
	const struct audit_sender *who;
	int r;

	if (!l)
		return -ENOMEM;
	l->engine = engine;
	l->identity.opener_euid = cred->uid;
	who = identity_of(&l->identity, &engine->ids, cred);
	if (!who->can_read || who->foreign_userns) {
		free(l);
		return -EPERM;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	l->io = (struct loop_io){ .fd = fd, .events = EPOLLIN, .ready = ready, .userdata = l };
	r = loop_add(engine->loop, &l->io);
	if (r < 0) {
		free(l);
		return r;
	}
	/* it hears of events as a whole: of what comes from now on */
	kauditd_run(engine->kauditd);
	l->next = engine->listeners;
	engine->listeners = l;
	engine->n_listeners++;
	control_log_listener(engine->control, who, true);
	return 0;
}

void listeners_accept(struct engine *engine)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd = accept4(engine->run_dir.readlog_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (engine->n_listeners >= LISTENERS_MAX ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 ||
		listener_new(engine, fd, &cred) < 0)
		(void)close(fd);
}

void listeners_close(struct engine *engine)
{
	while (engine->listeners)
		listener_free(engine->listeners);
}

/* With the length that netlink gives, unlike the unicast's (spec kernel 1.2). */
static bool send_record(struct listener *l, const struct audit_record *record)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = NLMSG_HDRLEN + record->len,
		.nlmsg_type = record->nlh.nlmsg_type,
	};
	struct iovec iov[] = { { &nlh, NLMSG_HDRLEN },
		{ (void *)(uintptr_t)record->text, record->len } };
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	return sendmsg(l->io.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static bool declare_losses(struct listener *l, uint32_t before)
{
	enum stream_loss why = STREAM_LOSS_SLOW;
	struct gap_row *row;
	uint8_t source = 0;

	while ((row = gap_next(&l->gap, &source, &why))) {
		struct audit_record *record = gap_record(&l->gap, row, source, why, before);
		bool is_sent = record && send_record(l, record);

		(void)audit_record_unref(record);
		if (!is_sent)
			return false;
		gap_close_row(&l->gap, row);
	}
	return true;
}

static void give(struct listener *l, const struct audit_record *record)
{
	const struct stream_ops ops = { .userdata = l->engine, .stamp = engine_stamp };

	if (declare_losses(l, record->serial) && send_record(l, record)) {
		l->got_serial = record->serial;
		return;
	}
	if (!l->gap.n_open)
		l->gap.after = l->got_serial;
	gap_add(&l->gap, &ops, record->source, record->serial, STREAM_LOSS_SLOW, 1);
	l->engine->listener_lost++;
}

void listeners_multicast(struct engine *engine, const struct audit_record *record)
{
	for (struct listener *l = engine->listeners; l; l = l->next)
		give(l, record);
}
