// SPDX-License-Identifier: MIT
/* Names of the tracepoint tier. The task is gone; what is looked up, is in a directory of the test. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "raw_builder.h"

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static char top[64]; /* a directory directly below /tmp */

static int setup(void **state)
{
	strcpy(top, "/tmp/assemble.XXXXXX");
	assert_non_null(mkdtemp(top));
	return raw_setup(state);
}

static int teardown(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", top);
	assert_int_equal(system(command), 0);
	return raw_teardown(state);
}

static const char *in_top(const char *name)
{
	static char path[2][PATH_MAX];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", top, name);
	return path[turn];
}

static void make_file(const char *name)
{
	int fd = open(in_top(name), O_CREAT | O_WRONLY, 0640);

	assert_true(fd >= 0);
	(void)close(fd);
}

/* Its names as the programs tell them, the last first: their length. */
static size_t chain_of_top(char chain[static 80])
{
	size_t len = strlen(top) - strlen("/tmp/") + 1;

	memcpy(chain, top + strlen("/tmp/"), len);
	memcpy(chain + len, "tmp", 4);
	return len + 4;
}

/* The task is in the test's directory. */
static void in_cwd(struct raw_builder *b)
{
	char chain[80];

	raw_item(b, CAP_ITEM_CWD, 0, NULL, 0, chain, chain_of_top(chain));
}

/* ... and its call gets that path. */
static void call_at(struct raw_builder *b, const char *name, int64_t ret, const char *path)
{
	raw_call(b, name, ret);
	raw_string(b, 0, ARG_PATH, 0, path);
	in_cwd(b);
}

static struct cap_inode inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return (struct cap_inode){
		.ino = st.st_ino,
		.dev = (uint32_t)(major(st.st_dev) << 20 | minor(st.st_dev)),
		.mode = st.st_mode,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.ctime_sec = st.st_ctim.tv_sec,
		.ctime_nsec = (uint32_t)st.st_ctim.tv_nsec,
	};
}

static void put_opened(
	struct raw_builder *b, const struct cap_file *opened, const char *chain, size_t len)
{
	raw_item(b, CAP_ITEM_OPENED, 0, opened, sizeof(*opened), chain, len);
}

/* A pipe of this number that was made in directory 41. */
static void put_made(struct raw_builder *b, uint64_t ino, const char *chain, size_t len)
{
	const struct cap_file opened = {
		.fd = 3, .flags = CAP_F_CREATED, .inode = { .ino = ino, .mode = S_IFIFO | 0600 }
	};
	const struct cap_inode dir = { .ino = 41, .mode = S_IFDIR | 0755 };

	put_opened(b, &opened, chain, len);
	RAW_STRUCT(b, CAP_ITEM_MADE_IN, dir);
}

static void test_opened(void **state)
{
	struct raw_builder *b = *state;
	struct cap_file opened = { .fd = 3,
		.inode = { .ino = 42, .dev = 8 << 20 | 2, .mode = S_IFIFO | 0600, .uid = 9 } };

	raw_call(b, "openat", 3);
	raw_header(b)->args[0] = (uint64_t)AT_FDCWD;
	raw_string(b, 1, ARG_PATH, 0, "some/where");
	in_cwd(b);
	put_opened(b, &opened, NULL, 0);
	raw_becomes(b, 1);
	raw_assert_path(b, 0, EVT_NAME_NORMAL, "some/where", 42);
	assert_int_equal(b->ev.paths[0].f.dev_major, 8);
	assert_int_equal(b->ev.paths[0].f.uid, 9);
	assert_int_equal(b->ev.paths[0].f.mode, S_IFIFO | 0600);
	raw_assert_view(b->ev.cwd, top);
	/* nothing had to be looked up */
	assert_int_equal(b->ev.h.flags & EVT_F_TOCTOU, 0);
}

static void test_created(void **state)
{
	struct raw_builder *b = *state;

	call_at(b, "open", 3, "sub/new");
	raw_header(b)->args[1] = O_CREAT | O_WRONLY;
	put_made(b, 42, "new\0sub", 8);
	raw_becomes(b, 2);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "sub/new", 41);
	assert_int_equal(b->ev.paths[0].f.shown_len, 4);
	raw_assert_path(b, 1, EVT_NAME_CREATE, "sub/new", 42);
}

