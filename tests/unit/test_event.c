// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "event/replay_file.h"
#include "event_builder.h"

/* One item of every type that a syscall event can have. */
static void put_everything(struct event_builder *b)
{
	struct evt_hdr hdr = builder_header(59, 0);
	int32_t pair[2] = { 3, -4 };
	uint64_t how[3] = { 0x241, 0644, 8 }, call[3] = { 1, 2, 3 };
	uint32_t groups[3] = { 0, 100, 4294967294u };
	struct evt_obj_pid target = { .pid = 7, .auid = 1, .uid = 2, .ses = 3, .comm = "victim" };
	struct evt_bprm_fcaps caps = { .fp = 1, .pe = 2, .fver = 3, .fe = 1, .frootid = -1 };
	struct evt_times times = { .sec = 1, .nsec = 2, .has_duration = 1, .duration_nsec = 3 };
	struct event_path path = builder_path_of("d/f", EVT_NAME_CREATE, 357, 0100644);

	path.f.shown_len = 2;
	path.resolved = (struct view){ "/srv/d/f", 8 };
	path.full = (struct view){ "/d/f", 4 };
	builder_begin(b, &hdr);
	builder_text(b, EVT_ITEM_CWD, "/srv");
	builder_path(b, "", EVT_NAME_UNKNOWN, 0, 0);
	event_put_path(&b->w, &path);
	builder_path(b, NULL, EVT_NAME_NORMAL, 5, 040755);
	builder_exe(b, "/bin/demo", 77);
	builder_text(b, EVT_ITEM_TTY, "pts0");
	event_put(&b->w, EVT_ITEM_PROCTITLE, "a\0b", 3);
	event_put_execve(&b->w, 3, "a\0\0bc", 6);
	event_put(&b->w, EVT_ITEM_SOCKADDR, "\2\0", 2);
	event_put(&b->w, EVT_ITEM_FD_PAIR, pair, sizeof(pair));
	event_put(&b->w, EVT_ITEM_MMAP, pair, sizeof(pair));
	event_put(&b->w, EVT_ITEM_OPENAT2, how, sizeof(how));
	event_put(&b->w, EVT_ITEM_BPRM_FCAPS, &caps, sizeof(caps));
	event_put(&b->w, EVT_ITEM_OBJ_PID, &target, sizeof(target));
	event_put(&b->w, EVT_ITEM_OBJ_PID, &target, sizeof(target));
	event_put(&b->w, EVT_ITEM_GROUPS, groups, sizeof(groups));
	builder_text(b, EVT_ITEM_SUBJ, "unconfined (enforce)");
	event_put(&b->w, EVT_ITEM_SOCKETCALL, call, sizeof(call));
	event_put_fd_path(&b->w, 3, "/f", 2);
	event_put_fd_path(&b->w, -1, "", 0);
	event_put(&b->w, EVT_ITEM_TIMES, &times, sizeof(times));
	builder_text(b, EVT_ITEM_CGROUP, "/a");
	event_put(&b->w, (enum evt_item_type)999, "later", 5);
}

static void assert_view(struct view v, const char *text, size_t len)
{
	assert_int_equal(v.len, len);
	assert_non_null(v.p);
	assert_memory_equal(v.p, text, len);
}

