// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/lookup.h"

/* Looked up as this process itself is, or as somebody whose ids are borrowed. */
struct fixture {
	char dir[64], fifo[80], file[80], link[80];
	struct lookup lookup;
	struct task_ids ids;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	if (!f)
		return -1;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/uaudit-lookup.XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)snprintf(f->fifo, sizeof(f->fifo), "%s/fifo", f->dir);
	(void)snprintf(f->file, sizeof(f->file), "%s/file", f->dir);
	(void)snprintf(f->link, sizeof(f->link), "%s/link", f->dir);
	fd = open(f->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "text", 4) != 4 || close(fd) < 0 || mkfifo(f->fifo, 0600) < 0 ||
		symlink("fifo", f->link) < 0)
		return -1;
	f->lookup = (struct lookup){
		.procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC),
		.tid = getpid(),
		.tgid = getpid(),
		.own_root = true,
	};
	*state = f;
	return inode_caps_cache_new(&f->lookup.caps);
}

static int unmake(void **state)
{
	struct fixture *f = *state;

	(void)unlink(f->fifo);
	(void)unlink(f->file);
	(void)unlink(f->link);
	(void)rmdir(f->dir);
	(void)close(f->lookup.procfd);
	inode_caps_cache_free(f->lookup.caps);
	free(f);
	return 0;
}

