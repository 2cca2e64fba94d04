// SPDX-License-Identifier: MIT
#include "source/ptrace/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/mount.h>

#include "base/macros.h"
#include "source/ptrace/task_mem.h"

/* include/uapi/linux/fcntl.h, Linux 6.14: newer than many header sets */
#define AT_EXECVE_CHECK_FLAG 0x10000u

typedef bool (*condition_fn)(const struct call *call);

static uint64_t value_of(const struct call *call, enum arg_kind kind)
{
	int i = syscall_arg(call->info, kind);

	return i < 0 ? 0 : call->args[i];
}

static bool flags_beyond(const struct call *call, enum arg_kind kind, uint64_t known)
{
	return (uint32_t)value_of(call, kind) & ~known;
}

static bool bad_remove_flags(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS, AT_REMOVEDIR);
}

static bool bad_chown_flags(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
}

static bool bad_link_flags(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH);
}

static bool bad_exec_flags(const struct call *call)
{
	return flags_beyond(
		call, ARG_ATFLAGS, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_EXECVE_CHECK_FLAG);
}

static bool bad_umount_flags(const struct call *call)
{
	return flags_beyond(
		call, ARG_UMOUNT_FLAGS, MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW);
}

static bool bad_size(const struct call *call)
{
	int64_t size = (int64_t)value_of(call, ARG_SIZE);

	/* readlink's is an int and must be positive; truncate's is a long */
	if (call->info->effect == EFFECT_LOOKUP_NOFOLLOW)
		return (int32_t)size <= 0;
	return call->is_compat ? (int32_t)size < 0 : size < 0;
}

static bool bad_xattr_flags(const struct call *call)
{
	return (uint32_t)call->args[4] & ~3u; /* XATTR_CREATE, XATTR_REPLACE */
}

/* The attribute's name, which is copied before the path: the argument behind it. */
static bool bad_xattr_name(const struct call *call)
{
	char name[XATTR_NAME_MAX + 1];
	int path = syscall_arg(call->info, ARG_PATH);

	return path < 0 || path > 4 ||
	       task_mem_read_string(call->tid, call->args[path + 1], name, sizeof(name)) <= 0;
}

static bool bad_open_flags(const struct call *call)
{
	uint64_t flags = value_of(call, ARG_OFLAGS), tmpfile = O_TMPFILE & ~O_DIRECTORY;

	if ((flags & O_CREAT) && (flags & O_DIRECTORY))
		return true;
	return (flags & tmpfile) &&
	       ((flags & O_TMPFILE) != O_TMPFILE || (flags & O_ACCMODE) == O_RDONLY);
}

static bool no_open_how(const struct call *call)
{
	return !call->has_how;
}

static bool bad_move_flags(const struct call *call)
{
	uint64_t flags = (uint32_t)call->args[4], group_or_beneath = 0x300;

	return (flags & ~(uint64_t)0x377) || (flags & group_or_beneath) == group_or_beneath;
}

/* AT_RECURSIVE is 0x8000; 32 is the first size of struct mount_attr. */
static bool bad_setattr_flags(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS,
		       AT_EMPTY_PATH | 0x8000 | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) ||
	       value_of(call, ARG_SIZE) < 32;
}

static const struct {
	const char *name;
	int error;
	condition_fn applies; /* NULL: always */
	enum refusal refusal;
} rows[] = {
	{ "open", EINVAL, bad_open_flags, REFUSED_BEFORE_COPY },
	{ "openat", EINVAL, bad_open_flags, REFUSED_BEFORE_COPY },
	{ "openat2", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "openat2", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "openat2", EFAULT, no_open_how, REFUSED_BEFORE_COPY },
	{ "open", EMFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "openat", EMFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "openat2", EMFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "creat", EMFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "open", ENFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "openat", ENFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "openat2", ENFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "creat", ENFILE, NULL, REFUSED_BEFORE_LOOKUP },
	{ "access", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "faccessat", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "faccessat2", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "fchmodat2", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "fchownat", EINVAL, bad_chown_flags, REFUSED_BEFORE_COPY },
	{ "umount2", EINVAL, bad_umount_flags, REFUSED_BEFORE_COPY },
	{ "unlinkat", EINVAL, bad_remove_flags, REFUSED_BEFORE_COPY },
	{ "linkat", EINVAL, bad_link_flags, REFUSED_BEFORE_LOOKUP },
	{ "execveat", EINVAL, bad_exec_flags, REFUSED_BEFORE_LOOKUP },
	{ "newfstatat", EINVAL, NULL, REFUSED_BEFORE_LOOKUP },
	{ "fstatat64", EINVAL, NULL, REFUSED_BEFORE_LOOKUP },
	{ "statx", EINVAL, NULL, REFUSED_BEFORE_LOOKUP },
	{ "readlink", EINVAL, bad_size, REFUSED_BEFORE_COPY },
	{ "readlinkat", EINVAL, bad_size, REFUSED_BEFORE_COPY },
	{ "truncate", EINVAL, bad_size, REFUSED_BEFORE_COPY },
	{ "utimensat", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "utimensat", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "utimes", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "utimes", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "futimesat", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "futimesat", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "utime", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "setxattr", EINVAL, bad_xattr_flags, REFUSED_BEFORE_COPY },
	{ "setxattr", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "setxattr", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "setxattr", ERANGE, NULL, REFUSED_BEFORE_COPY },
	{ "lsetxattr", EINVAL, bad_xattr_flags, REFUSED_BEFORE_COPY },
	{ "lsetxattr", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "lsetxattr", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "lsetxattr", ERANGE, NULL, REFUSED_BEFORE_COPY },
	{ "getxattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "getxattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lgetxattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lgetxattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "removexattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "removexattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lremovexattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lremovexattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "name_to_handle_at", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "inotify_add_watch", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "inotify_add_watch", EBADF, NULL, REFUSED_BEFORE_COPY },
	{ "mount", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "acct", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "swapon", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "swapon", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "swapoff", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "pivot_root", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "open_tree", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "open_tree", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "fspick", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "move_mount", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "move_mount", EINVAL, bad_move_flags, REFUSED_BEFORE_COPY },
	{ "mount_setattr", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "mount_setattr", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "mount_setattr", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "mount_setattr", EINVAL, bad_setattr_flags, REFUSED_BEFORE_COPY },
};

enum refusal refusal_of(const struct call *call, int64_t ret)
{
	if (ret >= 0 || !call->info->name)
		return REFUSED_LATER;
	/* a walk that openat2 was told not to make */
	if (call->has_how && call->how_resolve &&
		(ret == -EXDEV || ret == -ELOOP || ret == -EAGAIN))
		return REFUSED_BEFORE_LOOKUP;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].error == -ret && strcmp(rows[i].name, call->info->name) == 0 &&
			(!rows[i].applies || rows[i].applies(call)))
			return rows[i].refusal;
	return REFUSED_LATER;
}
