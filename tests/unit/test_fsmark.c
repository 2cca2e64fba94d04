// SPDX-License-Identifier: MIT
/* Marks follow their paths through whatever happens to the files (spec kernel 6.10). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/fsmark.h"

struct fixture {
	char dir[64];
	char path[PATH_MAX];
	struct rule_mark mark;
	struct rule_mark *marks[1];
	struct rule_set rules;
	struct fsmarks *fsmarks;
	struct buf out;
	struct event ev;
	/* the last report */
	int n_events;
	struct evt_mark told[4];
	char present[PATH_MAX];
};

static char *at(struct fixture *f, const char *name)
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
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void take_events(struct fixture *f)
{
	size_t used;

	f->n_events = 0;
	for (size_t i = 0; i < f->out.len; i += used) {
		assert_int_equal(event_decode(&f->ev, f->out.data + i, f->out.len - i, &used), 0);
		assert_int_equal(f->ev.h.kind, EVT_MARK);
		assert_int_equal(f->ev.mark_rule.len, strlen(f->path));
		assert_memory_equal(f->ev.mark_rule.p, f->path, strlen(f->path));
		assert_true(f->n_events < 4);
		f->told[f->n_events++] = f->ev.mark;
		(void)snprintf(f->present, sizeof(f->present), "%.*s", (int)f->ev.mark_present.len,
			f->ev.mark_present.len ? f->ev.mark_present.p : "");
	}
}

static void report(struct fixture *f, uint64_t since)
{
	buf_clear(&f->out);
	assert_int_equal(fsmarks_report(f->fsmarks, since, &f->out), 0);
	take_events(f);
}

static void report_now(struct fixture *f)
{
	report(f, fsmarks_now(f->fsmarks));
}

static void start(struct fixture *f, enum evt_mark_kind kind, const char *name)
{
	(void)snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
	f->mark = (struct rule_mark){ .kind = kind, .path = f->path };
	f->marks[0] = &f->mark;
	f->rules = (struct rule_set){ .marks = f->marks, .n_marks = 1 };
	assert_int_equal(fsmarks_new(&f->fsmarks, &f->rules), 0);
	report_now(f);
	assert_int_equal(f->n_events, 1);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	buf_init(&f->out, BUF_MAX_DEFAULT);
	strcpy(f->dir, "/tmp/uaudit-fsmark-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	fsmarks_free(f->fsmarks);
	buf_deinit(&f->out);
	event_deinit(&f->ev);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	free(f);
	return system(command);
}

static void assert_bound(struct fixture *f, ino_t ino)
{
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->told[0].bound, 1);
	assert_int_equal(f->told[0].ino, ino);
}

static void assert_unbound(struct fixture *f)
{
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->told[0].bound, 0);
}

static void watch_follows_the_name(void **state)
{
	struct fixture *f = *state;

	start(f, EVT_MARK_WATCH, "w");
	assert_unbound(f);
	touch(at(f, "w"));
	report_now(f);
	assert_bound(f, inode(at(f, "w")));
	report_now(f);
	assert_int_equal(f->n_events, 0);

	touch(at(f, "other"));
	report_now(f);
	assert_int_equal(f->n_events, 0);
	assert_int_equal(rename(at(f, "other"), at(f, "w")), 0);
	report_now(f);
	assert_bound(f, inode(at(f, "w")));

	assert_int_equal(rename(at(f, "w"), at(f, "gone")), 0);
	report_now(f);
	assert_unbound(f);
	assert_int_equal(symlink("gone", at(f, "w")), 0);
	report_now(f);
	assert_bound(f, inode(at(f, "w"))); /* the link itself */
	assert_int_equal(unlink(at(f, "w")), 0);
	report_now(f);
	assert_unbound(f);
}

static void watch_follows_its_directory_below_a_renamed_one(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(at(f, "a"), 0700), 0);
	assert_int_equal(mkdir(at(f, "a/b"), 0700), 0);
	start(f, EVT_MARK_WATCH, "a/b/w");
	assert_int_equal(rename(at(f, "a"), at(f, "moved")), 0);
	touch(at(f, "moved/b/w"));
	report_now(f);
	assert_bound(f, inode(at(f, "moved/b/w")));
}

