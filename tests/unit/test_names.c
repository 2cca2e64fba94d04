// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "source/names.h"

/* The rows of spec kernel 5.5 that the hooks decide, played by hand in the order in which the kernel calls them. */

static const struct object directory = {
	.f = { .ino = 10, .mode = 040755, .flags = EVT_PATH_INODE }
};
static const struct object other_directory = {
	.f = { .ino = 11, .mode = 040755, .flags = EVT_PATH_INODE }
};
static const struct object file = { .f = { .ino = 20, .mode = 0100644, .flags = EVT_PATH_INODE } };
static const struct object other_file = {
	.f = { .ino = 21, .mode = 0100644, .flags = EVT_PATH_INODE }
};
static const struct object nothing = { .error = -ENOENT };

static struct name_string string_of(const char *text, uint64_t pointer)
{
	return (struct name_string){ .text = text, .len = strlen(text), .pointer = pointer };
}

struct expected {
	const char *name; /* NULL: anonymous */
	int32_t shown_len;
	enum evt_nametype type;
	uint64_t ino; /* 0: no inode */
};

static void assert_names(const struct names *names, const struct expected *rows, size_t n)
{
	assert_int_equal(names->n, n);
	for (size_t i = 0; i < n; i++) {
		const struct name_entry *e = &names->entries[i];

		if (rows[i].name) {
			assert_non_null(e->string);
			assert_string_equal(e->string->text, rows[i].name);
		} else {
			assert_null(e->string);
		}
		assert_int_equal(e->shown_len, rows[i].shown_len);
		assert_int_equal(e->type, rows[i].type);
		assert_int_equal(e->has_inode, rows[i].ino != 0);
		if (rows[i].ino)
			assert_int_equal(e->f.ino, rows[i].ino);
	}
}

static void failed_open(void **state)
{
	struct names names = { .n = 0 };
	struct name_string s = string_of("nonexist", 1);

	(void)state;
	names_string(&names, &s);
	assert_names(&names,
		(struct expected[]){ { "nonexist", EVT_NAME_FULL, EVT_NAME_UNKNOWN, 0 } }, 1);
}

static void created_file(void **state)
{
	struct names names = { .n = 0 };
	struct name_string s = string_of("d/f1", 1);

	(void)state;
	names_string(&names, &s);
	names_object(&names, &s, &directory, NAME_PARENT);
	names_child(&names, &directory, "f1", 2, &nothing, EVT_NAME_CREATE);
	assert_names(&names,
		(struct expected[]){ { "d/f1", 2, EVT_NAME_PARENT, 10 },
			{ "d/f1", EVT_NAME_FULL, EVT_NAME_CREATE, 0 } },
		2);
	/* the second call fills the inode in, it adds nothing */
	names_child(&names, &directory, "f1", 2, &file, EVT_NAME_CREATE);
	assert_names(&names,
		(struct expected[]){ { "d/f1", 2, EVT_NAME_PARENT, 10 },
			{ "d/f1", EVT_NAME_FULL, EVT_NAME_CREATE, 20 } },
		2);
}

static void rename_over_existing(void **state)
{
	struct names names = { .n = 0 };
	struct name_string old = string_of("a", 1), new = string_of("/d/b", 2);

	(void)state;
	names_string(&names, &new);
	names_string(&names, &old);
	names_object(&names, &old, &directory, NAME_PARENT);
	names_object(&names, &new, &other_directory, NAME_PARENT);
	names_child(&names, &directory, "a", 1, &file, EVT_NAME_DELETE);
	names_child(&names, &other_directory, "b", 1, &other_file, EVT_NAME_DELETE);
	names_child(&names, &other_directory, "b", 1, &file, EVT_NAME_CREATE);
	assert_names(&names,
		(struct expected[]){
			{ "/d/b", 3, EVT_NAME_PARENT, 11 },
			{ "a", 0, EVT_NAME_PARENT, 10 },
			{ "a", EVT_NAME_FULL, EVT_NAME_DELETE, 20 },
			{ "/d/b", EVT_NAME_FULL, EVT_NAME_DELETE, 21 },
			{ "/d/b", EVT_NAME_FULL, EVT_NAME_CREATE, 20 },
		},
		5);
}

static void same_pointer_is_one_string(void **state)
{
	struct names names = { .n = 0 };
	struct name_string old = string_of("p", 7), new = string_of("p", 7);

	(void)state;
	assert_ptr_equal(names_string(&names, &new), &new);
	assert_ptr_equal(names_string(&names, &old), &new);
	assert_int_equal(names.n, 1);
	/* interpreters' paths have no pointer: equal texts stay two entries */
	new.pointer = old.pointer = 0;
	names_clear(&names);
	names_string(&names, &new);
	names_string(&names, &old);
	assert_int_equal(names.n, 2);
}

static void descriptor_has_no_name(void **state)
{
	struct names names = { .n = 0 };

	(void)state;
	names_object(&names, NULL, &file, 0);
	assert_names(
		&names, (struct expected[]){ { NULL, EVT_NAME_FULL, EVT_NAME_NORMAL, 20 } }, 1);
}

