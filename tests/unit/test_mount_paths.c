/* SPDX-License-Identifier: MIT */
/* Paths of other mount namespaces, with a directory in place of /proc that has one task of one. */
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

#include "source/mount_paths.h"

#define TASK  7
#define OTHER UINT64_C(4000000000) /* a mount's number that is not ours */

struct fixture {
	char dir[64];
	int procfd;
	struct mount_line own; /* our root */
	struct mount_table table;
	struct mount_paths paths;
};

static void path_of(const struct fixture *f, char path[128], const char *rest)
{
	(void)snprintf(path, 128, "%s/%d%s", f->dir, TASK, rest);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];
	int fd;

	assert_non_null(f);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_mount_paths.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	path_of(f, path, "");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(f, path, "/ns");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(f, path, "/ns/mnt");
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	path_of(f, path, "/root");
	assert_int_equal(symlink("/", path), 0);
	f->procfd = open(f->dir, O_PATH | O_CLOEXEC);
	assert_true(f->procfd >= 0);
	assert_int_equal(mount_table_read(&f->table, f->procfd, 0), 0);
	for (size_t i = 0; i < f->table.n; i++)
		if (!strcmp(f->table.lines[i].point, "/"))
			f->own = f->table.lines[i];
	assert_non_null(f->own.point);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const files[] = { "/mountinfo", "/ns/mnt", "/root" };
	static const char *const dirs[] = { "/ns", "" };
	struct fixture *f = *state;
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path_of(f, path, files[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		path_of(f, path, dirs[i]);
		(void)rmdir(path);
	}
	(void)rmdir(f->dir);
	close(f->procfd);
	mount_paths_deinit(&f->paths);
	mount_table_deinit(&f->table);
	free(f);
	return 0;
}

/* The task's only mount: a part of our root's file system, or of one that we do not have. */
static void mounts(
	const struct fixture *f, uint64_t id, uint32_t minor, const char *root, const char *point)
{
	char path[128];
	FILE *file;

	path_of(f, path, "/mountinfo");
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%llu 1 %u:%u %s %s rw - ext4 none rw\n", (unsigned long long)id,
		f->own.major, minor, root, point);
	assert_int_equal(fclose(file), 0);
}

static void is_at(
	struct fixture *f, const char *path, uint64_t id, uint32_t minor, const char *here)
{
	const struct mount_place place = {
		.task = TASK, .path = path, .mount_id = id, .major = f->own.major, .minor = minor
	};
	char *found;

	assert_int_equal(mount_paths_here(&f->paths, f->procfd, &place, &found), 0);
	if (here)
		assert_string_equal(found, here);
	else
		assert_null(found);
	free(found);
}

static void is_not_known(struct fixture *f, uint64_t ns, const char *path)
{
	const struct mount_place place = { .ns = ns,
		.task = TASK,
		.path = path,
		.mount_id = OTHER,
		.major = f->own.major,
		.minor = f->own.minor };
	char *found;

	assert_int_equal(mount_paths_here(&f->paths, f->procfd, &place, &found), -ESRCH);
	assert_null(found);
}

static void a_mount_of_ours(void **state)
{
	struct fixture *f = *state;

	is_at(f, "/any/path", f->own.id, f->own.minor, "/any/path");
}

static void a_part_of_our_file_system(void **state)
{
	struct fixture *f = *state;
	const char *inside = !strcmp(f->own.root, "/") ? "" : f->own.root;
	char root[4200];

	(void)snprintf(root, sizeof(root), "%s/srv/with\\040space", inside);
	mounts(f, OTHER, f->own.minor, root, "/data");
	is_at(f, "/data/d/f", OTHER, f->own.minor, "/srv/with space/d/f");
	is_at(f, "/data", OTHER, f->own.minor, "/srv/with space");
	is_at(f, "/data/d/f", 0, f->own.minor, "/srv/with space/d/f");
	is_at(f, "/database", 0, f->own.minor, NULL);
	is_at(f, "/data/d/f", 0, f->own.minor + 1, NULL);
	/* it is the root of the other namespace now: what is missing is looked for anew */
	(void)snprintf(root, sizeof(root), "%s/srv", inside);
	mounts(f, OTHER, f->own.minor, root, "/");
	is_at(f, "/x", OTHER, f->own.minor, "/srv/x");
	is_at(f, "/", OTHER, f->own.minor, "/srv");
}

