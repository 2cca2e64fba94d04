/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_CONFIG_H
#define UAUDIT_ENGINE_CONFIG_H

/*
 * The settings of an engine, one member a row of config.def. Built-in values first, those of a file over them, those of the
 * command line over both: config_set() in that order, later ones win. Whoever reloads fills a second struct config and
 * takes it only if all of it was right.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/control.h"

#define CONFIG_FILE_MAX  ((size_t)64 * 1024) /* bytes */
#define CONFIG_ERROR_MAX 512                 /* bytes of a message, with the NUL */

/* The members' types: text is the config's, NULL if there is none. */
#define CONFIG_TYPE_PATH   char *
#define CONFIG_TYPE_PATHS  char * /* newlines divide them */
#define CONFIG_TYPE_SOURCE char *
#define CONFIG_TYPE_ACTION char *
#define CONFIG_TYPE_GROUP  char *
#define CONFIG_TYPE_NUMBER uint64_t
#define CONFIG_TYPE_SIZE   uint64_t
#define CONFIG_TYPE_WORD   uint64_t
#define CONFIG_TYPE_EXTRA  uint64_t

/* The bits of a set of settings: 1 << CONFIG_KEY_run_dir. */
enum config_key {
#define CONFIG(name, ...) CONFIG_KEY_##name,
#include "engine/config.def"
#undef CONFIG
	_CONFIG_KEY_MAX,
};
_Static_assert(_CONFIG_KEY_MAX <= 64, "sets of settings are 64 bits");

struct config {
#define CONFIG(name, kind, ...) CONFIG_TYPE_##kind name;
#include "engine/config.def"
#undef CONFIG
	uint64_t given;                  /* what config_set() has set */
	uint64_t in_layer;               /* ... since config_begin_layer() */
	unsigned lines[_CONFIG_KEY_MAX]; /* of the file being read, 0: not in it */
};

/* The built-in values. -ENOMEM. */
int config_init(struct config *config);
void config_deinit(struct config *config);

/* It may be given again, for one more of its kind. */
bool config_repeats(enum config_key key);
/* The setting of that name; where - stands for _ too if is_option. negative: there is none. */
int config_find(const char *name, size_t len, bool is_option);
/* What is set from here on comes from another place: what may be given again is not added to what the place before said. */
void config_begin_layer(struct config *config);
/*
 * A value as it is written. A path that does not begin with / is put behind base_dir; without base_dir it is refused.
 * -EINVAL, with what is wrong and what would be right in error; -ENOMEM.
 */
int config_set(struct config *config, enum config_key key, const char *value, size_t len,
	const char *base_dir, char error[CONFIG_ERROR_MAX]);

/* Called with one complaint, a line without newline. */
typedef void (*config_complain_fn)(void *userdata, const char *line);
/* Text of a file, untrusted; name stands for it in complaints. All of it is looked at. 0; -EINVAL after at least one
 * complaint; -ENOMEM. */
int config_parse(struct config *config, const char *name, const char *text, size_t len,
	config_complain_fn complain, void *userdata);
/* As config_parse(); or the errno of reading the file, after a complaint. */
int config_read(
	struct config *config, const char *path, config_complain_fn complain, void *userdata);

/* What the places depend on. */
struct config_where {
	bool is_root;
	const char *home, *xdg_runtime_dir, *xdg_state_home; /* NULL: not set */
};
/* Fills in what has no built-in value; -EINVAL with error: a directory is needed and there is nothing to find it by. */
int config_finish(
	struct config *config, const struct config_where *where, char error[CONFIG_ERROR_MAX]);

/* What is not the same in both, as bits. */
uint64_t config_changes(const struct config *config, const struct config *other);
/* What of it needs another start. */
uint64_t config_needs_start(uint64_t changes);
/* Of the given keys config gets what old has, and the other way round. */
void config_swap(struct config *config, struct config *old, uint64_t keys);
const char *config_name(enum config_key key);

/* The i-th setting, for help; false: there is none. */
struct config_row {
	const char *name, *default_text, *help;
	bool is_reloaded;
};
bool config_row(size_t i, struct config_row *ret);

#endif
