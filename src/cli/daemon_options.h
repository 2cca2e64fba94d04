/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_DAEMON_OPTIONS_H
#define UAUDIT_CLI_DAEMON_OPTIONS_H

/* The command line of uaudit daemon, and the settings that it and the file make together. */

#include "engine/config.h"

#define DAEMON_SETTINGS_MAX 64 /* settings on one command line */

struct daemon_options {
	bool background;
	bool check_config; /* --check-config: whether all is right, and nothing else */
	bool show_config;  /* --show-config: a file of all settings with their built-in values */
	bool detach; /* --detach: removes the BPF programs of that run_dir, and nothing else */
	char *config_file; /* absolute; NULL: none */
	char *base_dir;    /* where relative paths begin */
	size_t n_settings;
	struct {
		enum config_key key;
		const char *value; /* borrowed from argv */
	} settings[DAEMON_SETTINGS_MAX];
};

/* 0; -EINVAL after a complaint on stderr; -ENOMEM. To be released in any case. */
int daemon_options_parse(struct daemon_options *options, int argc, char **argv);
void daemon_options_deinit(struct daemon_options *options);

/*
 * Built-in values, the file, the command line. 0; or a negative errno after at least one complaint, with nothing to
 * release.
 */
int daemon_config(struct config *ret, const struct daemon_options *options,
	config_complain_fn complain, void *userdata);
/* The text of --show-config, on stdout. */
void daemon_show_config(void);

#endif