static void round_trip(void **state)
{
	struct event_builder b = { 0 };
	const struct event *ev;

	(void)state;
	for (int again = 0; again < 2; again++) { /* the second time in arrays that exist */
		put_everything(&b);
		ev = builder_done(&b);
		assert_int_equal(ev->h.nr, 59);
		assert_int_equal(ev->h.len, b.bytes.len);
		assert_int_equal(ev->h.version, EVT_VERSION);
		assert_view(ev->cwd, "/srv", 4);
		assert_int_equal(ev->n_paths, 3);
		assert_view(ev->paths[0].name, "", 0);
		assert_null(ev->paths[0].resolved.p);
		assert_view(ev->paths[1].name, "d/f", 3);
		assert_view(ev->paths[1].resolved, "/srv/d/f", 8);
		assert_view(ev->paths[1].full, "/d/f", 4);
		assert_null(ev->paths[0].full.p);
		assert_null(ev->paths[2].full.p);
		assert_int_equal(ev->paths[1].f.shown_len, 2);
		assert_int_equal(ev->paths[1].f.ino, 357);
		assert_null(ev->paths[2].name.p);
		assert_view(ev->exe, "/bin/demo", 9);
		assert_int_equal(ev->exe_inode.ino, 77);
		assert_view(ev->tty, "pts0", 4);
		assert_view(ev->proctitle, "a\0b", 3);
		assert_true(ev->specials & EVENT_ITEM_BIT(EVT_ITEM_SOCKETCALL));
		assert_true(ev->specials & EVENT_ITEM_BIT(EVT_ITEM_OPENAT2));
		assert_int_equal(ev->argc, 3);
		assert_view(ev->argv, "a\0\0bc", 6);
		assert_view(ev->sockaddr, "\2\0", 2);
		assert_true(ev->has_fd_pair && ev->has_bprm_fcaps);
		assert_int_equal(ev->fd_pair[1], -4);
		assert_int_equal(ev->openat2.resolve, 8);
		assert_int_equal(ev->bprm_fcaps.frootid, -1);
		assert_int_equal(ev->n_obj_pids, 2);
		assert_string_equal(ev->obj_pids[1].comm, "victim");
		assert_true(ev->has_groups);
		assert_int_equal(ev->n_groups, 3);
		assert_int_equal(ev->groups[1], 100);
		assert_view(ev->subj, "unconfined (enforce)", 20);
		assert_int_equal(ev->n_socketcall, 3);
		assert_int_equal(ev->socketcall[2], 3);
		assert_int_equal(ev->n_fd_paths, 2);
		assert_int_equal(ev->fd_paths[0].fd, 3);
		assert_view(ev->fd_paths[0].path, "/f", 2);
		assert_int_equal(ev->fd_paths[1].fd, -1);
		assert_view(ev->fd_paths[1].path, "", 0);
		assert_true(ev->has_times);
		assert_int_equal(ev->times.duration_nsec, 3);
		assert_view(ev->cgroup, "/a", 2);
		assert_int_equal(ev->n_unknown, 1);
	}
	builder_deinit(&b);
}

static void absent_items_are_absent(void **state)
{
	struct event_builder b = { 0 };
	struct evt_hdr hdr = builder_header(1, 0);
	const struct event *ev;

	(void)state;
	put_everything(&b);
	(void)builder_done(&b);
	builder_begin(&b, &hdr);
	ev = builder_done(&b);
	assert_null(ev->cwd.p);
	assert_null(ev->exe.p);
	assert_null(ev->tty.p);
	assert_null(ev->socketcall);
	assert_int_equal(
		ev->n_paths + ev->n_obj_pids + ev->n_groups + ev->n_socketcall + ev->n_unknown, 0);
	assert_int_equal(ev->specials, 0);
	assert_int_equal(ev->n_asides, 0);
	assert_int_equal(ev->n_fd_paths, 0);
	assert_null(ev->cgroup.p);
	assert_false(ev->has_times);
	assert_false(ev->has_fd_pair || ev->has_bprm_fcaps || ev->has_groups);
	builder_deinit(&b);
}

/* The bytes end flush with the allocation, so that the sanitizers see one byte too far. */
static int decode_copy(struct event *ev, const char *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);
	size_t used = 0;
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	r = event_decode(ev, copy, len, &used);
	if (r == 0)
		assert_true(used <= len);
	free(copy);
	return r;
}

static void every_truncation_wants_more(void **state)
{
	struct event_builder b = { 0 };
	struct event ev = { 0 };

	(void)state;
	put_everything(&b);
	(void)builder_done(&b);
	for (size_t len = 0; len < b.bytes.len; len++)
		assert_int_equal(decode_copy(&ev, b.bytes.data, len), -EAGAIN);

	/* The same with a length that claims to be whole: an item is cut, or the last of its padding. */
	for (size_t len = sizeof(struct evt_hdr) + EVT_ALIGN; len < b.bytes.len; len += EVT_ALIGN) {
		uint32_t claimed = (uint32_t)len;
		size_t at = sizeof(struct evt_hdr);

		memcpy(b.bytes.data, &claimed, sizeof(claimed));
		while (at < len) {
			struct evt_item item;

			memcpy(&item, b.bytes.data + at, sizeof(item));
			at += sizeof(item) + ((item.len + 7u) & ~7u);
		}
		assert_int_equal(decode_copy(&ev, b.bytes.data, len), at == len ? 0 : -EBADMSG);
	}
	event_deinit(&ev);
	builder_deinit(&b);
}

