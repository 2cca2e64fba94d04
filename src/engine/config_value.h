/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_CONFIG_VALUE_H
#define UAUDIT_ENGINE_CONFIG_VALUE_H

/* One value of a setting as it is written, to what it means. Used by config.c only. 0; -EINVAL, with error; -ENOMEM. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_value {
	const char *name; /* of the setting, for the message */
	const char *text;
	size_t len;
	const char *base_dir; /* NULL: paths must begin with / */
	char *error;          /* CONFIG_ERROR_MAX bytes */
};

/* Absolute; the caller's. */
int config_value_path(const struct config_value *value, char **ret);
/* Behind the earlier ones, NULL for none. */
int config_value_more_paths(const struct config_value *value, const char *earlier, char **ret);
/* none, bpf, kernel, or replay: and an absolute path. */
int config_value_source(const struct config_value *value, char **ret);
/* ignore, exit, or exec, a space and an absolute path. */
int config_value_action(const struct config_value *value, char **ret);
/* A name, or a number. */
int config_value_group(const struct config_value *value, char **ret);
int config_value_number(const struct config_value *value, bool has_units, uint64_t min,
	uint64_t max, uint64_t *ret);
/* Its place in words, which | divides. */
int config_value_word(const struct config_value *value, const char *words, uint64_t *ret);
/* enum extra (abi/extra.h); commas divide the words. */
int config_value_extra(const struct config_value *value, uint64_t *ret);

#endif
