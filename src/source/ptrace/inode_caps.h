/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_INODE_CAPS_H
#define UAUDIT_SOURCE_PTRACE_INODE_CAPS_H

/* File capabilities: the security.capability attribute, decoded and remembered for inodes that have not changed. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct inode_caps {
	uint64_t permitted, inheritable;
	uint32_t version; /* 0: none, 2, 3 */
	int32_t rootid;
	uint8_t effective;
};

struct inode_caps_cache;

int inode_caps_cache_new(struct inode_caps_cache **ret);
void inode_caps_cache_free(struct inode_caps_cache *cache);

/*
 * The capabilities of the file at path (as for statx: relative to dirfd; follow a final symlink or not), whose facts
 * the caller has just read into stx. All zero when it has none or they cannot be read.
 */
void inode_caps_get(struct inode_caps_cache *cache, struct inode_caps *ret, int dirfd,
	const char *path, int follow, const struct statx *stx);
/* Those that are remembered of an inode of that mode and ctime; false: nothing is. */
bool inode_caps_find(
	struct inode_caps_cache *cache, struct inode_caps *ret, const struct statx *stx);

#endif
