/* SPDX-License-Identifier: MIT */
/*
 * POSIX message queues. All names begin with that of the harness's scratch directory, which both sides share and nobody else
 * has. A case runs in a child, and its queues are removed behind it.
 */
#include <linux/mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "cases.h"

#define NO_QUEUE 99 /* a descriptor that is none */

static char first[64], second[64], slashed[65];

static void find_names(void)
{
	char path[1024], *end;

	if (!getcwd(path, sizeof(path)))
		_exit(99);
	/* .../NAME/w */
	end = strrchr(path, '/');
	if (!end)
		_exit(99);
	*end = '\0';
	end = strrchr(path, '/');
	snprintf(first, sizeof(first), "%.40s", end + 1);
	snprintf(second, sizeof(second), "%.40s.2", end + 1);
	snprintf(slashed, sizeof(slashed), "/%s", first);
}

static int queue(const char *name, int oflags, int mode, const void *attr)
{
	return (int)CALL(mq_open, name, oflags, mode, attr);
}

static int new_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8 };

	return queue(first, O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attr);
}

static long put(int fd, const void *from, size_t len, unsigned prio, const void *until)
{
	return CALL(mq_timedsend, fd, from, len, prio, until);
}

static long get(int fd, void *to, size_t len, void *prio, const void *until)
{
	return CALL(mq_timedreceive, fd, to, len, prio, until);
}

