// SPDX-License-Identifier: MIT
/* What is left of a process's capabilities, in a child that gives them up. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "engine/privileges.h"

#define BIT(nr) (UINT64_C(1) << (nr))
static const uint64_t kept = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) |
			     BIT(CAP_FOWNER) | BIT(CAP_NET_ADMIN) | BIT(CAP_SETGID) |
			     BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_SYS_PTRACE) |
			     BIT(CAP_SYS_RESOURCE) | BIT(CAP_AUDIT_CONTROL) | BIT(CAP_AUDIT_READ) |
			     BIT(CAP_PERFMON) | BIT(CAP_BPF);

static uint64_t capabilities(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long set = 0;
	char line[256];
	size_t len = strlen(name);

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, len) == 0)
			(void)sscanf(line + len, ":\t%llx", &set);
	if (f)
		(void)fclose(f);
	return set;
}

/* 0: as it should be; else which check was not. */
static int drop(bool programs_have_all)
{
	uint64_t permitted = capabilities("CapPrm"), effective = capabilities("CapEff"),
		 bounding = capabilities("CapBnd");
	bool may_shrink = effective >> CAP_SETPCAP & 1;

	if (privileges_drop(programs_have_all) < 0)
		return 1;
	if (capabilities("CapPrm") != (permitted & kept))
		return 2;
	if (capabilities("CapEff") != (effective & kept))
		return 3;
	if (capabilities("CapInh") != 0)
		return 4;
	if (may_shrink && !programs_have_all)
		bounding &= kept;
	return capabilities("CapBnd") == bounding ? 0 : 5;
}

static int status_of(bool programs_have_all)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(drop(programs_have_all));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_drop(void **state)
{
	(void)state;
	assert_int_equal(status_of(false), 0);
}

static void test_programs_have_all(void **state)
{
	(void)state;
	assert_int_equal(status_of(true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_programs_have_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
