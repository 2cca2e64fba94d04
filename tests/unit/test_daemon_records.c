// SPDX-License-Identifier: MIT
/* The daemon's records of itself, as auditd has them: of this process, of nobody. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/daemon_records.h"

/* A number of this process, read the plain way. */
static unsigned long own(const char *path)
{
	unsigned long value = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &value), 1);
	(void)fclose(f);
	return value;
}

/* " subj=..." of this process; nothing without labels. */
static void own_label(char *to, size_t size)
{
	char label[256] = "";
	FILE *f = fopen("/proc/self/attr/current", "r");

	if (f && !fgets(label, sizeof(label), f))
		label[0] = '\0';
	if (f)
		(void)fclose(f);
	label[strcspn(label, "\n")] = '\0';
	(void)snprintf(to, size, "%s%s", label[0] ? " subj=" : "", label);
}

static void test_start(void **state)
{
	struct buf text = BUF_NULL;
	char expected[1024], label[300];
	struct utsname name;

	(void)state;
	assert_int_equal(uname(&name), 0);
	own_label(label, sizeof(label));
	(void)snprintf(expected, sizeof(expected),
		"op=start ver=" UAUDIT_VERSION
		" format=raw kernel=%s auid=%lu pid=%d uid=%u ses=%lu%s res=success",
		name.release, own("/proc/self/loginuid"), (int)getpid(), getuid(),
		own("/proc/self/sessionid"), label);
	daemon_record_start(&text);
	assert_string_equal(buf_cstr(&text), expected);
	buf_deinit(&text);
}

static void test_end(void **state)
{
	struct buf text = BUF_NULL;
	char expected[1024], label[300];

	(void)state;
	own_label(label, sizeof(label));
	(void)snprintf(expected, sizeof(expected),
		"op=terminate auid=%lu uid=%u ses=%lu pid=%d%s res=success",
		own("/proc/self/loginuid"), getuid(), own("/proc/self/sessionid"), (int)getpid(),
		label);
	daemon_record_end(&text, getpid());
	assert_string_equal(buf_cstr(&text), expected);
	buf_clear(&text);
	daemon_record_end(&text, 0);
	assert_string_equal(buf_cstr(&text),
		"op=terminate auid=4294967295 uid=4294967295 ses=4294967295 pid=0 res=success");
	buf_deinit(&text);
}

static void test_reconfigure(void **state)
{
	struct buf text = BUF_NULL;

	(void)state;
	daemon_record_reconfigure(&text, 0, true);
	assert_string_equal(buf_cstr(&text),
		"op=reconfigure state=changed auid=4294967295 pid=0 subj=? res=success");
	buf_clear(&text);
	daemon_record_reconfigure(&text, 0, false);
	assert_string_equal(buf_cstr(&text),
		"op=reconfigure state=no-change auid=4294967295 pid=0 subj=? res=failed");
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_reconfigure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
