/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_RUN_OPTIONS_H
#define UAUDIT_CLI_RUN_OPTIONS_H

/* The command line that run and replay share. */

#include <stdbool.h>
#include <stddef.h>

#include "cli/output.h"

struct run_options {
	const char *
		*words; /* what makes rules, -R FILE included, in its order; borrowed from argv */
	size_t n_words;
	struct output_options output;
	const char *record;      /* --record */
	bool attach;             /* --attach: the events go to an engine */
	const char *attach_path; /* its control.sock; NULL: where clients look for it */
	uint32_t extra;          /* --extra: enum extra (abi/extra.h) */
	bool show_default_rules;
	char **rest; /* the command, NULL-terminated; empty if none was given */
};

/* argv[0] is the subcommand. 0; -EINVAL after a complaint; -ENOMEM. may_record: --record is known. */
int run_options_parse(struct run_options *ret, int argc, char **argv, bool may_record);
void run_options_deinit(struct run_options *options);

#endif
