/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_EVENT_BUILDER_H
#define UAUDIT_TESTS_UNIT_EVENT_BUILDER_H

/*
 * Events for tests, written and decoded by the real code: begin, any number of items, done. The task is the one of the
 * worked examples of spec kernel 15.
 *
 * Needs cmocka.h before it.
 */

#include <string.h>
#include <sys/stat.h>

#include "event/event.h"

#define BUILDER_TIME_SEC 1700000000

struct event_builder {
	struct buf bytes;
	struct event_writer w;
	struct event ev;
};

static inline struct evt_hdr builder_header(int32_t nr, int64_t ret)
{
	return (struct evt_hdr){
		.kind = EVT_SYSCALL,
		.flags = EVT_F_RETURNED,
		.arch = 0xc000003e,
		.time_sec = BUILDER_TIME_SEC,
		.time_nsec = 123456789,
		.nr = nr,
		.ret = ret,
		.tid = 101,
		.tgid = 101,
		.ppid = 100,
		.auid = (uint32_t)-1,
		.ses = (uint32_t)-1,
		.comm = "demo",
	};
}

static inline void builder_begin(struct event_builder *b, const struct evt_hdr *hdr)
{
	if (!b->bytes.max)
		buf_init(&b->bytes, BUF_MAX_DEFAULT);
	buf_clear(&b->bytes);
	event_begin(&b->w, &b->bytes, hdr);
}

static inline void builder_text(struct event_builder *b, enum evt_item_type type, const char *text)
{
	event_put(&b->w, type, text, strlen(text));
}

static inline void builder_exe(struct event_builder *b, const char *path, uint64_t ino)
{
	struct evt_exe exe = { .ino = ino, .dev_major = 0xfe };

	event_put_exe(&b->w, &exe, path, strlen(path));
}

/* name NULL: none was passed; mode 0: no inode is known. Owner root, device fe:00. */
static inline struct event_path builder_path_of(
	const char *name, uint8_t nametype, uint64_t ino, uint32_t mode)
{
	struct event_path p = {
		.f = {
			.ino = ino,
			.dev_major = mode ? 0xfe : 0,
			.mode = mode,
			.nametype = nametype,
			.shown_len = EVT_NAME_FULL,
			.flags = mode ? EVT_PATH_INODE : 0,
		},
	};

	if (name)
		p.name = (struct view){ name, strlen(name) };
	return p;
}

static inline void builder_path(
	struct event_builder *b, const char *name, uint8_t nametype, uint64_t ino, uint32_t mode)
{
	struct event_path p = builder_path_of(name, nametype, ino, mode);

	event_put_path(&b->w, &p);
}

/* The decoded event, valid until the builder is used again. */
static inline const struct event *builder_done(struct event_builder *b)
{
	size_t used = 0;

	assert_int_equal(event_finish(&b->w), 0);
	assert_int_equal(event_decode(&b->ev, b->bytes.data, b->bytes.len, &used), 0);
	assert_int_equal(used, b->bytes.len);
	return &b->ev;
}

static inline void builder_deinit(struct event_builder *b)
{
	event_deinit(&b->ev);
	buf_deinit(&b->bytes);
}

#endif
