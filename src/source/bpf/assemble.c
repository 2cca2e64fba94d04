// SPDX-License-Identifier: MIT
#include "source/bpf/assemble.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi/capture.h"
#include "base/macros.h"
#include "event/event.h"

#define NSEC_PER_SEC 1000000000
#define CHAIN_MAX    4096 /* bytes of a path */

struct assembler {
	struct assemble_options options;
	int64_t real_minus_mono_ns;
	struct buf room; /* a path that is put together */
};

int assembler_new(struct assembler **ret)
{
	struct assembler *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	buf_init(&a->room, 4 * CHAIN_MAX);
	*ret = a;
	return 0;
}

struct assembler *assembler_free(struct assembler *a)
{
	if (a)
		buf_deinit(&a->room);
	free(a);
	return NULL;
}

void assembler_configure(struct assembler *a, const struct assemble_options *options)
{
	a->options = *options;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void assembler_tick(struct assembler *a)
{
	a->real_minus_mono_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
}

/* ---- items ---- */

struct item {
	uint16_t type, flags;
	const char *data;
	size_t len;
};

/* The next item at *at; false at the end. -EBADMSG through *reterr when lengths do not fit. */
static bool next_item(const char *record, size_t len, size_t *at, struct item *ret, int *reterr)
{
	struct evt_item head;

	if (*at == len)
		return false;
	if (len - *at < sizeof(head)) {
		*reterr = -EBADMSG;
		return false;
	}
	memcpy(&head, record + *at, sizeof(head));
	if (head.len > len - *at - sizeof(head)) {
		*reterr = -EBADMSG;
		return false;
	}
	*ret = (struct item){ head.type, head.flags, record + *at + sizeof(head), head.len };
	*at += sizeof(head) + ALIGN_UP((size_t)head.len, EVT_ALIGN);
	if (*at > len)
		*at = len; /* the last one's padding is not there */
	return true;
}

/* An absolute path from the names of its parts, last one first. */
static struct view path_of_chain(struct assembler *a, const char *chain, size_t len)
{
	size_t end = len;

	buf_clear(&a->room);
	if (!len)
		buf_putc(&a->room, '/');
	while (end) {
		size_t start = end - 1; /* the NUL */

		while (start && chain[start - 1])
			start--;
		buf_putc(&a->room, '/');
		buf_put(&a->room, chain + start, end - 1 - start);
		end = start;
	}
	return buf_error(&a->room) ? (struct view){ 0 }
				   : (struct view){ a->room.data, a->room.len };
}

static uint32_t dev_major(uint32_t dev)
{
	return dev >> 20;
}

static uint32_t dev_minor(uint32_t dev)
{
	return dev & 0xfffff;
}

static void put_exe(struct assembler *a, const struct item *item, struct event_writer *w)
{
	struct evt_exe exe;
	struct view path;
	uint32_t dev;

	if (item->len < sizeof(exe))
		return;
	memcpy(&exe, item->data, sizeof(exe));
	dev = exe.dev_major;
	exe.dev_major = dev_major(dev);
	exe.dev_minor = dev_minor(dev);
	path = path_of_chain(a, item->data + sizeof(exe), item->len - sizeof(exe));
	event_put_exe(w, &exe, path.p, path.len);
}

static void put_cwd(struct assembler *a, const struct item *item, struct event_writer *w)
{
	struct view path = path_of_chain(a, item->data, item->len);

	event_put(w, EVT_ITEM_CWD, path.p, path.len);
}

static void put_arg(struct assembler *a, const struct item *item, struct event_writer *w)
{
	struct cap_arg arg;
	struct event_path path = { .f = { .nametype = EVT_NAME_UNKNOWN,
					   .shown_len = EVT_NAME_FULL } };

	(void)a;
	if (item->len < sizeof(arg))
		return;
	memcpy(&arg, item->data, sizeof(arg));
	if (arg.flags & CAP_F_FAULT)
		return;
	path.name = (struct view){ item->data + sizeof(arg), item->len - sizeof(arg) };
	event_put_path(w, &path);
}

static void put_as_is(struct assembler *a, const struct item *item, struct event_writer *w)
{
	(void)a;
	event_put(w, (enum evt_item_type)item->type, item->data, item->len);
}

static void put_title(struct assembler *a, const struct item *item, struct event_writer *w)
{
	(void)a;
	event_put(w, EVT_ITEM_PROCTITLE, item->data, item->len);
}

static const struct {
	uint16_t type;
	void (*put)(struct assembler *a, const struct item *item, struct event_writer *w);
} item_kinds[] = {
	{ CAP_ITEM_EXE, put_exe },
	{ EVT_ITEM_TTY, put_as_is },
	{ CAP_ITEM_CWD, put_cwd },
	{ CAP_ITEM_TITLE, put_title },
	{ CAP_ITEM_ARG, put_arg },
};

static void put_item(struct assembler *a, const struct item *item, struct event_writer *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(item_kinds); i++)
		if (item_kinds[i].type == item->type)
			item_kinds[i].put(a, item, w);
}

static void set_time(const struct assembler *a, struct evt_hdr *h)
{
	int64_t ns = h->time_sec * NSEC_PER_SEC + h->time_nsec + a->real_minus_mono_ns;

	h->time_sec = ns / NSEC_PER_SEC;
	h->time_nsec = (uint32_t)(ns % NSEC_PER_SEC);
}

int assemble(struct assembler *a, const void *record, size_t len, struct buf *out)
{
	struct event_writer w;
	struct evt_hdr h;
	struct item item;
	size_t at = sizeof(h);
	int r = 0, bad = 0;

	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, record, sizeof(h));
	if (h.version != EVT_VERSION || h.len > len || h.len < sizeof(h))
		return -EBADMSG;
	if (h.kind >= _EVT_KIND_MAX)
		return 0;
	set_time(a, &h);
	event_begin(&w, out, &h);
	while (next_item(record, h.len, &at, &item, &bad))
		put_item(a, &item, &w);
	r = event_finish(&w);
	return r < 0 ? r : bad;
}