/* A copy of the first len bytes that ends where memory does. */
static void *at_the_end(const void *from, size_t len)
{
	static char *pages;

	if (!pages) {
		pages = mmap(
			NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(pages + 4096, 4096);
	}
	return memcpy(pages + 4096 - len, from, len);
}

/* ---- the cases, without their clearing up ---- */

static void bad_names(int oflags)
{
	static char longest[300];

	memset(longest, 'n', sizeof(longest) - 1);
	queue(slashed, oflags, 0600, NULL);
	queue("f/x", oflags, 0600, NULL);
	queue("", oflags, 0600, NULL);
	queue(".", oflags, 0600, NULL);
	queue("..", oflags, 0600, NULL);
	queue(longest, oflags, 0600, NULL);
	queue(longest + 299 - 256, oflags, 0600, NULL);
	queue(NULL, oflags, 0600, NULL);
	queue(BAD_POINTER, oflags, 0600, NULL);
}

static void open_queue(void)
{
	queue(first, O_RDONLY, 0, NULL);
	queue(first, O_RDWR | O_CREAT, 0640, NULL);
	queue(first, O_RDONLY, 0, NULL);
	queue(first, O_WRONLY | O_NONBLOCK, 0x1ffff, NULL);
	queue(first, O_RDWR | O_CREAT, 0666, NULL);
	queue(first, O_RDWR | O_CREAT | O_EXCL, 0666, NULL);
	queue(first, O_RDWR | O_WRONLY, 0, NULL);
	queue(second, O_RDWR | O_CREAT | O_EXCL, 0107777, NULL);
	bad_names(O_RDWR);
	bad_names(O_RDWR | O_CREAT);
}

static void open_attributes(void)
{
	struct mq_attr good = { O_NONBLOCK, 3, 8, 7, { 0 } }, none = { 0 },
		       negative = { -1, -2, -3, -4, { 0 } },
		       huge = { 0, 0x10000000, 0x10000000, 0, { 0 } };

	queue(first, O_RDWR, 0, &good);
	queue(first, O_RDWR, 0, BAD_POINTER);
	queue(first, O_RDWR | O_CREAT, 0600, BAD_POINTER);
	queue(first, O_RDWR | O_CREAT, 0600, &none);
	queue(first, O_RDWR | O_CREAT, 0600, &negative);
	queue(first, O_RDWR | O_CREAT, 0600, &huge);
	queue(first, O_RDWR | O_CREAT, 0600, at_the_end(&good, sizeof(good) - 1));
	queue(first, O_RDWR | O_CREAT, 0600, at_the_end(&good, sizeof(good)));
	queue(first, O_RDWR | O_CREAT, 0600, &good);
	queue(NULL, O_RDWR | O_CREAT, 0600, &good);
}

static void open_limits(void)
{
	struct rlimit none = { 0, 1000 }, few = { 3, 1000 };

	CALL(prlimit64, 0, 99, NULL, NULL);
	queue(second, O_RDWR | O_CREAT, 0600, NULL);
	setrlimit(RLIMIT_MSGQUEUE, &none);
	queue(first, O_RDWR | O_CREAT, 0600, NULL);
	queue(second, O_RDWR, 0600, NULL);
	setrlimit(RLIMIT_NOFILE, &few);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	queue(first, O_RDWR | O_CREAT, 0600, NULL);
	queue(second, O_RDWR, 0600, NULL);
}

static void open_as_nobody(void)
{
	queue(first, O_RDONLY, 0, NULL);
	queue(first, O_RDWR | O_CREAT, 0600, NULL);
	queue(first, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
	queue(second, O_RDWR, 0, NULL);
	CALL(mq_unlink, first);
	CALL(mq_unlink, second);
}

static void open_eacces(void)
{
	queue(first, O_RDWR | O_CREAT, 0600, NULL);
	queue(second, O_RDWR | O_CREAT, 0644, NULL);
	as_nobody(open_as_nobody);
}

static void transfer(void)
{
	struct timespec past = { 1, 5 }, bad = { 1, 1000000000 }, before = { -1, 5 };
	int fd = new_queue(), reader = queue(first, O_RDONLY, 0, NULL),
	    writer = queue(first, O_WRONLY, 0, NULL),
	    file = (int)CALL(openat, AT_FDCWD, "f", O_RDWR, 0),
	    place = (int)CALL(openat, AT_FDCWD, "f", O_PATH, 0);
	unsigned prio;
	char text[16];

	put(fd, "hello", 5, 7, NULL);
	put(fd, "hello", 0, 32767, &past);
	put(fd, "hello", 5, 1, NULL);
	put(writer, "hello", 5, 1, &past);
	put(writer, "hello", 5, 1, &bad);
	put(writer, "hello", 5, 1, &before);
	put(writer, "hello", 5, 1, BAD_POINTER);
	put(fd, "hello", 5, 32768, NULL);
	put(fd, "hello", 5, 32768, BAD_POINTER);
	put(fd, "hello", 9, 1, NULL);
	put(fd, "hello", (size_t)-1, 1, NULL);
	put(fd, BAD_POINTER, 5, 1, NULL);
	put(reader, "hello", 5, 1, NULL);
	put(NO_QUEUE, "hello", 5, 1, NULL);
	put(-1, "hello", 5, 1, &past);
	put(file, "hello", 5, 1, NULL);
	put(place, "hello", 5, 1, NULL);
	get(fd, text, 7, &prio, NULL);
	get(fd, text, 16, &prio, NULL);
	get(fd, BAD_POINTER, 16, NULL, NULL);
	get(fd, text, 16, NULL, NULL);
	get(reader, text, 16, &prio, &past);
	get(reader, text, 16, &prio, &bad);
	get(reader, text, 16, &prio, BAD_POINTER);
	get(writer, text, 16, &prio, NULL);
	get(NO_QUEUE, text, 16, &prio, NULL);
	get(file, text, 16, &prio, NULL);
	CALL(fchmod, fd, 0640);
	get(fd, text, 16, &prio, NULL);
}

#ifdef SYS_mq_timedsend_time64
static void transfer_time64(void)
{
	/* the upper half of the nanoseconds is not looked at */
	int64_t past[] = { 1, 5 | INT64_C(7) << 32 }, far[] = { INT64_C(1) << 40, 7 },
		bad[] = { 1, 1000000000 };
	int fd = new_queue();
	char text[16];

	CALL(mq_timedsend_time64, fd, "hello", 5, 7, far);
	CALL(mq_timedsend_time64, fd, "hello", 5, 7, bad);
	CALL(mq_timedsend_time64, fd, "hello", 5, 7, NULL);
	CALL(mq_timedsend_time64, fd, "hello", 5, 7, past);
	CALL(mq_timedreceive_time64, fd, text, 16, NULL, past);
	CALL(mq_timedreceive_time64, fd, text, 16, NULL, bad);
	CALL(mq_timedreceive_time64, fd, text, 16, NULL, NULL);
}
#endif

static long notify(int fd, int how, int signal)
{
	struct sigevent event = { .sigev_notify = how, .sigev_signo = signal };

	return CALL(mq_notify, fd, &event);
}

static void notification(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE, .sigev_signo = 77 };
	int fd = new_queue();

	notify(fd, SIGEV_SIGNAL, SIGUSR1);
	notify(fd, SIGEV_SIGNAL, SIGUSR2);
	CALL(mq_notify, fd, NULL);
	CALL(mq_notify, fd, NULL);
	notify(fd, SIGEV_NONE, 0);
	CALL(mq_notify, fd, NULL);
	notify(fd, SIGEV_SIGNAL, 1000);
	notify(fd, 77, SIGUSR1);
	notify(fd, SIGEV_THREAD, NO_QUEUE);
	CALL(mq_notify, fd, BAD_POINTER);
	CALL(mq_notify, fd, at_the_end(&event, sizeof(event) - 1));
	CALL(mq_notify, fd, at_the_end(&event, 16));
	CALL(mq_notify, fd, at_the_end(&event, 15));
	notify(NO_QUEUE, SIGEV_SIGNAL, SIGUSR1);
	CALL(mq_notify, NO_QUEUE, NULL);
	notify((int)CALL(openat, AT_FDCWD, "f", O_RDWR, 0), SIGEV_SIGNAL, SIGUSR1);
}

static void attributes(void)
{
	struct mq_attr set = { O_NONBLOCK, 3, 4, 5, { 0 } }, bad = { 1, 0, 0, 0, { 0 } },
		       negative = { 0, -1, -2, -3, { 0 } }, got;
	int fd = new_queue(), file = (int)CALL(openat, AT_FDCWD, "f", O_RDWR, 0);

	CALL(mq_getsetattr, fd, NULL, &got);
	CALL(mq_getsetattr, fd, NULL, NULL);
	CALL(mq_getsetattr, fd, &set, &got);
	CALL(mq_getsetattr, fd, &negative, NULL);
	CALL(mq_getsetattr, fd, &set, BAD_POINTER);
	CALL(mq_getsetattr, fd, BAD_POINTER, &got);
	CALL(mq_getsetattr, fd, at_the_end(&set, sizeof(set) - 1), &got);
	CALL(mq_getsetattr, fd, at_the_end(&set, sizeof(set)), &got);
	CALL(mq_getsetattr, fd, &bad, &got);
	CALL(mq_getsetattr, NO_QUEUE, &set, &got);
	CALL(mq_getsetattr, NO_QUEUE, NULL, &got);
	CALL(mq_getsetattr, file, &set, &got);
}

static void removal(void)
{
	static char longest[300];
	int fd = new_queue();

	memset(longest, 'n', sizeof(longest) - 1);
	CALL(mq_unlink, second);
	CALL(mq_unlink, slashed);
	CALL(mq_unlink, "");
	CALL(mq_unlink, ".");
	CALL(mq_unlink, longest);
	CALL(mq_unlink, NULL);
	CALL(mq_unlink, first);
	CALL(mq_unlink, first);
	/* it lives on without a name */
	put(fd, "hello", 5, 1, NULL);
	new_queue();
}

/* Nobody but root may open it, who made it included. */
static void closed(void)
{
	queue(first, O_RDWR | O_CREAT, 0, NULL);
	queue(first, O_RDONLY, 0, NULL);
	queue(first, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
	CALL(mq_unlink, first);
}

/* The same name means nothing. (A queue made here would have its namespace's device number, which no two runs share.) */
static void other_namespace(void)
{
	struct mq_attr none = { 0 };
	int fd = new_queue();

	CALL(unshare, CLONE_NEWIPC);
	queue(first, O_RDONLY, 0, NULL);
	queue(first, O_RDWR | O_CREAT, 0640, &none);
	queue(first, O_RDWR | O_CREAT | O_EXCL, 0640, &none);
	put(fd, "hello", 5, 1, NULL);
	CALL(mq_unlink, first);
}

/* ---- */

static void with_queues(void (*part)(void))
{
	find_names();
	in_child(part);
	CALL(mq_unlink, first);
	CALL(mq_unlink, second);
}

#define CASE(part)                                                                                 \
	static void mq_##part(void)                                                                \
	{                                                                                          \
		with_queues(part);                                                                 \
	}

CASE(open_queue)
CASE(open_attributes)
CASE(open_limits)
CASE(open_eacces)
CASE(transfer)
#ifdef SYS_mq_timedsend_time64
CASE(transfer_time64)
#endif
CASE(notification)
CASE(attributes)
CASE(removal)
CASE(closed)
CASE(other_namespace)

static const struct diff_case queue_cases[] = {
	{ "mq_open", mq_open_queue },
	{ "mq_open_attributes", mq_open_attributes },
	{ "mq_open_limits", mq_open_limits },
	{ "mq_open_eacces", mq_open_eacces },
	{ "mq_transfer", mq_transfer },
#ifdef SYS_mq_timedsend_time64
	{ "mq_transfer_time64", mq_transfer_time64 },
#endif
	{ "mq_notify", mq_notification },
	{ "mq_getsetattr", mq_attributes },
	{ "mq_unlink", mq_removal },
	{ "mq_closed", mq_closed },
	{ "mq_other_namespace", mq_other_namespace },
};
TOPIC(queue);
