// SPDX-License-Identifier: MIT
#include "source/bpf/mark_place.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "source/sb_dev.h"

uint32_t mark_dev(uint32_t major, uint32_t minor)
{
	return major << 20 | (minor & 0xfffff);
}

static bool look(const char *path, int flags, uint64_t *ret_ino, uint32_t *ret_dev)
{
	const struct sb_view view = { .devs = NULL };
	struct statx stx;

	if (sb_statx(&view, &stx, AT_FDCWD, path, flags) < 0)
		return false;
	*ret_ino = stx.stx_ino;
	*ret_dev = mark_dev(stx.stx_dev_major, stx.stx_dev_minor);
	return true;
}

void mark_place_find(struct mark_place *ret, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	*ret = (struct mark_place){ .name = slash ? slash + 1 : path };
	ret->has_inode = look(path, AT_SYMLINK_NOFOLLOW, &ret->ino, &ret->dev);
	if (!slash || (size_t)(slash - path) >= sizeof(dir) || !ret->name[0])
		return;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	ret->has_dir = look(dir[0] ? dir : "/", 0, &ret->dir_ino, &ret->dir_dev);
}
