// SPDX-License-Identifier: MIT
#include "source/ptrace/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "source/ptrace/task_mem.h"

#define LARGEFILE                                                                                  \
	0100000u /* O_LARGEFILE of the kernel; the C library calls it 0 where all files are large */

/* include/uapi/linux/fcntl.h, Linux 6.14: newer than many header sets */
#define AT_EXECVE_CHECK_FLAG         0x10000u
#define AT_HANDLE_FID_FLAG           0x200u
#define AT_HANDLE_MNT_ID_UNIQUE_FLAG 0x001u
#define AT_HANDLE_CONNECTABLE_FLAG   0x002u

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

	if (path < 0)
		path = syscall_arg(call->info, ARG_FD);
	return path < 0 || path > 4 ||
	       task_mem_read_string(call->tid, call->args[path + 1], name, sizeof(name)) <= 0;
}

static bool bad_open_flags(const struct call *call)
{
	uint64_t flags = call->oflags, tmpfile = O_TMPFILE & ~O_DIRECTORY;

	if (flags & O_PATH)
		return false;
	if ((flags & O_CREAT) && (flags & (O_DIRECTORY | tmpfile)))
		return true;
	return (flags & tmpfile) &&
	       ((flags & O_TMPFILE) != O_TMPFILE || (flags & O_ACCMODE) == O_RDONLY);
}