/* The kernel removes the rule for good. */
static void watch_waits_for_its_directory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(at(f, "d"), 0700), 0);
	touch(at(f, "d/w"));
	start(f, EVT_MARK_WATCH, "d/w");
	assert_bound(f, inode(at(f, "d/w")));
	for (int i = 0; i < 4; i++) {
		assert_int_equal(rename(at(f, "d"), at(f, "e")), 0);
		report_now(f);
		assert_unbound(f);
		report_now(f);
		assert_int_equal(f->n_events, 0);
		/* the same one, and another one */
		assert_int_equal(rename(at(f, "e"), at(f, "d")), 0);
		report_now(f);
		assert_bound(f, inode(at(f, "d/w")));
		assert_int_equal(unlink(at(f, "d/w")), 0);
		report_now(f);
		assert_unbound(f);
		assert_int_equal(rmdir(at(f, "d")), 0);
		report_now(f);
		assert_int_equal(f->n_events, 0);
		assert_int_equal(mkdir(at(f, "d"), 0700), 0);
		report_now(f);
		touch(at(f, "d/w"));
		report_now(f);
		assert_bound(f, inode(at(f, "d/w")));
	}
}

static void tree_waits_for_its_root(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(at(f, "t"), 0700), 0);
	start(f, EVT_MARK_TREE, "t");
	assert_bound(f, inode(at(f, "t")));
	for (int i = 0; i < 4; i++) {
		assert_int_equal(rmdir(at(f, "t")), 0);
		report_now(f);
		assert_unbound(f);
		assert_int_equal(mkdir(at(f, "t"), 0700), 0);
		report_now(f);
		assert_bound(f, inode(at(f, "t")));
		assert_string_equal(f->present, f->path);
		assert_int_equal(rename(at(f, "t"), at(f, "u")), 0);
		report_now(f);
		assert_string_equal(f->present, at(f, "u"));
		assert_int_equal(rename(at(f, "u"), at(f, "t")), 0);
		report_now(f);
	}
}

static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 100; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Else a file of another name would be taken for the program. */
static void number_of_a_removed_executable_is_not_used_again(void **state)
{
	struct fixture *f = *state;
	int files;
	ino_t ino;

	touch(at(f, "x"));
	ino = inode(at(f, "x"));
	start(f, EVT_MARK_EXE, "x");
	files = open_files();
	assert_int_equal(unlink(at(f, "x")), 0);
	report_now(f);
	assert_int_equal(f->n_events, 0);
	for (int i = 0; i < 200; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "f%d", i);
		touch(at(f, name));
		assert_true(inode(at(f, name)) != ino);
	}
	touch(at(f, "x"));
	report_now(f);
	assert_bound(f, inode(at(f, "x")));
	assert_int_equal(open_files(), files);
}

static void executable_stays_bound_when_it_goes(void **state)
{
	struct fixture *f = *state;

	touch(at(f, "x"));
	start(f, EVT_MARK_EXE, "x");
	assert_bound(f, inode(at(f, "x")));
	assert_int_equal(rename(at(f, "x"), at(f, "y")), 0);
	report_now(f);
	assert_int_equal(f->n_events, 0);
	touch(at(f, "x"));
	report_now(f);
	assert_bound(f, inode(at(f, "x")));
}

static void tree_follows_its_root(void **state)
{
	struct fixture *f = *state;
	ino_t root;

	assert_int_equal(mkdir(at(f, "a"), 0700), 0);
	assert_int_equal(mkdir(at(f, "a/t"), 0700), 0);
	root = inode(at(f, "a/t"));
	start(f, EVT_MARK_TREE, "a/t");
	assert_bound(f, root);
	assert_string_equal(f->present, at(f, "a/t"));

	assert_int_equal(rename(at(f, "a/t"), at(f, "a/u")), 0);
	report_now(f);
	assert_bound(f, root);
	assert_string_equal(f->present, at(f, "a/u"));

	assert_int_equal(rename(at(f, "a"), at(f, "b")), 0);
	report_now(f);
	assert_bound(f, root);
	assert_string_equal(f->present, at(f, "b/u"));

	assert_int_equal(rmdir(at(f, "b/u")), 0);
	report_now(f);
	assert_unbound(f);
	assert_int_equal(mkdir(at(f, "b/u"), 0700), 0);
	report_now(f);
	assert_int_equal(f->n_events, 0);
}

