// SPDX-License-Identifier: MIT
/* Names of the full tier: hooks as the BPF programs tell of them, and the items that the kernel would make of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raw_builder.h"

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, raw_teardown)

#define DIR_INO  10
#define DIR2_INO 11
#define DEV      (8u << 20 | 1)

static int setup(void **state)
{
	int r = raw_setup(state);
	struct raw_builder *b = *state;

	assembler_configure(b->assembler, &(struct assemble_options){ .tier = BPF_TIER_FULL });
	return r;
}

static void configure(struct raw_builder *b, bool resolve)
{
	assembler_configure(b->assembler,
		&(struct assemble_options){ .tier = BPF_TIER_FULL, .resolve = resolve });
}

/* Not of a file that could be looked at for its capabilities. */
static struct cap_inode inode(uint64_t ino, uint32_t mode)
{
	return (struct cap_inode){
		.ino = ino, .dev = DEV, .mode = mode | CAP_MODE_NOSEC, .uid = 1, .gid = 2
	};
}

/* A string of the task at pointer, which the kernel keeps at name. */
static void hook_string(struct raw_builder *b, uint64_t name, uint64_t pointer, const char *text)
{
	struct cap_string s = { .name = name, .pointer = pointer };

	raw_item(b, CAP_ITEM_STRING, 0, &s, sizeof(s), text, strlen(text));
}

static void hook_object(struct raw_builder *b, uint64_t name, uint32_t flags, struct cap_inode of)
{
	struct cap_object o = {
		.name = name, .flags = flags, .root_at = CAP_ROOT_ELSEWHERE, .inode = of
	};

	RAW_STRUCT(b, CAP_ITEM_OBJECT, o);
}

/* A directory that a path led to, for what is below it. */
static void hook_parent(struct raw_builder *b, uint64_t name, uint64_t ino)
{
	hook_object(b, name, CAP_F_PARENT, inode(ino, S_IFDIR | 0755));
}

static void hook_child(struct raw_builder *b, enum evt_nametype type, uint64_t dir,
	struct cap_inode of, const char *name)
{
	struct cap_child c = { .nametype = type, .dir = inode(dir, S_IFDIR | 0755), .inode = of };

	raw_item(b, CAP_ITEM_CHILD, 0, &c, sizeof(c), name, strlen(name));
}

static const struct cap_inode nothing;

/* shown: bytes of the name that are. */
static void assert_item(const struct raw_builder *b, size_t i, enum evt_nametype type,
	const char *name, int32_t shown, uint64_t ino)
{
	raw_assert_path(b, i, type, name, ino);
	assert_int_equal(b->ev.paths[i].f.shown_len, shown);
}

static void assert_flags(const struct raw_builder *b, uint32_t flags)
{
	assert_int_equal(b->ev.h.flags & (EVT_F_TRUNCATED | EVT_F_TOCTOU | EVT_F_FAULT), flags);
}

static void test_found(void **state)
{
	struct raw_builder *b = *state;
	struct cap_inode of = inode(42, S_IFBLK | 0640);

	of.rdev = 7 << 20 | 3;
	raw_call(b, "stat", 0);
	hook_string(b, 0x100, 0x5000, "d/f");
	hook_object(b, 0x100, 0, of);
	raw_becomes(b, 1);
	assert_item(b, 0, EVT_NAME_NORMAL, "d/f", EVT_NAME_FULL, 42);
	assert_int_equal(b->ev.paths[0].f.mode, S_IFBLK | 0640);
	assert_int_equal(b->ev.paths[0].f.dev_major, 8);
	assert_int_equal(b->ev.paths[0].f.dev_minor, 1);
	assert_int_equal(b->ev.paths[0].f.rdev_major, 7);
	assert_int_equal(b->ev.paths[0].f.rdev_minor, 3);
	assert_int_equal(b->ev.paths[0].f.uid, 1);
	assert_int_equal(b->ev.paths[0].f.gid, 2);
	assert_flags(b, 0);
}

static void test_not_found(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "stat", -ENOENT);
	hook_string(b, 0x100, 0x5000, "d/f");
	raw_becomes(b, 1);
	assert_item(b, 0, EVT_NAME_UNKNOWN, "d/f", EVT_NAME_FULL, 0);
	assert_flags(b, 0);
}

