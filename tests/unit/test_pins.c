// SPDX-License-Identifier: MIT
/* Pins in a directory that is no bpffs are refused, and nothing is made there; what an interrupted change left is mended. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/bpf/bpf_source.h"
#include "source/bpf/pins.h"

static char dir[] = "/tmp/test_pins.XXXXXX";

static char *name(const char *below)
{
	static char path[4][128];
	static unsigned at;

	at = (at + 1) % 4;
	(void)snprintf(path[at], sizeof(path[at]), "%s/%s", dir, below);
	return path[at];
}

static void make(const char *below)
{
	FILE *file = fopen(name(below), "w");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void refused(void **state)
{
	const struct pins pins = { 0 };

	(void)state;
	assert_int_equal(pins_make(name("a/b"), &pins), -ENOTSUP);
	assert_int_equal(access(name("a"), F_OK), -1);
	assert_int_equal(pins_remove(name("a/b")), -ENOENT);
	assert_int_equal(pins_get(name("a"), "map", "x"), -ENOENT);
}

static void mended(void **state)
{
	uint64_t unread;

	(void)state;
	/* the old one had been moved away, the new one was not in its place yet */
	assert_int_equal(mkdir(name("p%old"), 0700), 0);
	make("p%old/link_x");
	assert_int_equal(mkdir(name("p%new"), 0700), 0);
	make("p%new/link_x");
	assert_true(pins_exist(name("p")));
	assert_int_equal(access(name("p/link_x"), F_OK), 0);
	assert_int_equal(access(name("p%old"), F_OK), -1);
	assert_int_equal(access(name("p%new"), F_OK), -1);
	make("p/map_x");
	assert_int_equal(pins_detach(name("p")), 0);
	assert_int_equal(access(name("p/link_x"), F_OK), -1);
	assert_int_equal(access(name("p/map_x"), F_OK), 0);
	assert_int_equal(bpf_source_detach(name("p"), &unread), 0);
	assert_int_equal(access(name("p"), F_OK), -1);
	assert_int_equal(bpf_source_detach(name("p"), &unread), -ENOENT);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(mended),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
