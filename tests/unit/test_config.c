// SPDX-License-Identifier: MIT
/* Settings: what each kind of value takes, files with everything wrong at once, where directories come from. */

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

#include "abi/extra.h"
#include "base/macros.h"
#include "engine/config.h"

static char complaints[4096];

static void note(void *userdata, const char *line)
{
	size_t len = strlen(complaints);

	(void)userdata;
	(void)snprintf(complaints + len, sizeof(complaints) - len, "%s\n", line);
}

static int parse(struct config *config, const char *text)
{
	complaints[0] = '\0';
	return config_parse(config, "f", text, strlen(text), note, NULL);
}

static int set(struct config *config, const char *name, const char *value, const char *base,
	char error[CONFIG_ERROR_MAX])
{
	int key = config_find(name, strlen(name), false);

	assert_true(key >= 0);
	return config_set(config, (enum config_key)key, value, strlen(value), base, error);
}

static void test_defaults(void **state)
{
	struct config config;
	struct config_row row;
	size_t n = 0;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(config.failure, 1);
	assert_int_equal(config.backlog_limit, 64);
	assert_int_equal(config.backlog_wait_time, 15000);
	assert_int_equal(config.spool_max, 256 << 20);
	assert_int_equal(config.drain_timeout, 5);
	assert_int_equal(config.flush, 0);
	assert_int_equal(config.extra, EXTRA_NONE);
	assert_string_equal(config.source, "none");
	assert_string_equal(config.panic_action, "exit");
	assert_null(config.run_dir);
	assert_int_equal(config.given, 0);
	while (config_row(n, &row))
		n++;
	assert_int_equal(n, _CONFIG_KEY_MAX);
	config_deinit(&config);
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(config_find("run_dir", 7, false), CONFIG_KEY_run_dir);
	assert_int_equal(config_find("run-dir", 7, true), CONFIG_KEY_run_dir);
	assert_int_equal(config_find("run-dir", 7, false), -ENOENT);
	assert_int_equal(config_find("run_dirs", 8, false), -ENOENT);
	assert_int_equal(config_find("run_di", 6, false), -ENOENT);
	assert_int_equal(config_find("", 0, true), -ENOENT);
}

/* expected: the value as it is kept, NULL: refused with the text in error. */
static const struct {
	const char *name, *value, *base, *expected, *error;
} texts[] = {
	{ "run_dir", "/run/x", NULL, "/run/x", NULL },
	{ "run_dir", "x", "/home/u", "/home/u/x", NULL },
	{ "run_dir", "x", NULL, NULL, "run_dir = x: a path must begin with /" },
	{ "run_dir", "", "/b", NULL, "run_dir = : a path is needed" },
	{ "log_file", "/a\001b", NULL, NULL, "control character" },
	{ "source", "kernel", NULL, "kernel", NULL },
	{ "source", "replay:/f", NULL, "replay:/f", NULL },
	{ "source", "replay:f", "/d", "replay:/d/f", NULL },
	{ "source", "replay:", "/d", NULL, "a path is needed" },
	{ "source", "nonesuch", NULL, NULL, "none, bpf, kernel and replay:FILE" },
	{ "panic_action", "ignore", NULL, "ignore", NULL },
	{ "panic_action", "exec /bin/true", NULL, "exec /bin/true", NULL },
	{ "panic_action", "exec true", "/bin", NULL, "must begin with /" },
	{ "panic_action", "exec", NULL, NULL, "ignore, exit and 'exec PATH'" },
	{ "log_group", "adm", NULL, "adm", NULL },
	{ "log_group", "a:b", NULL, NULL, "cannot be a group's name" },
	{ "log_group", "", NULL, NULL, "1 to 32 bytes" },
};