static void regular_file_is_opened(void **state)
{
	struct fixture *f = *state;
	char text[8];
	int fd = lookup_open(&f->lookup, AT_FDCWD, f->file, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_int_equal(close(fd), 0);
}

/* Whoever waits for a reader of the FIFO must not believe that there is one. */
static void fifo_is_not_touched(void **state)
{
	struct fixture *f = *state;
	char events[1024];
	int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	assert_true(inotify_add_watch(inotify, f->fifo, IN_OPEN) >= 0);
	assert_int_equal(lookup_open(&f->lookup, AT_FDCWD, f->fifo, O_RDONLY), -EACCES);
	assert_int_equal(lookup_open(&f->lookup, AT_FDCWD, f->link, O_RDONLY), -EACCES);
	assert_int_equal(read(inotify, events, sizeof(events)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(close(inotify), 0);
}

static void only_the_way_must_be_open(void **state)
{
	struct fixture *f = *state;
	struct object object = { .error = -ENOENT };
	int fd;

	if (geteuid() != 0) {
		skip();
		return;
	}
	f->ids = (struct task_ids){ .fsuid = 65534, .fsgid = 65534 };
	f->lookup.ids = &f->ids;
	assert_int_equal(chmod(f->dir, 0711), 0);
	assert_int_equal(lookup_access(&f->lookup, AT_FDCWD, f->file, R_OK), -EACCES);
	/* what the task may not read may be read here and looked at, unless its directory is closed as well */
	fd = lookup_open(&f->lookup, AT_FDCWD, f->file, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	lookup_path(&f->lookup, &object, AT_FDCWD, f->file, 0);
	assert_int_equal(object.error, 0);
	assert_int_equal(chmod(f->dir, 0700), 0);
	lookup_path(&f->lookup, &object, AT_FDCWD, f->file, 0);
	assert_int_equal(object.error, -EACCES);
	assert_int_equal(lookup_open(&f->lookup, AT_FDCWD, f->file, O_RDONLY), -EACCES);
	object_deinit(&object);
	/* and afterwards we are ourselves again */
	assert_int_equal(setfsuid((uid_t)-1), 0);
	assert_int_equal(setfsgid((gid_t)-1), getegid());
	assert_int_equal(access(f->file, R_OK), 0);
}

/* A group that the task is in opens what its own group does not. */
static void supplementary_groups_count(void **state)
{
	struct fixture *f = *state;
	gid_t before[64], after[64];
	int n;

	if (geteuid() != 0) {
		skip();
		return;
	}
	n = getgroups(64, before);
	assert_int_equal(chmod(f->dir, 0711), 0);
	assert_int_equal(chown(f->file, 0, 4711), 0);
	assert_int_equal(chmod(f->file, 0640), 0);
	f->ids = (struct task_ids){ .fsuid = 65534, .fsgid = 65534 };
	f->lookup.ids = &f->ids;
	assert_int_equal(lookup_access(&f->lookup, AT_FDCWD, f->file, R_OK), -EACCES);
	f->ids.n_groups = 1;
	f->ids.groups[0] = 4711;
	assert_int_equal(lookup_access(&f->lookup, AT_FDCWD, f->file, R_OK), 0);
	assert_int_equal(getgroups(64, after), n);
	for (int i = 0; i < n; i++)
		assert_int_equal(after[i], before[i]);
}

static void assert_means(const struct lookup *l, const char *path, const char *real)
{
	struct object object = { .error = -ENOENT };
	struct stat st;

	assert_int_equal(stat(real, &st), 0);
	lookup_path(l, &object, AT_FDCWD, path, 0);
	assert_int_equal(object.error, 0);
	assert_int_equal(object.f.ino, st.st_ino);
	object_deinit(&object);
}

static void self_is_the_task(void **state)
{
	struct fixture *f = *state;
	char process[40], thread[60], mounts[40];
	pid_t pid = fork();
	int status;

	if (!pid) {
		(void)alarm(20);
		for (;;)
			(void)pause();
	}
	(void)snprintf(process, sizeof(process), "/proc/%d/comm", pid);
	(void)snprintf(thread, sizeof(thread), "/proc/%d/task/%d/comm", pid, pid);
	(void)snprintf(mounts, sizeof(mounts), "/proc/%d/mounts", pid);
	f->lookup.tid = f->lookup.tgid = pid;
	assert_means(&f->lookup, "/proc/self/comm", process);
	assert_means(&f->lookup, "/proc/thread-self/comm", thread);
	assert_means(&f->lookup, "/proc/mounts", mounts);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void assert_leads(
	const struct lookup *l, int dirfd, const char *from, bool stop, const char *to, bool slash)
{
	char path[PATH_MAX];
	bool has_slash;

	(void)snprintf(path, sizeof(path), "%s", from);
	assert_int_equal(lookup_links(l, dirfd, path, stop, &has_slash), 0);
	assert_string_equal(path, to);
	assert_int_equal(has_slash, slash);
}

static void links_are_followed_as_text(void **state)
{
	struct fixture *f = *state;
	char path[PATH_MAX] = "loop";
	bool slash;
	int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(mkdirat(fd, "sub", 0755), 0);
	assert_int_equal(symlinkat("sub/../nothing", fd, "dangling"), 0);
	assert_int_equal(symlinkat("../link", fd, "sub/up"), 0);
	assert_int_equal(symlinkat("sub//", fd, "slash"), 0);
	assert_int_equal(symlinkat("/nowhere", fd, "absolute"), 0);
	assert_int_equal(symlinkat("loop", fd, "loop"), 0);
	assert_leads(&f->lookup, fd, "file", false, "file", false);
	assert_leads(&f->lookup, fd, "missing", false, "missing", false);
	assert_leads(&f->lookup, fd, "dangling", true, "sub/../nothing", false);
	assert_leads(&f->lookup, fd, "sub/up", true, "sub/../fifo", false);
	assert_leads(&f->lookup, fd, "sub/up/", false, "sub/../fifo", true);
	assert_leads(&f->lookup, fd, "sub/up/", true, "sub/up/", true);
	assert_leads(&f->lookup, fd, "slash", true, "sub//", true);
	assert_leads(&f->lookup, fd, "absolute", true, "/nowhere", false);
	assert_int_equal(lookup_links(&f->lookup, fd, path, false, &slash), -ELOOP);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(unlinkat(fd,
					 (const char *const[]){ "dangling", "sub/up", "slash",
						 "absolute", "loop" }[i],
					 0),
			0);
	assert_int_equal(unlinkat(fd, "sub", AT_REMOVEDIR), 0);
	assert_int_equal(close(fd), 0);
}

/* Nobody with the task's ids could open what /proc has of a task that has changed them. */
static void changed_ids_hide_no_descriptor(void **state)
{
	struct fixture *f = *state;
	struct object object = { .error = -ENOENT };
	char gate[1], by_fd[40];
	int ready[2], status;
	pid_t pid;

	if (geteuid()) {
		print_message("skipped: needs root\n");
		skip();
	}
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	pid = fork();
	if (!pid) {
		(void)alarm(20);
		if (dup2(open(f->dir, O_RDONLY | O_DIRECTORY), 77) != 77 ||
			setresuid(1234, 1234, 1234) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], gate, 1), 1);
	f->ids = (struct task_ids){ .fsuid = 1234, .fsgid = 0 };
	f->lookup.ids = &f->ids;
	f->lookup.tid = f->lookup.tgid = pid;
	lookup_path(&f->lookup, &object, 77, "file", 0);
	assert_int_equal(object.error, 0);
	(void)snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/77/%s", "file");
	lookup_path(&f->lookup, &object, AT_FDCWD, by_fd, 0);
	assert_int_equal(object.error, 0);
	object_deinit(&object);
	f->lookup.ids = NULL;
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void a_root_comes_off(void **state)
{
	static const struct {
		const char *path, *root, *seen;
	} rows[] = {
		{ "/srv/jail/etc/x", "/srv/jail", "/etc/x" },
		{ "/srv/jail", "/srv/jail", "/" },
		{ "/srv/jailer/x", "/srv/jail", "/srv/jailer/x" },
		{ "/srv", "/srv/jail", "/srv" },
		{ "/etc/x", "/", "/etc/x" },
		{ "pipe:[1]", "/srv/jail", "pipe:[1]" },
		{ "/srv/jail (deleted)", "/srv/jail", "/srv/jail (deleted)" },
	};
	char path[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)strcpy(path, rows[i].path);
		len = lookup_strip_root(path, strlen(path), rows[i].root, strlen(rows[i].root));
		assert_string_equal(path, rows[i].seen);
		assert_int_equal(len, strlen(rows[i].seen));
	}
}

static void full_paths_where_asked_for(void **state)
{
	struct fixture *f = *state;
	struct object object = { .error = -ENOENT };
	char path[PATH_MAX], name[PATH_MAX];
	int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *real = realpath(f->file, NULL);

	assert_true(fd >= 0);
	assert_non_null(real);
	lookup_path(&f->lookup, &object, AT_FDCWD, f->file, 0);
	assert_null(object.full);
	f->lookup.want_full = true;
	(void)snprintf(name, sizeof(name), "./../%s//%s", strrchr(f->dir, '/') + 1,
		strrchr(f->file, '/') + 1);
	lookup_path(&f->lookup, &object, fd, name, 0);
	assert_int_equal(object.error, 0);
	assert_string_equal(object.full, real);
	assert_null(object.resolved);
	lookup_fd(&f->lookup, &object, fd);
	assert_int_equal(strncmp(object.full, real, strlen(object.full)), 0);
	assert_int_equal(lookup_dirfd_path(&f->lookup, fd, path), strlen(object.full));
	assert_string_equal(path, object.full);
	assert_true(lookup_dirfd_path(&f->lookup, AT_FDCWD, path) > 0);
	assert_string_equal(path, getcwd(name, sizeof(name)));
	assert_true(lookup_dirfd_path(&f->lookup, 1000000, path) < 0);
	object_deinit(&object);
	assert_null(object.full);
	free(real);
	assert_int_equal(close(fd), 0);
}

/* Two files of an overlay, from layers that are file systems of their own, may have one number on its device. */
static void files_of_different_layers_are_not_the_same(void **state)
{
	const struct object lower = { .f = { .ino = 14, .dev_minor = 42 }, .stat_dev = 43 };
	struct object upper = lower, told = lower;

	(void)state;
	assert_true(object_same(&lower, &upper));
	upper.stat_dev = 44;
	assert_false(object_same(&lower, &upper));
	/* what BPF programs tell of */
	told.stat_dev = 0;
	assert_true(object_same(&lower, &told));
	assert_true(object_same(&told, &upper));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(regular_file_is_opened, make, unmake),
		cmocka_unit_test_setup_teardown(fifo_is_not_touched, make, unmake),
		cmocka_unit_test_setup_teardown(only_the_way_must_be_open, make, unmake),
		cmocka_unit_test_setup_teardown(self_is_the_task, make, unmake),
		cmocka_unit_test_setup_teardown(links_are_followed_as_text, make, unmake),
		cmocka_unit_test_setup_teardown(changed_ids_hide_no_descriptor, make, unmake),
		cmocka_unit_test_setup_teardown(supplementary_groups_count, make, unmake),
		cmocka_unit_test(a_root_comes_off),
		cmocka_unit_test(files_of_different_layers_are_not_the_same),
		cmocka_unit_test_setup_teardown(full_paths_where_asked_for, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
