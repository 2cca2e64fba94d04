// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "abi/evt.h"
#include "cli/pump.h"

/* What the other end saw: lengths and contents are made from a number that counts up. */
struct seen {
	uint32_t n;
	uint32_t idle;
	uint32_t fail_at; /* 0: never */
	bool wrong;
};

static uint32_t length_of(uint32_t i)
{
	/* mostly small, now and then one that makes the ring wrap in the middle or fills it */
	if (i % 97 == 96)
		return 3 * 1024 * 1024 + i;
	return (uint32_t)sizeof(uint32_t) * 2 + i * 37 % 5000;
}

static int on_event(void *userdata, const void *event, size_t len)
{
	struct seen *seen = userdata;
	uint32_t head[2];

	memcpy(head, event, sizeof(head));
	if (head[0] != len || len != length_of(seen->n) || head[1] != seen->n ||
		(uintptr_t)event % EVT_ALIGN != 0 ||
		((const unsigned char *)event)[len - 1] !=
			(unsigned char)(len > sizeof(head) ? seen->n : seen->n >> 24))
		seen->wrong = true;
	seen->n++;
	return seen->n == seen->fail_at ? -ENOSPC : 0;
}

static int on_idle(void *userdata)
{
	struct seen *seen = userdata;

	seen->idle++;
	return 0;
}

static int put(struct pump *pump, unsigned char *event, uint32_t i)
{
	uint32_t head[2] = { length_of(i), i };

	memset(event, (int)(i & 0xff), head[0]);
	memcpy(event, head, sizeof(head));
	return pump_put(pump, event, head[0]);
}

static void everything_arrives_in_order(void **state)
{
	unsigned char *event = malloc(EVT_LEN_MAX);
	struct seen seen = { .n = 0 };
	const struct pump_end end = { on_event, on_idle, &seen };
	struct pump *pump;

	(void)state;
	assert_int_equal(pump_new(&pump, &end), 0);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(put(pump, event, i), 0);
	assert_int_equal(pump_close(pump), 0);
	assert_int_equal(seen.n, 5000);
	assert_false(seen.wrong);
	assert_true(seen.idle > 0);
	free(event);
}

static void a_failure_comes_back_and_nobody_hangs(void **state)
{
	unsigned char *event = malloc(EVT_LEN_MAX);
	struct seen seen = { .fail_at = 10 };
	const struct pump_end end = { on_event, on_idle, &seen };
	struct pump *pump;
	int r = 0;

	(void)state;
	assert_int_equal(pump_new(&pump, &end), 0);
	for (uint32_t i = 0; i < 5000 && r == 0; i++)
		r = put(pump, event, i);
	assert_int_equal(pump_close(pump), -ENOSPC);
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(seen.n, 10);
	free(event);
}

static void an_empty_pump_ends(void **state)
{
	struct seen seen = { .n = 0 };
	const struct pump_end end = { on_event, on_idle, &seen };
	struct pump *pump;

	(void)state;
	assert_int_equal(pump_new(&pump, &end), 0);
	assert_int_equal(pump_close(pump), 0);
	assert_int_equal(pump_close(NULL), 0);
	assert_int_equal(seen.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_arrives_in_order),
		cmocka_unit_test(a_failure_comes_back_and_nobody_hangs),
		cmocka_unit_test(an_empty_pump_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
