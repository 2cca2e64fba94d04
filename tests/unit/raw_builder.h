/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_RAW_BUILDER_H
#define UAUDIT_TESTS_UNIT_RAW_BUILDER_H

/* Ring records as the BPF programs write them (abi/capture.h), and the events that they become. After cmocka.h. */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/capture.h"
#include "event/event.h"
#include "source/bpf/assemble.h"

#define RAW_GONE_TID 0x3ffffff0 /* beyond what the kernel gives to tasks: it is gone */

struct raw_builder {
	struct assembler *assembler;
	_Alignas(8) char record[16384];
	size_t len;
	struct buf out;
	struct event ev;
};

static inline int raw_setup(void **state)
{
	struct raw_builder *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	buf_init(&b->out, BUF_MAX_DEFAULT);
	assert_int_equal(assembler_new(&b->assembler), 0);
	*state = b;
	return 0;
}

static inline int raw_teardown(void **state)
{
	struct raw_builder *b = *state;

	b->assembler = assembler_free(b->assembler);
	event_deinit(&b->ev);
	buf_deinit(&b->out);
	free(b);
	return 0;
}

static inline struct evt_hdr *raw_header(struct raw_builder *b)
{
	return (struct evt_hdr *)(void *)b->record;
}

static inline void raw_item(struct raw_builder *b, uint16_t type, uint16_t flags, const void *head,
	size_t head_len, const void *tail, size_t tail_len)
{
	struct evt_item item = {
		.type = type, .flags = flags, .len = (uint32_t)(head_len + tail_len)
	};

	assert_true(b->len + sizeof(item) + head_len + tail_len + 8 < sizeof(b->record));
	memcpy(b->record + b->len, &item, sizeof(item));
	b->len += sizeof(item);
	if (head_len)
		memcpy(b->record + b->len, head, head_len);
	if (tail_len)
		memcpy(b->record + b->len + head_len, tail, tail_len);
	b->len += (head_len + tail_len + 7) / 8 * 8;
}

#define RAW_STRUCT(b, type, s) raw_item(b, type, 0, &(s), sizeof(s), NULL, 0)

/* Of a task that is gone and has our root, in /srv. */
static inline void raw_begin(struct raw_builder *b, uint16_t kind, int32_t nr, int64_t ret)
{
	struct cap_origin origin = { .call = 7 };

	memset(b->record, 0, sizeof(b->record));
	*raw_header(b) = (struct evt_hdr){
		.version = EVT_VERSION,
		.kind = kind,
		.flags = EVT_F_RETURNED,
		.arch = ABI_ARCH_X86_64,
		.nr = nr,
		.ret = ret,
		.tid = RAW_GONE_TID,
		.tgid = RAW_GONE_TID,
		.source = EVT_SRC_BPF,
		.comm = "demo",
	};
	b->len = sizeof(struct evt_hdr);
	RAW_STRUCT(b, CAP_ITEM_ORIGIN, origin);
}

static inline void raw_call(struct raw_builder *b, const char *name, int64_t ret)
{
	raw_begin(b, EVT_SYSCALL, (int32_t)syscall_nr(ABI_ARCH_X86_64, name), ret);
}

/* A chain of names: "b\0a" is /a/b. */
#define RAW_CWD(b, literal) raw_item(b, CAP_ITEM_CWD, 0, NULL, 0, literal, sizeof(literal))

static inline void raw_string(
	struct raw_builder *b, uint32_t arg, uint32_t kind, uint32_t flags, const char *text)
{
	struct cap_arg a = { .arg = arg, .kind = kind, .flags = flags, .pointer = 0x1000 + arg };

	raw_header(b)->args[arg] = a.pointer;
	raw_item(b, CAP_ITEM_ARG, 0, &a, sizeof(a), text, strlen(text));
}

/* What assemble() says; b->ev is the event then, if there is one. */
static inline int raw_assemble(struct raw_builder *b)
{
	size_t used;
	int r;

	raw_header(b)->len = (uint32_t)b->len;
	buf_clear(&b->out);
	r = assemble(b->assembler, b->record, b->len, &b->out);
	if (r == 0 && b->out.len) {
		assert_int_equal(event_decode(&b->ev, b->out.data, b->out.len, &used), 0);
		assert_int_equal(used, b->out.len);
	}
	return r;
}

/* It becomes an event with that many names. */
static inline void raw_becomes(struct raw_builder *b, size_t n_paths)
{
	assert_int_equal(raw_assemble(b), 0);
	assert_true(b->out.len > 0);
	assert_int_equal(b->ev.n_paths, n_paths);
}

static inline void raw_piece(struct raw_builder *b, uint32_t nr, uint32_t seq, uint16_t flags,
	const char *text, size_t len)
{
	struct cap_chunk chunk = { .nr = nr, .seq = seq };

	raw_begin(b, CAP_KIND_CHUNK, 0, 0);
	raw_item(b, CAP_ITEM_CHUNK, flags, &chunk, sizeof(chunk), text, len);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->out.len, 0);
}

static inline void raw_assert_view(struct view view, const char *text)
{
	assert_int_equal(view.len, strlen(text));
	assert_memory_equal(view.p, text, view.len);
}

/* name NULL: it has none; ino 0: no inode. */
static inline void raw_assert_path(const struct raw_builder *b, size_t i, enum evt_nametype type,
	const char *name, uint64_t ino)
{
	const struct event_path *path;

	assert_true(i < b->ev.n_paths);
	path = &b->ev.paths[i];
	assert_int_equal(path->f.nametype, type);
	if (name)
		raw_assert_view(path->name, name);
	else
		assert_null(path->name.p);
	assert_int_equal(path->f.flags & EVT_PATH_INODE, ino ? EVT_PATH_INODE : 0);
	if (ino)
		assert_int_equal(path->f.ino, ino);
}

#endif
