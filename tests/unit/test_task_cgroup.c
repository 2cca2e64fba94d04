// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/task_cgroup.h"

static void the_line_that_says_most(void **state)
{
	static const struct {
		const char *text, *path; /* path NULL: none */
		bool is_v2;
	} rows[] = {
		{ "0::/user.slice/a.scope\n", "/user.slice/a.scope", true },
		{ "0::/\n", "/", true },
		{ "0::/x", "/x", true },
		{ "5:pids:/p\n1:name=systemd:/s\n0::/u\n", "/u", true },
		{ "5:pids:/p\n1:name=systemd:/s\n0::/\n", "/s", false },
		{ "5:pids:/p\n4:cpu,cpuacct:/c\n1:name=systemd:/\n", "/p", false },
		{ "1:name=systemd:/s\n5:pids:/p\n", "/s", false },
		{ "5:pids:/\n4:memory:/\n0::/\n", "/", true },
		{ "5:pids:/\n4:memory:/\n", "/", false },
		{ "9:name=x:/a:b c\n", "/a:b c", false },
		/* not what the kernel writes */
		{ "", NULL, false },
		{ "\n\n", NULL, false },
		{ "nonsense\n0:\n0::\n", NULL, false },
		{ "0::\n3:pids:/p\n", "/p", false },
	};
	const char *path;
	bool is_v2;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		path = cgroup_choose(rows[i].text, &len, &is_v2);
		if (!rows[i].path) {
			assert_null(path);
			continue;
		}
		assert_non_null(path);
		assert_int_equal(len, strlen(rows[i].path));
		assert_memory_equal(path, rows[i].path, len);
		assert_int_equal(is_v2, rows[i].is_v2);
	}
}

static void of_this_process(void **state)
{
	int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *mount = cgroup_mount();
	char directory[2 * PATH_MAX];
	struct task_cgroup group;
	struct stat st;

	(void)state;
	assert_true(procfd >= 0);
	if (access("/proc/self/cgroup", R_OK) < 0) {
		(void)close(procfd);
		skip();
		return;
	}
	task_cgroup_read(&group, procfd, getpid(), mount);
	assert_true(group.len > 0);
	assert_int_equal(group.len, strlen(group.path));
	assert_int_equal(group.path[0], '/');
	if (group.id) {
		(void)snprintf(directory, sizeof(directory), "%s%s", mount, group.path);
		assert_int_equal(stat(directory, &st), 0);
		assert_int_equal(st.st_ino, group.id);
	}
	task_cgroup_read(&group, procfd, getpid(), NULL);
	assert_int_equal(group.id, 0);
	/* nobody has this id */
	task_cgroup_read(&group, procfd, 0x7fffffff, mount);
	assert_int_equal(group.len, 0);
	assert_int_equal(close(procfd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_that_says_most),
		cmocka_unit_test(of_this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
