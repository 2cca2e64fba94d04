// SPDX-License-Identifier: MIT
#include "cli/daemon_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "cli/commands.h"
#include "rule/rule_suggest.h"

enum switch_kind {
	SWITCH_FOREGROUND,
	SWITCH_BACKGROUND,
	SWITCH_CHECK,
	SWITCH_SHOW,
	SWITCH_DETACH,
};

static const struct {
	const char *name;
	enum switch_kind kind;
} switches[] = {
	{ "foreground", SWITCH_FOREGROUND },
	{ "background", SWITCH_BACKGROUND },
	{ "check-config", SWITCH_CHECK },
	{ "show-config", SWITCH_SHOW },
	{ "detach", SWITCH_DETACH },
};

/* Shorter than the names in the file. */
static const struct {
	const char *name;
	enum config_key key;
} aliases[] = {
	{ "log", CONFIG_KEY_log_file },
	{ "rules", CONFIG_KEY_rules_file },
};

static bool is_name(const char *name, size_t len, const char *candidate)
{
	return strlen(candidate) == len && memcmp(name, candidate, len) == 0;
}

static int find_setting(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (is_name(name, len, aliases[i].name))
			return (int)aliases[i].key;
	return config_find(name, len, true);
}

static bool take_switch(struct daemon_options *options, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		if (strcmp(name, switches[i].name) != 0)
			continue;
		if (switches[i].kind == SWITCH_CHECK)
			options->check_config = true;
		else if (switches[i].kind == SWITCH_SHOW)
			options->show_config = true;
		else if (switches[i].kind == SWITCH_DETACH)
			options->detach = true;
		else
			options->background = switches[i].kind == SWITCH_BACKGROUND;
		return true;
	}
	return false;
}

static int unknown(const char *word)
{
	char name[SUGGEST_WORD_MAX + 1];
	struct config_row row;
	struct suggest suggest;
	const char *best;

	if (word[0] != '-' || word[1] != '-') {
		complain("daemon takes options only, '%s' is none", word);
		return -EINVAL;
	}
	suggest_init(&suggest, word + 2, strcspn(word + 2, "="));
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		suggest_offer(&suggest, switches[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		suggest_offer(&suggest, aliases[i].name);
	suggest_offer(&suggest, "config");
	for (size_t i = 0; config_row(i, &row); i++) {
		(void)snprintf(name, sizeof(name), "%s", row.name);
		for (char *p = name; *p; p++)
			*p = *p == '_' ? '-' : *p;
		suggest_offer(&suggest, name);
	}
	best = suggest_best(&suggest);
	complain("unknown option '%s'%s%s%s; 'uaudit daemon --help' lists all", word,
		best ? " (did you mean '--" : "", best ? best : "", best ? "'?)" : "");
	return -EINVAL;
}

static int take_config_file(struct daemon_options *options, const char *path)
{
	char *file;
	int n;

	if (path[0] == '/')
		n = asprintf(&file, "%s", path);
	else
		n = asprintf(&file, "%s/%s", options->base_dir, path);
	if (n < 0)
		return -ENOMEM;
	free(options->config_file);
	options->config_file = file;
	return 0;
}

/* "--name value" or "--name=value" at argv[*at], which is advanced to the last word that it takes. */
static int take_option(struct daemon_options *options, int argc, char **argv, int *at)
{
	const char *word = argv[*at], *name = word + 2, *value;
	size_t len;
	bool is_config;
	int key;

	if (word[0] != '-' || word[1] != '-')
		return unknown(word);
	if (take_switch(options, name))
		return 0;
	len = strcspn(name, "=");
	is_config = is_name(name, len, "config");
	key = is_config ? 0 : find_setting(name, len);
	if (key < 0)
		return unknown(word);
	if (!name[len] && *at + 1 >= argc) {
		complain("option '%s' needs a value behind it", word);
		return -EINVAL;
	}
	value = name[len] ? name + len + 1 : argv[++*at];
	if (is_config)
		return take_config_file(options, value);
	if (options->n_settings == DAEMON_SETTINGS_MAX) {
		complain("more than %d settings on the command line: use --config FILE",
			DAEMON_SETTINGS_MAX);
		return -EINVAL;
	}
	options->settings[options->n_settings].key = (enum config_key)key;
	options->settings[options->n_settings++].value = value;
	return 0;
}

int daemon_options_parse(struct daemon_options *options, int argc, char **argv)
{
	int r = 0;

	*options = (struct daemon_options){ .base_dir = getcwd(NULL, 0) };
	if (!options->base_dir) {
		r = -errno;
		complain("cannot find out the working directory: %s", strerror(-r));
		return r;
	}
	for (int i = 1; i < argc && r == 0; i++)
		r = take_option(options, argc, argv, &i);
	return r;
}

void daemon_options_deinit(struct daemon_options *options)
{
	free(options->config_file);
	free(options->base_dir);
	*options = (struct daemon_options){ 0 };
}

static int apply_settings(struct config *config, const struct daemon_options *options,
	config_complain_fn complain_fn, void *userdata)
{
	char error[CONFIG_ERROR_MAX];
	int r, worst = 0;

	config_begin_layer(config);
	for (size_t i = 0; i < options->n_settings; i++) {
		const char *value = options->settings[i].value;

		r = config_set(config, options->settings[i].key, value, strlen(value),
			options->base_dir, error);
		if (r == -ENOMEM)
			return r;
		if (r < 0) {
			complain_fn(userdata, error);
			worst = r;
		}
	}
	return worst;
}

/* Settings that mean nothing without the source, or that contradict each other. */
static int check_source(const struct config *config, config_complain_fn complain_fn, void *userdata)
{
	static const enum config_key of_bpf[] = { CONFIG_KEY_cgroup, CONFIG_KEY_tree,
		CONFIG_KEY_ring_size, CONFIG_KEY_bpf_tier, CONFIG_KEY_pin_dir,
		CONFIG_KEY_capture_ends };
	char text[CONFIG_ERROR_MAX];
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of_bpf) && strcmp(config->source, "bpf") != 0; i++) {
		if (!(config->given >> of_bpf[i] & 1))
			continue;
		(void)snprintf(text, sizeof(text),
			"%s is a setting of the source bpf, and source = %.100s: set source = bpf, or leave it out",
			config_name(of_bpf[i]), config->source);
		complain_fn(userdata, text);
		r = -EINVAL;
	}
	if (r == 0 && config->cgroup && config->tree) {
		complain_fn(userdata,
			"cgroup and tree: an engine audits either; start one for each, with a run_dir of its own");
		r = -EINVAL;
	}
	return r;
}

