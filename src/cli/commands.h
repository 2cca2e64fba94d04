/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_COMMANDS_H
#define UAUDIT_CLI_COMMANDS_H

/* The subcommands of uaudit, one file each. */

#include "base/macros.h"

/* uaudit's own failures, as env and timeout have it: the statuses of commands are left to the commands. */
enum { EXIT_UAUDIT = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

struct command {
	const char *name;
	const char *summary; /* one line of "uaudit --help" */
	const char *help;    /* the text of --help */
	/* argv[0] is the command's name; the answer is the exit status. */
	int (*run)(int argc, char **argv);
};

extern const struct command command_run, command_replay, command_rules, command_daemon, command_ctl;

/* One line on stderr, "uaudit: " in front. */
void complain(const char *format, ...) _printf_(1, 2);

#endif
