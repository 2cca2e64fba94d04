// SPDX-License-Identifier: MIT
/*
 * Operations of io_uring, one after the other, in a directory of its own:
 *
 *   uring_calls call DIRECTORY      issued inside of io_uring_enter
 *   uring_calls worker DIRECTORY    by a thread of the kernel that works for the process
 *   uring_calls poll DIRECTORY      by the thread that polls the ring
 *   uring_calls known DIRECTORY     opens a file that the kernel knows already: nothing is left to workers
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 8

struct ring {
	int fd;
	unsigned setup_flags, sqe_flags;
	struct io_uring_sqe *sqes;
	unsigned *sq_tail, *sq_mask, *sq_array, *sq_flags;
	unsigned *cq_head, *cq_tail, *cq_mask;
	struct io_uring_cqe *cqes;
};

static void fail(const char *what)
{
	fprintf(stderr, "uring_calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *map(int fd, size_t len, off_t what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);

	if (p == MAP_FAILED)
		fail("mmap");
	return p;
}

static void set_up(struct ring *r)
{
	struct io_uring_params p = { .flags = r->setup_flags, .sq_thread_idle = 1000 };
	char *sq, *cq;

	r->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (r->fd < 0) {
		fprintf(stderr, "uring_calls: io_uring_setup: %s\n", strerror(errno));
		exit(77);
	}
	sq = map(r->fd, p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	cq = map(r->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);
	r->sqes = map(r->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (unsigned *)(void *)(sq + p.sq_off.tail);
	r->sq_mask = (unsigned *)(void *)(sq + p.sq_off.ring_mask);
	r->sq_array = (unsigned *)(void *)(sq + p.sq_off.array);
	r->sq_flags = (unsigned *)(void *)(sq + p.sq_off.flags);
	r->cq_head = (unsigned *)(void *)(cq + p.cq_off.head);
	r->cq_tail = (unsigned *)(void *)(cq + p.cq_off.tail);
	r->cq_mask = (unsigned *)(void *)(cq + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes);
}

/* The operation's result. */
static int run(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned tail = *r->sq_tail, at = tail & *r->sq_mask, flags = IORING_ENTER_GETEVENTS;
	int res;

	r->sqes[at] = *sqe;
	r->sqes[at].flags |= (uint8_t)r->sqe_flags;
	r->sq_array[at] = at;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	if (r->setup_flags & IORING_SETUP_SQPOLL &&
		__atomic_load_n(r->sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == *r->cq_head) {
		if (syscall(SYS_io_uring_enter, r->fd, 1, 1, flags, NULL, 0) < 0 && errno != EINTR)
			fail("io_uring_enter");
	}
	res = r->cqes[*r->cq_head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, *r->cq_head + 1, __ATOMIC_RELEASE);
	return res;
}

static void expect(int wanted, int got, const char *what)
{
	if (wanted == got)
		return;
	fprintf(stderr, "uring_calls: %s: %d instead of %d\n", what, got, wanted);
	exit(1);
}

static uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static int open_file(struct ring *r, const char *name, unsigned flags)
{
	return run(r, &(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
			      .fd = AT_FDCWD,
			      .addr = address(name),
			      .open_flags = flags,
			      .len = 0600 });
}

static int close_file(struct ring *r, int fd)
{
	return run(r, &(struct io_uring_sqe){ .opcode = IORING_OP_CLOSE, .fd = fd });
}

static int two_names(struct ring *r, uint8_t opcode, const char *from, const char *to)
{
	return run(r, &(struct io_uring_sqe){ .opcode = opcode,
			      .fd = AT_FDCWD,
			      .addr = address(from),
			      .addr2 = address(to),
			      .len = opcode == IORING_OP_SYMLINKAT ? 0 : (uint32_t)AT_FDCWD });
}

static int one_name(struct ring *r, uint8_t opcode, const char *name, uint32_t flags)
{
	return run(r, &(struct io_uring_sqe){ .opcode = opcode,
			      .fd = AT_FDCWD,
			      .addr = address(name),
			      .len = opcode == IORING_OP_MKDIRAT ? 0755 : 0,
			      .unlink_flags = flags });
}

static void do_all(struct ring *r)
{
	int fd = open_file(r, "f", O_CREAT | O_RDWR);

	if (fd < 0)
		expect(3, fd, "openat");
	expect(0, run(r, &(struct io_uring_sqe){ .opcode = IORING_OP_NOP }), "nop");
	expect(0, close_file(r, fd), "close");
	expect(-EBADF, close_file(r, 99), "close of nothing");
	expect(-ENOENT, open_file(r, "none", O_RDONLY), "openat of nothing");
	expect(0, one_name(r, IORING_OP_MKDIRAT, "d", 0), "mkdirat");
	expect(0, two_names(r, IORING_OP_RENAMEAT, "f", "d/g"), "renameat");
	expect(0, two_names(r, IORING_OP_LINKAT, "d/g", "h"), "linkat");
	expect(0, two_names(r, IORING_OP_SYMLINKAT, "h", "s"), "symlinkat");
	expect(-EBADF, run(r, &(struct io_uring_sqe){ .opcode = IORING_OP_SHUTDOWN, .fd = 99 }),
		"shutdown of nothing");
	expect(0, one_name(r, IORING_OP_UNLINKAT, "s", 0), "unlinkat");
	expect(0, one_name(r, IORING_OP_UNLINKAT, "h", 0), "unlinkat");
	expect(0, one_name(r, IORING_OP_UNLINKAT, "d/g", 0), "unlinkat");
	expect(0, one_name(r, IORING_OP_UNLINKAT, "d", AT_REMOVEDIR), "unlinkat of a directory");
}

static void open_known(struct ring *r)
{
	int fd = creat("k", 0600);

	if (fd < 0)
		fail("k");
	for (int i = 0; i < 3; i++)
		expect(0, close_file(r, open_file(r, "k", O_RDONLY)), "close");
	(void)close(fd);
	(void)unlink("k");
}

int main(int argc, char **argv)
{
	struct ring r = { .fd = -1 };

	if (argc != 3) {
		fprintf(stderr, "usage: uring_calls call|worker|poll|known DIRECTORY\n");
		return 2;
	}
	if (strcmp(argv[1], "worker") == 0)
		r.sqe_flags = IOSQE_ASYNC;
	else if (strcmp(argv[1], "poll") == 0)
		r.setup_flags = IORING_SETUP_SQPOLL;
	if (chdir(argv[2]) < 0)
		fail(argv[2]);
	set_up(&r);
	if (strcmp(argv[1], "known") == 0)
		open_known(&r);
	else
		do_all(&r);
	return 0;
}
