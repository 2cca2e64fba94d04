// SPDX-License-Identifier: MIT
/* The file of settings: "name = value" lines, # in front of comments. All that is wrong is said, each with its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/macros.h"
#include "engine/config.h"
#include "rule/rule_suggest.h"

#define COMPLAINT_MAX (4096 + CONFIG_ERROR_MAX) /* bytes: a path and a message */
#define SHOWN_MAX     60                        /* bytes of a line that is none */

struct file {
	struct config *config;
	const char *name;
	unsigned line;
	config_complain_fn complain;
	void *userdata;
};

static int complain(const struct file *file, const char *format, ...) _printf_(2, 3);
static int complain(const struct file *file, const char *format, ...)
{
	char text[COMPLAINT_MAX];
	size_t at;
	va_list args;

	if (file->line)
		(void)snprintf(text, sizeof(text), "%.4000s:%u: ", file->name, file->line);
	else
		(void)snprintf(text, sizeof(text), "%.4000s: ", file->name);
	at = strlen(text);
	va_start(args, format);
	(void)vsnprintf(text + at, sizeof(text) - at, format, args);
	va_end(args);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	file->complain(file->userdata, text);
	return -EINVAL;
}

static void trim(const char **text, size_t *len)
{
	while (*len && strchr(" \t\r", (*text)[0]) && (*text)[0]) {
		(*text)++;
		(*len)--;
	}
	while (*len && (*text)[*len - 1] && strchr(" \t\r", (*text)[*len - 1]))
		(*len)--;
}

static int unknown(const struct file *file, const char *name, size_t len)
{
	struct suggest suggest;
	struct config_row row;
	const char *best;

	suggest_init(&suggest, name, len);
	for (size_t i = 0; config_row(i, &row); i++)
		suggest_offer(&suggest, row.name);
	best = suggest_best(&suggest);
	return complain(file, "unknown setting '%.*s'%s%s%s; uaudit.conf(5) lists all",
		(int)(len < SHOWN_MAX ? len : SHOWN_MAX), name, best ? " (did you mean '" : "",
		best ? best : "", best ? "'?)" : "");
}

static int take_line(const struct file *file, const char *line, size_t len)
{
	char error[CONFIG_ERROR_MAX];
	const char *equals, *value;
	size_t name_len, value_len;
	int key, r;

	trim(&line, &len);
	if (!len || line[0] == '#')
		return 0;
	if (memchr(line, '\0', len))
		return complain(file, "there is a NUL in the line: this is no file of settings");
	equals = memchr(line, '=', len);
	if (!equals)
		return complain(file, "'%.*s' is no setting: 'name = value' is needed",
			(int)(len < SHOWN_MAX ? len : SHOWN_MAX), line);
	value = equals + 1;
	value_len = len - (size_t)(value - line);
	name_len = (size_t)(equals - line);
	trim(&line, &name_len);
	trim(&value, &value_len);
	key = config_find(line, name_len, false);
	if (key < 0)
		return unknown(file, line, name_len);
	if (file->config->lines[key] && !config_repeats((enum config_key)key))
		return complain(file, "%s is set in line %u already: remove one of the two",
			config_name((enum config_key)key), file->config->lines[key]);
	file->config->lines[key] = file->line;
	r = config_set(file->config, (enum config_key)key, value, value_len, NULL, error);
	return r == -EINVAL ? complain(file, "%s", error) : r;
}

int config_parse(struct config *config, const char *name, const char *text, size_t len,
	config_complain_fn complain_fn, void *userdata)
{
	struct file file = {
		.config = config, .name = name, .complain = complain_fn, .userdata = userdata
	};
	int r, worst = 0;

	memset(config->lines, 0, sizeof(config->lines));
	config_begin_layer(config);
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		file.line++;
		r = take_line(&file, text, n);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			worst = r;
		text += n + (end != NULL);
		len -= n + (end != NULL);
	}
	return worst;
}

/* The file says what the engine runs as root (panic_action): only who could do that anyway may write it. */
static const char *why_not(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "it belongs to somebody else: anybody's settings are not taken";
	if (st->st_mode & S_IWOTH)
		return "everybody may write to it: chmod o-w";
	if ((uint64_t)st->st_size > CONFIG_FILE_MAX)
		return "it is longer than 64 KiB";
	return NULL;
}

int config_read(
	struct config *config, const char *path, config_complain_fn complain_fn, void *userdata)
{
	struct file file = { .name = path, .complain = complain_fn, .userdata = userdata };
	/* O_NONBLOCK: a FIFO is refused, not waited for. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	_cleanup_free_ char *text = malloc(CONFIG_FILE_MAX + 1);
	struct stat st;
	const char *why;
	size_t len = 0;
	ssize_t n;

	if (!text)
		return -ENOMEM;
	if (fd < 0 || fstat(fd, &st) < 0) {
		int error = errno;

		(void)complain(&file, "cannot read the settings: %s", strerror(error));
		return -error;
	}
	why = why_not(&st);
	if (why)
		return complain(&file, "%s", why);
	while (len <= CONFIG_FILE_MAX &&
		(n = read(fd, text + len, CONFIG_FILE_MAX + 1 - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			(void)complain(&file, "cannot read the settings: %s", strerror((int)-n));
			return (int)n;
		}
		len += (size_t)n;
	}
	if (len > CONFIG_FILE_MAX)
		return complain(&file, "it is longer than 64 KiB");
	return config_parse(config, path, text, len, complain_fn, userdata);
}