/* A call that was in flight while another's event took the news along. */
static void overlapping_calls_see_the_binding_from_their_beginning(void **state)
{
	struct fixture *f = *state;
	uint64_t began;
	ino_t first;

	touch(at(f, "w"));
	first = inode(at(f, "w"));
	start(f, EVT_MARK_WATCH, "w");
	began = fsmarks_now(f->fsmarks);
	assert_int_equal(unlink(at(f, "w")), 0);
	report_now(f);
	assert_unbound(f);

	report(f, began);
	assert_int_equal(f->n_events, 2);
	assert_int_equal(f->told[0].bound, 1);
	assert_int_equal(f->told[0].ino, first);
	assert_int_equal(f->told[1].bound, 0);

	report_now(f); /* one that began later */
	assert_int_equal(f->n_events, 0);
}

/* Rules that are new, of which the reader may believe something older: what counted at the beginning takes its place. */
static void what_was_never_told_was_so_from_the_beginning(void **state)
{
	struct fixture *f = *state;
	ino_t first;

	touch(at(f, "w"));
	touch(at(f, "new"));
	first = inode(at(f, "w"));
	(void)snprintf(f->path, sizeof(f->path), "%s/w", f->dir);
	f->mark = (struct rule_mark){ .kind = EVT_MARK_EXE, .path = f->path };
	f->marks[0] = &f->mark;
	f->rules = (struct rule_set){ .marks = f->marks, .n_marks = 1 };
	assert_int_equal(fsmarks_new(&f->fsmarks, &f->rules), 0);
	assert_int_equal(rename(at(f, "new"), at(f, "w")), 0);
	report(f, 0);
	assert_int_equal(f->n_events, 2);
	assert_int_equal(f->told[0].ino, first);
	assert_true(f->told[0].is_over);
	assert_int_equal(f->told[1].ino, inode(at(f, "w")));
	assert_false(f->told[1].is_over);
}

static void many_events_at_once_are_all_read(void **state)
{
	struct fixture *f = *state;
	char name[NAME_MAX + 1];

	start(f, EVT_MARK_WATCH, "w");
	for (int i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "%0200d", i);
		touch(at(f, name));
	}
	touch(at(f, "w"));
	report_now(f);
	assert_bound(f, inode(at(f, "w")));
}

static void no_marks_cost_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fsmarks_new(&f->fsmarks, &f->rules), 0);
	report_now(f);
	assert_int_equal(f->n_events, 0);
}

/* ---- events that are read later than they happened ---- */

/* What an event of that time tells: the name came to that inode, or left it. */
static void saw(struct fixture *f, uint64_t at_ns, const char *name, ino_t ino, bool is_there)
{
	struct stat st;

	assert_int_equal(stat(f->dir, &st), 0);
	fsmarks_pass(f->fsmarks, at_ns);
	fsmarks_saw(f->fsmarks, &(struct fsmark_change){
					.dir_ino = st.st_ino,
					.dir_major = major(st.st_dev),
					.dir_minor = minor(st.st_dev),
					.ino = ino,
					.major = major(st.st_dev),
					.minor = minor(st.st_dev),
					.name = name,
					.name_len = strlen(name),
					.is_there = is_there,
				});
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, 0, &f->out), 0);
	take_events(f);
}

/* An event of that time that tells of no name that matters. */
static void passed(struct fixture *f, uint64_t at_ns)
{
	saw(f, at_ns, "other", 7, true);
}

static void look(struct fixture *f, uint64_t now_ns)
{
	buf_clear(&f->out);
	assert_int_equal(fsmarks_look(f->fsmarks, now_ns, &f->out), 0);
	take_events(f);
}

static void start_following(struct fixture *f)
{
	start(f, EVT_MARK_WATCH, "w");
	fsmarks_follow(f->fsmarks);
}

/* The look comes when all is over: the file was made, removed and made again. */
static void events_say_what_a_name_meant(void **state)
{
	struct fixture *f = *state;

	start_following(f);
	assert_unbound(f);
	touch(at(f, "w"));
	look(f, 100);
	assert_bound(f, inode(at(f, "w")));
	/* the first file, which the look did not find */
	saw(f, 10, "w", 1000, true);
	assert_bound(f, 1000);
	/* nothing of this name, and of another */
	saw(f, 11, "x", 1001, true);
	assert_int_equal(f->n_events, 0);
	saw(f, 12, "w", 1000, false);
	assert_int_equal(f->n_events, 1);
	assert_unbound(f);
	/* what it was before counts no more */
	saw(f, 13, "x", 1001, false);
	assert_int_equal(f->n_events, 0);
	saw(f, 14, "w", inode(at(f, "w")), true);
	assert_bound(f, inode(at(f, "w")));
	passed(f, 101);
	assert_int_equal(f->n_events, 0);
}

