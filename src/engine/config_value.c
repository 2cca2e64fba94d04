// SPDX-License-Identifier: MIT
#include "engine/config_value.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "base/parse.h"
#include "engine/config.h"

#define GROUP_NAME_MAX 32  /* bytes, as useradd has it */
#define SHOWN_MAX      100 /* bytes of a value in a message */

/* "NAME = VALUE: why". */
static int refuse(const struct config_value *value, const char *format, ...) _printf_(2, 3);
static int refuse(const struct config_value *value, const char *format, ...)
{
	size_t shown = value->len < SHOWN_MAX ? value->len : SHOWN_MAX;
	va_list args;
	int n;

	n = snprintf(value->error, CONFIG_ERROR_MAX, "%s = %.*s%s: ", value->name, (int)shown,
		value->text, shown < value->len ? "..." : "");
	va_start(args, format);
	if (n >= 0 && n < CONFIG_ERROR_MAX)
		(void)vsnprintf(value->error + n, CONFIG_ERROR_MAX - (size_t)n, format, args);
	va_end(args);
	/* Control characters must not reach a terminal. */
	for (char *p = value->error; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return -EINVAL;
}

static bool equals(const struct config_value *value, const char *word)
{
	return value->len == strlen(word) && memcmp(value->text, word, value->len) == 0;
}

/* What stands behind the word, which is at the start; false: it is not. */
static bool starts_with(
	const struct config_value *value, const char *word, struct config_value *ret_rest)
{
	size_t len = strlen(word);

	if (value->len < len || memcmp(value->text, word, len) != 0)
		return false;
	*ret_rest = *value;
	ret_rest->text += len;
	ret_rest->len -= len;
	return true;
}

/* prefix and the path. */
static int put_path(const struct config_value *value, const char *prefix, char **ret)
{
	bool is_absolute = value->len && value->text[0] == '/';
	size_t base = is_absolute || !value->base_dir ? 0 : strlen(value->base_dir) + 1;

	if (!value->len)
		return refuse(value, "a path is needed");
	if (!is_absolute && !value->base_dir)
		return refuse(value,
			"a path must begin with /, as the engine has no directory of its own");
	if (base + value->len >= PATH_MAX)
		return refuse(value, "a path has at most %d bytes", PATH_MAX - 1);
	for (size_t i = 0; i < value->len; i++)
		if ((unsigned char)value->text[i] < ' ' || value->text[i] == 0x7f)
			return refuse(value, "there is a control character in the path");
	if (asprintf(ret, "%s%s%s%.*s", prefix, base ? value->base_dir : "", base ? "/" : "",
		    (int)value->len, value->text) < 0)
		return -ENOMEM;
	return 0;
}

static int put_word(const struct config_value *value, char **ret)
{
	*ret = strndup(value->text, value->len);
	return *ret ? 0 : -ENOMEM;
}

int config_value_path(const struct config_value *value, char **ret)
{
	return put_path(value, "", ret);
}

int config_value_more_paths(const struct config_value *value, const char *earlier, char **ret)
{
	_cleanup_free_ char *path = NULL;
	int r = put_path(value, "", &path);

	if (r < 0)
		return r;
	if (strchr(path, '\n'))
		return refuse(value, "a path with a newline in it cannot be given");
	if (!earlier) {
		*ret = TAKE_PTR(path);
		return 0;
	}
	return asprintf(ret, "%s\n%s", earlier, path) < 0 ? -ENOMEM : 0;
}

int config_value_source(const struct config_value *value, char **ret)
{
	struct config_value file;

	if (equals(value, "none") || equals(value, "bpf") || equals(value, "kernel"))
		return put_word(value, ret);
	if (starts_with(value, "replay:", &file))
		return put_path(&file, "replay:", ret);
	return refuse(value, "there are the sources none, bpf, kernel and replay:FILE");
}

int config_value_action(const struct config_value *value, char **ret)
{
	struct config_value program;

	if (equals(value, "ignore") || equals(value, "exit"))
		return put_word(value, ret);
	if (starts_with(value, "exec ", &program)) {
		program.base_dir = NULL;
		return put_path(&program, "exec ", ret);
	}
	return refuse(value, "there are the actions ignore, exit and 'exec PATH'");
}

int config_value_group(const struct config_value *value, char **ret)
{
	if (!value->len || value->len > GROUP_NAME_MAX)
		return refuse(value, "a group's name has 1 to %d bytes", GROUP_NAME_MAX);
	for (size_t i = 0; i < value->len; i++)
		if ((unsigned char)value->text[i] <= ' ' || value->text[i] == 0x7f ||
			value->text[i] == ':')
			return refuse(value, "that cannot be a group's name");
	return put_word(value, ret);
}

/* The unit at the end of the text, as a power of two; 0: none. */
static unsigned unit_shift(char c)
{
	static const char units[] = "KMGT";
	const char *at = c ? strchr(units, c & ~0x20) : NULL;

	return at ? (unsigned)(at - units + 1) * 10 : 0;
}

int config_value_number(
	const struct config_value *value, bool has_units, uint64_t min, uint64_t max, uint64_t *ret)
{
	unsigned shift = has_units && value->len ? unit_shift(value->text[value->len - 1]) : 0;
	uint64_t number;
	int r;

	r = parse_u64(value->text, value->len - (shift ? 1 : 0), 10, &number);
	if (r == 0 && number << shift >> shift != number)
		r = -ERANGE;
	if (r == -EINVAL)
		return refuse(value, "a number from %" PRIu64 " to %" PRIu64 "%s is needed", min,
			max, has_units ? ", with K, M, G or T behind it if you like" : "");
	if (r < 0 || number << shift < min || number << shift > max)
		return refuse(value, "it must be from %" PRIu64 " to %" PRIu64, min, max);
	*ret = number << shift;
	return 0;
}

int config_value_word(const struct config_value *value, const char *words, uint64_t *ret)
{
	const char *word = words;
	size_t len;

	for (uint64_t i = 0;; i++, word += len + 1) {
		len = strcspn(word, "|");
		if (len == value->len && memcmp(word, value->text, len) == 0) {
			*ret = i;
			return 0;
		}
		if (!word[len])
			return refuse(value, "it is one of %s", words);
	}
}

int config_value_extra(const struct config_value *value, uint64_t *ret)
{
	const char *bad;
	size_t bad_len;
	uint32_t set;

	if (extra_parse(value->text, value->len, &set, &bad, &bad_len) < 0)
		return refuse(value,
			"there is no '%.*s'; there are %s; commas stand between them, and none stands alone",
			(int)(bad_len < SHOWN_MAX ? bad_len : SHOWN_MAX), bad, extra_words());
	*ret = set;
	return 0;
}
