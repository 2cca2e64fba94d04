// SPDX-License-Identifier: MIT
#include "engine/log_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"

#define BLOCK     4096 /* bytes read at a time */
#define HEAD_MAX  256  /* bytes of a line in which its serial stands */
#define STEP_MS   5u
#define LINES_MAX 64 /* without a serial, before the search for one ends */

int log_tail_lock(int fd, unsigned patience_ms)
{
	const struct timespec pause = { .tv_nsec = STEP_MS * 1000000 };

	for (unsigned waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += STEP_MS) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return errno == EOPNOTSUPP || errno == ENOLCK ? 0 : -errno;
		if (waited >= patience_ms)
			return -EBUSY;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* Where the line begins that ends before end; end is behind a newline, or the end of the file. */
static int line_begin(int fd, uint64_t end, uint64_t *ret)
{
	uint64_t at = end ? end - 1 : 0;
	char bytes[BLOCK];

	while (at) {
		size_t n = at < BLOCK ? (size_t)at : BLOCK;
		const char *newline;

		if (pread(fd, bytes, n, (off_t)(at - n)) != (ssize_t)n)
			return errno ? -errno : -EIO;
		newline = memrchr(bytes, '\n', n);
		if (newline) {
			*ret = at - n + (uint64_t)(newline - bytes) + 1;
			return 0;
		}
		at -= n;
	}
	*ret = 0;
	return 0;
}

/* "... msg=audit(1700000000.123:456): ..." */
static bool serial_of(const char *line, size_t len, uint32_t *ret)
{
	static const char stamp[] = "msg=audit(";
	const char *at = memmem(line, len, stamp, sizeof(stamp) - 1), *colon, *end;

	if (!at)
		return false;
	at += sizeof(stamp) - 1;
	colon = memchr(at, ':', len - (size_t)(at - line));
	if (!colon)
		return false;
	end = memchr(colon, ')', len - (size_t)(colon - line));
	return end && parse_u32(colon + 1, (size_t)(end - colon - 1), 10, ret) == 0;
}

/* The line before end. 1; 0: there is none; a negative errno. *ret_has: it has a serial. */
static int line_before(
	int fd, uint64_t end, uint64_t *ret_begin, bool *ret_has, uint32_t *ret_serial)
{
	char head[HEAD_MAX];
	uint64_t len;
	ssize_t n;
	int r;

	if (!end)
		return 0;
	r = line_begin(fd, end, ret_begin);
	if (r < 0)
		return r;
	len = end - *ret_begin;
	n = pread(fd, head, len < sizeof(head) ? (size_t)len : sizeof(head), (off_t)*ret_begin);
	if (n < 0)
		return -errno;
	*ret_has = serial_of(head, (size_t)n, ret_serial);
	return 1;
}

static int cut_at(struct log_tail *tail, uint64_t size)
{
	if (ftruncate(tail->fd, (off_t)size) < 0)
		return -errno;
	tail->end = size;
	return 0;
}

static int look_at(struct log_tail *tail)
{
	struct stat st;
	char last;
	uint64_t begin;
	int r;

	if (fstat(tail->fd, &st) < 0)
		return -errno;
	tail->end = (uint64_t)st.st_size;
	if (!tail->end)
		return 0;
	if (pread(tail->fd, &last, 1, st.st_size - 1) != 1)
		return errno ? -errno : -EIO;
	if (last == '\n')
		return 0;
	/* a torn line: it ends where it begins */
	r = line_begin(tail->fd, tail->end + 1, &begin);
	return r < 0 ? r : cut_at(tail, begin);
}

int log_tail_open(struct log_tail *tail, const char *path, unsigned patience_ms)
{
	struct stat st;
	int r;

	tail->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (tail->fd < 0)
		return errno == ENXIO ? -ENOENT : -errno;
	r = fstat(tail->fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOENT;
	if (r == 0)
		r = log_tail_lock(tail->fd, patience_ms);
	if (r == 0)
		r = look_at(tail);
	if (r < 0)
		log_tail_close(tail);
	return r;
}

void log_tail_close(struct log_tail *tail)
{
	if (tail->fd >= 0)
		(void)close(TAKE_FD(tail->fd));
}

bool log_tail_serial(const struct log_tail *tail, uint32_t *ret)
{
	uint64_t at = tail->end;
	bool has = false;

	for (unsigned i = 0; i < LINES_MAX && !has; i++)
		if (line_before(tail->fd, at, &at, &has, ret) <= 0)
			return false;
	return has;
}

int64_t log_tail_count(const struct log_tail *tail, uint32_t first, uint32_t last)
{
	uint64_t at = tail->end;
	uint32_t serial;
	int64_t n = 0;
	bool has;
	int r;

	while ((r = line_before(tail->fd, at, &at, &has, &serial)) > 0) {
		/* distances, for serials wrap */
		if (!has || serial - first > last - first)
			return n;
		n++;
	}
	return r < 0 ? r : n;
}

int log_tail_cut(struct log_tail *tail, uint64_t n_lines)
{
	uint64_t at = tail->end;
	int r;

	for (uint64_t i = 0; i < n_lines && at; i++) {
		r = line_begin(tail->fd, at, &at);
		if (r < 0)
			return r;
	}
	return cut_at(tail, at);
}