/* However late the events are read. */
static void a_look_waits_for_the_events_before_it(void **state)
{
	struct fixture *f = *state;
	ino_t first, second;

	touch(at(f, "w"));
	first = inode(at(f, "w"));
	start_following(f);
	assert_bound(f, first);
	touch(at(f, "new"));
	second = inode(at(f, "new"));
	assert_int_equal(rename(at(f, "new"), at(f, "w")), 0);
	look(f, 100);
	assert_bound(f, second);
	look(f, 200);
	assert_int_equal(f->n_events, 0);
	/* it is still the first file */
	passed(f, 99);
	assert_int_equal(f->n_events, 0);
	passed(f, 101);
	assert_bound(f, second);
	assert_true(f->told[0].is_over);
	/* what a call says that overlaps with one that was told before it does not stay */
	saw(f, 150, "w", first, true);
	assert_bound(f, first);
	assert_false(f->told[0].is_over);
	look(f, 300);
	assert_bound(f, second);
	passed(f, 301);
	assert_bound(f, second);
	passed(f, 302);
	assert_int_equal(f->n_events, 0);
}

/* The look found nothing any more: the removal is still one of what was there. */
static void a_removal_is_of_what_was_there(void **state)
{
	struct fixture *f = *state;
	ino_t ino;

	touch(at(f, "w"));
	ino = inode(at(f, "w"));
	start_following(f);
	assert_int_equal(unlink(at(f, "w")), 0);
	look(f, 100);
	assert_unbound(f);
	passed(f, 101);
	assert_unbound(f);
	/* a call that overlapped with the look */
	saw(f, 102, "w", ino, false);
	assert_int_equal(f->n_events, 2);
	assert_int_equal(f->told[0].bound, 1);
	assert_int_equal(f->told[0].ino, ino);
	assert_int_equal(f->told[1].bound, 0);
	assert_false(f->told[1].is_over);
	saw(f, 103, "x", ino, true);
	assert_int_equal(f->n_events, 0);
}

/* Nobody reads events, and the name changes all the time. */
static void findings_do_not_pile_up(void **state)
{
	struct fixture *f = *state;

	start_following(f);
	for (uint64_t i = 1; i <= 1000; i++) {
		if (i % 2)
			touch(at(f, "w"));
		else
			assert_int_equal(unlink(at(f, "w")), 0);
		look(f, i);
		assert_int_equal(f->n_events, 1);
		assert_int_equal(f->told[0].bound, i % 2);
	}
	passed(f, 2000);
	assert_int_equal(f->n_events, 0); /* unbound, as it was told */
	touch(at(f, "w"));
	look(f, 2001);
	assert_true(fsmarks_is_stirred(f->fsmarks));
	look(f, 2002);
	assert_false(fsmarks_is_stirred(f->fsmarks));
	passed(f, 2003);
	assert_bound(f, inode(at(f, "w")));
}

/* There were too many to wait for their place: what was before still counts for an event that came before them. */
static void a_finding_without_a_place_is_not_over(void **state)
{
	struct fixture *f = *state;

	start_following(f);
	for (uint64_t i = 10; i <= 266; i++) {
		if (i % 2)
			assert_int_equal(unlink(at(f, "w")), 0);
		else
			touch(at(f, "w"));
		look(f, i);
	}
	passed(f, 1);
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->told[0].bound, 1);
	assert_false(f->told[0].is_over);
}

/* Executables are bound at once. */
static void an_executable_does_not_wait(void **state)
{
	struct fixture *f = *state;
	uint64_t since;

	start(f, EVT_MARK_EXE, "w");
	fsmarks_follow(f->fsmarks);
	since = fsmarks_now(f->fsmarks);
	touch(at(f, "w"));
	look(f, 100);
	assert_int_equal(f->n_events, 0);
	buf_clear(&f->out);
	fsmarks_pass(f->fsmarks, 99);
	assert_int_equal(fsmarks_tell(f->fsmarks, since, &f->out), 0);
	take_events(f);
	assert_bound(f, inode(at(f, "w")));
}

static void ran(struct fixture *f, const char *path, uint64_t ino)
{
	struct evt_exe exe = { .ino = ino };
	struct statx stx;

	assert_int_equal(statx(AT_FDCWD, f->dir, 0, STATX_INO, &stx), 0);
	exe.dev_major = stx.stx_dev_major;
	exe.dev_minor = stx.stx_dev_minor;
	buf_clear(&f->out);
	assert_int_equal(fsmarks_ran(f->fsmarks, path, strlen(path), &exe, &f->out), 0);
	take_events(f);
}

