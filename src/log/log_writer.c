// SPDX-License-Identifier: MIT
#include "log/log_writer.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"

#define BATCH         ((size_t)64 * 1024)  /* bytes */
#define PENDING_FLUSH ((size_t)256 * 1024) /* bytes; an event may have thousands of records */

static void put_text(struct log_writer *w, const char *text, size_t len)
{
	size_t start = w->pending.len;

	if (len && text[len - 1] == ' ')
		len--;
	if (len > LOG_LINE_MAX) {
		len = LOG_LINE_MAX;
		w->cut++;
	}
	buf_put(&w->pending, text, len);
	if (buf_error(&w->pending))
		return;
	for (char *p = w->pending.data + start;
		(p = memchr(p, '\n', (size_t)(w->pending.data + w->pending.len - p)));)
		*p = ' ';
	buf_putc(&w->pending, '\n');
}

int log_writer_put(struct log_writer *w, uint16_t type, const char *text, size_t len)
{
	char fallback[20];

	if (w->error)
		return w->error;
	if (type == AUDIT_EOE)
		return w->in_batches && w->pending.len < BATCH ? 0 : log_writer_flush(w);
	buf_puts(&w->pending, "type=");
	buf_puts(&w->pending, record_type_name(type, fallback));
	buf_puts(&w->pending, " msg=");
	put_text(w, text, len);
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
