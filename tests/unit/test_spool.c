// SPDX-License-Identifier: MIT
/* Records on disk: order, bounds, what an engine leaves to the next one, and what is torn or wrong in the files. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/spool.h"

#define PLENTY (UINT64_C(1) << 30)

static char dir[] = "/tmp/test_spool.XXXXXX";
static char path[64];

static struct audit_record *make(uint32_t serial, size_t len)
{
	char *text = malloc(len + 1);
	struct kaudit_record record = {
		.type = 1100,
		.source = RECORD_SOURCE_USER,
		.time_sec = 1700000000,
		.time_msec = 7,
		.serial = serial,
		.text = text,
		.len = len,
	};
	struct audit_record *made;

	memset(text, 'a' + serial % 26, len + 1);
	made = audit_record_new(&record);
	free(text);
	return made;
}

static int put(struct spool *s, uint32_t serial, size_t len)
{
	struct audit_record *record = make(serial, len);
	int r = spool_put(s, record);

	(void)audit_record_unref(record);
	return r;
}

/* The serial of the oldest record; 0: none. */
static uint32_t get(struct spool *s)
{
	struct audit_record *record = NULL;
	uint64_t lost;
	uint32_t serial;
	int r = spool_get(s, &record, &lost);

	assert_true(r >= 0);
	if (r == 0)
		return 0;
	serial = record->serial;
	assert_int_equal(record->nlh.nlmsg_type, 1100);
	assert_int_equal(record->source, RECORD_SOURCE_USER);
	assert_int_equal(record->time_msec, 7);
	if (record->len)
		assert_int_equal(record->text[record->len - 1], 'a' + serial % 26);
	(void)audit_record_unref(record);
	return serial;
}

static struct spool *open_spool(uint64_t max)
{
	struct spool *s;

	assert_int_equal(spool_open(&s, path, max), 0);
	return s;
}

static unsigned n_files(void)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	while (readdir(d))
		n++;
	(void)closedir(d);
	return n - 2;
}

/* The name of the i-th segment file, in order. */
static void segment(char ret[static 384], size_t size, int i)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort), at = 0;

	for (int k = 0; k < n; k++) {
		if (strstr(entries[k]->d_name, ".spool") && at++ == i)
			(void)snprintf(ret, size, "%s/%s", path, entries[k]->d_name);
		free(entries[k]);
	}
	free(entries);
	assert_true(at > i);
}

static void keeps_order_over_segments(void **state)
{
	struct spool *s = open_spool(PLENTY);
	uint32_t n = 4000;

	(void)state;
	for (uint32_t i = 1; i <= n; i++)
		assert_int_equal(put(s, i, i % 1500), 0);
	assert_int_equal(spool_count(s), n);
	assert_true(n_files() > 2);
	for (uint32_t i = 1; i <= n; i++) {
		assert_int_equal(get(s), i);
		if (i % 3 == 0) /* written while it is read */
			assert_int_equal(put(s, n + i / 3, 10), 0);
	}
	for (uint32_t i = n + 1; i <= n + n / 3; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(get(s), 0);
	assert_int_equal(n_files(), 0);
	(void)spool_close(s);
}

static void is_bounded_between_events(void **state)
{
	struct spool *s = open_spool(1000);
	struct spool_stats stats;
	uint32_t n = 0;

	(void)state;
	while (put(s, n + 1, 100) == 0)
		n++;
	assert_int_equal(n, 8); /* 132 bytes each: the eighth passes the limit */
	assert_true(spool_is_full(s));
	assert_int_equal(put(s, n, 100), 0); /* the event that has begun */
	assert_int_equal(put(s, n + 1, 100), -ENOSPC);
	spool_get_stats(s, &stats);
	assert_int_equal(stats.records, 9);
	assert_int_equal(stats.bytes, 9 * 132);
	assert_int_equal(get(s), 1);
	assert_int_equal(get(s), 2);
	assert_int_equal(put(s, n + 1, 100), 0);
	while (get(s))
		;
	(void)spool_close(s);
}

static void is_left_to_the_next(void **state)
{
	struct spool *s = open_spool(PLENTY);

	(void)state;
	for (uint32_t i = 1; i <= 100; i++)
		assert_int_equal(put(s, i, 50), 0);
	for (uint32_t i = 1; i <= 40; i++)
		assert_int_equal(get(s), i);
	(void)spool_close(s);
	s = open_spool(PLENTY);
	assert_int_equal(spool_count(s), 60);
	assert_int_equal(put(s, 101, 50), 0);
	for (uint32_t i = 41; i <= 101; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(get(s), 0);
	(void)spool_close(s);
	assert_int_equal(n_files(), 0);
}

static void unget_stands_in_front(void **state)
{
	struct spool *s = open_spool(PLENTY);
	struct audit_record *older[2] = { make(4, 30), make(5, 30) };

	(void)state;
	for (uint32_t i = 1; i <= 9; i++)
		assert_int_equal(put(s, i, 50), 0);
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(spool_unget(s, older, 2), 0);
	assert_int_equal(put(s, 10, 50), 0);
	assert_int_equal(spool_count(s), 7);
	(void)spool_close(s);
	s = open_spool(PLENTY);
	for (uint32_t i = 4; i <= 10; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(spool_unget(s, older, 2), 0);
	assert_int_equal(get(s), 4);
	assert_int_equal(get(s), 5);
	assert_int_equal(get(s), 0);
	(void)spool_close(s);
	for (int i = 0; i < 2; i++)
		(void)audit_record_unref(older[i]);
}

static void torn_end_is_cut_off(void **state)
{
	struct spool *s = open_spool(PLENTY);
	char name[384];
	struct spool_stats stats;
	struct stat st;

	(void)state;
	for (uint32_t i = 1; i <= 10; i++)
		assert_int_equal(put(s, i, 50), 0);
	(void)spool_close(s);
	segment(name, sizeof(name), 0);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(truncate(name, st.st_size - 7), 0);
	s = open_spool(PLENTY);
	assert_int_equal(spool_count(s), 9);
	spool_get_stats(s, &stats);
	assert_int_equal(stats.bytes_cut, 82 - 7);
	assert_int_equal(put(s, 11, 50), 0);
	for (uint32_t i = 1; i <= 9; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(get(s), 11);
	(void)spool_close(s);
}

/* A changed byte is noticed: at the start the rest of its segment is not counted, later it is reported as lost. */
static void changed_bytes_are_noticed(void **state)
{
	struct spool *s = open_spool(PLENTY);
	struct audit_record *record;
	char name[384];
	uint64_t lost;
	int fd;

	(void)state;
	for (uint32_t i = 1; i <= 10; i++)
		assert_int_equal(put(s, i, 50), 0);
	segment(name, sizeof(name), 0);
	fd = open(name, O_WRONLY);
	assert_int_equal(pwrite(fd, "X", 1, 3 * 82 + 40), 1);
	(void)close(fd);
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(get(s), i);
	assert_int_equal(spool_get(s, &record, &lost), -EBADMSG);
	assert_int_equal(lost, 7);
	assert_int_equal(spool_count(s), 0);
	assert_int_equal(put(s, 11, 50), 0);
	assert_int_equal(get(s), 11);
	(void)spool_close(s);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/spool", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)rmdir(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order_over_segments),
		cmocka_unit_test(is_bounded_between_events),
		cmocka_unit_test(is_left_to_the_next),
		cmocka_unit_test(unget_stands_in_front),
		cmocka_unit_test(torn_end_is_cut_off),
		cmocka_unit_test(changed_bytes_are_noticed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
