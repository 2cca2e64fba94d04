// SPDX-License-Identifier: MIT
#include "engine/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"
#include "engine/spool_entry.h"

#define SEGMENT_FIRST  (UINT64_C(1) << 32) /* there is room in front of it: spool_unget() */
#define SEGMENT_DIGITS 20
#define SEGMENT_SUFFIX ".spool"
#define NAME_LEN       (SEGMENT_DIGITS + sizeof(SEGMENT_SUFFIX)) /* with the NUL */
#define HEAD_FILE      "head"
#define READ_AHEAD     ((size_t)64 * 1024)
#define READ_MAX       (sizeof(struct spool_entry) + RECORD_TEXT_MAX)

struct segment {
	uint64_t nr;
	uint64_t n_records, bytes; /* not yet read */
	uint64_t written;          /* bytes, by this process */
};

/* How far the segment at the head has been read, in HEAD_FILE. */
struct spool_head {
	uint64_t nr, offset;
};

struct spool {
	int dir_fd;
	uint64_t bytes_max, n_records, bytes, bytes_cut;
	struct segment
		*segments; /* in the order of their numbers, which need not be without gaps */
	size_t n_segments;
	int read_fd, write_fd;
	uint64_t read_offset; /* of the next entry in the first segment */
	struct buf ahead;     /* bytes from read_offset on */
	size_t ahead_used;    /* ... of which these have been taken */
	struct buf entry;     /* the one that is written */
	bool has_event;
	uint32_t event_serial; /* of the record that was put last */
};

static void segment_name(char name[static NAME_LEN], uint64_t nr)
{
	(void)snprintf(
		name, NAME_LEN, "%0*llu" SEGMENT_SUFFIX, SEGMENT_DIGITS, (unsigned long long)nr);
}

/* ---- segments ---- */