static void test_texts(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config config;
	const char *kept;
	int r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(config_init(&config), 0);
		r = set(&config, texts[i].name, texts[i].value, texts[i].base, error);
		kept = texts[i].name[0] == 'r'   ? config.run_dir
		       : texts[i].name[0] == 's' ? config.source
		       : texts[i].name[0] == 'p' ? config.panic_action
		       : texts[i].name[4] == 'g' ? config.log_group
						 : config.log_file;
		if (texts[i].expected) {
			assert_int_equal(r, 0);
			assert_string_equal(kept, texts[i].expected);
		} else {
			assert_int_equal(r, -EINVAL);
			assert_int_equal(config.given, 0);
			if (!strstr(error, texts[i].error))
				fail_msg("%s %s: %s", texts[i].name, texts[i].value, error);
		}
		config_deinit(&config);
	}
}

static const struct {
	const char *name, *value;
	uint64_t expected;
	const char *error;
} numbers[] = {
	{ "enabled", "2", 2, NULL },
	{ "enabled", "3", 0, "enabled = 3: it must be from 0 to 2" },
	{ "enabled", "on", 0, "a number from 0 to 2 is needed" },
	{ "rate_limit", "4294967295", UINT32_MAX, NULL },
	{ "rate_limit", "4294967296", 0, "from 0 to 4294967295" },
	{ "rate_limit", "99999999999999999999", 0, "from 0 to 4294967295" },
	{ "rate_limit", "-1", 0, "is needed" },
	{ "rate_limit", "1K", 0, "is needed" },
	{ "rate_limit", "", 0, "is needed" },
	{ "backlog_wait_time", "150000", 150000, NULL },
	{ "backlog_wait_time", "150001", 0, "from 0 to 150000" },
	{ "spool_max", "0", 0, NULL },
	{ "spool_max", "3k", 3 << 10, NULL },
	{ "spool_max", "1T", UINT64_C(1) << 40, NULL },
	{ "spool_max", "16777216T", 0, "from 0 to 1099511627776" }, /* 2^64 */
	{ "spool_max", "M", 0, "with K, M, G or T" },
	{ "flush", "data", 1, NULL },
	{ "flush", "sync", 2, NULL },
	{ "flush", "syn", 0, "one of none|data|sync" },
	{ "flush", "", 0, "one of none|data|sync" },
	{ "extra", "paths,time", EXTRA_PATHS | EXTRA_TIME, NULL },
	{ "extra", "all", EXTRA_ALL, NULL },
	{ "extra", "none", EXTRA_NONE, NULL },
	{ "extra", "paths, time", 0,
		"extra = paths, time: there is no ' time'; there are paths, args, time, cgroup, all, none;" },
	{ "extra", "", 0, "there is no ''" },
	{ "extra", "time,\001", 0, "there is no '?'" },
};

static uint64_t number(const struct config *config, const char *name)
{
	switch (name[0]) {
	case 'e':
		return name[1] == 'x' ? config->extra : config->enabled;
	case 'r':
		return config->rate_limit;
	case 'b':
		return config->backlog_wait_time;
	case 's':
		return config->spool_max;
	default:
		return config->flush;
	}
}

static void test_numbers(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config config;
	int r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(config_init(&config), 0);
		r = set(&config, numbers[i].name, numbers[i].value, NULL, error);
		if (!numbers[i].error) {
			assert_int_equal(r, 0);
			assert_int_equal(number(&config, numbers[i].name), numbers[i].expected);
		} else if (r != -EINVAL || !strstr(error, numbers[i].error)) {
			fail_msg("%s %s: %d %s", numbers[i].name, numbers[i].value, r, error);
		}
		config_deinit(&config);
	}
}

static void test_file(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(parse(&config, "# comment = 1\n"
					"\n"
					"  log_file=/var/log/audit/#x \t\r\n"
					"rate_limit = 17\n"
					"panic_action = exec /bin/a b"),
		0);
	assert_string_equal(complaints, "");
	assert_string_equal(config.log_file, "/var/log/audit/#x");
	assert_int_equal(config.rate_limit, 17);
	assert_string_equal(config.panic_action, "exec /bin/a b");
	assert_int_equal(config.given, UINT64_C(1) << CONFIG_KEY_log_file |
					       UINT64_C(1) << CONFIG_KEY_rate_limit |
					       UINT64_C(1) << CONFIG_KEY_panic_action);
	config_deinit(&config);
}