/* Made where a link led to: the name in the directory is not the one that was passed. */
static void test_created_through_link(void **state)
{
	struct raw_builder *b = *state;

	call_at(b, "creat", 3, "link");
	put_made(b, 42, "other\0sub", 10);
	assert_int_equal(raw_assemble(b), 0);
	/* announced, and told of when it was there: both times without a string of that name */
	assert_int_equal(b->ev.n_paths, 5);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "link", 41);
	raw_assert_path(b, 1, EVT_NAME_PARENT, NULL, 41);
	raw_assert_path(b, 2, EVT_NAME_CREATE, NULL, 0);
	raw_assert_path(b, 3, EVT_NAME_PARENT, NULL, 41);
	raw_assert_path(b, 4, EVT_NAME_CREATE, NULL, 42);
}

/* Opening ptmx: the node that it makes has no name in the call. */
static void test_terminal(void **state)
{
	struct raw_builder *b = *state;
	struct cap_file opened = { .fd = 3,
		.inode = { .ino = 42, .mode = S_IFCHR | 0666, .rdev = 6 << 20 | 2 } };
	struct cap_child child = { .nametype = EVT_NAME_CREATE,
		.dir = { .ino = 1, .mode = S_IFDIR | 0755 },
		.inode = { .ino = 7, .mode = S_IFCHR | 0620, .rdev = 136 << 20 | 4 } };

	call_at(b, "open", 3, "/dev/ptmx");
	put_opened(b, &opened, NULL, 0);
	RAW_STRUCT(b, CAP_ITEM_CHILD, child);
	raw_becomes(b, 3);
	raw_assert_path(b, 0, EVT_NAME_NORMAL, "/dev/ptmx", 42);
	raw_assert_path(b, 1, EVT_NAME_PARENT, NULL, 1);
	raw_assert_path(b, 2, EVT_NAME_CREATE, NULL, 7);
	assert_int_equal(b->ev.paths[2].f.rdev_minor, 4);
}

static void test_not_there(void **state)
{
	struct raw_builder *b = *state;

	make_file("appeared");
	call_at(b, "open", -ENOENT, "appeared");
	raw_becomes(b, 1);
	raw_assert_path(b, 0, EVT_NAME_UNKNOWN, "appeared", 0);
}

/* It was found and refused: looked up from where the task was. */
static void test_refused(void **state)
{
	struct raw_builder *b = *state;
	struct cap_inode inode;

	assert_int_equal(mkdir(in_top("dir"), 0755), 0);
	inode = inode_of(in_top("dir"));
	call_at(b, "open", -EISDIR, "dir");
	raw_header(b)->args[1] = O_WRONLY;
	raw_becomes(b, 1);
	raw_assert_path(b, 0, EVT_NAME_NORMAL, "dir", inode.ino);
	assert_int_equal(b->ev.h.flags & EVT_F_TOCTOU, EVT_F_TOCTOU);
}

/* Relative to a descriptor whose directory is known by its path. */
static void test_behind_descriptor(void **state)
{
	struct raw_builder *b = *state;
	struct cap_file dir = { .fd = 5 };
	char chain[80];

	make_file("f");
	dir.inode = inode_of(top);
	raw_call(b, "newfstatat", 0);
	raw_header(b)->args[0] = 5;
	raw_string(b, 1, ARG_PATH, 0, "f");
	raw_item(b, CAP_ITEM_FILE, 0, &dir, sizeof(dir), chain, chain_of_top(chain));
	RAW_CWD(b, "");
	raw_becomes(b, 1);
	raw_assert_path(b, 0, EVT_NAME_NORMAL, "f", inode_of(in_top("f")).ino);
}

static void test_descriptor(void **state)
{
	struct raw_builder *b = *state;
	struct cap_file file = { .fd = 5, .inode = { .ino = 44, .mode = S_IFSOCK | 0700 } };

	raw_call(b, "fchmod", 0);
	raw_header(b)->args[0] = 5;
	RAW_STRUCT(b, CAP_ITEM_FILE, file);
	raw_becomes(b, 1);
	raw_assert_path(b, 0, EVT_NAME_NORMAL, NULL, 44);
	assert_int_equal(b->ev.paths[0].f.mode, S_IFSOCK | 0700);
	assert_int_equal(b->ev.h.flags & EVT_F_TOCTOU, 0);
}