/* openat2 wants to understand all of it. */
static bool bad_how(const struct call *call)
{
	const uint64_t resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
				 RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED;
	const uint64_t oflags = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |
				O_NONBLOCK | O_SYNC | O_ASYNC | O_DIRECT | LARGEFILE | O_DIRECTORY |
				O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE;
	uint64_t flags = call->how_flags;
	bool makes = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));

	if (!call->has_how || (flags & ~oflags) || (call->how_resolve & ~resolve))
		return true;
	if ((call->how_resolve & RESOLVE_BENEATH) && (call->how_resolve & RESOLVE_IN_ROOT))
		return true;
	if (call->how_mode & ~(makes ? UINT64_C(07777) : 0))
		return true;
	if ((flags & O_PATH) &&
		(flags & ~(uint64_t)(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
		return true;
	return bad_open_flags(call);
}

/* Its cached walk does not even begin where something may have to be made or changed. */
static bool cached_for_change(const struct call *call)
{
	return call->has_how && (call->how_resolve & RESOLVE_CACHED) &&
	       (call->how_flags & (O_TRUNC | O_CREAT | (O_TMPFILE & ~O_DIRECTORY)));
}

static bool bad_utimens_flags(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
}

static bool bad_swap_flags(const struct call *call)
{
	return (uint32_t)call->args[1] & ~0x7ffffu; /* SWAP_FLAGS_VALID */
}

static bool bad_quota_type(const struct call *call)
{
	return (call->args[0] & 0xff) >= 3; /* MAXQUOTAS */
}

static bool bad_handle_flags(const struct call *call)
{
	uint64_t flags = value_of(call, ARG_ATFLAGS);

	if (flags_beyond(call, ARG_ATFLAGS,
		    AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | AT_HANDLE_FID_FLAG |
			    AT_HANDLE_MNT_ID_UNIQUE_FLAG | AT_HANDLE_CONNECTABLE_FLAG))
		return true;
	return (flags & AT_HANDLE_CONNECTABLE_FLAG) &&
	       (flags & (AT_HANDLE_FID_FLAG | AT_EMPTY_PATH));
}

/* A value to set that is refused while it is copied, before the object is looked at (setxattr_copy() in fs/xattr.c). */
static bool bad_xattr_value(const struct call *call)
{
	int object = syscall_arg(call->info, ARG_PATH);
	char name[XATTR_NAME_MAX + 1];
	ssize_t n;
	char byte;

	if (object < 0)
		object = syscall_arg(call->info, ARG_FD);
	if (object != 0)
		return false;
	if (bad_xattr_flags(call))
		return true;
	n = task_mem_read_string(call->tid, call->args[1], name, sizeof(name));
	if (n <= 0)
		return true;
	if (!call->args[3])
		return false;
	return call->args[3] > XATTR_SIZE_MAX ||
	       task_mem_read(call->tid, call->args[2], &byte, 1) < 0 ||
	       task_mem_read(call->tid, call->args[2] + call->args[3] - 1, &byte, 1) < 0;
}

#define XATTR_ARGS_SIZE 16   /* XATTR_ARGS_SIZE_VER0 */
#define STRUCT_SIZE_MAX 4096 /* no call takes a larger one */
#define FILE_ATTR_SIZE  24   /* FILE_ATTR_SIZE_VER0 */

/* The calls that take an attribute by descriptor and path look at everything else first. */
static bool bad_xattrat(const struct call *call)
{
	struct {
		uint64_t value;
		uint32_t size, flags;
	} args;
	char name[XATTR_NAME_MAX + 1], byte;
	bool sets = strcmp(call->info->name, "setxattrat") == 0;

	if (flags_beyond(call, ARG_ATFLAGS, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return true;
	if (strcmp(call->info->name, "listxattrat") == 0)
		return false;
	if (task_mem_read_string(call->tid, call->args[3], name, sizeof(name)) <= 0)
		return true;
	if (strcmp(call->info->name, "removexattrat") == 0)
		return false;
	if (call->args[5] < XATTR_ARGS_SIZE || call->args[5] > STRUCT_SIZE_MAX ||
		task_mem_read(call->tid, call->args[4], &args, sizeof(args)) < 0)
		return true;
	if (!sets)
		return args.flags != 0;
	return (args.flags & ~3u) || args.size > XATTR_SIZE_MAX ||
	       (args.size && task_mem_read(call->tid, args.value, &byte, 1) < 0);
}

static bool bad_file_attr(const struct call *call)
{
	return flags_beyond(call, ARG_ATFLAGS, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ||
	       value_of(call, ARG_SIZE) < FILE_ATTR_SIZE;
}

static bool bad_pick_flags(const struct call *call)
{
	return (uint32_t)call->args[2] & ~0xfu; /* FSPICK_CLOEXEC ... FSPICK_EMPTY_PATH */
}

/* Its strings are copied before the target. */
static bool long_mount_string(const struct call *call)
{
	char text[PATH_MAX];

	return task_mem_read_string(call->tid, call->args[0], text, sizeof(text)) ==
		       -ENAMETOOLONG ||
	       task_mem_read_string(call->tid, call->args[2], text, sizeof(text)) == -ENAMETOOLONG;
}

/* Nothing is to be set, and so nothing is looked at. */
static bool omits_both_times(const struct call *call)
{
	int64_t wide[4];
	int32_t narrow[4];
	int i;

	if (!call->info->name || strncmp(call->info->name, "utimensat", 9) != 0)
		return false;
	i = syscall_arg(call->info, ARG_PATH) + 1;
	if (!call->args[i])
		return false;
	/* the 32-bit call for 64-bit times has a 64-bit word for nanoseconds, too */
	if (call->is_compat && strcmp(call->info->name, "utimensat") == 0)
		return task_mem_read(call->tid, call->args[i], narrow, sizeof(narrow)) == 0 &&
		       narrow[1] == UTIME_OMIT && narrow[3] == UTIME_OMIT;
	return task_mem_read(call->tid, call->args[i], wide, sizeof(wide)) == 0 &&
	       (int32_t)wide[1] == UTIME_OMIT && (int32_t)wide[3] == UTIME_OMIT;
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
	{ "openat2", EINVAL, bad_how, REFUSED_BEFORE_COPY },
	{ "openat2", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "openat2", EFAULT, no_open_how, REFUSED_BEFORE_COPY },
	{ "openat2", EAGAIN, cached_for_change, REFUSED_BEFORE_COPY },
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
	{ "utimensat", EINVAL, bad_utimens_flags, REFUSED_BEFORE_COPY },
	{ "utimensat", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "utimensat_time64", EINVAL, bad_utimens_flags, REFUSED_BEFORE_COPY },
	{ "utimensat_time64", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "utimes", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "utimes", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "futimesat", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "futimesat", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "utime", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "setxattr", EINVAL, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "setxattr", E2BIG, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "setxattr", EFAULT, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "setxattr", ERANGE, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "lsetxattr", EINVAL, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "lsetxattr", E2BIG, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "lsetxattr", EFAULT, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "lsetxattr", ERANGE, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "fchown", EROFS, NULL, REFUSED_BEFORE_COPY },
	{ "fchown32", EROFS, NULL, REFUSED_BEFORE_COPY },
	{ "fsetxattr", EROFS, NULL, REFUSED_BEFORE_COPY },
	{ "fremovexattr", EROFS, NULL, REFUSED_BEFORE_COPY },
	{ "fsetxattr", EINVAL, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "fsetxattr", E2BIG, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "fsetxattr", EFAULT, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "fsetxattr", ERANGE, bad_xattr_value, REFUSED_BEFORE_COPY },
	{ "fgetxattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "fgetxattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "fremovexattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "fremovexattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "getxattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "getxattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lgetxattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lgetxattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "removexattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "removexattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lremovexattr", EFAULT, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "lremovexattr", ERANGE, bad_xattr_name, REFUSED_BEFORE_COPY },
	{ "sendto", EOPNOTSUPP, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EOPNOTSUPP, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EISCONN, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EISCONN, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EMSGSIZE, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EMSGSIZE, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EPIPE, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EPIPE, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "sendto", EDESTADDRREQ, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "sendmsg", EDESTADDRREQ, NULL, REFUSED_BEFORE_COPY },
	{ "connect", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "setxattrat", EINVAL, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "setxattrat", E2BIG, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "setxattrat", EFAULT, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "setxattrat", ERANGE, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "getxattrat", EINVAL, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "getxattrat", E2BIG, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "getxattrat", EFAULT, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "getxattrat", ERANGE, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "listxattrat", EINVAL, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "removexattrat", EINVAL, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "removexattrat", E2BIG, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "removexattrat", EFAULT, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "removexattrat", ERANGE, bad_xattrat, REFUSED_BEFORE_COPY },
	{ "file_getattr", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "file_getattr", EINVAL, bad_file_attr, REFUSED_BEFORE_COPY },
	{ "file_setattr", E2BIG, NULL, REFUSED_BEFORE_COPY },
	{ "file_setattr", EINVAL, bad_file_attr, REFUSED_BEFORE_COPY },
	{ "fspick", EINVAL, bad_pick_flags, REFUSED_BEFORE_COPY },
	{ "mount", EINVAL, long_mount_string, REFUSED_BEFORE_COPY },
	{ "name_to_handle_at", EINVAL, bad_handle_flags, REFUSED_BEFORE_COPY },
	{ "inotify_add_watch", EINVAL, NULL, REFUSED_BEFORE_COPY },
	{ "inotify_add_watch", EBADF, NULL, REFUSED_BEFORE_COPY },
	{ "mount", EFAULT, NULL, REFUSED_BEFORE_COPY },
	{ "acct", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "swapon", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "swapon", EINVAL, bad_swap_flags, REFUSED_BEFORE_COPY },
	{ "swapoff", EPERM, NULL, REFUSED_BEFORE_COPY },
	{ "quotactl", EINVAL, bad_quota_type, REFUSED_BEFORE_COPY },
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
	if (ret == -ENOSYS)
		return REFUSED_BEFORE_COPY;
	if (ret == 0 && omits_both_times(call))
		return REFUSED_BEFORE_COPY;
	if (ret >= 0 || !call->info->name)
		return REFUSED_LATER;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].error == -ret && strcmp(rows[i].name, call->info->name) == 0 &&
			(!rows[i].applies || rows[i].applies(call)))
			return rows[i].refusal;
	/* only what is in the kernel's cache of names was to be looked at */
	if (call->has_how && (call->how_resolve & RESOLVE_CACHED) && ret == -EAGAIN)
		return REFUSED_BEFORE_LOOKUP;
	return REFUSED_LATER;
}