static void test_bad_file(void **state)
{
	static const char nul[] = "failure = 0\0\n";
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(parse(&config, "ratelimit = 1\n"
					"failure = 3\n"
					"backlog_limit 5\n"
					"enabled = 1\n"
					"enabled = 1\n"
					"\x1b[2J = 1\n"
					"run-dir = /x\n"
					"rate_limit = 9\n"),
		-EINVAL);
	assert_string_equal(complaints,
		"f:1: unknown setting 'ratelimit' (did you mean 'rate_limit'?); uaudit.conf(5) lists all\n"
		"f:2: failure = 3: it must be from 0 to 2\n"
		"f:3: 'backlog_limit 5' is no setting: 'name = value' is needed\n"
		"f:5: enabled is set in line 4 already: remove one of the two\n"
		"f:6: unknown setting '?[2J'; uaudit.conf(5) lists all\n"
		"f:7: unknown setting 'run-dir' (did you mean 'run_dir'?); uaudit.conf(5) lists all\n");
	complaints[0] = '\0';
	assert_int_equal(config_parse(&config, "f", nul, sizeof(nul) - 1, note, NULL), -EINVAL);
	assert_string_equal(
		complaints, "f:1: there is a NUL in the line: this is no file of settings\n");
	config_deinit(&config);
}

static void test_finish(void **state)
{
	static const struct {
		struct config_where where;
		const char *run_dir, *state_dir, *error;
	} cases[] = {
		{ { true, "/root", "/r", "/s" }, "/run/uaudit", "/var/lib/uaudit", NULL },
		{ { false, "/h", "/r", "/s" }, "/r/uaudit", "/s/uaudit", NULL },
		{ { false, "/h", "/r", "relative" }, "/r/uaudit", "/h/.local/state/uaudit", NULL },
		{ { false, "/h", NULL, NULL }, NULL, NULL, "XDG_RUNTIME_DIR" },
		{ { false, NULL, "/r", NULL }, NULL, NULL, "HOME" },
	};
	char error[CONFIG_ERROR_MAX];
	struct config config;
	int r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(config_init(&config), 0);
		r = config_finish(&config, &cases[i].where, error);
		if (cases[i].error) {
			assert_int_equal(r, -EINVAL);
			assert_non_null(strstr(error, cases[i].error));
		} else {
			assert_int_equal(r, 0);
			assert_string_equal(config.run_dir, cases[i].run_dir);
			assert_string_equal(config.state_dir, cases[i].state_dir);
			assert_int_equal(config.enabled, 0);
		}
		config_deinit(&config);
	}
}

static void test_enabled(void **state)
{
	static const struct config_where where = { .is_root = true };
	char error[CONFIG_ERROR_MAX];
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(set(&config, "log_file", "/l", NULL, error), 0);
	assert_int_equal(config_finish(&config, &where, error), 0);
	assert_int_equal(config.enabled, 1);
	/* An explicit 0 stays. */
	assert_int_equal(set(&config, "enabled", "0", NULL, error), 0);
	assert_int_equal(config_finish(&config, &where, error), 0);
	assert_int_equal(config.enabled, 0);
	config_deinit(&config);
}

static void test_changes(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config a, b;
	uint64_t changes;

	(void)state;
	assert_int_equal(config_init(&a), 0);
	assert_int_equal(config_init(&b), 0);
	assert_int_equal(config_changes(&a, &b), 0);
	assert_int_equal(set(&a, "rules_file", "/r", NULL, error), 0);
	assert_int_equal(set(&b, "rate_limit", "1", NULL, error), 0);
	assert_int_equal(set(&b, "run_dir", "/x", NULL, error), 0);
	changes = config_changes(&a, &b);
	assert_int_equal(changes, UINT64_C(1) << CONFIG_KEY_rules_file |
					  UINT64_C(1) << CONFIG_KEY_rate_limit |
					  UINT64_C(1) << CONFIG_KEY_run_dir);
	assert_int_equal(config_needs_start(changes), UINT64_C(1) << CONFIG_KEY_run_dir);
	config_deinit(&a);
	config_deinit(&b);
}