static void child_of_another_name_is_anonymous(void **state)
{
	struct names names = { .n = 0 };
	struct name_string s = string_of("/dev/ptmx", 1);

	(void)state;
	names_string(&names, &s);
	names_object(&names, &s, &file, 0);
	names_child(&names, &directory, "0", 1, &other_file, EVT_NAME_CREATE);
	assert_names(&names,
		(struct expected[]){
			{ "/dev/ptmx", EVT_NAME_FULL, EVT_NAME_NORMAL, 20 },
			{ NULL, EVT_NAME_FULL, EVT_NAME_PARENT, 10 },
			{ NULL, EVT_NAME_FULL, EVT_NAME_CREATE, 21 },
		},
		3);
}

/* rename("far/away/f", "d/f"): the other path ends in the same name, but not behind as many bytes as "d/" has. */
static void same_name_elsewhere(void **state)
{
	struct names names = { .n = 0 };
	struct name_string to = string_of("d/f", 1), from = string_of("far/away/f/", 2);

	(void)state;
	names_string(&names, &to);
	names_string(&names, &from);
	names_object(&names, &from, &directory, NAME_PARENT);
	names_object(&names, &to, &other_directory, NAME_PARENT);
	names_child(&names, &directory, "f", 1, &file, EVT_NAME_DELETE);
	names_child(&names, &other_directory, "f", 1, &other_file, EVT_NAME_DELETE);
	names_child(&names, &other_directory, "f", 1, &file, EVT_NAME_CREATE);
	assert_names(&names,
		(struct expected[]){ { "d/f", 2, EVT_NAME_PARENT, 11 },
			{ "far/away/f/", 9, EVT_NAME_PARENT, 10 },
			{ "far/away/f/", EVT_NAME_FULL, EVT_NAME_DELETE, 20 },
			{ "d/f", EVT_NAME_FULL, EVT_NAME_DELETE, 21 },
			{ "d/f", EVT_NAME_FULL, EVT_NAME_CREATE, 20 } },
		5);
}

static void full_list_says_so(void **state)
{
	struct names names = { .n = 0 };
	struct name_string s[NAMES_MAX + 1];

	(void)state;
	for (size_t i = 0; i <= NAMES_MAX; i++) {
		s[i] = string_of("x", i + 1);
		names_string(&names, &s[i]);
	}
	assert_int_equal(names.n, NAMES_MAX);
	assert_true(names.cut);
}

/* The absolute paths that go with the entries: of an object its own, of a child the directory's with its name. */
static void full_paths(void **state)
{
	static char root[] = "/", srv[] = "/srv/dir", target[] = "/srv/target";
	const struct object dir = { .f = { .ino = 10 }, .full = srv },
			    top = { .f = { .ino = 11 }, .full = root },
			    old = { .f = { .ino = 20 }, .full = target };
	const struct name_string link = string_of("link", 1), missing = string_of("missing", 2);
	static const char *const expected[] = { "/srv/target", "/", "/new name",
		"/srv/dir/a/missing", NULL };
	struct buf bytes = BUF_NULL;
	struct names names = { .n = 0 };
	struct evt_hdr hdr = { .version = EVT_VERSION, .kind = EVT_SYSCALL };
	struct event_writer w;
	struct event ev = { 0 };
	size_t used;

	(void)state;
	names_object(&names, names_string(&names, &link), &old, 0);
	/* a rename's object is where it was when it was looked at; its entry has the new name */
	names_child(&names, &top, "new name", 8, &old, EVT_NAME_CREATE);
	(void)names_string(&names, &missing);
	names_set_full(&names.entries[names.n - 1], dir.full, "a/missing", 9);
	names_object(&names, NULL, &file, 0);
	event_begin(&w, &bytes, &hdr);
	names_put(&names, &w);
	assert_int_equal(event_finish(&w), 0);
	assert_int_equal(event_decode(&ev, bytes.data, bytes.len, &used), 0);
	assert_int_equal(ev.n_paths, 5);
	for (size_t i = 0; i < 5; i++) {
		const char *want = expected[i];

		if (!want) {
			assert_null(ev.paths[i].full.p);
			continue;
		}
		assert_non_null(ev.paths[i].full.p);
		assert_int_equal(ev.paths[i].full.len, strlen(want));
		assert_memory_equal(ev.paths[i].full.p, want, strlen(want));
	}
	event_deinit(&ev);
	buf_deinit(&bytes);
}

static void path_parts(void **state)
{
	static const struct {
		const char *path;
		size_t directory_len;
		const char *last;
	} rows[] = {
		{ "f", 0, "f" },
		{ "d/f", 2, "f" },
		{ "/f", 1, "f" },
		{ "/d/e/", 3, "e" },
		{ "d/e///", 2, "e" },
		{ "/", 1, "" },
		{ "", 0, "" },
		{ "a//b", 3, "b" },
		{ "..", 0, ".." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len, path_len = strlen(rows[i].path);
		const char *last = path_last(rows[i].path, path_len, &len);

		assert_int_equal(path_directory_len(rows[i].path, path_len), rows[i].directory_len);
		assert_int_equal(len, strlen(rows[i].last));
		assert_memory_equal(last, rows[i].last, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failed_open),
		cmocka_unit_test(created_file),
		cmocka_unit_test(rename_over_existing),
		cmocka_unit_test(same_pointer_is_one_string),
		cmocka_unit_test(descriptor_has_no_name),
		cmocka_unit_test(child_of_another_name_is_anonymous),
		cmocka_unit_test(same_name_elsewhere),
		cmocka_unit_test(full_list_says_so),
		cmocka_unit_test(full_paths),
		cmocka_unit_test(path_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