static void random_damage_is_survived(void **state)
{
	struct event_builder b = { 0 };
	struct event ev = { 0 };
	unsigned refused = 0;
	char *damaged;

	(void)state;
	put_everything(&b);
	(void)builder_done(&b);
	damaged = malloc(b.bytes.len);
	assert_non_null(damaged);
	srandom(20261121);
	for (int i = 0; i < 20000; i++) {
		int hits = 1 + (int)(random() % 4);

		memcpy(damaged, b.bytes.data, b.bytes.len);
		while (hits--)
			damaged[(size_t)random() % b.bytes.len] = (char)random();
		if (decode_copy(&ev, damaged, b.bytes.len) < 0)
			refused++;
	}
	assert_in_range(refused, 1000, 19999);
	free(damaged);
	event_deinit(&ev);
	builder_deinit(&b);
}

/* One item that is wrong in one way each; len is the payload's. */
static const struct bad_item {
	const char *why;
	enum evt_item_type type;
	const char *bytes;
	size_t len;
} bad_items[] = {
	{ "NUL in a directory", EVT_ITEM_CWD, "/a\0b", 4 },
	{ "path without its struct", EVT_ITEM_PATH, "x", 1 },
	{ "exe without its inode", EVT_ITEM_EXE, "/x", 2 },
	{ "blank in a tty", EVT_ITEM_TTY, "pts0 auid=0", 11 },
	{ "empty tty", EVT_ITEM_TTY, "", 0 },
	{ "newline in a label", EVT_ITEM_SUBJ, "a\nb", 3 },
	{ "argc 2 of one string", EVT_ITEM_EXECVE, "\2\0\0\0\0\0\0\0a", 10 },
	{ "string without end", EVT_ITEM_EXECVE, "\1\0\0\0\0\0\0\0a", 9 },
	{ "short pair", EVT_ITEM_FD_PAIR, "\0\0\0\0", 4 },
	{ "long mmap", EVT_ITEM_MMAP, "\0\0\0\0\0\0\0\0\0", 9 },
	{ "odd groups", EVT_ITEM_GROUPS, "\0\0\0\0\0", 5 },
	{ "no arguments", EVT_ITEM_SOCKETCALL, "", 0 },
	{ "half an argument", EVT_ITEM_SOCKETCALL, "\0\0\0\0\0\0\0\0\0\0\0\0", 12 },
	{ "short IPC", EVT_ITEM_IPC, "\0\0\0\0\0\0\0\0", 8 },
	{ "a name that there is none of", EVT_ITEM_KERN_MODULE, "\0\0\0\0\0\0\0\0x", 9 },
	{ "NUL in a module", EVT_ITEM_KERN_MODULE, "\1\0\0\0\0\0\0\0a\0b", 11 },
	{ "unknown value of NTP", EVT_ITEM_NTP, "\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		24 },
	{ "login that is half done", EVT_ITEM_LOGIN,
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0", 24 },
	{ "input without its struct", EVT_ITEM_TTY_INPUT, "ls", 2 },
	{ "unknown BPF operation", EVT_ITEM_BPF, "\1\0\0\0\2\0\0", 8 },
	{ "device with a blank", EVT_ITEM_ANOM_PROMISCUOUS,
		"a b\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0", 24 },
	{ "device without end", EVT_ITEM_ANOM_PROMISCUOUS, "abcdefghijklmnop\1\0\0\0\0\0\0", 24 },
	{ "half promiscuous", EVT_ITEM_ANOM_PROMISCUOUS,
		"lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0", 24 },
	{ "unknown link", EVT_ITEM_ANOM_LINK, "\2\0\0\0\0\0\0", 8 },
	{ "very unknown link", EVT_ITEM_ANOM_LINK, "\0\0\0\0\0\0\0\1", 8 },
	{ "unknown creation", EVT_ITEM_ANOM_CREAT, "\3\0\0\0\0\0\0", 8 },
	{ "unterminated comm", EVT_ITEM_OBJ_PID, "0123456789abcdef0123456789abcdef", 32 },
};

static void refuses_bad_items(void **state)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct event_builder b = { 0 };
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_items) / sizeof(bad_items[0]); i++) {
		builder_begin(&b, &hdr);
		event_put(&b.w, bad_items[i].type, bad_items[i].bytes, bad_items[i].len);
		assert_int_equal(event_finish(&b.w), 0);
		if (event_decode(&b.ev, b.bytes.data, b.bytes.len, &used) != -EBADMSG)
			fail_msg("accepted: %s", bad_items[i].why);
	}

	builder_begin(&b, &hdr);
	builder_text(&b, EVT_ITEM_CWD, "/a");
	builder_text(&b, EVT_ITEM_CWD, "/b");
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
	builder_deinit(&b);
}

