// SPDX-License-Identifier: MIT
/* The command line of uaudit daemon: words to settings, and who goes before whom. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/daemon_options.h"

#define WORDS_MAX 80

static char complaints[4096];

static void note(void *userdata, const char *line)
{
	size_t len = strlen(complaints);

	(void)userdata;
	(void)snprintf(complaints + len, sizeof(complaints) - len, "%s\n", line);
}

void complain(const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	note(NULL, line);
}

/* words: divided by blanks. */
static int parse(struct daemon_options *options, const char *words)
{
	static char text[4096];
	char *argv[WORDS_MAX + 2] = { (char[]){ "daemon" } }, *rest = text;
	int argc = 1;

	complaints[0] = '\0';
	(void)snprintf(text, sizeof(text), "%s", words);
	while (*words && (argv[argc] = strsep(&rest, " ")))
		argc++;
	return daemon_options_parse(options, argc, argv);
}

static void test_words(void **state)
{
	struct daemon_options options;
	struct config config;

	(void)state;
	assert_int_equal(parse(&options, "--background --run-dir /r --log=/l --rules /x "
					 "--backlog_limit 7 --backlog-limit=8 --enabled 0"),
		0);
	assert_true(options.background);
	assert_int_equal(options.n_settings, 6);
	assert_int_equal(daemon_config(&config, &options, note, NULL), 0);
	assert_string_equal(config.run_dir, "/r");
	assert_string_equal(config.log_file, "/l");
	assert_string_equal(config.rules_file, "/x");
	assert_int_equal(config.backlog_limit, 8);
	assert_int_equal(config.enabled, 0);
	config_deinit(&config);
	daemon_options_deinit(&options);

	assert_int_equal(parse(&options, "--background --foreground --check-config"), 0);
	assert_false(options.background);
	assert_true(options.check_config);
	daemon_options_deinit(&options);
}

static void test_bad_words(void **state)
{
	static const struct {
		const char *words, *complaint;
	} cases[] = {
		{ "x", "takes options only, 'x' is none" },
		{ "-f", "takes options only, '-f' is none" },
		{ "--enabeld 1", "unknown option '--enabeld' (did you mean '--enabled'?)" },
		{ "--ruls=x", "(did you mean '--rules'?)" },
		{ "--confgi x", "(did you mean '--config'?)" },
		{ "--backgruond", "(did you mean '--background'?)" },
		{ "--log", "option '--log' needs a value behind it" },
		{ "--", "unknown option '--'" },
		{ "--=x", "unknown option '--=x'" },
	};
	struct daemon_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(&options, cases[i].words), -EINVAL);
		if (!strstr(complaints, cases[i].complaint))
			fail_msg("%s: %s", cases[i].words, complaints);
		daemon_options_deinit(&options);
	}
}

/* All that is wrong is said, and nothing is left to release. */
static void test_bad_values(void **state)
{
	struct daemon_options options;
	struct config config;

	(void)state;
	assert_int_equal(parse(&options, "--enabled 3 --run-dir /r --flush never"), 0);
	assert_int_equal(daemon_config(&config, &options, note, NULL), -EINVAL);
	assert_string_equal(complaints, "enabled = 3: it must be from 0 to 2\n"
					"flush = never: it is one of none|data|sync\n");
	daemon_options_deinit(&options);
}

static void test_too_many(void **state)
{
	struct daemon_options options;
	char words[2048] = "";

	(void)state;
	for (int i = 0; i <= DAEMON_SETTINGS_MAX; i++)
		strcat(words, i ? " --failure=1" : "--failure=1");
	assert_int_equal(parse(&options, words), -EINVAL);
	assert_non_null(strstr(complaints, "more than 64 settings"));
	daemon_options_deinit(&options);
}

static void test_precedence(void **state)
{
	char path[] = "/tmp/test_daemon_options.XXXXXX", words[256], expected[4200];
	int fd = mkstemp(path);
	static const char text[] = "rate_limit = 5\nfailure = 0\nlog_file = /file\n";
	struct daemon_options options;
	struct config config;

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	(void)close(fd);
	/* also where the file is named behind the setting */
	(void)snprintf(words, sizeof(words), "--failure 2 --run-dir r --config %s", path);
	assert_int_equal(parse(&options, words), 0);
	assert_int_equal(daemon_config(&config, &options, note, NULL), 0);
	assert_int_equal(config.failure, 2);
	assert_int_equal(config.rate_limit, 5);
	assert_int_equal(config.backlog_limit, 64);
	assert_int_equal(config.enabled, 1);
	(void)snprintf(expected, sizeof(expected), "%s/r", options.base_dir);
	assert_string_equal(config.run_dir, expected);
	config_deinit(&config);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(daemon_config(&config, &options, note, NULL), -ENOENT);
	daemon_options_deinit(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_precedence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