/* Between two looks the name was another file's, which a task runs: it is the executable for that event. */
static void an_executable_of_a_moment(void **state)
{
	struct fixture *f = *state;
	char beside[PATH_MAX], longer[PATH_MAX];
	uint64_t ino;

	touch(at(f, "w"));
	ino = inode(at(f, "w"));
	(void)snprintf(beside, sizeof(beside), "%s/v", f->dir);
	(void)snprintf(longer, sizeof(longer), "%s/w/w", f->dir);
	start(f, EVT_MARK_EXE, "w");
	fsmarks_follow(f->fsmarks);
	ran(f, f->path, ino);
	assert_int_equal(f->n_events, 0);
	ran(f, beside, ino + 1);
	assert_int_equal(f->n_events, 0);
	ran(f, longer, ino + 1);
	assert_int_equal(f->n_events, 0);
	ran(f, "/w", ino + 1);
	assert_int_equal(f->n_events, 0);
	ran(f, f->path, ino + 1);
	assert_bound(f, ino + 1);
	assert_true(f->told[0].is_over);
	/* the next event */
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, fsmarks_now(f->fsmarks), &f->out), 0);
	take_events(f);
	assert_bound(f, ino);
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, fsmarks_now(f->fsmarks), &f->out), 0);
	assert_int_equal(f->out.len, 0);
}

/* A watch of a program is what is run under its name, until something else is found or told. */
static void a_watch_is_what_was_run(void **state)
{
	struct fixture *f = *state;
	struct evt_exe exe = { 0 };
	struct statx stx;

	touch(at(f, "w"));
	start(f, EVT_MARK_WATCH, "w");
	fsmarks_follow(f->fsmarks);
	assert_int_equal(statx(AT_FDCWD, f->path, 0, STATX_INO, &stx), 0);
	exe = (struct evt_exe){ .ino = stx.stx_ino + 1,
		.dev_major = stx.stx_dev_major,
		.dev_minor = stx.stx_dev_minor };
	fsmarks_saw_program(f->fsmarks, "/w", 2, &exe);
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, fsmarks_now(f->fsmarks), &f->out), 0);
	take_events(f);
	assert_int_equal(f->n_events, 0);
	fsmarks_saw_program(f->fsmarks, f->path, strlen(f->path), &exe);
	assert_int_equal(fsmarks_tell(f->fsmarks, fsmarks_now(f->fsmarks), &f->out), 0);
	take_events(f);
	assert_bound(f, stx.stx_ino + 1);
	/* the next look finds the one that is there */
	look(f, 100);
	fsmarks_pass(f->fsmarks, 101);
	buf_clear(&f->out);
	assert_int_equal(fsmarks_tell(f->fsmarks, fsmarks_now(f->fsmarks), &f->out), 0);
	take_events(f);
	assert_bound(f, stx.stx_ino);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(watch_follows_the_name, setup, teardown),
		cmocka_unit_test_setup_teardown(
			watch_follows_its_directory_below_a_renamed_one, setup, teardown),
		cmocka_unit_test_setup_teardown(watch_waits_for_its_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(tree_waits_for_its_root, setup, teardown),
		cmocka_unit_test_setup_teardown(
			number_of_a_removed_executable_is_not_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
			executable_stays_bound_when_it_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_never_told_was_so_from_the_beginning, setup, teardown),
		cmocka_unit_test_setup_teardown(tree_follows_its_root, setup, teardown),
		cmocka_unit_test_setup_teardown(
			overlapping_calls_see_the_binding_from_their_beginning, setup, teardown),
		cmocka_unit_test_setup_teardown(many_events_at_once_are_all_read, setup, teardown),
		cmocka_unit_test_setup_teardown(events_say_what_a_name_meant, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_look_waits_for_the_events_before_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_removal_is_of_what_was_there, setup, teardown),
		cmocka_unit_test_setup_teardown(findings_do_not_pile_up, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_finding_without_a_place_is_not_over, setup, teardown),
		cmocka_unit_test_setup_teardown(an_executable_does_not_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(an_executable_of_a_moment, setup, teardown),
		cmocka_unit_test_setup_teardown(a_watch_is_what_was_run, setup, teardown),
		cmocka_unit_test_setup_teardown(no_marks_cost_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
