// SPDX-License-Identifier: MIT
#include "system/system_env.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

static int user_id(void *userdata, const char *name, uint32_t *ret)
{
	const struct passwd *user = getpwnam(name);

	(void)userdata;
	if (!user)
		return -ENOENT;
	*ret = user->pw_uid;
	return 0;
}

static int group_id(void *userdata, const char *name, uint32_t *ret)
{
	const struct group *group = getgrnam(name);

	(void)userdata;
	if (!group)
		return -ENOENT;
	*ret = group->gr_gid;
	return 0;
}

static int is_directory(void *userdata, const char *path)
{
	struct stat st;

	(void)userdata;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * Behind a directory that we may not search there may be anything. The kernel, which may search all, would accept the
 * rule if it is there; a rule that stays unbound costs nothing, and the programs that we audit cannot get there either.
 */
static int lookup(void *userdata, const char *path)
{
	struct stat st;

	(void)userdata;
	return lstat(path, &st) == 0 || errno == EACCES ? 0 : -errno;
}

const struct rule_env system_env = {
	.user_id = user_id,
	.group_id = group_id,
	.is_directory = is_directory,
	.lookup = lookup,
};
