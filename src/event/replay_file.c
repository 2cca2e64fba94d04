// SPDX-License-Identifier: MIT
#include "event/replay_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"

#define REPLAY_MAGIC      "UAUDITEV"
#define REPLAY_VERSION    1u
#define REPLAY_BYTE_ORDER 0x01020304u /* as the writing machine stores it */
#define WRITE_CHUNK       ((size_t)64 * 1024)
#define READ_CHUNK        ((size_t)64 * 1024)
#define FILE_MODE         0600 /* events hold command lines and file names */

struct replay_header {
	char magic[8];
	uint32_t byte_order;
	uint32_t version;
};

_Static_assert(
	sizeof(struct replay_header) % EVT_ALIGN == 0, "events after the header stay aligned");

struct replay_writer {
	int fd;
	int error; /* the first one */
	struct buf pending;
};

struct replay_reader {
	int fd;
	bool at_end; /* the file has no more bytes than those in data */
	char *data; /* bytes from .. to are read and not yet given out; from is a multiple of EVT_ALIGN */
	size_t capacity, from, to;
	uint64_t offset; /* of data[0] in the file */
};

static void writer_flush(struct replay_writer *w)
{
	size_t done = 0;

	if (!w->error)
		w->error = buf_error(&w->pending);
	while (!w->error && done < w->pending.len) {
		ssize_t n = write(w->fd, w->pending.data + done, w->pending.len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			w->error = -errno;
	}
	buf_clear(&w->pending);
}

int replay_writer_open(struct replay_writer **ret, const char *path)
{
	struct replay_header header = {
		.magic = REPLAY_MAGIC,
		.byte_order = REPLAY_BYTE_ORDER,
		.version = REPLAY_VERSION,
	};
	struct replay_writer *w;

	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, FILE_MODE);
	if (w->fd < 0) {
		int r = -errno;

		free(w);
		return r;
	}
	buf_init(&w->pending, BUF_MAX_DEFAULT);
	buf_put(&w->pending, &header, sizeof(header));
	*ret = w;
	return 0;
}

void replay_writer_put(struct replay_writer *w, const void *event, size_t len)
{
	if (w->error)
		return;
	buf_put(&w->pending, event, len);
	if (w->pending.len >= WRITE_CHUNK || buf_error(&w->pending))
		writer_flush(w);
}

int replay_writer_close(struct replay_writer *w)
{
	int r;

	if (!w)
		return 0;
	writer_flush(w);
	r = w->error;
	if (close(w->fd) < 0 && !r)
		r = -errno;
	buf_deinit(&w->pending);
	free(w);
	return r;
}

/*
 * Reads until n bytes are there or the file ends. What has been given out is dropped first, by multiples of EVT_ALIGN,
 * so that the next event is aligned as it was in the file.
 */
static int reader_fill(struct replay_reader *r, size_t n)
{
	if (r->to - r->from >= n || r->at_end)
		return 0;
	memmove(r->data, r->data + r->from, r->to - r->from);
	r->offset += r->from;
	r->to -= r->from;
	r->from = 0;
	if (r->capacity < n) {
		size_t capacity = ALIGN_UP(n, READ_CHUNK);
		char *data = realloc(r->data, capacity);

		if (!data)
			return -ENOMEM;
		r->data = data;
		r->capacity = capacity;
	}
	while (r->to < n && !r->at_end) {
		ssize_t got = read(r->fd, r->data + r->to, r->capacity - r->to);

		if (got > 0)
			r->to += (size_t)got;
		else if (got == 0)
			r->at_end = true;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int reader_header(struct replay_reader *r)
{
	struct replay_header header;
	int err;

	err = reader_fill(r, sizeof(header));
	if (err < 0)
		return err;
	if (r->to < sizeof(header))
		return -EBADMSG;
	memcpy(&header, r->data, sizeof(header));
	if (memcmp(header.magic, REPLAY_MAGIC, sizeof(header.magic)) != 0 ||
		header.byte_order != REPLAY_BYTE_ORDER || header.version != REPLAY_VERSION)
		return -EBADMSG;
	r->from = sizeof(header);
	return 0;
}

int replay_reader_open(struct replay_reader **ret, const char *path)
{
	struct replay_reader *r;
	int err;

	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0) {
		err = -errno;
		free(r);
		return err;
	}
	r->capacity = READ_CHUNK;
	r->data = malloc(r->capacity);
	err = r->data ? reader_header(r) : -ENOMEM;
	if (err < 0) {
		replay_reader_close(r);
		return err;
	}
	*ret = r;
	return 0;
}

int replay_reader_next(
	struct replay_reader *r, const void **ret_event, size_t *ret_len, uint64_t *ret_offset)
{
	size_t len;
	int err;

	*ret_offset = r->offset + r->from;
	err = reader_fill(r, sizeof(struct evt_hdr));
	if (err < 0)
		return err;
	if (r->from == r->to)
		return 0;
	err = event_length(r->data + r->from, r->to - r->from, &len);
	if (err == 0)
		err = reader_fill(r, len);
	if (err == 0 && r->to - r->from < len)
		err = -EBADMSG;
	if (err < 0)
		return err == -EAGAIN ? -EBADMSG : err;
	*ret_event = r->data + r->from;
	*ret_len = len;
	r->from += len;
	return 1;
}

void replay_reader_close(struct replay_reader *r)
{
	if (!r)
		return;
	(void)close(r->fd);
	free(r->data);
	free(r);
}
