// SPDX-License-Identifier: MIT
/* What the log writer finds when it opens the log: whole lines behind the mark, torn ones, other files. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/log_child.h"

static char dir[] = "/tmp/test_log_child.XXXXXX";
static char path[64];

static void write_log(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(close(fd), 0);
}

/* The mark of the file as it is, at that size. */
static struct log_mark mark_at(uint64_t size)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (struct log_mark){ .dev = st.st_dev, .ino = st.st_ino, .size = size, .is_set = 1 };
}

static struct log_hello open_log(const struct log_mark *mark)
{
	const struct log_child child = {
		.path = path, .fd = -1, .mark = *mark, .group = UINT32_MAX
	};
	struct log_hello hello;
	struct stat st;
	int fd;

	assert_int_equal(log_child_open(&child, &fd, &hello), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(hello.mark.size, st.st_size);
	assert_int_equal(hello.mark.ino, st.st_ino);
	assert_int_equal(fcntl(fd, F_GETFL) & O_APPEND, O_APPEND);
	(void)close(fd);
	return hello;
}

/* What is in the file, how much of it was acknowledged; what is left, and the lines that count. */
static const struct {
	const char *text;
	uint64_t marked;
	uint64_t left;
	uint32_t n_lines;
} cases[] = {
	{ "", 0, 0, 0 }, { "aa\nbb\n", 6, 6, 0 }, { "aa\nbb\n", 3, 6, 1 }, { "aa\nbb\n", 0, 6, 2 },
	{ "aa\nbb\ncc", 3, 6, 1 }, /* torn */
	{ "aa\nbb", 3, 3, 0 }, { "aa", 0, 0, 0 },
	{ "aa\n\n\n", 3, 5, 2 }, /* an empty line is one */
	{ "aa\nbb\n", 7, 6, 0 }, /* somebody has cut it: nothing is known */
};

static void test_recovery(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log_mark mark;
		struct log_hello hello;

		write_log(cases[i].text, strlen(cases[i].text));
		mark = mark_at(cases[i].marked);
		hello = open_log(&mark);
		assert_int_equal(hello.mark.size, cases[i].left);
		assert_int_equal(hello.n_lines, cases[i].n_lines);
		assert_int_equal(hello.error, 0);
	}
}

static void test_other_file(void **state)
{
	struct log_mark mark;

	(void)state;
	write_log("aa\nbb\n", 6);
	mark = mark_at(3);
	mark.ino++;
	assert_int_equal(open_log(&mark).n_lines, 0);
	mark = mark_at(3);
	mark.dev++;
	assert_int_equal(open_log(&mark).n_lines, 0);
	mark = mark_at(3);
	mark.is_set = 0;
	assert_int_equal(open_log(&mark).n_lines, 0);
	mark.is_set = 1;
	assert_int_equal(open_log(&mark).n_lines, 1);
}

/* Longer than what is read at a time, lines and their torn rest. */
static void test_long(void **state)
{
	const size_t lines = 3000, len = 100, torn = 10000;
	char *text = malloc(lines * len + torn);
	struct log_mark mark;
	struct log_hello hello;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', lines * len + torn);
	for (size_t i = 1; i <= lines; i++)
		text[i * len - 1] = '\n';
	write_log(text, lines * len + torn);
	mark = mark_at(2 * len);
	hello = open_log(&mark);
	assert_int_equal(hello.n_lines, lines - 2);
	assert_int_equal(hello.mark.size, lines * len);
	free(text);
}

static void test_new_file(void **state)
{
	const struct log_mark none = { 0 };
	struct stat st;

	(void)state;
	(void)unlink(path);
	assert_int_equal(open_log(&none).mark.size, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_no_link(void **state)
{
	struct log_child child = { .path = path, .fd = -1, .group = UINT32_MAX };
	struct log_hello hello;
	char target[80];
	int fd;

	(void)state;
	(void)snprintf(target, sizeof(target), "%s.target", path);
	(void)unlink(path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(log_child_open(&child, &fd, &hello), -ELOOP);
	assert_int_equal(access(target, F_OK), -1);
	(void)unlink(path);
	child.path = "/nonexistent/log";
	assert_int_equal(log_child_open(&child, &fd, &hello), -ENOENT);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return snprintf(path, sizeof(path), "%s/log", dir) < 0;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recovery),
		cmocka_unit_test(test_other_file),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_new_file),
		cmocka_unit_test(test_no_link),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
