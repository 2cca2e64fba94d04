// SPDX-License-Identifier: MIT
/* What calls tell of watches where paths are looked up after the call, on files that this test changes as the calls would have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "raw_builder.h"
#include "source/fsmark.h"

struct fixture {
	struct raw_builder *builder;
	char dir[64], path[PATH_MAX];
	struct rule_mark mark;
	struct rule_mark *marks[1];
	struct rule_set rules;
	struct fsmarks *fsmarks;
	struct buf out;
	struct event ev;
	/* what was told of the watch behind the last call */
	size_t n_told;
	struct evt_mark told[4];
};

static char *at(const struct fixture *f, const char *name)
{
	static char paths[4][PATH_MAX];
	static int next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, PATH_MAX, "%s/%s", f->dir, name);
	return path;
}

static ino_t inode(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_ino;
}

static void touch(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);

	assert_true(fd >= 0);
	close(fd);
}

/* A watch of the file w. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	void *builder;

	assert_non_null(f);
	assert_int_equal(raw_setup(&builder), 0);
	f->builder = builder;
	buf_init(&f->out, BUF_MAX_DEFAULT);
	strcpy(f->dir, "/tmp/uaudit-watched-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	touch(at(f, "w"));
	(void)snprintf(f->path, sizeof(f->path), "%s/w", f->dir);
	f->mark = (struct rule_mark){ .kind = EVT_MARK_WATCH, .path = f->path };
	f->marks[0] = &f->mark;
	f->rules = (struct rule_set){ .marks = f->marks, .n_marks = 1 };
	assert_int_equal(fsmarks_new(&f->fsmarks, &f->rules), 0);
	fsmarks_follow(f->fsmarks);
	assert_int_equal(fsmarks_tell(f->fsmarks, 0, &f->out), 0);
	assembler_set_marks(f->builder->assembler, f->fsmarks);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	void *builder = f->builder;
	char command[128];

	fsmarks_free(f->fsmarks);
	buf_deinit(&f->out);
	event_deinit(&f->ev);
	raw_teardown(&builder);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	free(f);
	return system(command);
}

/* The event of a call with up to two paths, and what is told of the watch. */
static void call(
	struct fixture *f, const char *name, int64_t ret, const char *first, const char *second)
{
	struct raw_builder *b = f->builder;
	size_t used;

	raw_call(b, name, ret);
	RAW_CWD(b, "tmp");
	raw_string(b, 0, ARG_PATH, 0, first);
	if (second)
		raw_string(b, 1, ARG_PATH2, 0, second);
	assert_int_equal(raw_assemble(b), 0);
	buf_clear(&f->out);
	f->n_told = 0;
	assert_int_equal(fsmarks_tell(f->fsmarks, 0, &f->out), 0);
	for (size_t i = 0; i < f->out.len; i += used) {
		assert_int_equal(event_decode(&f->ev, f->out.data + i, f->out.len - i, &used), 0);
		assert_true(f->n_told < 4);
		f->told[f->n_told++] = f->ev.mark;
	}
}

/* The item of that type, of which there is one. */
static const struct evt_path *item(
	const struct fixture *f, enum evt_nametype type, const char *name)
{
	const struct event *ev = &f->builder->ev;

	for (size_t i = 0; i < ev->n_paths; i++)
		if (ev->paths[i].f.nametype == type && ev->paths[i].name.len == strlen(name) &&
			!memcmp(ev->paths[i].name.p, name, strlen(name)))
			return &ev->paths[i].f;
	return NULL;
}

static void what_was_removed_is_what_was_watched(void **state)
{
	struct fixture *f = *state;
	ino_t ino = inode(f->path);
	const struct evt_path *gone;

	assert_int_equal(unlink(f->path), 0);
	call(f, "unlink", 0, f->path, NULL);
	gone = item(f, EVT_NAME_DELETE, f->path);
	assert_non_null(gone);
	assert_int_equal(gone->flags & EVT_PATH_INODE, EVT_PATH_INODE);
	assert_int_equal(gone->ino, ino);
	assert_int_equal(gone->mode, S_IFREG | 0640);
	assert_int_equal(gone->uid, geteuid());
	/* while that event is judged, both count: told before, and now */
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].bound, 0);

	/* there is nothing to be removed now, and of other names nothing is known */
	call(f, "unlink", -ENOENT, f->path, NULL);
	assert_int_equal(f->n_told, 0);
	call(f, "unlink", 0, at(f, "x"), NULL);
	assert_int_equal(f->n_told, 0);
	gone = item(f, EVT_NAME_DELETE, at(f, "x"));
	assert_true(!gone || !(gone->flags & EVT_PATH_INODE));
}

