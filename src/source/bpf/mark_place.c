// SPDX-License-Identifier: MIT
#include "source/bpf/mark_place.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"

uint32_t mark_dev(uint32_t major, uint32_t minor)
{
	return major << 20 | (minor & 0xfffff);
}

/* The device of the file system that is mounted under that id; stat names another one for some (btrfs, overlayfs). */
static bool dev_of_mount(uint64_t mount_id, uint32_t *ret)
{
	_cleanup_fclose_ FILE *mounts = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	unsigned long long id;
	unsigned major, minor;

	while (mounts && getline(&line, &size, mounts) > 0)
		if (sscanf(line, "%llu %*u %u:%u ", &id, &major, &minor) == 3 && id == mount_id) {
			*ret = mark_dev(major, minor);
			return true;
		}
	return false;
}

static bool look(const char *path, int flags, uint64_t *ret_ino, uint32_t *ret_dev)
{
	struct statx stx;

	if (statx(AT_FDCWD, path, flags, STATX_INO | STATX_MNT_ID, &stx) < 0)
		return false;
	*ret_ino = stx.stx_ino;
	if (!(stx.stx_mask & STATX_MNT_ID) || !dev_of_mount(stx.stx_mnt_id, ret_dev))
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