static int fill(struct config *config, const struct daemon_options *options,
	config_complain_fn complain_fn, void *userdata)
{
	const struct config_where where = {
		.is_root = geteuid() == 0,
		.home = getenv("HOME"),
		.xdg_runtime_dir = getenv("XDG_RUNTIME_DIR"),
		.xdg_state_home = getenv("XDG_STATE_HOME"),
	};
	char error[CONFIG_ERROR_MAX];
	int r = 0, r2;

	if (options->config_file)
		r = config_read(config, options->config_file, complain_fn, userdata);
	r2 = apply_settings(config, options, complain_fn, userdata);
	if (r == 0)
		r = r2;
	if (r == 0) {
		r = config_finish(config, &where, error);
		if (r == -EINVAL)
			complain_fn(userdata, error);
	}
	/* --detach needs to know where, and that the settings are those of the engine must not be in its way */
	return r == 0 && !options->detach ? check_source(config, complain_fn, userdata) : r;
}

int daemon_config(struct config *ret, const struct daemon_options *options,
	config_complain_fn complain_fn, void *userdata)
{
	int r = config_init(ret);

	if (r == 0)
		r = fill(ret, options, complain_fn, userdata);
	if (r == -ENOMEM)
		complain_fn(userdata, "no memory for the settings");
	if (r < 0)
		config_deinit(ret);
	return r;
}

void daemon_show_config(void)
{
	struct config_row row;

	(void)puts("# Settings of uaudit daemon, with their built-in values: uaudit.conf(5).");
	for (size_t i = 0; config_row(i, &row); i++)
		(void)printf("\n# %s%s\n#%s =%s%s\n", row.help,
			row.is_reloaded ? "" : " (at the start only)", row.name,
			row.default_text[0] ? " " : "", row.default_text);
}
