/* SPDX-License-Identifier: MIT */
/* Who has the root of a task that is gone, with a directory in place of /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/bpf/mark_place.h"
#include "source/bpf/root_holders.h"
#include "source/ptrace/task_cgroup.h"

enum { TASK = 7, PARENT, OTHER, TASKS };

struct fixture {
	char dir[64];
	struct cgroups *cgroups;
	struct root_holders holders;
	struct root_quest quest;
};

static void path_of(const struct fixture *f, char path[128], int task, const char *rest)
{
	(void)snprintf(path, 128, "%s/%d%s", f->dir, task, rest);
}

static void remove_task(const struct fixture *f, int task)
{
	static const char *const files[] = { "/root", "/ns/mnt" };
	static const char *const dirs[] = { "/ns", "" };
	char path[128];

	for (size_t i = 0; i < 2; i++) {
		path_of(f, path, task, files[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < 2; i++) {
		path_of(f, path, task, dirs[i]);
		(void)rmdir(path);
	}
}

/* Its namespace is the file that is linked: the one of TASK, if its own is not asked for. */
static void make_task(const struct fixture *f, int task, const char *root, bool own_ns)
{
	char path[128], ns[128];
	int fd;

	path_of(f, path, task, "");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(f, path, task, "/ns");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(f, path, task, "/root");
	assert_int_equal(symlink(root, path), 0);
	path_of(f, path, task, "/ns/mnt");
	(void)snprintf(ns, sizeof(ns), "%s/ns", f->dir);
	if (!own_ns) {
		assert_int_equal(link(ns, path), 0);
		return;
	}
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int setup(void **state)
{
	const struct sb_view view = { .devs = NULL };
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];
	struct statx stx;
	struct stat ns;
	int fd;

	assert_non_null(f);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_root_holders.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(path, sizeof(path), "%s/ns", f->dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &ns), 0);
	close(fd);
	assert_int_equal(sb_statx(&view, &stx, AT_FDCWD, f->dir, 0), 0);
	f->quest = (struct root_quest){ .procfd = open(f->dir, O_PATH | O_CLOEXEC),
		.root = { .ino = stx.stx_ino,
			.dev = mark_dev(stx.stx_dev_major, stx.stx_dev_minor),
			.mnt_ns = (uint32_t)ns.st_ino },
		.tid = TASK,
		.parent = PARENT };
	assert_true(f->quest.procfd >= 0);
	assert_int_equal(cgroups_new(&f->cgroups), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (int i = TASK; i < TASKS; i++)
		remove_task(f, i);
	(void)snprintf(path, sizeof(path), "%s/ns", f->dir);
	(void)unlink(path);
	(void)rmdir(f->dir);
	close(f->quest.procfd);
	(void)cgroups_free(f->cgroups);
	free(f);
	return 0;
}

static void is_found(struct fixture *f, pid_t pid)
{
	assert_int_equal(root_holders_find(&f->holders, f->cgroups, &f->quest), pid);
}

static void itself(void **state)
{
	struct fixture *f = *state;

	make_task(f, TASK, f->dir, false);
	make_task(f, PARENT, f->dir, false);
	is_found(f, TASK);
}

static void its_parent(void **state)
{
	struct fixture *f = *state;

	is_found(f, 0);
	make_task(f, PARENT, f->dir, false);
	is_found(f, PARENT);
}

static void who_had_it_before(void **state)
{
	struct fixture *f = *state;

	make_task(f, OTHER, f->dir, false);
	f->quest.tid = OTHER;
	is_found(f, OTHER);
	f->quest.tid = TASK;
	is_found(f, OTHER);
	/* not of another root */
	f->quest.root.ino++;
	is_found(f, 0);
	f->quest.root.ino--;
	remove_task(f, OTHER);
	is_found(f, 0);
}

static void not_who_has_another(void **state)
{
	struct fixture *f = *state;

	make_task(f, TASK, "/", false);
	make_task(f, PARENT, f->dir, true);
	is_found(f, 0);
}

static void one_place_for_each_root(void **state)
{
	struct fixture *f = *state;

	make_task(f, TASK, f->dir, false);
	for (int i = 0; i < 3 * ROOT_HOLDERS_MAX; i++)
		is_found(f, TASK);
	assert_int_equal(f->holders.next, 1);
}

/* A process that waits in the control group. */
static pid_t start_member(const char *group)
{
	char procs[160], number[16];
	pid_t pid = fork();
	int fd, n;

	assert_true(pid >= 0);
	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (pid == 0)
		(void)pause();
	(void)snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
	n = snprintf(number, sizeof(number), "%d", pid);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, number, (size_t)n), n);
	close(fd);
	return pid;
}

static void member_of_its_group(void **state)
{
	struct fixture *f = *state;
	const char *mount = cgroup_mount();
	char group[128];
	struct stat st;
	pid_t member;

	(void)snprintf(group, sizeof(group), "%s/uaudit-holders.%d", mount ? mount : "", getpid());
	if (!mount || geteuid() != 0 || mkdir(group, 0755) < 0)
		skip(); /* nobody may make control groups here */
	assert_int_equal(stat(group, &st), 0);
	member = start_member(group);
	f->quest.cgroup = st.st_ino;
	make_task(f, member, "/", false);
	is_found(f, 0);
	remove_task(f, member);
	make_task(f, member, f->dir, false);
	is_found(f, member);
	/* another group's */
	f->holders = (struct root_holders){ 0 };
	f->quest.cgroup = 0;
	is_found(f, 0);
	remove_task(f, member);
	assert_int_equal(kill(member, SIGKILL), 0);
	assert_int_equal(waitpid(member, NULL, 0), member);
	assert_int_equal(rmdir(group), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(itself),
		CASE(its_parent),
		CASE(who_had_it_before),
		CASE(not_who_has_another),
		CASE(one_place_for_each_root),
		CASE(member_of_its_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