/* What the call has made is there by now, and was not when it looked. */
static void test_made(void **state)
{
	struct raw_builder *b = *state;

	assert_int_equal(mkdir(in_top("made"), 0755), 0);
	call_at(b, "mkdir", 0, "made");
	raw_becomes(b, 2);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "made", inode_of(top).ino);
	raw_assert_path(b, 1, EVT_NAME_CREATE, "made", inode_of(in_top("made")).ino);
}

static void test_removed(void **state)
{
	struct raw_builder *b = *state;

	call_at(b, "unlink", 0, "gone");
	raw_becomes(b, 2);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "gone", inode_of(top).ino);
	raw_assert_path(b, 1, EVT_NAME_DELETE, "gone", 0);
}

static void test_renamed(void **state)
{
	struct raw_builder *b = *state;
	uint64_t ino;

	make_file("new");
	ino = inode_of(in_top("new")).ino;
	call_at(b, "rename", 0, "old");
	raw_string(b, 1, ARG_PATH2, 0, "new");
	raw_becomes(b, 4);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "new", inode_of(top).ino);
	raw_assert_path(b, 1, EVT_NAME_PARENT, "old", inode_of(top).ino);
	raw_assert_path(b, 2, EVT_NAME_DELETE, "old", ino);
	raw_assert_path(b, 3, EVT_NAME_CREATE, "new", ino);
}

static void test_symlink(void **state)
{
	struct raw_builder *b = *state;

	assert_int_equal(symlink("a target", in_top("link")), 0);
	raw_call(b, "symlink", 0);
	raw_string(b, 0, ARG_TEXT, 0, "a target");
	raw_string(b, 1, ARG_PATH2, 0, "link");
	in_cwd(b);
	raw_becomes(b, 3);
	raw_assert_path(b, 0, EVT_NAME_PARENT, "link", inode_of(top).ino);
	raw_assert_path(b, 1, EVT_NAME_UNKNOWN, "a target", 0);
	raw_assert_path(b, 2, EVT_NAME_CREATE, "link", inode_of(in_top("link")).ino);
}

/* A string that was not in memory at the entry came later; one that never came leaves a flag. */
static void test_strings(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "access", -ENOENT);
	raw_string(b, 0, ARG_PATH, CAP_F_FAULT, "");
	raw_string(b, 0, ARG_PATH, 0, "/no such");
	assert_int_equal(raw_assemble(b), 0);
	raw_assert_path(b, 0, EVT_NAME_UNKNOWN, "/no such", 0);
	assert_int_equal(b->ev.h.flags & EVT_F_FAULT, 0);

	raw_call(b, "access", -ENOENT);
	raw_string(b, 0, ARG_PATH, CAP_F_FAULT, "");
	raw_becomes(b, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_FAULT, EVT_F_FAULT);

	raw_call(b, "access", -EFAULT);
	raw_string(b, 0, ARG_PATH, CAP_F_FAULT, "");
	raw_becomes(b, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_FAULT, 0);
}

static void test_long_string(void **state)
{
	struct raw_builder *b = *state;
	struct cap_arg arg = { .kind = ARG_PATH, .flags = CAP_F_CHUNKS, .nr = 1, .pointer = 1 };
	char text[3000];

	memset(text, 'n', sizeof(text));
	text[0] = '/';
	text[2500] = '\0';
	raw_piece(b, 1, 0, 0, text, 1000);
	raw_piece(b, 1, 1, 0, text + 1000, 2000);
	raw_call(b, "access", -ENAMETOOLONG);
	RAW_STRUCT(b, CAP_ITEM_ARG, arg);
	raw_becomes(b, 1);
	raw_assert_view(b->ev.paths[0].name, text);
	assert_int_equal(assembler_left_texts(b->assembler), 0);
}

/* A text whose call does not come is counted when the task's next one has come. */
static void test_left_text(void **state)
{
	struct raw_builder *b = *state;

	assert_int_equal(assembler_left_texts(b->assembler), 0);
	raw_piece(b, 1, 0, 0, "/a", 2);
	raw_call(b, "getpid", 1);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(assembler_left_texts(b->assembler), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_opened),
		CASE(test_created),
		CASE(test_created_through_link),
		CASE(test_terminal),
		CASE(test_not_there),
		CASE(test_refused),
		CASE(test_behind_descriptor),
		CASE(test_descriptor),
		CASE(test_made),
		CASE(test_removed),
		CASE(test_renamed),
		CASE(test_symlink),
		CASE(test_strings),
		CASE(test_long_string),
		CASE(test_left_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