/* A full path belongs to the item before it, which has one; times must be times; descriptors have an end. */
static void refuses_bad_extras(void **state)
{
	struct event_path path = builder_path_of("f", EVT_NAME_NORMAL, 1, 0100644);
	struct evt_times times = { .sec = 1, .nsec = 1000000000 };
	struct evt_hdr hdr = builder_header(1, 0);
	struct event_builder b = { 0 };
	size_t used;

	(void)state;
	path.full = (struct view){ "/f", 2 };
	builder_begin(&b, &hdr);
	event_put_path(&b.w, &path);
	assert_int_equal(builder_done(&b)->n_paths, 1);
	builder_text(&b, EVT_ITEM_FULL_PATH, "/g");
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);

	builder_begin(&b, &hdr);
	builder_text(&b, EVT_ITEM_FULL_PATH, "/f");
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);

	path.tree = (struct view){ "", 0 };
	builder_begin(&b, &hdr);
	event_put_path(&b.w, &path);
	assert_non_null(builder_done(&b)->paths[0].tree.p);
	builder_text(&b, EVT_ITEM_TREE_PATH, "/g");
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
	builder_begin(&b, &hdr);
	builder_text(&b, EVT_ITEM_TREE_PATH, "/f");
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);

	for (int i = 0; i < 3; i++) {
		builder_begin(&b, &hdr);
		event_put(&b.w, EVT_ITEM_TIMES, &times, sizeof(times));
		assert_int_equal(event_finish(&b.w), 0);
		assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
		times = (struct evt_times){ .sec = i ? 1 : -1, .has_duration = i ? 2 : 0 };
	}

	builder_begin(&b, &hdr);
	for (int i = 0; i < EVT_FD_PATHS_MAX; i++)
		event_put_fd_path(&b.w, i, "/f", 2);
	assert_int_equal(builder_done(&b)->n_fd_paths, EVT_FD_PATHS_MAX);
	event_put_fd_path(&b.w, 0, "/f", 2);
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
	builder_deinit(&b);
}

/* Each value of NTP once: a seventh has no place. */
static void repeated_items_are_bounded(void **state)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct evt_ntp change = { .op = EVT_NTP_TICK };
	struct event_builder b = { 0 };
	size_t used;

	(void)state;
	builder_begin(&b, &hdr);
	for (int i = 0; i < _EVT_NTP_MAX; i++)
		event_put(&b.w, EVT_ITEM_NTP, &change, sizeof(change));
	assert_int_equal(builder_done(&b)->n_ntp, _EVT_NTP_MAX);
	event_put(&b.w, EVT_ITEM_NTP, &change, sizeof(change));
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);

	builder_begin(&b, &hdr);
	for (int i = 0; i < EVT_ASIDES_MAX; i++)
		event_put(&b.w, EVT_ITEM_BPF, "\1\0\0\0\0\0\0", 8);
	assert_int_equal(builder_done(&b)->n_asides, EVT_ASIDES_MAX);
	event_put(&b.w, EVT_ITEM_BPF, "\1\0\0\0\0\0\0", 8);
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
	builder_deinit(&b);
}

