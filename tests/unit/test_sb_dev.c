/* SPDX-License-Identifier: MIT */
/* Devices of file systems, with a pipe, whose mount nobody lists, and a directory in place of /proc. */
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
#include <unistd.h>

#include "source/sb_dev.h"

#define TID 7

struct fixture {
	char dir[64], mountinfo[96];
	int procfd;
	int pipe[2];
	unsigned long long mount_id;
	uint32_t major, minor; /* as stat says */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct statx stx;
	char path[80];

	assert_non_null(f);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_sb_dev.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(path, sizeof(path), "%s/%d", f->dir, TID);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(f->mountinfo, sizeof(f->mountinfo), "%s/mountinfo", path);
	f->procfd = open(f->dir, O_PATH | O_CLOEXEC);
	assert_true(f->procfd >= 0);
	assert_int_equal(pipe2(f->pipe, O_CLOEXEC), 0);
	assert_int_equal(
		statx(f->pipe[0], "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &stx), 0);
	f->mount_id = stx.stx_mnt_id;
	f->major = stx.stx_dev_major;
	f->minor = stx.stx_dev_minor;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->procfd);
	close(f->pipe[0]);
	close(f->pipe[1]);
	(void)unlink(f->mountinfo);
	*strrchr(f->mountinfo, '/') = '\0';
	(void)rmdir(f->mountinfo);
	(void)rmdir(f->dir);
	free(f);
	return 0;
}

/* The task's mounts: others, and the pipes' file system as if it were on that device. */
static void mounts(const struct fixture *f, unsigned major, unsigned minor)
{
	FILE *file = fopen(f->mountinfo, "we");

	assert_non_null(file);
	fprintf(file, "what is no line of this file\n%llu %llu 1:2 / /else rw - ext4 none rw\n",
		f->mount_id + 1, f->mount_id);
	fprintf(file, "%llu 1 %u:%u / /with\\040space rw - overlay none rw\n", f->mount_id, major,
		minor);
	fprintf(file, "%llu 1 3:4 / /again rw - ext4 none rw", f->mount_id);
	assert_int_equal(fclose(file), 0);
}

static void is_on(
	const struct fixture *f, struct sb_devs *devs, pid_t tid, unsigned major, unsigned minor)
{
	const struct sb_view view = { .devs = devs, .procfd = f->procfd, .tid = tid };
	struct statx stx;

	assert_int_equal(sb_statx(&view, &stx, f->pipe[0], "", AT_EMPTY_PATH), 0);
	assert_true(S_ISFIFO(stx.stx_mode));
	assert_int_equal(stx.stx_dev_major, major);
	assert_int_equal(stx.stx_dev_minor, minor);
}

static void nobody_knows_the_mount(void **state)
{
	const struct fixture *f = *state;
	struct sb_devs devs = { 0 };

	is_on(f, NULL, 0, f->major, f->minor);
	is_on(f, NULL, TID, f->major, f->minor);
	is_on(f, &devs, TID, f->major, f->minor);
	/* who can be asked may know, and at once */
	mounts(f, 12, 34567);
	is_on(f, &devs, TID, 12, 34567);
}

static void the_task_knows_it(void **state)
{
	const struct fixture *f = *state;

	mounts(f, 12, 34567);
	is_on(f, NULL, TID, 12, 34567);
	is_on(f, NULL, 0, f->major, f->minor);
}

static void it_is_remembered_for_a_second(void **state)
{
	const struct fixture *f = *state;
	struct sb_devs devs = { 0 };

	mounts(f, 0, 50);
	is_on(f, &devs, TID, 0, 50);
	mounts(f, 0, 51);
	is_on(f, &devs, TID, 0, 50);
	is_on(f, NULL, TID, 0, 51);
	for (size_t i = 0; i < SB_DEV_SLOTS; i++)
		devs.slots[i].until_ns = 0;
	is_on(f, &devs, TID, 0, 51);
}

/* The number of a mount that is gone is given to another one, of another device. */
static void another_mount_has_the_number(void **state)
{
	const struct fixture *f = *state;
	struct sb_devs devs = { 0 };

	mounts(f, 0, 60);
	is_on(f, &devs, TID, 0, 60);
	for (size_t i = 0; i < SB_DEV_SLOTS; i++)
		if (devs.slots[i].until_ns)
			devs.slots[i].stat_minor++;
	mounts(f, 0, 61);
	is_on(f, &devs, TID, 0, 61);
}

static void what_is_not_there(void **state)
{
	const struct fixture *f = *state;
	const struct sb_view view = { .procfd = f->procfd, .tid = TID };
	struct statx stx;

	assert_int_equal(sb_statx(&view, &stx, f->procfd, "none", 0), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_knows_the_mount, setup, teardown),
		cmocka_unit_test_setup_teardown(the_task_knows_it, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_remembered_for_a_second, setup, teardown),
		cmocka_unit_test_setup_teardown(another_mount_has_the_number, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_there, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
