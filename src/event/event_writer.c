// SPDX-License-Identifier: MIT
#include "event/event.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static void item_begin(struct event_writer *w, enum evt_item_type type, size_t len)
{
	struct evt_item item = { .type = (uint16_t)type, .len = (uint32_t)len };

	if (len > EVT_LEN_MAX) {
		w->to->error = w->to->error ? w->to->error : -EMSGSIZE;
		return;
	}
	buf_put(w->to, &item, sizeof(item));
}

static void item_end(struct event_writer *w)
{
	buf_align(w->to, EVT_ALIGN);
}

void event_begin(struct event_writer *w, struct buf *to, const struct evt_hdr *hdr)
{
	/* Events follow each other in a buffer, each a multiple of EVT_ALIGN; nothing else may stand between them. */
	assert(to->len % EVT_ALIGN == 0);
	*w = (struct event_writer){ .to = to, .start = to->len };
	buf_put(to, hdr, sizeof(*hdr));
}

void event_put(struct event_writer *w, enum evt_item_type type, const void *data, size_t len)
{
	item_begin(w, type, len);
	buf_put(w->to, data, len);
	item_end(w);
}

void event_put_path(struct event_writer *w, const struct event_path *path)
{
	struct evt_path f = path->f;

	if (path->name.len > UINT16_MAX || path->resolved.len > UINT16_MAX) {
		w->to->error = w->to->error ? w->to->error : -EMSGSIZE;
		return;
	}
	f.flags &= (uint16_t) ~(EVT_PATH_NAMED | EVT_PATH_RESOLVED);
	f.name_len = f.resolved_len = 0;
	if (path->name.p) {
		f.flags |= EVT_PATH_NAMED;
		f.name_len = (uint16_t)path->name.len;
	}
	if (path->resolved.p) {
		f.flags |= EVT_PATH_RESOLVED;
		f.resolved_len = (uint16_t)path->resolved.len;
	}
	item_begin(w, EVT_ITEM_PATH, sizeof(f) + f.name_len + f.resolved_len);
	buf_put(w->to, &f, sizeof(f));
	buf_put(w->to, path->name.p, f.name_len);
	buf_put(w->to, path->resolved.p, f.resolved_len);
	item_end(w);
	if (path->full.p)
		event_put(w, EVT_ITEM_FULL_PATH, path->full.p, path->full.len);
}

void event_put_fd_path(struct event_writer *w, int32_t fd, const char *path, size_t len)
{
	struct evt_fd_path f = { .fd = fd };

	item_begin(w, EVT_ITEM_FD_PATH, sizeof(f) + len);
	buf_put(w->to, &f, sizeof(f));
	buf_put(w->to, path, len);
	item_end(w);
}

void event_put_exe(
	struct event_writer *w, const struct evt_exe *exe, const char *path, size_t path_len)
{
	item_begin(w, EVT_ITEM_EXE, sizeof(*exe) + path_len);
	buf_put(w->to, exe, sizeof(*exe));
	buf_put(w->to, path, path_len);
	item_end(w);
}

void event_put_execve(struct event_writer *w, uint32_t argc, const char *strings, size_t len)
{
	uint32_t head[2] = { argc, 0 };

	item_begin(w, EVT_ITEM_EXECVE, sizeof(head) + len);
	buf_put(w->to, head, sizeof(head));
	buf_put(w->to, strings, len);
	item_end(w);
}

void event_put_mark(struct event_writer *w, const struct evt_mark *mark, const char *rule_path,
	const char *present_path)
{
	size_t rule_len = strlen(rule_path), present_len = present_path ? strlen(present_path) : 0;
	struct evt_mark m = *mark;

	if (rule_len > UINT16_MAX || present_len > UINT16_MAX) {
		w->to->error = w->to->error ? w->to->error : -EMSGSIZE;
		return;
	}
	m.rule_len = (uint16_t)rule_len;
	m.present_len = (uint16_t)present_len;
	item_begin(w, EVT_ITEM_MARK, sizeof(m) + rule_len + present_len);
	buf_put(w->to, &m, sizeof(m));
	buf_put(w->to, rule_path, rule_len);
	buf_put(w->to, present_path, present_len);
	item_end(w);
}

int event_finish(struct event_writer *w)
{
	size_t size = w->to->len - w->start;
	uint32_t len = (uint32_t)size;
	uint16_t version = EVT_VERSION;
	int r;

	r = buf_error(w->to);
	if (r == 0 && size > EVT_LEN_MAX)
		r = -EMSGSIZE;
	if (r < 0) {
		w->to->len = w->start;
		return r;
	}
	memcpy(w->to->data + w->start + offsetof(struct evt_hdr, len), &len, sizeof(len));
	memcpy(w->to->data + w->start + offsetof(struct evt_hdr, version), &version,
		sizeof(version));
	return 0;
}
