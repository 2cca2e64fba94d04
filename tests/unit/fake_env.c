// SPDX-License-Identifier: MIT
#include "fake_env.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"

struct name_id {
	const char *name;
	uint32_t id;
};

static const struct name_id users[] = { { "root", 0 }, { "daemon", 1 }, { "nobody", 65534 } };
static const struct name_id groups[] = { { "root", 0 }, { "daemon", 1 }, { "nogroup", 65534 } };
static const char *const directories[] = { "", "/tmp", "/tmp/t", "/tmp/t/d", "/etc",
	"/etc/sudoers.d" };
static const char *const files[] = { "/tmp/t/f", "/tmp/t/prog", "/etc/passwd", "/etc/shadow" };

static int find_id(const struct name_id *ids, size_t n, const char *name, uint32_t *ret)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(ids[i].name, name) == 0) {
			*ret = ids[i].id;
			return 0;
		}
	return -ENOENT;
}

static int user_id(void *userdata, const char *name, uint32_t *ret)
{
	(void)userdata;
	return find_id(users, ARRAY_SIZE(users), name, ret);
}

static int group_id(void *userdata, const char *name, uint32_t *ret)
{
	(void)userdata;
	return find_id(groups, ARRAY_SIZE(groups), name, ret);
}

static bool listed(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Walks the path name by name, as a lookup does. */
static int lookup(void *userdata, const char *path)
{
	char at[8192] = "";
	size_t len;

	(void)userdata;
	while (*path) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!listed(directories, ARRAY_SIZE(directories), at))
			return listed(files, ARRAY_SIZE(files), at) ? -ENOTDIR : -ENOENT;
		if (len == 2 && strncmp(path, "..", 2) == 0) {
			if (strrchr(at, '/'))
				*strrchr(at, '/') = '\0';
		} else if (len && !(len == 1 && *path == '.') &&
			   strlen(at) + len + 2 < sizeof(at)) {
			strcat(at, "/");
			strncat(at, path, len);
		}
		path += len;
	}
	return listed(directories, ARRAY_SIZE(directories), at) ||
			       listed(files, ARRAY_SIZE(files), at)
		       ? 0
		       : -ENOENT;
}

static int is_directory(void *userdata, const char *path)
{
	char inside[8192];

	if (strlen(path) + 3 > sizeof(inside))
		return 0;
	strcpy(inside, path);
	strcat(inside, "/.");
	return lookup(userdata, inside) == 0;
}

const struct rule_env fake_env = {
	.user_id = user_id,
	.group_id = group_id,
	.is_directory = is_directory,
	.lookup = lookup,
};
