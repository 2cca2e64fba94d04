// SPDX-License-Identifier: MIT
/* Lines of numbers, as /proc writes them and as it never would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/proc_status.h"
#include "source/ptrace/task_facts.h"

static const char status[] = "Name:\tx\\nUid:\t9\n"
			     "Tgid:\t12\n"
			     "Uid:\t1\t2\t3\t4\n"
			     "NoUid:\t5\n"
			     "Groups:\t \n"
			     "Gid:\t5\t6\t7\t4294967294\n"
			     "SigCgt:\tff00000000000001\n"
			     "Bad:\tone 2\n"
			     "Huge:\t99999999999999999999 1\n"
			     "Last:\t7";

static void numbers_of_a_line(void **state)
{
	uint64_t n[3] = { 0 };

	(void)state;
	assert_int_equal(proc_status_numbers(status, "Uid", 10, n, 3), 4);
	assert_int_equal(n[0], 1);
	assert_int_equal(n[2], 3);
	assert_int_equal(proc_status_numbers(status, "Uid", 10, NULL, 0), 4);
	assert_int_equal(proc_status_numbers(status, "Tgid", 10, n, 3), 1);
	assert_int_equal(n[0], 12);
	assert_int_equal(proc_status_numbers(status, "SigCgt", 16, n, 1), 1);
	assert_true(n[0] == 0xff00000000000001);
	assert_int_equal(proc_status_numbers(status, "Last", 10, n, 1), 1);
	assert_int_equal(n[0], 7);
	/* nothing there, or nothing that is a number */
	assert_int_equal(proc_status_numbers(status, "Groups", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers(status, "Bad", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers(status, "Huge", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers(status, "Las", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers("", "Uid", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers("Uid", "Uid", 10, n, 3), 0);
	assert_int_equal(proc_status_numbers("Uid:", "Uid", 10, n, 3), 0);
}

static void ids_of_a_text(void **state)
{
	struct task_ids ids = { .uid = 77 };

	(void)state;
	assert_int_equal(task_ids_parse(&ids, status), 0);
	assert_int_equal(ids.uid, 1);
	assert_int_equal(ids.fsuid, 4);
	assert_int_equal(ids.egid, 6);
	assert_int_equal(ids.fsgid, 4294967294u);
	assert_int_equal(ids.n_groups, 0);
	ids.uid = 77;
	assert_int_equal(task_ids_parse(&ids, "Uid:\t1\t2\t3\nGid:\t1\t2\t3\t4\n"), -ESRCH);
	assert_int_equal(task_ids_parse(&ids, "Uid:\t1\t2\t3\t4\n"), -ESRCH);
	assert_int_equal(ids.uid, 77);
}

static void stat_of_a_text(void **state)
{
	struct task_stat stat;

	(void)state;
	assert_int_equal(task_stat_parse(&stat, "7 (a) b) S 3 5 6 34817 1"), 0);
	assert_string_equal(stat.comm, "a) b");
	assert_int_equal(stat.ppid, 3);
	assert_int_equal(stat.pgrp, 5);
	assert_string_equal(stat.tty, "pts1");
	assert_int_equal(stat.arg_start, 0);
	assert_int_equal(task_stat_parse(&stat, "7 (0123456789abcdef) S 3"), 0);
	assert_string_equal(stat.comm, "");
	assert_int_equal(task_stat_parse(&stat, ""), -ESRCH);
	assert_int_equal(task_stat_parse(&stat, "7 (a) "), -ESRCH);
	assert_int_equal(task_stat_parse(&stat, ")("), -ESRCH);
}

static void of_this_process_and_of_none(void **state)
{
	_cleanup_close_ int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proc_status file;
	uint64_t n;

	(void)state;
	assert_int_equal(proc_status_read(&file, procfd, getpid()), 0);
	assert_int_equal(proc_status_numbers(file.text, "Pid", 10, &n, 1), 1);
	assert_int_equal(n, getpid());
	proc_status_release(&file);
	assert_int_equal(proc_status_read(&file, procfd, 0x3fffffff), -ENOENT);
	proc_status_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_a_line),
		cmocka_unit_test(ids_of_a_text),
		cmocka_unit_test(stat_of_a_text),
		cmocka_unit_test(of_this_process_and_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