/* Operations name things as calls do, and their numbers are none of calls. */
static void test_operations(void **state)
{
	struct raw_builder *b = *state;
	const struct evt_uringop closed = { .op = 19, .ret = -EBADF };
	const struct evt_uringop *op;

	raw_begin(b, EVT_URING, 18, 0);
	RAW_CWD(b, "srv");
	hook_string(b, 0x100, 0x5000, "d/f");
	hook_object(b, 0x100, 0, inode(42, S_IFREG | 0640));
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.kind, EVT_URING);
	assert_int_equal(b->ev.h.nr, 18);
	raw_assert_view(b->ev.cwd, "/srv");
	assert_int_equal(b->ev.n_paths, 1);
	assert_item(b, 0, EVT_NAME_NORMAL, "d/f", EVT_NAME_FULL, 42);

	raw_call(b, "io_uring_enter", 1);
	RAW_STRUCT(b, EVT_ITEM_URINGOP, closed);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 1);
	assert_int_equal(b->ev.asides[0].type, EVT_ITEM_URINGOP);
	op = b->ev.asides[0].data;
	assert_int_equal(op->op, 19);
	assert_int_equal(op->ret, -EBADF);
}

/* Told before and after: one item. */
static void test_created(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "mkdir", 0);
	hook_string(b, 0x100, 0x5000, "d/new");
	hook_parent(b, 0x100, DIR_INO);
	hook_child(b, EVT_NAME_CREATE, DIR_INO, nothing, "new");
	hook_child(b, EVT_NAME_CREATE, DIR_INO, inode(42, S_IFDIR | 0700), "new");
	raw_becomes(b, 2);
	assert_item(b, 0, EVT_NAME_PARENT, "d/new", 2, DIR_INO);
	assert_item(b, 1, EVT_NAME_CREATE, "d/new", EVT_NAME_FULL, 42);
}

static void test_creation_refused(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "mkdir", -EACCES);
	hook_string(b, 0x100, 0x5000, "new");
	hook_parent(b, 0x100, DIR_INO);
	hook_child(b, EVT_NAME_CREATE, DIR_INO, nothing, "new");
	raw_becomes(b, 2);
	assert_item(b, 0, EVT_NAME_PARENT, "new", 0, DIR_INO);
	assert_item(b, 1, EVT_NAME_CREATE, "new", EVT_NAME_FULL, 0);
}

static void test_renamed_over(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "rename", 0);
	hook_string(b, 0x100, 0x5000, "d2/b");
	hook_string(b, 0x200, 0x6000, "a");
	hook_parent(b, 0x200, DIR_INO);
	hook_parent(b, 0x100, DIR2_INO);
	hook_child(b, EVT_NAME_DELETE, DIR_INO, inode(42, S_IFREG | 0600), "a");
	hook_child(b, EVT_NAME_DELETE, DIR2_INO, inode(43, S_IFREG | 0600), "b");
	hook_child(b, EVT_NAME_CREATE, DIR2_INO, inode(42, S_IFREG | 0600), "b");
	raw_becomes(b, 5);
	assert_item(b, 0, EVT_NAME_PARENT, "d2/b", 3, DIR2_INO);
	assert_item(b, 1, EVT_NAME_PARENT, "a", 0, DIR_INO);
	assert_item(b, 2, EVT_NAME_DELETE, "a", EVT_NAME_FULL, 42);
	assert_item(b, 3, EVT_NAME_DELETE, "d2/b", EVT_NAME_FULL, 43);
	assert_item(b, 4, EVT_NAME_CREATE, "d2/b", EVT_NAME_FULL, 42);
}

/* The target is copied and never looked up. */
static void test_symlink(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "symlink", 0);
	hook_string(b, 0x200, 0x6000, "link");
	hook_string(b, 0x100, 0x5000, "target");
	hook_parent(b, 0x200, DIR_INO);
	hook_child(b, EVT_NAME_CREATE, DIR_INO, nothing, "link");
	hook_child(b, EVT_NAME_CREATE, DIR_INO, inode(42, S_IFLNK | 0777), "link");
	raw_becomes(b, 3);
	assert_item(b, 0, EVT_NAME_PARENT, "link", 0, DIR_INO);
	assert_item(b, 1, EVT_NAME_UNKNOWN, "target", EVT_NAME_FULL, 0);
	assert_item(b, 2, EVT_NAME_CREATE, "link", EVT_NAME_FULL, 42);
}

/* One pointer is one string, though these kernels copy it twice when nobody audits. */
static void test_same_pointer(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "rename", 0);
	hook_string(b, 0x100, 0x5000, "a");
	hook_string(b, 0x200, 0x5000, "a");
	hook_parent(b, 0x200, DIR_INO);
	hook_parent(b, 0x100, DIR_INO);
	raw_becomes(b, 1);
	assert_item(b, 0, EVT_NAME_PARENT, "a", 0, DIR_INO);
}

