// SPDX-License-Identifier: MIT
/* What signals would do to this process, by what it asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/task_signals.h"

static void on_signal(int signal)
{
	(void)signal;
}

static void set(int number, void (*disposition)(int))
{
	assert_true(signal(number, disposition) != SIG_ERR);
}

static void default_action_dumps(void **state)
{
	static const int dumping[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV,
		SIGXCPU, SIGXFSZ, SIGSYS };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(dumping); i++) {
		set(dumping[i], SIG_DFL);
		assert_true(task_will_dump(getpid(), dumping[i]));
		set(dumping[i], on_signal);
		assert_false(task_will_dump(getpid(), dumping[i]));
		set(dumping[i], SIG_IGN);
		assert_false(task_will_dump(getpid(), dumping[i]));
		set(dumping[i], SIG_DFL);
	}
}

static void other_signals_do_not(void **state)
{
	static const int others[] = { -1, 0, SIGHUP, SIGKILL, SIGTERM, SIGSTOP, SIGCHLD, SIGPWR, 32,
		64, 65, 1000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(task_will_dump(getpid(), others[i]));
}

/* One that is gone, or may not be looked at, has asked for nothing. */
static void nobody_to_ask(void **state)
{
	(void)state;
	assert_true(task_will_dump(0x3fffffff, SIGSEGV));
	assert_false(task_ignores(0x3fffffff, SIGCHLD));
}

/* Signals stand behind the groups in /proc, of which there may be many pages. */
static void behind_any_number_of_groups(void **state)
{
	static gid_t groups[65536];
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		skip();
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = 4000000000u + (gid_t)i;
	pid = fork();
	if (!pid) {
		if (setgroups(ARRAY_SIZE(groups), groups) < 0)
			_exit(1);
		set(SIGSEGV, on_signal);
		_exit(task_will_dump(getpid(), SIGSEGV) ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void ignored(void **state)
{
	(void)state;
	set(SIGUSR1, SIG_IGN);
	assert_true(task_ignores(getpid(), SIGUSR1));
	set(SIGUSR1, SIG_DFL);
	assert_false(task_ignores(getpid(), SIGUSR1));
	assert_true(task_ignores(getpid(), SIGCHLD));
	set(SIGCHLD, on_signal);
	assert_false(task_ignores(getpid(), SIGCHLD));
	set(SIGCHLD, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_action_dumps),
		cmocka_unit_test(other_signals_do_not),
		cmocka_unit_test(nobody_to_ask),
		cmocka_unit_test(behind_any_number_of_groups),
		cmocka_unit_test(ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