static struct segment *insert_segment(struct spool *s, size_t at, uint64_t nr)
{
	struct segment *grown = reallocarray(s->segments, s->n_segments + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	s->segments = grown;
	memmove(&grown[at + 1], &grown[at], (s->n_segments - at) * sizeof(*grown));
	grown[at] = (struct segment){ .nr = nr };
	s->n_segments++;
	return &grown[at];
}

static void forget_reading(struct spool *s)
{
	if (s->read_fd >= 0)
		(void)close(s->read_fd);
	s->read_fd = -1;
	s->read_offset = 0;
	s->ahead_used = 0;
	buf_clear(&s->ahead);
}

static void store_head(struct spool *s)
{
	struct spool_head head;
	_cleanup_close_ int fd = -1;

	if (!s->n_segments || !s->read_offset) {
		(void)unlinkat(s->dir_fd, HEAD_FILE, 0);
		return;
	}
	head = (struct spool_head){ s->segments[0].nr, s->read_offset };
	fd = openat(s->dir_fd, HEAD_FILE, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* A failure makes a successor deliver something twice, nothing worse. */
	if (fd >= 0 && pwrite(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		(void)unlinkat(s->dir_fd, HEAD_FILE, 0);
}

static void drop_first_segment(struct spool *s)
{
	char name[NAME_LEN];

	forget_reading(s);
	s->n_records -= s->segments[0].n_records;
	s->bytes -= s->segments[0].bytes;
	if (s->n_segments == 1 && s->write_fd >= 0) {
		(void)close(s->write_fd);
		s->write_fd = -1;
	}
	segment_name(name, s->segments[0].nr);
	(void)unlinkat(s->dir_fd, name, 0);
	s->n_segments--;
	memmove(s->segments, s->segments + 1, s->n_segments * sizeof(*s->segments));
	store_head(s);
}

/* ---- opening ---- */

static int compare_segments(const void *a, const void *b)
{
	uint64_t left = ((const struct segment *)a)->nr, right = ((const struct segment *)b)->nr;

	return left < right ? -1 : left > right;
}

static bool is_segment(const char *name, uint64_t *ret_nr)
{
	return strlen(name) == NAME_LEN - 1 && strcmp(name + SEGMENT_DIGITS, SEGMENT_SUFFIX) == 0 &&
	       parse_u64(name, SEGMENT_DIGITS, 10, ret_nr) == 0;
}

static int find_segments(struct spool *s)
{
	int fd = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	uint64_t nr;

	if (!dir) {
		r = -errno;
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	while ((entry = readdir(dir)))
		if (is_segment(entry->d_name, &nr) && !insert_segment(s, s->n_segments, nr))
			r = -ENOMEM;
	(void)closedir(dir);
	if (s->n_segments)
		qsort(s->segments, s->n_segments, sizeof(*s->segments), compare_segments);
	return r;
}

/* Room for n more bytes of the file behind what is there, filled as far as the file goes. */
static int read_ahead(int fd, struct buf *to, uint64_t offset, size_t n)
{
	void *at = buf_reserve(to, n);
	ssize_t got;

	if (!at)
		return buf_error(to);
	do
		got = pread(fd, at, n, (off_t)(offset + to->len));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	to->len += (size_t)got;
	return (int)got;
}

/* Bytes of the entry at offset, what is read stays in ahead from *used on. -EBADMSG: no entry; -ENODATA: the end. */
static int next_entry(int fd, struct buf *ahead, size_t *used, uint64_t *offset,
	struct audit_record **ret, size_t *ret_len)
{
	int r;

	for (;;) {
		r = spool_entry_read(ret, ahead->data + *used, ahead->len - *used, ret_len);
		if (r != -EAGAIN)
			return r;
		if (*used) { /* what is taken makes room */
			memmove(ahead->data, ahead->data + *used, ahead->len - *used);
			*offset += *used;
			ahead->len -= *used;
			*used = 0;
		}
		r = read_ahead(fd, ahead, *offset, READ_AHEAD);
		if (r == 0)
			return ahead->len ? -EBADMSG : -ENODATA; /* the last entry is torn */
		if (r < 0)
			return r;
	}
}

/* Counts what can be read of a segment from offset on, and cuts a torn end off. */
static int count_segment(struct spool *s, struct segment *segment, uint64_t offset)
{
	struct buf ahead;
	char name[NAME_LEN];
	_cleanup_close_ int fd = -1;
	uint64_t base = offset;
	size_t used = 0, len = 0;
	int r;

	segment_name(name, segment->nr);
	fd = openat(s->dir_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	buf_init(&ahead, READ_MAX + READ_AHEAD);
	while ((r = next_entry(fd, &ahead, &used, &base, NULL, &len)) == 0) {
		used += len;
		segment->n_records++;
		segment->bytes += len;
	}
	buf_deinit(&ahead);
	if (r == -EBADMSG) {
		struct stat st;

		if (fstat(fd, &st) == 0)
			s->bytes_cut += (uint64_t)st.st_size - (offset + segment->bytes);
		(void)ftruncate(fd, (off_t)(offset + segment->bytes));
	}
	s->n_records += segment->n_records;
	s->bytes += segment->bytes;
	return r == -EBADMSG || r == -ENODATA ? 0 : r;
}

static void load_head(const struct spool *s, struct spool_head *ret)
{
	_cleanup_close_ int fd = openat(s->dir_fd, HEAD_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || pread(fd, ret, sizeof(*ret), 0) != (ssize_t)sizeof(*ret))
		*ret = (struct spool_head){ 0 };
}

static int load(struct spool *s)
{
	struct spool_head head;
	int r = find_segments(s);

	load_head(s, &head);
	while (r == 0 && s->n_segments && s->segments[0].nr < head.nr)
		drop_first_segment(s);
	for (size_t i = 0; r == 0 && i < s->n_segments; i++) {
		bool is_head = i == 0 && s->segments[i].nr == head.nr;

		if (is_head)
			s->read_offset = head.offset;
		r = count_segment(s, &s->segments[i], is_head ? head.offset : 0);
	}
	return r;
}

int spool_open(struct spool **ret, const char *dir, uint64_t bytes_max)
{
	struct spool *s;
	int r;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->bytes_max = bytes_max;
	s->read_fd = s->write_fd = -1;
	buf_init(&s->ahead, READ_MAX + READ_AHEAD);
	buf_init(&s->entry, READ_MAX);
	s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = s->dir_fd < 0 ? -errno : load(s);
	if (r < 0) {
		s->n_segments = 0; /* leaves the files alone */
		(void)spool_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct spool *spool_close(struct spool *s)
{
	if (!s)
		return NULL;
	if (s->n_segments && s->n_records == 0)
		while (s->n_segments)
			drop_first_segment(s);
	else if (s->n_segments)
		store_head(s);
	if (s->read_fd >= 0)
		(void)close(s->read_fd);
	if (s->write_fd >= 0)
		(void)close(s->write_fd);
	if (s->dir_fd >= 0)
		(void)close(s->dir_fd);
	buf_deinit(&s->ahead);
	buf_deinit(&s->entry);
	free(s->segments);
	free(s);
	return NULL;
}

void spool_set_max(struct spool *s, uint64_t bytes_max)
{
	s->bytes_max = bytes_max;
}

/* ---- in ---- */

/* A segment to write to, made at place at of the order. */
static int create_segment(struct spool *s, size_t at, uint64_t nr, int *ret_fd)
{
	char name[NAME_LEN];
	int fd;

	segment_name(name, nr);
	fd = openat(s->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (!insert_segment(s, at, nr)) {
		(void)close(fd);
		(void)unlinkat(s->dir_fd, name, 0);
		return -ENOMEM;
	}
	*ret_fd = fd;
	return 0;
}

static int open_tail(struct spool *s)
{
	struct segment *last = s->n_segments ? &s->segments[s->n_segments - 1] : NULL;

	if (s->write_fd >= 0 && last->written < SPOOL_SEGMENT_SIZE)
		return 0;
	if (s->write_fd >= 0)
		(void)close(TAKE_FD(s->write_fd));
	return create_segment(s, s->n_segments, last ? last->nr + 1 : SEGMENT_FIRST, &s->write_fd);
}

/* All or nothing. */
static int append(int fd, const void *data, size_t len)
{
	off_t before = lseek(fd, 0, SEEK_END);
	ssize_t n = 0;
	size_t done;

	if (before < 0)
		return -errno;
	for (done = 0; done < len; done += (size_t)n) {
		n = write(fd, (const char *)data + done, len - done);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			break;
	}
	if (done == len)
		return 0;
	n = -errno;
	(void)ftruncate(fd, before);
	return (int)n;
}

static int write_entry(
	struct spool *s, struct segment *segment, int fd, const struct audit_record *record)
{
	int r;

	buf_clear(&s->entry);
	spool_entry_put(&s->entry, record);
	r = buf_error(&s->entry);
	if (r == 0)
		r = append(fd, s->entry.data, s->entry.len);
	if (r < 0)
		return r;
	segment->n_records++;
	segment->bytes += s->entry.len;
	segment->written += s->entry.len;
	s->n_records++;
	s->bytes += s->entry.len;
	return 0;
}

int spool_put(void *spool, const struct audit_record *record)
{
	struct spool *s = spool;
	bool goes_on = s->has_event && s->event_serial == record->serial;
	int r;

	if (!goes_on && spool_is_full(s))
		return -ENOSPC;
	r = open_tail(s);
	if (r == 0)
		r = write_entry(s, &s->segments[s->n_segments - 1], s->write_fd, record);
	if (r < 0)
		return r;
	s->has_event = true;
	s->event_serial = record->serial;
	return 0;
}

/* A segment of its own in front of all others. */
static int put_in_front(struct spool *s, struct audit_record *const *records, size_t n)
{
	uint64_t nr = s->n_segments ? s->segments[0].nr - 1 : SEGMENT_FIRST - 1;
	_cleanup_close_ int fd = -1;
	int r;

	forget_reading(s);
	r = create_segment(s, 0, nr, &fd);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = write_entry(s, &s->segments[0], fd, records[i]);
	if (r < 0)
		drop_first_segment(s);
	return r;
}

/* Of a segment that has been begun to read, the rest goes along into the new one: reading begins with that. */
int spool_unget(void *spool, struct audit_record *const *records, size_t n)
{
	struct spool *s = spool;
	size_t n_rest = s->n_segments && s->read_offset ? s->segments[0].n_records : 0, n_all = n;
	struct audit_record **all = calloc(n + n_rest + 1, sizeof(struct audit_record *));
	uint64_t lost;
	int r;

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		all[i] = records[i];
	while (n_rest-- && spool_get(s, &all[n_all], &lost) == 1)
		n_all++;
	r = put_in_front(s, all, n_all);
	while (n_all > n)
		(void)audit_record_unref(all[--n_all]);
	free(all);
	return r;
}

/* ---- out ---- */

static int open_head(struct spool *s)
{
	char name[NAME_LEN];

	if (s->read_fd >= 0)
		return 0;
	segment_name(name, s->segments[0].nr);
	s->read_fd = openat(s->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return s->read_fd < 0 ? -errno : 0;
}

static int get_from_head(struct spool *s, struct audit_record **ret)
{
	uint64_t base = s->read_offset - s->ahead_used;
	size_t len = 0;
	int r = open_head(s);

	if (r == 0)
		r = next_entry(s->read_fd, &s->ahead, &s->ahead_used, &base, ret, &len);
	if (r < 0)
		return r;
	s->ahead_used += len;
	s->read_offset += len;
	s->segments[0].n_records--;
	s->segments[0].bytes -= len;
	s->n_records--;
	s->bytes -= len;
	return 0;
}

int spool_get(void *spool, struct audit_record **ret, uint64_t *ret_lost)
{
	struct spool *s = spool;
	int r;

	*ret_lost = 0;
	while (s->n_segments && s->segments[0].n_records == 0)
		drop_first_segment(s);
	if (!s->n_segments)
		return 0;
	r = get_from_head(s, ret);
	if (r == 0) {
		if (s->segments[0].n_records == 0)
			drop_first_segment(s);
		return 1;
	}
	if (r != -ENOMEM) {
		/* somebody else was at the file: what is behind the place cannot be told apart */
		*ret_lost = s->segments[0].n_records;
		drop_first_segment(s);
	}
	return r;
}

uint64_t spool_count(const void *spool)
{
	return ((const struct spool *)spool)->n_records;
}

bool spool_is_full(const void *spool)
{
	const struct spool *s = spool;

	return s->bytes >= s->bytes_max;
}

void spool_get_stats(const struct spool *s, struct spool_stats *ret)
{
	*ret = (struct spool_stats){ s->n_records, s->bytes, s->bytes_max, s->bytes_cut };
}
