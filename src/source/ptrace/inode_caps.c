// SPDX-License-Identifier: MIT
#include "source/ptrace/inode_caps.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"

#define CACHE_SLOTS 1024
#define SETTLED_AFTER                                                                              \
	2 /* seconds since the last change: a change now gives another ctime, however coarse it is */

struct slot {
	uint64_t ino;
	uint32_t dev_major, dev_minor;
	int64_t ctime_sec;
	uint32_t ctime_nsec;
	uint32_t used;
	struct inode_caps caps;
};

struct inode_caps_cache {
	struct slot slots[CACHE_SLOTS];
};

int inode_caps_cache_new(struct inode_caps_cache **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void inode_caps_cache_free(struct inode_caps_cache *cache)
{
	free(cache);
}

/* struct vfs_cap_data and vfs_ns_cap_data of linux/capability.h, little endian whatever the machine. */
static int decode(struct inode_caps *ret, const void *value, size_t len)
{
	struct vfs_ns_cap_data data = { 0 };
	struct inode_caps caps = { 0 };
	uint32_t magic;

	if (len < sizeof(data.magic_etc) || len > sizeof(data))
		return -EINVAL;
	memcpy(&data, value, len);
	magic = le32toh(data.magic_etc);
	switch (magic & VFS_CAP_REVISION_MASK) {
	case VFS_CAP_REVISION_1:
		if (len != XATTR_CAPS_SZ_1)
			return -EINVAL;
		caps.version = 1;
		break;
	case VFS_CAP_REVISION_2:
		if (len != XATTR_CAPS_SZ_2)
			return -EINVAL;
		caps.version = 2;
		break;
	case VFS_CAP_REVISION_3:
		if (len != XATTR_CAPS_SZ_3)
			return -EINVAL;
		caps.version = 3;
		caps.rootid = (int32_t)le32toh(data.rootid);
		break;
	default:
		return -EINVAL;
	}
	caps.effective = !!(magic & VFS_CAP_FLAGS_EFFECTIVE);
	caps.permitted = le32toh(data.data[0].permitted);
	caps.inheritable = le32toh(data.data[0].inheritable);
	if (caps.version > 1) {
		caps.permitted |= (uint64_t)le32toh(data.data[1].permitted) << 32;
		caps.inheritable |= (uint64_t)le32toh(data.data[1].inheritable) << 32;
	}
	*ret = caps;
	return 0;
}

static void read_attribute(struct inode_caps *ret, int dirfd, const char *path, int follow)
{
	struct vfs_ns_cap_data value;
	char by_fd[32];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	*ret = (struct inode_caps){ 0 };
	if (dirfd != AT_FDCWD && path[0] != '/') {
		/* xattr calls take no directory: go through a descriptor of the object */
		fd = openat(dirfd, path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
		if (fd < 0)
			return;
		snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
		path = by_fd;
		follow = 1;
	}
	n = follow ? getxattr(path, "security.capability", &value, sizeof(value))
		   : lgetxattr(path, "security.capability", &value, sizeof(value));
	if (n > 0)
		(void)decode(ret, &value, (size_t)n);
}

static struct slot *slot_of(struct inode_caps_cache *cache, const struct statx *stx)
{
	return &cache->slots[(stx->stx_ino ^ stx->stx_dev_minor * 31u) % CACHE_SLOTS];
}

bool inode_caps_find(
	struct inode_caps_cache *cache, struct inode_caps *ret, const struct statx *stx)
{
	const struct slot *slot = slot_of(cache, stx);

	*ret = (struct inode_caps){ 0 };
	/* of a directory they mean nothing, but the kernel shows them */
	if (!S_ISREG(stx->stx_mode) && !S_ISDIR(stx->stx_mode))
		return true;
	if (!slot->used || slot->ino != stx->stx_ino || slot->dev_major != stx->stx_dev_major ||
		slot->dev_minor != stx->stx_dev_minor || slot->ctime_sec != stx->stx_ctime.tv_sec ||
		slot->ctime_nsec != stx->stx_ctime.tv_nsec)
		return false;
	*ret = slot->caps;
	return true;
}

void inode_caps_get(struct inode_caps_cache *cache, struct inode_caps *ret, int dirfd,
	const char *path, int follow, const struct statx *stx)
{
	struct timespec now;

	if (inode_caps_find(cache, ret, stx))
		return;
	read_attribute(ret, dirfd, path, follow);
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec - stx->stx_ctime.tv_sec < SETTLED_AFTER)
		return;
	*slot_of(cache, stx) = (struct slot){
		.ino = stx->stx_ino,
		.dev_major = stx->stx_dev_major,
		.dev_minor = stx->stx_dev_minor,
		.ctime_sec = stx->stx_ctime.tv_sec,
		.ctime_nsec = stx->stx_ctime.tv_nsec,
		.used = 1,
		.caps = *ret,
	};
}
