// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/task_facts.h"

#define GROUP_FIRST 4000000000u /* ten digits */

/* Becomes a member of n groups and says whether all that is read of it is right. */
static int read_with_groups(int procfd, size_t n)
{
	static gid_t groups[65536];
	struct task_ids before, ids;

	if (task_ids_read(&before, procfd, getpid()) < 0)
		return 1;
	for (size_t i = 0; i < n; i++)
		groups[i] = GROUP_FIRST + (gid_t)i;
	if (setgroups(n, groups) < 0)
		return 2;
	if (task_ids_read(&ids, procfd, getpid()) < 0)
		return 3;
	if (ids.uid != getuid() || ids.fsgid != getgid())
		return 4;
	if (ids.cap_effective != before.cap_effective || !ids.cap_effective ||
		ids.cap_bounding != before.cap_bounding)
		return 5;
	if (ids.groups_cut != (n > FACTS_GROUPS_MAX) ||
		ids.n_groups != (n > FACTS_GROUPS_MAX ? FACTS_GROUPS_MAX : n))
		return 6;
	for (uint32_t i = 0; i < ids.n_groups; i++)
		if (ids.groups[i] != GROUP_FIRST + i)
			return 7;
	return 0;
}

static void capabilities_stand_behind_any_number_of_groups(void **state)
{
	static const size_t counts[] = { 0, 1, FACTS_GROUPS_MAX, FACTS_GROUPS_MAX + 1, 400, 65536 };
	int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), status;

	(void)state;
	if (geteuid() != 0) {
		skip();
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(read_with_groups(procfd, counts[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	assert_int_equal(close(procfd), 0);
}

/* The name that stat shows in brackets may itself hold brackets; one with a backslash is not taken
 * from there, as older kernels write newlines and backslashes with one. */
static void names_of_tasks(void **state)
{
	static const struct {
		const char *set, *read;
	} rows[] = {
		{ "plain", "plain" },
		{ "a) b (c", "a) b (c" },
		{ ")", ")" },
		{ "fifteen-letters", "fifteen-letters" },
		{ "back\\slash", "" },
	};
	int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct task_stat stat;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(prctl(PR_SET_NAME, rows[i].set), 0);
		assert_int_equal(task_stat_read(&stat, procfd, getpid()), 0);
		assert_string_equal(stat.comm, rows[i].read);
		assert_int_equal(stat.ppid, getppid());
		assert_true(stat.arg_end > stat.arg_start);
	}
	assert_int_equal(close(procfd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_stand_behind_any_number_of_groups),
		cmocka_unit_test(names_of_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
