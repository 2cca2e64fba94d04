// SPDX-License-Identifier: MIT
#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* 0, -EACCES or -ENOENT. */
static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -EACCES;
	return 0;
}

static int find_in(char **ret, const char *dirs, const char *name)
{
	struct buf path = BUF_NULL;
	int r, worst = -ENOENT;
	const char *end;

	for (;; dirs = end + 1) {
		end = strchrnul(dirs, ':');
		buf_clear(&path);
		buf_put(&path, dirs, (size_t)(end - dirs));
		buf_puts(&path,
			end == dirs ? "./" : "/"); /* an empty member is the working directory */
		buf_puts(&path, name);
		r = executable(buf_cstr(&path));
		if (r == 0) {
			*ret = buf_take(&path, NULL);
			return *ret ? 0 : -ENOMEM;
		}
		if (r == -EACCES)
			worst = r;
		if (!*end)
			break;
	}
	buf_deinit(&path);
	return worst;
}

int program_find(char **ret, const char *name)
{
	const char *dirs = getenv("PATH");

	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return find_in(ret, dirs ? dirs : _PATH_DEFPATH, name);
	*ret = strdup(name);
	return *ret ? 0 : -ENOMEM;
}
