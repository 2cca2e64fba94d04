// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

#include "source/ptrace/interruption.h"

static void on_signal(int signal)
{
	(void)signal;
}

/* What is left of an interrupted call's event after a signal to this process and the next stop. */
static size_t left_after(int signal_number, void (*disposition)(int))
{
	struct interruption *interruption = NULL;
	struct buf events = BUF_NULL;
	size_t left;

	assert_true(signal(signal_number, disposition) != SIG_ERR);
	buf_puts(&events, "event");
	assert_int_equal(interruption_hold(&interruption, &events), 0);
	assert_int_equal(events.len, 0);
	interruption_signal(interruption, getpid(), signal_number, &events);
	interruption_settle(interruption, &events);
	assert_true(interruption_is_idle(interruption));
	left = events.len;
	assert_true(signal(signal_number, SIG_DFL) != SIG_ERR);
	buf_deinit(&events);
	interruption_free(interruption);
	return left;
}

/* The kernel restarts the call without leaving it: nobody has returned. */
static void ignored_signal_leaves_no_event(void **state)
{
	(void)state;
	assert_int_equal(left_after(SIGUSR1, SIG_IGN), 0);
	assert_int_equal(left_after(SIGWINCH, SIG_DFL), 0);
}

static void other_signal_leaves_the_event(void **state)
{
	(void)state;
	assert_int_equal(left_after(SIGUSR1, on_signal), 5);
	assert_int_equal(left_after(SIGUSR1, SIG_DFL), 5);
	assert_int_equal(left_after(SIGWINCH, on_signal), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ignored_signal_leaves_no_event),
		cmocka_unit_test(other_signal_leaves_the_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
