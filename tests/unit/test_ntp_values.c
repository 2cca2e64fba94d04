// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/timex.h>

#include "source/ptrace/clock.h"
#include "source/ptrace/ntp_values.h"

#define HZ 250

static const struct ntp_reading quiet = { .tick = 10000, .status = STA_NANO | STA_PLL };

static void assert_change(
	const struct evt_ntp *change, enum evt_ntp_op op, int64_t old_value, int64_t new_value)
{
	assert_int_equal(change->op, op);
	assert_int_equal(change->old, old_value);
	assert_int_equal(change->now, new_value);
}

static void test_values_told_as_kept(void **state)
{
	struct ntp_request request = { .modes = ADJ_FREQUENCY | ADJ_STATUS | ADJ_TICK | ADJ_TAI };
	struct ntp_reading after = quiet;
	struct ntp_kept kept = { 0 };
	struct evt_ntp changes[_EVT_NTP_MAX];

	(void)state;
	after.freq = -3;
	after.status = STA_NANO;
	after.tai = 37;
	after.tick = 10001;
	assert_int_equal(ntp_changes(changes, &request, &quiet, &after, &kept, HZ), 4);
	/* 2^-16 ppm in the kernel's unit: 1000 << 16 */
	assert_change(&changes[0], EVT_NTP_FREQ, 0, -196608000);
	assert_change(&changes[1], EVT_NTP_STATUS, STA_NANO | STA_PLL, STA_NANO);
	assert_change(&changes[2], EVT_NTP_TAI, 0, 37);
	assert_change(&changes[3], EVT_NTP_TICK, 10000, 10001);
}

static void test_nothing_changes(void **state)
{
	struct ntp_request request = { .modes = ADJ_FREQUENCY };
	struct ntp_reading after = quiet;
	struct ntp_kept kept = { 0 };
	struct evt_ntp changes[_EVT_NTP_MAX];

	(void)state;
	assert_int_equal(ntp_changes(changes, &request, &quiet, &after, &kept, HZ), 0);
	/* a call that only reads: what somebody else changes meanwhile is not its doing */
	request.modes = 0;
	after.freq = 1;
	assert_int_equal(ntp_changes(changes, &request, &quiet, &after, &kept, HZ), 0);
}

static void test_adjtime(void **state)
{
	struct ntp_request request = { .modes = ADJ_OFFSET_SINGLESHOT, .offset = -5000 };
	struct ntp_reading before = quiet, after = quiet;
	struct ntp_kept kept = { 0 };
	struct evt_ntp changes[_EVT_NTP_MAX];

	(void)state;
	before.adjust = 7;
	after.freq = 1; /* somebody else's */
	assert_int_equal(ntp_changes(changes, &request, &before, &after, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_ADJUST, 7, -5000);
	request.modes = ADJ_OFFSET_SS_READ;
	assert_int_equal(ntp_changes(changes, &request, &before, &after, &kept, HZ), 0);
}

static int64_t scaled(int64_t nsec)
{
	return nsec * (INT64_C(1) << 32) / HZ;
}

static void test_offset(void **state)
{
	struct ntp_request request = { .modes = ADJ_OFFSET, .offset = 123457 };
	struct ntp_reading now = quiet;
	struct ntp_kept kept = { 0 };
	struct evt_ntp changes[_EVT_NTP_MAX];

	(void)state;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_OFFSET, 0, scaled(123457));

	/* told rounded towards zero, remembered exactly */
	now.offset = 123456;
	request.offset = -1;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_OFFSET, scaled(123457), scaled(-1));

	/* worked off in part: what is told has to do. No more than half a second is corrected so */
	now.offset = 125;
	request.offset = 900000000;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_OFFSET, scaled(125), scaled(500000000));

	/* without the loop, none */
	now.status = STA_NANO;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 0);
}

static void test_offset_in_microseconds(void **state)
{
	struct ntp_request request = { .modes = ADJ_OFFSET, .offset = -3 };
	struct ntp_reading now = quiet;
	struct ntp_kept kept = { 0 };
	struct evt_ntp changes[_EVT_NTP_MAX];

	(void)state;
	now.status = STA_PLL;
	now.offset = 4294967 - 20; /* how the kernel tells -20 */
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_OFFSET, scaled(-20000), scaled(-3000));
	now.offset = 4294967 - 3;
	request.offset = -2000000;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 1);
	assert_change(&changes[0], EVT_NTP_OFFSET, scaled(-3000), scaled(-500000000));
	/* the same again changes nothing */
	now.offset = 4294967 - 500000;
	assert_int_equal(ntp_changes(changes, &request, &now, &now, &kept, HZ), 0);
}

static void test_clock_difference(void **state)
{
	struct timespec d;

	(void)state;
	d = clock_difference((struct timespec){ 5, 1 }, (struct timespec){ 7, 2 });
	assert_int_equal(d.tv_sec, -3);
	assert_int_equal(d.tv_nsec, 999999999);
	d = clock_difference((struct timespec){ 7, 2 }, (struct timespec){ 7, 2 });
	assert_int_equal(d.tv_sec, 0);
	assert_int_equal(d.tv_nsec, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_told_as_kept),
		cmocka_unit_test(test_nothing_changes),
		cmocka_unit_test(test_adjtime),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_offset_in_microseconds),
		cmocka_unit_test(test_clock_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