static int decode_one_path(
	struct event_builder *b, const struct event_path *path, uint16_t clear_flags)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct evt_path *wire;
	size_t used;

	builder_begin(b, &hdr);
	event_put_path(&b->w, path);
	assert_int_equal(event_finish(&b->w), 0);
	wire = (struct evt_path *)(void *)(b->bytes.data + sizeof(hdr) + sizeof(struct evt_item));
	wire->flags &= (uint16_t)~clear_flags;
	return event_decode(&b->ev, b->bytes.data, b->bytes.len, &used);
}

static void refuses_bad_paths(void **state)
{
	struct event_path path = builder_path_of("dir/name", EVT_NAME_NORMAL, 1, 0100644);
	struct event_builder b = { 0 };

	(void)state;
	path.resolved = (struct view){ "/dir/name", 9 };
	assert_int_equal(decode_one_path(&b, &path, 0), 0);
	assert_int_equal(decode_one_path(&b, &path, EVT_PATH_NAMED), -EBADMSG);
	assert_int_equal(decode_one_path(&b, &path, EVT_PATH_RESOLVED), -EBADMSG);
	path.f.shown_len = 9;
	assert_int_equal(decode_one_path(&b, &path, 0), -EBADMSG);
	path.f.shown_len = -2;
	assert_int_equal(decode_one_path(&b, &path, 0), -EBADMSG);
	path.f.shown_len = 8;
	assert_int_equal(decode_one_path(&b, &path, 0), 0);
	path.f.nametype = EVT_NAME_CREATE + 1;
	assert_int_equal(decode_one_path(&b, &path, 0), -EBADMSG);
	builder_deinit(&b);
}

static void path_count_is_bounded(void **state)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct event_builder b = { 0 };
	size_t used;

	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		builder_begin(&b, &hdr);
		for (int i = 0; i < EVT_PATHS_MAX + extra; i++)
			builder_path(&b, "x", EVT_NAME_NORMAL, 1, 0100644);
		assert_int_equal(event_finish(&b.w), 0);
		assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used),
			extra ? -EBADMSG : 0);
	}
	builder_deinit(&b);
}

static int decode_header_with(struct event_builder *b, const struct evt_hdr *hdr, size_t misaligned)
{
	_Alignas(EVT_ALIGN) char bytes[sizeof(*hdr) + EVT_ALIGN];
	size_t used;

	builder_begin(b, hdr);
	assert_int_equal(event_finish(&b->w), 0);
	memcpy(bytes + misaligned, b->bytes.data, b->bytes.len);
	return event_decode(&b->ev, bytes + misaligned, b->bytes.len, &used);
}

static void refuses_bad_headers(void **state)
{
	struct evt_hdr good = builder_header(1, 0), bad;
	struct event_builder b = { 0 };

	(void)state;
	assert_int_equal(decode_header_with(&b, &good, 0), 0);
	assert_int_equal(decode_header_with(&b, &good, 4), -EBADMSG);
	bad = good;
	bad.kind = _EVT_KIND_MAX;
	assert_int_equal(decode_header_with(&b, &bad, 0), -EBADMSG);
	bad.kind = EVT_MARK; /* without its item */
	assert_int_equal(decode_header_with(&b, &bad, 0), -EBADMSG);
	bad.kind = EVT_LOST;
	assert_int_equal(decode_header_with(&b, &bad, 0), -EBADMSG);
	bad = good;
	bad.time_nsec = 1000000000;
	assert_int_equal(decode_header_with(&b, &bad, 0), -EBADMSG);
	bad = good;
	memset(bad.comm, 'x', sizeof(bad.comm));
	assert_int_equal(decode_header_with(&b, &bad, 0), -EBADMSG);
	builder_deinit(&b);
}

