/* SPDX-License-Identifier: MIT */
/*
 * Runs a command where programs under test run.
 *
 *   in_environment NAME COMMAND [ARGUMENT]...
 *   in_environment NAME -o       prints who owns files there, as a uid of the initial user namespace
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "environment.h"

#define STATUS_BROKEN 125

int main(int argc, char **argv)
{
	const struct environment *env = argc > 2 ? environment_find(argv[1]) : NULL;
	int r;

	if (!env) {
		fputs("usage: in_environment root|user|container -o | COMMAND [ARGUMENT]...\n",
			stderr);
		return STATUS_BROKEN;
	}
	if (!strcmp(argv[2], "-o"))
		return printf("%u\n", (unsigned)env->owner) < 0;
	r = environment_enter(env);
	if (r) {
		fprintf(stderr, "in_environment: %s: %s\n", env->name, strerror(-r));
		return STATUS_BROKEN;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
