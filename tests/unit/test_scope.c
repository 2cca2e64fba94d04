// SPDX-License-Identifier: MIT
/* How deep a control group is: on this machine's own hierarchy, if it can be written to. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/bpf/scope.h"

static bool find_mount(char *path, size_t len)
{
	FILE *mounts = fopen("/proc/self/mounts", "r");
	char line[1024], where[256], type[32];
	bool found = false;

	while (mounts && !found && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %255s %31s", where, type) == 2 &&
			strcmp(type, "cgroup2") == 0) {
			(void)snprintf(path, len, "%s", where);
			found = true;
		}
	if (mounts)
		(void)fclose(mounts);
	return found;
}

static uint32_t level(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t ret = UINT32_MAX;

	assert_true(fd >= 0);
	assert_int_equal(scope_level(fd, &ret), 0);
	return ret;
}

static void levels(void **state)
{
	char mount[256], one[320], two[400];

	(void)state;
	if (!find_mount(mount, sizeof(mount)))
		skip();
	assert_int_equal(level(mount), 0);
	(void)snprintf(one, sizeof(one), "%s/test_scope.%d", mount, (int)getpid());
	(void)snprintf(two, sizeof(two), "%s/below", one);
	if (mkdir(one, 0700) < 0)
		skip();
	assert_int_equal(mkdir(two, 0700), 0);
	assert_int_equal(level(one), 1);
	assert_int_equal(level(two), 2);
	assert_int_equal(rmdir(two), 0);
	assert_int_equal(rmdir(one), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
