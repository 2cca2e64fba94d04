// SPDX-License-Identifier: MIT
/* The end of a log: torn lines, long ones, ones that are none, lines that are taken away, and who else writes to it. */

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
#include "engine/log_tail.h"

static char dir[] = "/tmp/test_log_tail.XXXXXX";
static char path[64];

#define LINE(serial) "type=SYSCALL msg=audit(1700000000.123:" #serial "): arch=c000003e\n"

static struct log_tail open_log(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct log_tail tail;
	size_t len = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(close(fd), 0);
	assert_int_equal(log_tail_open(&tail, path, 0), 0);
	return tail;
}

static off_t size_of_log(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* What is in the file; the serial of its end, 0: none; lines from 5 to 9 there; bytes that are left of it. */
static const struct {
	const char *text;
	uint32_t serial;
	int64_t n;
	size_t left;
} logs[] = {
	{ "", 0, 0, 0 },
	{ "torn", 0, 0, 0 },
	{ LINE(4) LINE(5), 5, 1, 2 * sizeof(LINE(4)) - 2 },
	{ LINE(5) "type=CWD msg=audit(1700000000.123:6", 5, 1, sizeof(LINE(5)) - 1 },
	{ LINE(5) LINE(9) LINE(7), 7, 3, 3 * sizeof(LINE(5)) - 3 },
	{ LINE(7) LINE(12), 12, 0, sizeof(LINE(7)) + sizeof(LINE(12)) - 2 },
	{ LINE(5) "\n" LINE(6), 6, 1, 2 * sizeof(LINE(5)) - 1 },
	{ LINE(5) "no record\n", 5, 0, sizeof(LINE(5)) + 9 },
	{ "msg=audit(:)\nmsg=audit(1:x)\nmsg=audit(1:99999999999):\nmsg=audit(\n", 0, 0, 65 },
	{ "\n\n\n", 0, 0, 3 },
};

static void ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		struct log_tail tail = open_log(logs[i].text);
		uint32_t serial = 0;

		assert_int_equal(log_tail_serial(&tail, &serial), logs[i].serial != 0);
		assert_int_equal(serial, logs[i].serial);
		assert_int_equal(log_tail_count(&tail, 5, 9), logs[i].n);
		assert_int_equal(size_of_log(), logs[i].left);
		log_tail_close(&tail);
	}
}

static void long_lines(void **state)
{
	static char text[40000];
	struct log_tail tail;
	uint32_t serial;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, LINE(3), sizeof(LINE(3)) - 1);
	memcpy(text + sizeof(LINE(3)) - 1, LINE(8), sizeof(LINE(8)) - 2);
	text[20000] = '\n';
	tail = open_log(text);
	assert_int_equal(size_of_log(), 20001);
	assert_true(log_tail_serial(&tail, &serial));
	assert_int_equal(serial, 8);
	assert_int_equal(log_tail_count(&tail, 3, 8), 2);
	assert_int_equal(log_tail_cut(&tail, 1), 0);
	assert_int_equal(size_of_log(), sizeof(LINE(3)) - 1);
	log_tail_close(&tail);
}

static void lines_are_taken_away(void **state)
{
	struct log_tail tail = open_log(LINE(1) LINE(2) LINE(2));
	uint32_t serial;

	(void)state;
	assert_int_equal(log_tail_cut(&tail, 2), 0);
	assert_int_equal(size_of_log(), sizeof(LINE(1)) - 1);
	assert_true(log_tail_serial(&tail, &serial));
	assert_int_equal(serial, 1);
	assert_int_equal(log_tail_cut(&tail, 0), 0);
	assert_int_equal(log_tail_cut(&tail, 100), 0); /* there are not so many */
	assert_int_equal(size_of_log(), 0);
	assert_false(log_tail_serial(&tail, &serial));
	log_tail_close(&tail);
}

static void serials_wrap(void **state)
{
	struct log_tail tail = open_log(LINE(4294967294) LINE(4294967295) LINE(1));

	(void)state;
	assert_int_equal(log_tail_count(&tail, UINT32_MAX, 1), 2);
	log_tail_close(&tail);
}

static void who_else_writes(void **state)
{
	struct log_tail tail = open_log(LINE(1)), other;
	int fd = open(path, O_WRONLY | O_APPEND);

	(void)state;
	assert_int_equal(log_tail_open(&other, path, 0), -EBUSY);
	assert_int_equal(log_tail_lock(fd, 0), -EBUSY);
	log_tail_close(&tail);
	assert_int_equal(log_tail_lock(fd, 0), 0);
	assert_int_equal(log_tail_open(&other, path, 20), -EBUSY);
	(void)close(fd);
	assert_int_equal(log_tail_open(&other, path, 0), 0);
	log_tail_close(&other);
}

static void no_file(void **state)
{
	struct log_tail tail;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(log_tail_open(&tail, path, 0), -ENOENT);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(log_tail_open(&tail, path, 0), -ENOENT);
	assert_int_equal(log_tail_open(&tail, "/dev/null", 0), -ENOENT);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(lines_are_taken_away),
		cmocka_unit_test(serials_wrap),
		cmocka_unit_test(who_else_writes),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
