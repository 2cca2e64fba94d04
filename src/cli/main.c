// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/ctl.h"

static const struct command *const commands[] = { &command_run, &command_replay, &command_rules,
	&command_daemon, &command_ctl };

/* Names of other programs that this one is, to the letter, when it is started under them. */
static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} other_names[] = {
	{ "auditctl", auditctl_main },
};

static const char help_head[] =
#include "cli/help_uaudit.inc"
	;

static void print_help(FILE *to)
{
	(void)fputs("usage: uaudit COMMAND [OPTION]...\n\n", to);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		(void)fprintf(to, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
	(void)fputs("  help     explain a command: uaudit help COMMAND\n\n", to);
	(void)fputs(help_head, to);
}

static const struct command *command_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	complain("unknown command '%s'; 'uaudit --help' lists the commands%s", name,
		strchr(name, '/') ? ", and 'uaudit run -- PROGRAM' audits a program" : "");
	return EXIT_UAUDIT;
}

/* What was printed for people to read or scripts to use must have arrived. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	complain("cannot write to standard output: %m");
	return status ? status : EXIT_UAUDIT;
}

static int help(const char *name)
{
	const struct command *command = name ? command_of(name) : NULL;

	if (name && !command)
		return unknown(name);
	if (command)
		(void)fputs(command->help, stdout);
	else
		print_help(stdout);
	return flushed(0);
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "uaudit";
	const struct command *command;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(other_names); i++)
		if (strcmp(name, other_names[i].name) == 0)
			return flushed(other_names[i].main(argc, argv));
	if (argc < 2) {
		print_help(stderr);
		return EXIT_UAUDIT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(NULL);
	if (strcmp(argv[1], "help") == 0)
		return help(argv[2]);
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("uaudit %s\n", UAUDIT_VERSION);
		return flushed(0);
	}
	command = command_of(argv[1]);
	if (!command)
		return unknown(argv[1]);
	if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0))
		return help(argv[1]);
	return flushed(command->run(argc - 1, argv + 1));
}
