// SPDX-License-Identifier: MIT
/* Values of settings: what each kind takes, where they come from when nobody sets them (config.def). */
#include "engine/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/parse.h"
#include "engine/config_value.h"

enum config_kind {
	KIND_PATH,
	KIND_PATHS,
	KIND_SOURCE,
	KIND_ACTION,
	KIND_GROUP,
	KIND_NUMBER,
	KIND_SIZE,
	KIND_WORD,
	KIND_EXTRA,
};

enum config_when { WHEN_START, WHEN_RELOAD };

struct row {
	const char *name;
	uint8_t kind; /* enum config_kind */
	uint8_t when; /* enum config_when */
	uint16_t offset;
	uint64_t min, max;
	const char *default_text, *words, *help;
};

static const struct row rows[_CONFIG_KEY_MAX] = {
#define CONFIG(name, kind, min, max, value, words, when, help)                                     \
	{ #name, KIND_##kind, WHEN_##when, offsetof(struct config, name), min, max, value, words,  \
		help },
#include "engine/config.def"
#undef CONFIG
};

static bool is_text(const struct row *row)
{
	return row->kind <= KIND_GROUP;
}

static char **text_of(const struct config *config, const struct row *row)
{
	return (char **)(uintptr_t)((const char *)config + row->offset);
}

static uint64_t *number_of(const struct config *config, const struct row *row)
{
	return (uint64_t *)(uintptr_t)((const char *)config + row->offset);
}

const char *config_name(enum config_key key)
{
	return rows[key].name;
}

bool config_repeats(enum config_key key)
{
	return rows[key].kind == KIND_PATHS;
}

bool config_row(size_t i, struct config_row *ret)
{
	if (i >= _CONFIG_KEY_MAX)
		return false;
	*ret = (struct config_row){
		.name = rows[i].name,
		.default_text = rows[i].default_text,
		.help = rows[i].help,
		.is_reloaded = rows[i].when == WHEN_RELOAD,
	};
	return true;
}

int config_find(const char *name, size_t len, bool is_option)
{
	for (int i = 0; i < _CONFIG_KEY_MAX; i++) {
		const char *row = rows[i].name;
		size_t at = 0;

		while (at < len && row[at] &&
			(name[at] == row[at] || (is_option && name[at] == '-' && row[at] == '_')))
			at++;
		if (at == len && !row[at])
			return i;
	}
	return -ENOENT;
}

/* is_more: what is there already was set in the same place. */
static int set_text(
	struct config *config, const struct row *row, struct config_value *value, bool is_more)
{
	char *text = NULL;
	int r;

	switch ((enum config_kind)row->kind) {
	case KIND_PATH:
		r = config_value_path(value, &text);
		break;
	case KIND_PATHS:
		r = config_value_more_paths(value, is_more ? *text_of(config, row) : NULL, &text);
		break;
	case KIND_SOURCE:
		r = config_value_source(value, &text);
		break;
	case KIND_ACTION:
		r = config_value_action(value, &text);
		break;
	default:
		r = config_value_group(value, &text);
		break;
	}
	if (r < 0)
		return r;
	free(*text_of(config, row));
	*text_of(config, row) = text;
	return 0;
}

static int set_number(struct config *config, const struct row *row, struct config_value *value)
{
	uint64_t number;
	int r;

	if (row->kind == KIND_WORD)
		r = config_value_word(value, row->words, &number);
	else if (row->kind == KIND_EXTRA)
		r = config_value_extra(value, &number);
	else
		r = config_value_number(value, row->kind == KIND_SIZE, row->min, row->max, &number);
	if (r == 0)
		*number_of(config, row) = number;
	return r;
}

int config_set(struct config *config, enum config_key key, const char *text, size_t len,
	const char *base_dir, char error[CONFIG_ERROR_MAX])
{
	const struct row *row = &rows[key];
	struct config_value value = {
		.name = row->name,
		.text = text,
		.len = len,
		.base_dir = base_dir,
		.error = error,
	};
	int r;

	error[0] = '\0';
	r = is_text(row) ? set_text(config, row, &value, config->in_layer >> key & 1)
			 : set_number(config, row, &value);
	if (r == 0) {
		config->given |= UINT64_C(1) << key;
		config->in_layer |= UINT64_C(1) << key;
	}
	return r;
}

void config_begin_layer(struct config *config)
{
	config->in_layer = 0;
}