static void marks_and_losses(void **state)
{
	struct evt_mark mark = { .ino = 9, .kind = EVT_MARK_TREE, .bound = 1 };
	struct evt_lost lost = { .count = 12, .reason = ENOMEM };
	struct evt_hdr hdr = builder_header(0, 0);
	struct event_builder b = { 0 };
	const struct event *ev;

	(void)state;
	hdr.kind = EVT_MARK;
	builder_begin(&b, &hdr);
	event_put_mark(&b.w, &mark, "/old", "/new/place");
	ev = builder_done(&b);
	assert_view(ev->mark_rule, "/old", 4);
	assert_view(ev->mark_present, "/new/place", 10);
	assert_int_equal(ev->mark.ino, 9);

	hdr.kind = EVT_LOST;
	builder_begin(&b, &hdr);
	event_put(&b.w, EVT_ITEM_LOST, &lost, sizeof(lost));
	ev = builder_done(&b);
	assert_int_equal(ev->lost.count, 12);
	builder_deinit(&b);
}

/* Too much of everything: the writer says so and leaves what stood before. */
static void writer_cuts_back(void **state)
{
	struct evt_hdr hdr = builder_header(1, 0);
	struct event_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 2 * sizeof(hdr) + 8);
	event_begin(&w, &b, &hdr);
	assert_int_equal(event_finish(&w), 0);
	event_begin(&w, &b, &hdr);
	event_put(&w, EVT_ITEM_CWD, "/a", 2);
	assert_int_equal(event_finish(&w), -EMSGSIZE);
	assert_int_equal(b.len, sizeof(hdr));
	buf_deinit(&b);
}

static void replay_file_round_trip(void **state)
{
	struct event_builder b = { 0 };
	char path[] = "/tmp/uaudit-test-event-XXXXXX";
	struct replay_writer *w;
	struct replay_reader *r;
	const void *event;
	uint64_t offset, size;
	size_t len;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	put_everything(&b);
	(void)builder_done(&b);
	assert_int_equal(replay_writer_open(&w, path), 0);
	for (int i = 0; i < 200; i++) /* more than one chunk of reading and writing */
		replay_writer_put(w, b.bytes.data, b.bytes.len);
	assert_int_equal(replay_writer_close(w), 0);
	size = 16 + 200 * b.bytes.len;

	assert_int_equal(replay_reader_open(&r, path), 0);
	for (size_t i = 0; i < 200; i++) {
		assert_int_equal(replay_reader_next(r, &event, &len, &offset), 1);
		assert_int_equal(offset, 16 + i * b.bytes.len);
		assert_int_equal((uintptr_t)event % EVT_ALIGN, 0);
		assert_int_equal(len, b.bytes.len);
		assert_memory_equal(event, b.bytes.data, len);
	}
	assert_int_equal(replay_reader_next(r, &event, &len, &offset), 0);
	assert_int_equal(offset, size);
	replay_reader_close(r);

	/* Cut within the last event: all before it still come. */
	assert_int_equal(ftruncate(fd, (off_t)size - 1), 0);
	assert_int_equal(replay_reader_open(&r, path), 0);
	for (int i = 0; i < 199; i++)
		assert_int_equal(replay_reader_next(r, &event, &len, &offset), 1);
	assert_int_equal(replay_reader_next(r, &event, &len, &offset), -EBADMSG);
	assert_int_equal(offset, 16 + 199 * b.bytes.len);
	replay_reader_close(r);

	assert_int_equal(pwrite(fd, "X", 1, 0), 1);
	assert_int_equal(replay_reader_open(&r, path), -EBADMSG);
	assert_int_equal(ftruncate(fd, 7), 0);
	assert_int_equal(replay_reader_open(&r, path), -EBADMSG);
	(void)close(fd);
	(void)unlink(path);
	assert_int_equal(replay_reader_open(&r, path), -ENOENT);
	builder_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(absent_items_are_absent),
		cmocka_unit_test(every_truncation_wants_more),
		cmocka_unit_test(random_damage_is_survived),
		cmocka_unit_test(refuses_bad_items),
		cmocka_unit_test(refuses_bad_extras),
		cmocka_unit_test(repeated_items_are_bounded),
		cmocka_unit_test(refuses_bad_paths),
		cmocka_unit_test(path_count_is_bounded),
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(marks_and_losses),
		cmocka_unit_test(writer_cuts_back),
		cmocka_unit_test(replay_file_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