/* A file of the given text and mode, read. */
static int read_file(struct config *config, const char *text, size_t repeat, mode_t mode)
{
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	for (size_t i = 0; i < repeat; i++)
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
	complaints[0] = '\0';
	r = config_read(config, path, note, NULL);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void test_read(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(read_file(&config, "failure = 0\n", 1, 0600), 0);
	assert_int_equal(config.failure, 0);
	assert_int_equal(read_file(&config, "failure = 2\n", 1, 0602), -EINVAL);
	assert_non_null(strstr(complaints, "chmod o-w"));
	assert_int_equal(read_file(&config, "#23456789012345\n", 4096, 0600), 0);
	assert_int_equal(read_file(&config, "#23456789012345\n", 4097, 0600), -EINVAL);
	assert_non_null(strstr(complaints, "longer than 64 KiB"));
	complaints[0] = '\0';
	assert_int_equal(config_read(&config, "/nonexistent/c", note, NULL), -ENOENT);
	assert_string_equal(complaints,
		"/nonexistent/c: cannot read the settings: No such file or directory\n");
	assert_int_equal(config_read(&config, "/dev/zero", note, NULL), -EINVAL);
	assert_int_equal(config.failure, 0);
	config_deinit(&config);
}

/* Each setting has its paragraph in the manual, with its default. */
static void test_manual(void **state)
{
	_cleanup_fclose_ FILE *f = fopen(TEST_DATA "/../../docs/uaudit.conf.5", "r");
	static char page[65536];
	struct config_row row;
	char item[200];

	(void)state;
	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	for (size_t i = 0; config_row(i, &row); i++) {
		(void)snprintf(item, sizeof(item), "\n.It Cm %s", row.name);
		if (!strstr(page, item))
			fail_msg("%s is not in uaudit.conf(5)", row.name);
		(void)snprintf(
			item, sizeof(item), "\n.It Cm %s Pq %s\n", row.name, row.default_text);
		if (row.default_text[0] && !strstr(page, item))
			fail_msg("uaudit.conf(5) has another default for %s", row.name);
	}
}

/* What may be given again is a list of one place; the next place begins its own. */
static void test_layers(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(parse(&config, "cgroup = /a\ncgroup = /b\n"), 0);
	assert_string_equal(config.cgroup, "/a\n/b");
	config_begin_layer(&config);
	assert_int_equal(set(&config, "cgroup", "c", "/base", error), 0);
	assert_string_equal(config.cgroup, "/base/c");
	assert_int_equal(set(&config, "cgroup", "/d", NULL, error), 0);
	assert_string_equal(config.cgroup, "/base/c\n/d");
	config_deinit(&config);
}

/* Names on a bpffs have no dots, and two run_dirs never share a name. */
static void test_pin_dir(void **state)
{
	static const struct {
		char run_dir[32], pin_dir[64];
	} all[] = {
		{ "/run/uaudit", "/sys/fs/bpf/uaudit/run-uaudit" },
		{ "/run-uaudit", "/sys/fs/bpf/uaudit/run%2duaudit" },
		{ "/run/u.1%", "/sys/fs/bpf/uaudit/run-u%2e1%25" },
		{ "/", "/sys/fs/bpf/uaudit/-" },
	};
	const struct config_where where = { .is_root = true };
	char error[CONFIG_ERROR_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct config config;

		assert_int_equal(config_init(&config), 0);
		assert_int_equal(set(&config, "run_dir", all[i].run_dir, NULL, error), 0);
		assert_int_equal(config_finish(&config, &where, error), 0);
		assert_string_equal(config.pin_dir, all[i].pin_dir);
		config_deinit(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_file),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_enabled),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_pin_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
