// SPDX-License-Identifier: MIT
#include "log/log_writer.h"

#include <errno.h>
#include <unistd.h>

#include "log/log_line.h"

#define BATCH         ((size_t)64 * 1024)  /* bytes */
#define PENDING_FLUSH ((size_t)256 * 1024) /* bytes; an event may have thousands of records */

int log_writer_put(struct log_writer *w, uint16_t type, const char *text, size_t len)
{
	if (w->error)
		return w->error;
	if (!log_line_is_written(type))
		return w->in_batches && w->pending.len < BATCH ? 0 : log_writer_flush(w);
	w->cut += log_line_put(&w->pending, type, text, len);
	w->error = buf_error(&w->pending);
	if (w->error)
		return w->error;
	w->records++;
	return w->pending.len > PENDING_FLUSH ? log_writer_flush(w) : 0;
}

int log_writer_flush(struct log_writer *w)
{
	size_t done = 0;
	ssize_t n;

	while (!w->error && done < w->pending.len) {
		n = write(w->fd, w->pending.data + done, w->pending.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			w->error = n < 0 ? -errno : -EIO;
		else
			done += (size_t)n;
	}
	buf_clear(&w->pending);
	return w->error;
}

void log_writer_deinit(struct log_writer *w)
{
	buf_deinit(&w->pending);
}
