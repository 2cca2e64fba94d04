// SPDX-License-Identifier: MIT
#include "event/event.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/macros.h"

/* Where the payload of one more item goes; NULL when the error is set. */
static char *item_add(struct event_writer *w, enum evt_item_type type, size_t len)
{
	const struct evt_item item = { .type = (uint16_t)type, .len = (uint32_t)len };
	size_t size = sizeof(item) + ALIGN_UP(len, (size_t)EVT_ALIGN);
	char *at;

	if (len > EVT_LEN_MAX) {
		w->to->error = w->to->error ? w->to->error : -EMSGSIZE;
		return NULL;
	}
	at = buf_room(w->to, size);
	if (!at)
		return NULL;
	memset(at + size - EVT_ALIGN, 0, EVT_ALIGN); /* the padding, if there is any */
	memcpy(at, &item, sizeof(item));
	w->to->len += size;
	return at + sizeof(item);
}

/* A part of the payload. */
static char *put(char *at, const void *data, size_t len)
{
	if (len)
		memcpy(at, data, len);
	return at + len;
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
	char *at = item_add(w, type, len);

	if (at)
		(void)put(at, data, len);
}

/* A struct and text behind it. */
static void put_with_text(struct event_writer *w, enum evt_item_type type, const void *f,
	size_t f_len, const char *text, size_t len)
{
	char *at = item_add(w, type, f_len + len);

	if (at)
		(void)put(put(at, f, f_len), text, len);
}

void event_put_path(struct event_writer *w, const struct event_path *path)
{
	struct evt_path f = path->f;
	char *at;

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
	at = item_add(w, EVT_ITEM_PATH, sizeof(f) + f.name_len + f.resolved_len);
	if (!at)
		return;
	at = put(at, &f, sizeof(f));
	at = put(at, path->name.p, f.name_len);
	(void)put(at, path->resolved.p, f.resolved_len);
	if (path->full.p)
		event_put(w, EVT_ITEM_FULL_PATH, path->full.p, path->full.len);
	if (path->tree.p)
		event_put(w, EVT_ITEM_TREE_PATH, path->tree.p, path->tree.len);
}

void event_put_fd_path(struct event_writer *w, int32_t fd, const char *path, size_t len)
{
	const struct evt_fd_path f = { .fd = fd };

	put_with_text(w, EVT_ITEM_FD_PATH, &f, sizeof(f), path, len);
}

void event_put_exe(
	struct event_writer *w, const struct evt_exe *exe, const char *path, size_t path_len)
{
	put_with_text(w, EVT_ITEM_EXE, exe, sizeof(*exe), path, path_len);
}

void event_put_execve(struct event_writer *w, uint32_t argc, const char *strings, size_t len)
{
	const uint32_t head[2] = { argc, 0 };

	put_with_text(w, EVT_ITEM_EXECVE, head, sizeof(head), strings, len);
}

void event_put_mark(struct event_writer *w, const struct evt_mark *mark, const char *rule_path,
	const char *present_path)
{
	size_t rule_len = strlen(rule_path), present_len = present_path ? strlen(present_path) : 0;
	struct evt_mark m = *mark;
	char *at;

	if (rule_len > UINT16_MAX || present_len > UINT16_MAX) {
		w->to->error = w->to->error ? w->to->error : -EMSGSIZE;
		return;
	}
	m.rule_len = (uint16_t)rule_len;
	m.present_len = (uint16_t)present_len;
	at = item_add(w, EVT_ITEM_MARK, sizeof(m) + rule_len + present_len);
	if (!at)
		return;
	at = put(at, &m, sizeof(m));
	at = put(at, rule_path, rule_len);
	(void)put(at, present_path, present_len);
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