static void a_file_system_that_is_not_here(void **state)
{
	struct fixture *f = *state;

	mounts(f, OTHER, 0xfffff, "/", "/");
	is_at(f, "/etc/passwd", OTHER, 0xfffff, NULL);
	is_at(f, "/etc/passwd", OTHER, 0xfffff, NULL);
	is_at(f, "/etc/passwd", OTHER + 1, 0xfffff, NULL);
	is_at(f, "memfd:x (deleted)", OTHER + 1, 0xfffff, NULL);
}

static void who_cannot_be_asked(void **state)
{
	struct fixture *f = *state;
	char path[128];

	/* its mounts are told from another root than its paths */
	mounts(f, OTHER, f->own.minor, f->own.root, "/");
	path_of(f, path, "/root");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/jail", path), 0);
	is_not_known(f, 0, "/x");
	/* it has gone on to another namespace */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/", path), 0);
	is_not_known(f, 1, "/x");
	is_at(f, "/x", OTHER, f->own.minor, "/x");
	/* what was asked before is still known when it is gone */
	assert_int_equal(unlink(path), 0);
	is_at(f, "/y", OTHER, f->own.minor, "/y");
	path_of(f, path, "/ns/mnt");
	assert_int_equal(unlink(path), 0);
	is_not_known(f, 0, "/x");
}

/* Lists without end do not take all of the time: then nobody knows, until the second is over. */
static void enough_was_read(void **state)
{
	struct fixture *f = *state;
	const struct mount_place place = {
		.task = TASK, .path = "/x", .mount_id = OTHER, .major = f->own.major
	};
	char *found;

	mounts(f, OTHER, f->own.minor, f->own.root, "/");
	is_at(f, "/x", OTHER, f->own.minor, "/x");
	f->paths.budget.spent_ns = LOOK_BUDGET_NS;
	is_at(f, "/y", OTHER, f->own.minor, "/y");
	mounts(f, OTHER + 1, f->own.minor, f->own.root, "/");
	f->paths.others[0].missed = 0;
	f->paths.others[0].table.lines[0].id = 0;
	assert_int_equal(mount_paths_here(&f->paths, f->procfd, &place, &found), -EBUSY);
	assert_null(found);
	f->paths.budget.until_ns = 0;
	is_at(f, "/x", OTHER + 1, f->own.minor, "/x");
	assert_true(f->paths.budget.spent_ns > 0 && f->paths.budget.spent_ns < LOOK_BUDGET_NS);
}

static void lines(void **state)
{
	static const char *const bad[] = { "", "36", "36 35 98:0", "36 35 98:0 /",
		"36 35 98:0 / /mnt", "36 35 980 / /mnt rw", "36 35 98:0 mnt /mnt rw",
		"36 35 98:0 / mnt rw", "a 35 98:0 / /mnt rw" };
	char text[] =
		"36 35 98:12 /a\\134b\\040c /mnt\\011x\\9 rw,noatime shared:1 - ext3 /dev/root rw";
	char line[64];
	struct mount_line mount;

	(void)state;
	assert_true(mountinfo_parse(text, &mount));
	assert_int_equal(mount.id, 36);
	assert_int_equal(mount.major, 98);
	assert_int_equal(mount.minor, 12);
	assert_string_equal(mount.root, "/a\\b c");
	assert_string_equal(mount.point, "/mnt\tx\\9");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(line, sizeof(line), "%s", bad[i]);
		assert_false(mountinfo_parse(line, &mount));
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		CASE(a_mount_of_ours),
		CASE(a_part_of_our_file_system),
		CASE(a_file_system_that_is_not_here),
		CASE(who_cannot_be_asked),
		CASE(enough_was_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