/* Strings of the kernel's own come from nowhere, and one may be kept where an earlier one was. */
static void test_same_address(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "execve", -ENOEXEC);
	hook_string(b, 0x100, 0x5000, "script");
	hook_object(b, 0x100, 0, inode(42, S_IFREG | 0755));
	hook_string(b, 0x200, 0, "/bin/one");
	hook_object(b, 0x200, 0, inode(43, S_IFREG | 0755));
	hook_string(b, 0x200, 0, "/bin/two");
	hook_object(b, 0x200, 0, inode(44, S_IFREG | 0755));
	raw_becomes(b, 3);
	assert_item(b, 0, EVT_NAME_NORMAL, "script", EVT_NAME_FULL, 42);
	assert_item(b, 1, EVT_NAME_NORMAL, "/bin/one", EVT_NAME_FULL, 43);
	assert_item(b, 2, EVT_NAME_NORMAL, "/bin/two", EVT_NAME_FULL, 44);
}

static void test_without_a_string(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "openat", 3);
	hook_child(b, EVT_NAME_CREATE, DIR_INO, inode(42, S_IFCHR | 0620), "0");
	raw_becomes(b, 2);
	assert_item(b, 0, EVT_NAME_PARENT, NULL, EVT_NAME_FULL, DIR_INO);
	assert_item(b, 1, EVT_NAME_CREATE, NULL, EVT_NAME_FULL, 42);
}

static void test_flags(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "umount2", 0);
	hook_string(b, 0x100, 0x5000, "m");
	hook_object(b, 0x100, CAP_F_NO_CAPS, inode(42, S_IFDIR | 0755));
	hook_string(b, 0x200, 0, "queue");
	hook_object(b, 0x200, CAP_F_PARENT | CAP_F_HIDDEN, inode(DIR_INO, S_IFDIR | 01777));
	raw_becomes(b, 2);
	assert_int_equal(b->ev.paths[0].f.flags & EVT_PATH_NO_CAPS, EVT_PATH_NO_CAPS);
	assert_int_equal(b->ev.paths[0].f.flags & EVT_PATH_HIDDEN, 0);
	assert_int_equal(b->ev.paths[1].f.flags & EVT_PATH_HIDDEN, EVT_PATH_HIDDEN);
}

/* A chain of names, from the object up. */
static void test_resolved(void **state)
{
	static const char chain[] = "f\0d\0srv";
	struct cap_object o = { .name = 0x100,
		.flags = CAP_F_MOUNTS,
		.root_at = CAP_ROOT_ELSEWHERE,
		.inode = inode(42, S_IFREG | 0600) };
	struct raw_builder *b = *state;

	configure(b, true);
	raw_call(b, "stat", 0);
	hook_string(b, 0x100, 0x5000, "f");
	raw_item(b, CAP_ITEM_OBJECT, 0, &o, sizeof(o), chain, sizeof(chain));
	raw_becomes(b, 1);
	raw_assert_view(b->ev.paths[0].resolved, "/srv/d/f");
	assert_flags(b, 0);

	o.flags |= CAP_F_CUT;
	raw_call(b, "stat", 0);
	hook_string(b, 0x100, 0x5000, "f");
	raw_item(b, CAP_ITEM_OBJECT, 0, &o, sizeof(o), chain, sizeof(chain));
	assert_int_equal(raw_assemble(b), 0);
	assert_null(b->ev.paths[0].resolved.p);
	assert_flags(b, EVT_F_TRUNCATED);
}

