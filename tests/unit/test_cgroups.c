// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/bpf/cgroups.h"
#include "source/ptrace/task_cgroup.h"

static void test_known(void **state)
{
	const char *mount = cgroup_mount();
	struct cgroups *cgroups;
	char path[64], where[160];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "/uaudit-unit.%d", getpid());
	snprintf(where, sizeof(where), "%s%s", mount ? mount : "", path);
	if (!mount || mkdir(where, 0755) < 0)
		skip(); /* nobody may make control groups here */
	assert_int_equal(stat(where, &st), 0);
	assert_int_equal(cgroups_new(&cgroups), 0);
	if (geteuid() == 0) {
		assert_string_equal(cgroups_path(cgroups, st.st_ino), path);
		assert_int_equal(rmdir(where), 0);
		/* remembered */
		assert_string_equal(cgroups_path(cgroups, st.st_ino), path);
		assert_int_equal(stat(mount, &st), 0);
		assert_string_equal(cgroups_path(cgroups, st.st_ino), "/");
	} else {
		(void)rmdir(where);
	}
	(void)cgroups_free(cgroups);
}

static void test_unknown(void **state)
{
	struct cgroups *cgroups;

	(void)state;
	assert_int_equal(cgroups_new(&cgroups), 0);
	assert_null(cgroups_path(cgroups, 0));
	assert_null(cgroups_path(cgroups, UINT64_MAX));
	(void)cgroups_free(cgroups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