int config_init(struct config *config)
{
	char error[CONFIG_ERROR_MAX];
	int r;

	*config = (struct config){ 0 };
	for (int i = 0; i < _CONFIG_KEY_MAX; i++) {
		if (!rows[i].default_text[0])
			continue;
		r = config_set(config, (enum config_key)i, rows[i].default_text,
			strlen(rows[i].default_text), NULL, error);
		if (r < 0) {
			config_deinit(config);
			return r;
		}
	}
	config->given = 0;
	return 0;
}

void config_deinit(struct config *config)
{
	for (int i = 0; i < _CONFIG_KEY_MAX; i++)
		if (is_text(&rows[i]))
			free(*text_of(config, &rows[i]));
	*config = (struct config){ 0 };
}

/* ---- what nobody has set ---- */

static int find_dir(char **dir, const char *name, const char *root_dir, const char *parent,
	const char *below, bool is_root, char error[CONFIG_ERROR_MAX])
{
	int n;

	if (*dir)
		return 0;
	if (!is_root && (!parent || parent[0] != '/')) {
		(void)snprintf(error, CONFIG_ERROR_MAX,
			"%s is not set, and neither is %s: name a directory", name,
			strcmp(name, "run_dir") == 0 ? "XDG_RUNTIME_DIR in the environment"
						     : "XDG_STATE_HOME or HOME in the environment");
		return -EINVAL;
	}
	n = is_root ? asprintf(dir, "%s", root_dir) : asprintf(dir, "%s%s", parent, below);
	if (n < 0) {
		*dir = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* One for each run_dir: its path, where names on a bpffs have neither slashes nor dots. */
static int find_pin_dir(struct config *config)
{
	static const char parent[] = "/sys/fs/bpf/uaudit/";
	const char *from = config->run_dir;
	char *to;

	while (*from == '/')
		from++;
	config->pin_dir = malloc(sizeof(parent) + 3 * strlen(from) + 1);
	if (!config->pin_dir)
		return -ENOMEM;
	to = stpcpy(config->pin_dir, parent);
	if (!*from)
		*to++ = '-';
	for (; *from; from++) {
		if (*from == '/')
			*to++ = '-';
		else if (strchr("-.%", *from))
			to += sprintf(to, "%%%02x", (unsigned)(unsigned char)*from);
		else
			*to++ = *from;
	}
	*to = '\0';
	return 0;
}

int config_finish(
	struct config *config, const struct config_where *where, char error[CONFIG_ERROR_MAX])
{
	bool has_state = where->xdg_state_home && where->xdg_state_home[0] == '/';
	int r;

	error[0] = '\0';
	r = find_dir(&config->run_dir, "run_dir", CONTROL_RUN_DIR, where->xdg_runtime_dir,
		"/uaudit", where->is_root, error);
	if (r == 0)
		r = find_dir(&config->state_dir, "state_dir", "/var/lib/uaudit",
			has_state ? where->xdg_state_home : where->home,
			has_state ? "/uaudit" : "/.local/state/uaudit", where->is_root, error);
	if (r == 0 && !config->pin_dir)
		r = find_pin_dir(config);
	/* The kernel's is 0 until somebody like auditd asks for more; who gives the engine a log has asked. */
	if (!(config->given & UINT64_C(1) << CONFIG_KEY_enabled))
		config->enabled = config->log_file ? 1 : 0;
	return r;
}

/* ---- two of them ---- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

uint64_t config_changes(const struct config *config, const struct config *other)
{
	uint64_t changes = 0;
	bool is_same;

	for (int i = 0; i < _CONFIG_KEY_MAX; i++) {
		if (is_text(&rows[i]))
			is_same = same_text(*text_of(config, &rows[i]), *text_of(other, &rows[i]));
		else
			is_same = *number_of(config, &rows[i]) == *number_of(other, &rows[i]);
		if (!is_same)
			changes |= UINT64_C(1) << i;
	}
	return changes;
}

uint64_t config_needs_start(uint64_t changes)
{
	for (int i = 0; i < _CONFIG_KEY_MAX; i++)
		if (rows[i].when != WHEN_START)
			changes &= ~(UINT64_C(1) << i);
	return changes;
}

void config_swap(struct config *config, struct config *old, uint64_t keys)
{
	for (int i = 0; i < _CONFIG_KEY_MAX; i++) {
		if (!(keys >> i & 1))
			continue;
		if (is_text(&rows[i])) {
			char *text = *text_of(config, &rows[i]);

			*text_of(config, &rows[i]) = *text_of(old, &rows[i]);
			*text_of(old, &rows[i]) = text;
		} else {
			uint64_t number = *number_of(config, &rows[i]);

			*number_of(config, &rows[i]) = *number_of(old, &rows[i]);
			*number_of(old, &rows[i]) = number;
		}
	}
}