/* A long string comes first, in a piece of its own, or not at all. */
static void test_chunks(void **state)
{
	struct cap_string s = { .name = 0x100, .pointer = 0x5000, .flags = CAP_F_CHUNKS, .nr = 1 };
	struct raw_builder *b = *state;
	char text[3000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	raw_piece(b, 1, 0, 0, text, sizeof(text));
	raw_call(b, "stat", 0);
	RAW_STRUCT(b, CAP_ITEM_STRING, s);
	hook_object(b, 0x100, 0, inode(42, S_IFREG | 0600));
	raw_becomes(b, 1);
	assert_item(b, 0, EVT_NAME_NORMAL, text, EVT_NAME_FULL, 42);
	assert_flags(b, 0);

	raw_call(b, "stat", 0);
	RAW_STRUCT(b, CAP_ITEM_STRING, s);
	hook_object(b, 0x100, 0, inode(42, S_IFREG | 0600));
	raw_becomes(b, 1);
	assert_item(b, 0, EVT_NAME_NORMAL, "", EVT_NAME_FULL, 42);
	assert_flags(b, EVT_F_TRUNCATED);
}

/* What the programs would not write: nothing is made of it, and the event says that something is missing. */
static void test_nonsense(void **state)
{
	static const uint16_t types[] = { CAP_ITEM_STRING, CAP_ITEM_OBJECT, CAP_ITEM_CHILD };
	struct raw_builder *b = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		raw_call(b, "stat", 0);
		raw_item(b, types[i], 0, NULL, 0, "short", 5);
		raw_becomes(b, 0);
		assert_flags(b, EVT_F_TRUNCATED);
	}
	raw_call(b, "stat", 0);
	hook_child(b, EVT_NAME_PARENT, DIR_INO, nothing, "x");
	raw_becomes(b, 0);
	assert_flags(b, EVT_F_TRUNCATED);
}

/* More names than an event can have. */
static void test_many(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "stat", 0);
	for (uint64_t i = 1; i <= 200; i++)
		hook_string(b, i, 0x5000 + i, "x");
	assert_int_equal(raw_assemble(b), 0);
	assert_true(b->ev.n_paths > 0);
	assert_flags(b, EVT_F_TRUNCATED);
}

struct changes {
	struct fsmark_change all[8];
	size_t n;
};

static void take_change(void *userdata, const struct fsmark_change *change)
{
	struct changes *changes = userdata;

	assert_true(changes->n < 8);
	changes->all[changes->n++] = *change;
}

static void assert_change(
	const struct fsmark_change *change, uint64_t ino, bool is_there, const char *name)
{
	assert_int_equal(change->dir_ino, DIR_INO);
	assert_int_equal(change->dir_major, 8);
	assert_int_equal(change->dir_minor, 1);
	assert_int_equal(change->ino, ino);
	assert_int_equal(change->is_there, is_there);
	assert_int_equal(change->name_len, strlen(name));
	assert_memory_equal(change->name, name, change->name_len);
}

static void rename_with_a_watch(struct raw_builder *b, int64_t ret)
{
	struct cap_named named = {
		.dir_ino = DIR_INO, .ino = 45, .dir_dev = 8 << 20 | 1, .dev = 8 << 20 | 1
	};

	raw_call(b, "rename", ret);
	raw_item(b, CAP_ITEM_NAMED, 0, &named, sizeof(named), "watched", 7);
	raw_item(b, CAP_ITEM_NAMED, 0, &named, sizeof(named) - 1, NULL, 0);
	hook_child(b, EVT_NAME_DELETE, DIR_INO, inode(42, S_IFREG | 0600), "old");
	hook_child(b, EVT_NAME_CREATE, DIR_INO, nothing, "new");
	hook_child(b, EVT_NAME_CREATE, DIR_INO, inode(42, S_IFREG | 0600), "new");
	raw_header(b)->len = (uint32_t)b->len;
	assert_int_equal(assemble_take(b->assembler, b->record, b->len), 0);
}

/* What is told of names for the marks of rules; no record shows more of it than without. */
static void test_changes(void **state)
{
	struct raw_builder *b = *state;
	struct changes changes = { 0 };

	rename_with_a_watch(b, 0);
	assemble_changes(b->assembler, take_change, &changes);
	assert_int_equal(changes.n, 3);
	assert_change(&changes.all[0], 45, true, "watched");
	assert_change(&changes.all[1], 42, false, "old");
	assert_change(&changes.all[2], 42, true, "new");
	assert_int_equal(raw_assemble(b), 0);
	assert_flags(b, 0);
	assert_int_equal(b->ev.n_paths, 6); /* each child and its directory */

	/* what failed has removed nothing */
	changes.n = 0;
	rename_with_a_watch(b, -EPERM);
	assemble_changes(b->assembler, take_change, &changes);
	assert_int_equal(changes.n, 2);
	assert_change(&changes.all[1], 42, true, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_found),
		CASE(test_not_found),
		CASE(test_operations),
		CASE(test_created),
		CASE(test_creation_refused),
		CASE(test_renamed_over),
		CASE(test_symlink),
		CASE(test_same_pointer),
		CASE(test_same_address),
		CASE(test_without_a_string),
		CASE(test_flags),
		CASE(test_resolved),
		CASE(test_chunks),
		CASE(test_nonsense),
		CASE(test_changes),
		CASE(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
