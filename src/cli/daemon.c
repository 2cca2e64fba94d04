// SPDX-License-Identifier: MIT
/* uaudit daemon: the command line of the engine. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "cli/commands.h"
#include "cli/rules.h"
#include "engine/engine.h"
#include "system/system_env.h"

static const char help[] = "usage: uaudit daemon\n";

static void notice(void *userdata, const char *text)
{
	(void)userdata;
	complain("%s", text);
}

static int main_daemon(int argc, char **argv)
{
	static const struct option options[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "run-dir", required_argument, NULL, 'r' },
		{ "state-dir", required_argument, NULL, 's' },
		{ "log", required_argument, NULL, 'l' },
		{ "source", required_argument, NULL, 'S' },
		{ "enabled", required_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 },
	};
	struct engine_settings settings = {
		.run_dir = "/run/uaudit",
		.state_dir = "/var/lib/uaudit",
		.source = "none",
		.limits = KAUDITD_LIMITS_DEFAULT,
		.spool_max = 256 * 1024 * 1024,
		.log_group = UINT32_MAX,
		.drain_ms = 5000,
		.control_fd = -1,
		.readlog_fd = -1,
	};
	struct engine *engine;
	struct rule_set *rules;
	bool enabled_given = false;
	int option, r;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			settings.run_dir = optarg;
			break;
		case 's':
			settings.state_dir = optarg;
			break;
		case 'l':
			settings.log_file = optarg;
			break;
		case 'S':
			settings.source = optarg;
			break;
		case 'e':
			enabled_given =
				parse_u32(optarg, strlen(optarg), 10, &settings.enabled) == 0;
			break;
		case 'f':
			break;
		default:
			return EXIT_UAUDIT;
		}
	}
	if (!enabled_given)
		settings.enabled = settings.log_file != NULL;
	r = rule_set_new(&rules);
	if (r == 0)
		r = engine_new(&engine, &settings, rules, notice, NULL);
	if (r < 0)
		return 1;
	r = engine_run(engine, NULL, NULL);
	option = engine_status(engine);
	(void)engine_free(engine);
	return r < 0 ? 1 : option;
}

const struct command command_daemon = {
	.name = "daemon",
	.summary = "the audit engine as a service",
	.help = help,
	.run = main_daemon,
};
