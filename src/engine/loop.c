// SPDX-License-Identifier: MIT
#include "engine/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define READY_MAX 64 /* events of one round */
/*
 * A program that waits for the answer to each message sends the next one at once. Sleeping meanwhile and being woken costs
 * more than all else about a message, so while events come that close the loop looks for the next one that long first.
 * What comes farther apart is slept for at once.
 */
#define LOOK_NS UINT64_C(50000)

struct loop {
	int epoll_fd;
	struct epoll_event ready[READY_MAX]; /* of the round under way */
	int n_ready;
	bool may_look;    /* another processor can run who is waited for */
	uint64_t idle_ns; /* how long the last round waited */
};

int loop_new(struct loop **ret)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return -errno;
	}
	loop->may_look = sysconf(_SC_NPROCESSORS_ONLN) > 1;
	loop->idle_ns = UINT64_MAX;
	*ret = loop;
	return 0;
}

struct loop *loop_free(struct loop *loop)
{
	if (!loop)
		return NULL;
	(void)close(loop->epoll_fd);
	free(loop);
	return NULL;
}

static int control(struct loop *loop, int op, struct loop_io *io)
{
	struct epoll_event event = { .events = io->events, .data.ptr = io };

	return epoll_ctl(loop->epoll_fd, op, io->fd, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *loop, struct loop_io *io)
{
	int r = control(loop, EPOLL_CTL_ADD, io);

	io->is_added = r == 0;
	return r;
}

int loop_change(struct loop *loop, struct loop_io *io, uint32_t events)
{
	if (io->events == events)
		return 0;
	io->events = events;
	return io->is_added ? control(loop, EPOLL_CTL_MOD, io) : 0;
}

void loop_remove(struct loop *loop, struct loop_io *io)
{
	if (!io->is_added)
		return;
	(void)control(loop, EPOLL_CTL_DEL, io);
	io->is_added = false;
	for (int i = 0; i < loop->n_ready; i++)
		if (loop->ready[i].data.ptr == io)
			loop->ready[i].data.ptr = NULL;
}

static void timer_ready(void *userdata, uint32_t events)
{
	struct loop_timer *timer = userdata;
	uint64_t n;

	(void)events;
	if (read(timer->io.fd, &n, sizeof(n)) != sizeof(n))
		return; /* set anew meanwhile */
	timer->is_set = false;
	timer->expired(timer->userdata);
}

int loop_timer_add(struct loop *loop, struct loop_timer *timer)
{
	int r;

	timer->io = (struct loop_io){ .events = EPOLLIN, .ready = timer_ready, .userdata = timer };
	timer->io.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (timer->io.fd < 0)
		return -errno;
	r = loop_add(loop, &timer->io);
	if (r < 0)
		(void)close(timer->io.fd);
	return r;
}

void loop_timer_set(struct loop_timer *timer, uint64_t ms)
{
	const struct itimerspec when = { .it_value = { .tv_sec = (time_t)(ms / 1000),
						 .tv_nsec = (long)(ms % 1000) * 1000000 } };

	timer->is_set = ms > 0;
	(void)timerfd_settime(timer->io.fd, 0, &when, NULL);
}

void loop_timer_remove(struct loop *loop, struct loop_timer *timer)
{
	if (!timer->io.is_added)
		return;
	loop_remove(loop, &timer->io);
	(void)close(timer->io.fd);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int wait(struct loop *loop)
{
	uint64_t begin = now_ns();
	int n = 0;

	if (loop->may_look && loop->idle_ns <= LOOK_NS)
		do
			n = epoll_wait(loop->epoll_fd, loop->ready, READY_MAX, 0);
		while (n == 0 && now_ns() - begin < LOOK_NS);
	if (n == 0)
		n = epoll_wait(loop->epoll_fd, loop->ready, READY_MAX, -1);
	loop->idle_ns = now_ns() - begin;
	return n;
}

int loop_round(struct loop *loop)
{
	int n = wait(loop);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	loop->n_ready = n;
	for (int i = 0; i < n; i++) {
		struct loop_io *io = loop->ready[i].data.ptr;

		if (io)
			io->ready(io->userdata, loop->ready[i].events);
	}
	loop->n_ready = 0;
	return 0;
}
