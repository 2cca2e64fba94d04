/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_LOOKUP_H
#define UAUDIT_SOURCE_PTRACE_LOOKUP_H

/*
 * Looking paths up as a task would: from its root, its working directory or one of its descriptors, with its ids. What
 * is found is a fact about the moment of the look, not of the call: another task may change it in between.
 */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "source/mount_paths.h"
#include "source/object.h"
#include "source/ptrace/inode_caps.h"
#include "source/ptrace/task_facts.h"
#include "source/sb_dev.h"

bool object_same(const struct object *a, const struct object *b);

/* What a descriptor of the task stood for when it made the call. */
struct lookup_known_fd {
	int fd;
	const char *path;            /* as the task sees it; NULL: not known */
	const struct object *object; /* likewise */
};

/* What is known of a task that need not be there any more. */
struct lookup_known {
	const char *cwd; /* NULL: not known */
	pid_t root_holder; /* a task that has the same root directory and is there; 0: itself, or nobody */
	const struct lookup_known_fd *fds;
	size_t n_fds;
};

/* Who looks, and from where. */
struct lookup {
	int procfd;
	pid_t tid, tgid;
	const struct task_ids *ids; /* NULL: as this process itself */
	uint32_t own_uid, own_gid;  /* effective ids of this process */
	uint64_t resolve;           /* how openat2 was told to walk (RESOLVE_NO_SYMLINKS ...) */
	bool own_root;              /* the task's root is this process's own */
	bool want_resolved;
	bool want_full;
	bool want_fs_magic;
	struct inode_caps_cache *caps;
	struct sb_devs *devs;
	struct mount_paths
		*mounts; /* where what another mount namespace has is in ours; NULL: nobody asks */
	const struct lookup_known
		*known; /* before anything is asked of the task itself; NULL: nothing */
};

#define LOOKUP_NOFOLLOW 1u /* a final symlink is the object */
#define LOOKUP_IN_DIR                                                                              \
	2u /* the object is a directory in which something will be looked up: search permission */
#define LOOKUP_UNDER_MOUNT                                                                         \
	4u /* where something is mounted, the directory or file under it, if we may look there */

/* A root directory and a mount namespace. */
struct lookup_root {
	dev_t dev, ns_dev;
	ino_t ino, ns_ino;
};

/* This process's own. 0 or negative errno. */
int lookup_root_read(struct lookup_root *ret);
/* Whether the task has the same. */
bool lookup_root_is(const struct lookup_root *root, int procfd, pid_t tid);

/* The object that path means, relative to dirfd (the task's descriptor, or AT_FDCWD). o is filled anew. */
void lookup_path(
	const struct lookup *l, struct object *o, int dirfd, const char *path, unsigned flags);
/* Takes the root directory of a task, as this process sees it, off a path that lies in it: the path as the task sees it.
 * Returns its length. */
size_t lookup_strip_root(char *path, size_t len, const char *root, size_t root_len);
/* What a descriptor of the task stands for, its working directory with AT_FDCWD, as the task sees it: an absolute path, or
 * what the kernel calls what has none (pipe:[12]). Its length, or negative errno. */
ssize_t lookup_dirfd_path(const struct lookup *l, int dirfd, char to[static PATH_MAX]);
/* Replaces path by what the symlinks at its end lead to, as text; dirfd stays where it starts. *ret_slash: it, or one
 * of the links, ends in a slash, so that a directory is meant. Stops at such a one if stop_at_slash. 0, or negative
 * errno. */
int lookup_links(const struct lookup *l, int dirfd, char path[PATH_MAX], bool stop_at_slash,
	bool *ret_slash);
/* The object behind a descriptor of the task. */
void lookup_fd(const struct lookup *l, struct object *o, int fd);

/* What the link says that path ends in. Its length, without the NUL behind it; negative errno; -ENAMETOOLONG. */
ssize_t lookup_readlink(const struct lookup *l, int dirfd, const char *path, char *to, size_t size);

/* Whether the task may do that (R_OK, W_OK, X_OK) with what path means relative to dirfd: 0 or negative errno. */
int lookup_access(const struct lookup *l, int dirfd, const char *path, int mode);
/* Opens the regular file that the task finds at path, whether it may read it or not, for reading by this process. A
 * descriptor, or negative errno; anything but a regular file is refused with EACCES and not touched. */
int lookup_open(const struct lookup *l, int dirfd, const char *path, int oflags);

#endif
