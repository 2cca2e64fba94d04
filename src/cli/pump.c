// SPDX-License-Identifier: MIT
#include "cli/pump.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "abi/evt.h"
#include "base/macros.h"

/*
 * A ring of bytes with one writer and one reader. Each event begins with its length (evt_hdr.len); a length of 0 says
 * that the rest of the ring, up to its end, is left out because the next event did not fit there.
 *
 * The reader looks for work every millisecond while there was some lately, so that a busy writer never has to wake it:
 * that costs more than an event. Only after a pause it sleeps until it is woken.
 */
#define RING_SIZE    ((size_t)2 * EVT_LEN_MAX) /* a power of two; any event fits */
#define QUEUED_MAX   ((size_t)1024 * 1024)     /* bytes; one event may be larger if it is alone */
#define LOOK_NS      (1000 * 1000)
#define LOOKS        50          /* ... in vain, before the reader sleeps */
#define FULL_WAIT_NS (50 * 1000) /* between two looks of a writer that found the queue full */

_Static_assert((RING_SIZE & (RING_SIZE - 1)) == 0, "positions are taken modulo the size");

struct pump {
	struct pump_end end;
	char *ring;
	_Atomic size_t written, read; /* bytes since the beginning */
	_Atomic int error;
	_Atomic bool closed, asleep;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
};

static void pause_ns(long ns)
{
	const struct timespec pause = { .tv_nsec = ns };

	(void)nanosleep(&pause, NULL);
}

static uint32_t length_at(const struct pump *p, size_t at)
{
	uint32_t len;

	memcpy(&len, p->ring + at, sizeof(len));
	return len;
}

static void fail(struct pump *p, int r)
{
	int none = 0;

	if (r < 0)
		(void)atomic_compare_exchange_strong(&p->error, &none, r);
}

/* Everything that is there. Whether there was anything. */
static bool drain(struct pump *p)
{
	size_t read = atomic_load(&p->read), written = atomic_load(&p->written);
	bool any = read != written;

	while (read != written) {
		size_t at = read % RING_SIZE;
		uint32_t len = length_at(p, at);

		if (!len) {
			read += RING_SIZE - at;
		} else {
			/* after an error the rest is only taken away, so that nobody waits for room */
			if (!atomic_load(&p->error))
				fail(p, p->end.event(p->end.userdata, p->ring + at, len));
			read += ALIGN_UP((size_t)len, EVT_ALIGN);
		}
		atomic_store(&p->read, read);
		if (read == written)
			written = atomic_load(&p->written);
	}
	return any;
}

static bool is_empty(struct pump *p)
{
	return atomic_load(&p->read) == atomic_load(&p->written);
}

static void sleep_until_woken(struct pump *p)
{
	(void)pthread_mutex_lock(&p->mutex);
	atomic_store(&p->asleep, true);
	/* looked at again after asleep is set: who writes now sees that, or we see what was written */
	while (is_empty(p) && !atomic_load(&p->closed))
		(void)pthread_cond_wait(&p->wake, &p->mutex);
	atomic_store(&p->asleep, false);
	(void)pthread_mutex_unlock(&p->mutex);
}

static void *work(void *pump)
{
	struct pump *p = pump;
	unsigned looks = 0;

	for (;;) {
		bool closed = atomic_load(&p->closed);

		if (drain(p)) {
			looks = 0;
			fail(p, p->end.idle(p->end.userdata));
		} else if (closed) {
			return NULL;
		} else if (looks++ < LOOKS) {
			pause_ns(LOOK_NS);
		} else {
			sleep_until_woken(p);
			looks = 0;
		}
	}
}

static void wake(struct pump *p)
{
	(void)pthread_mutex_lock(&p->mutex);
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->mutex);
}

int pump_new(struct pump **ret, const struct pump_end *end)
{
	struct pump *p = calloc(1, sizeof(*p));
	sigset_t all, before;
	int r;

	if (!p)
		return -ENOMEM;
	p->end = *end;
	p->ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->ring == MAP_FAILED) {
		free(p);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&p->mutex, NULL);
	(void)pthread_cond_init(&p->wake, NULL);
	/* signals are for the thread that traces: they end its waiting */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&p->thread, NULL, work, p);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0) {
		(void)munmap(p->ring, RING_SIZE);
		free(p);
		return -r;
	}
	*ret = p;
	return 0;
}

int pump_put(struct pump *p, const void *event, size_t len)
{
	size_t written = atomic_load(&p->written), at = written % RING_SIZE;
	size_t size = ALIGN_UP(len, EVT_ALIGN), gap = 0, queued;
	const uint32_t leave_out = 0;
	int r;

	if (size > RING_SIZE - at)
		gap = RING_SIZE - at;
	for (;;) {
		r = atomic_load(&p->error);
		if (r < 0)
			return r;
		queued = written - atomic_load(&p->read);
		if (queued == 0 || queued + gap + size <= QUEUED_MAX)
			break;
		pause_ns(FULL_WAIT_NS);
	}
	if (gap) {
		memcpy(p->ring + at, &leave_out, sizeof(leave_out));
		at = 0;
	}
	memcpy(p->ring + at, event, len);
	atomic_store(&p->written, written + gap + size);
	if (atomic_load(&p->asleep))
		wake(p);
	return atomic_load(&p->error);
}

int pump_close(struct pump *p)
{
	int r;

	if (!p)
		return 0;
	atomic_store(&p->closed, true);
	wake(p);
	(void)pthread_join(p->thread, NULL);
	r = atomic_load(&p->error);
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->mutex);
	(void)munmap(p->ring, RING_SIZE);
	free(p);
	return r;
}