static void what_was_replaced_is_what_was_watched(void **state)
{
	struct fixture *f = *state;
	ino_t ino = inode(f->path), next;
	const struct evt_path *gone;

	touch(at(f, "new"));
	next = inode(at(f, "new"));
	assert_int_equal(rename(at(f, "new"), f->path), 0);
	call(f, "rename", 0, at(f, "new"), f->path);
	gone = item(f, EVT_NAME_DELETE, f->path);
	assert_non_null(gone);
	assert_int_equal(gone->ino, ino);
	assert_non_null(item(f, EVT_NAME_CREATE, f->path));
	assert_int_equal(item(f, EVT_NAME_CREATE, f->path)->ino, next);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].ino, next);

	/* away again, and gone when it is looked up */
	assert_int_equal(unlink(f->path), 0);
	call(f, "rename", 0, f->path, at(f, "elsewhere"));
	gone = item(f, EVT_NAME_DELETE, f->path);
	assert_non_null(gone);
	assert_int_equal(gone->ino, next);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].bound, 0);
}

static void an_exchange_leaves_both(void **state)
{
	struct fixture *f = *state;
	ino_t ino = inode(f->path), next;
	struct raw_builder *b = f->builder;

	touch(at(f, "new"));
	next = inode(at(f, "new"));
	assert_int_equal(rename(f->path, at(f, "aside")), 0);
	assert_int_equal(rename(at(f, "new"), f->path), 0);
	assert_int_equal(rename(at(f, "aside"), at(f, "new")), 0);
	raw_call(b, "renameat2", 0);
	RAW_CWD(b, "tmp");
	raw_string(b, 1, ARG_PATH, 0, f->path);
	raw_string(b, 3, ARG_PATH2, 0, at(f, "new"));
	raw_header(b)->args[4] = 2; /* RENAME_EXCHANGE */
	assert_int_equal(raw_assemble(b), 0);
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, 0, &f->out), 0);
	assert_int_equal(event_decode(&f->ev, f->out.data, f->out.len, &(size_t){ 0 }), 0);
	assert_int_equal(f->ev.mark.ino, next);
	assert_int_not_equal(ino, next);
}

static void what_was_made_is_watched(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(unlink(f->path), 0);
	call(f, "unlink", 0, f->path, NULL);
	assert_int_equal(mkdir(f->path, 0700), 0);
	call(f, "mkdir", 0, f->path, NULL);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].ino, inode(f->path));
	assert_int_equal(rmdir(f->path), 0);
	call(f, "rmdir", 0, f->path, NULL);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].bound, 0);
	touch(at(f, "other"));
	assert_int_equal(link(at(f, "other"), f->path), 0);
	call(f, "link", 0, at(f, "other"), f->path);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].ino, inode(f->path));
}

static void what_is_found_is_watched(void **state)
{
	struct fixture *f = *state;

	/* somebody else has replaced it, and nobody has looked */
	touch(at(f, "new"));
	assert_int_equal(rename(at(f, "new"), f->path), 0);
	call(f, "chmod", 0, f->path, NULL);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].ino, inode(f->path));
	call(f, "chmod", 0, f->path, NULL);
	assert_int_equal(f->n_told, 0);

	/* a link of that name is not what it leads to */
	assert_int_equal(rename(f->path, at(f, "target")), 0);
	assert_int_equal(symlink("target", f->path), 0);
	touch(at(f, "unwatched"));
	assert_int_equal(rename(at(f, "unwatched"), at(f, "target")), 0);
	call(f, "chmod", 0, f->path, NULL);
	assert_int_equal(f->n_told, 0);
	call(f, "lchown", 0, f->path, NULL);
	assert_int_equal(f->n_told, 1);
	assert_int_equal(f->told[0].ino, inode(f->path));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_removed_is_what_was_watched),
		CASE(what_was_replaced_is_what_was_watched),
		CASE(an_exchange_leaves_both),
		CASE(what_was_made_is_watched),
		CASE(what_is_found_is_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
