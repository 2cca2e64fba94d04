/* SPDX-License-Identifier: MIT */
/* Calls that change what a file is: mode, owner, size, times, extended attributes. */
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <utime.h>

#include "cases.h"

static void chmod_calls(void)
{
	CALL(chmod, "f", 0600);
	CALL(chmod, "f", 06755);
	CALL(chmod, "d", 0711);
	CALL(chmod, "lf", 0640);
	CALL(chmod, "d/", 0755);
	CALL(chmod, "missing", 0600);
	CALL(chmod, "dangling", 0600);
	CALL(chmod, absolute("f"), 0644);
}

static void fchmod_calls(void)
{
	int fd = CALL(open, "f", O_RDWR);
	int dir = CALL(open, "d", O_RDONLY | O_DIRECTORY);
	int path = CALL(open, "g", O_PATH);

	CALL(fchmod, fd, 0600);
	CALL(fchmod, dir, 0700);
	CALL(fchmod, path, 0600);
	CALL(fchmod, 99, 0600);
	CALL(fchmodat, AT_FDCWD, "f", 0644);
	CALL(fchmodat, dir, "f", 0600);
	CALL(fchmodat, dir, "missing", 0600);
	CALL(fchmodat2, AT_FDCWD, "f", 0640, 0);
	CALL(fchmodat2, AT_FDCWD, "lf", 0640, AT_SYMLINK_NOFOLLOW);
	CALL(fchmodat2, fd, "", 0644, AT_EMPTY_PATH);
	CALL(fchmodat2, AT_FDCWD, "f", 0644, 0x8000000);
}

static void chown_calls(void)
{
	CALL(chown, "f", 1, 2);
	CALL(chown, "lf", 3, 4);
	CALL(lchown, "lf", 5, 6);
	CALL(chown, "d", 1, -1);
	CALL(chown, "missing", 1, 1);
	CALL(lchown, "dangling", 1, 1);
	CALL(chown, "dangling", 1, 1);
}

static void fchown_calls(void)
{
	int fd = CALL(open, "f", O_RDWR);
	int dir = CALL(open, "d", O_RDONLY | O_DIRECTORY);
	int path = CALL(open, "g", O_PATH);

	CALL(fchown, fd, 1, 2);
	CALL(fchown, dir, 3, 4);
	CALL(fchown, 99, 1, 2);
	CALL(fchown, path, 1, 2);
	CALL(fchownat, AT_FDCWD, "f", 5, 6, 0);
	CALL(fchownat, dir, "f", 7, 8, 0);
	CALL(fchownat, AT_FDCWD, "lf", 9, 10, AT_SYMLINK_NOFOLLOW);
	CALL(fchownat, fd, "", 11, 12, AT_EMPTY_PATH);
	CALL(fchownat, fd, "", 11, 12, 0);
	CALL(fchownat, AT_FDCWD, "", 13, 14, AT_EMPTY_PATH);
}

static void truncate_calls(void)
{
	int fd = CALL(open, "g", O_RDWR);

	CALL(truncate, "f", 3L);
	CALL(truncate, "lf", 0L);
	CALL(truncate, "d", 0L);
	CALL(truncate, "missing", 0L);
	CALL(truncate, "fifo", 0L);
	CALL(truncate, "f", -1L);
	CALL(ftruncate, fd, 100L);
	CALL(ftruncate, 99, 100L);
	(void)!fallocate(
		fd, 0, 0, 200); /* two registers an offset on 32-bit machines: by the library */
}

static void xattr_set(void)
{
	int fd = CALL(open, "f", O_RDWR);

	CALL(setxattr, "f", "user.size", "large", 5, 0);
	CALL(setxattr, "lf", "user.size", "small", 5, 0);
	CALL(lsetxattr, "f", "user.l", "1", 1, 0);
	CALL(lsetxattr, "lf", "user.l", "1", 1, 0);
	CALL(fsetxattr, fd, "user.f", "1", 1, 0);
	CALL(fsetxattr, 99, "user.f", "1", 1, 0);
	CALL(setxattr, "missing", "user.size", "1", 1, 0);
	CALL(setxattr, "f", "user.size", "1", 1, 1);
	CALL(setxattr, "f", "nonsense", "1", 1, 0);
	CALL(setxattr, "f", "user.size", "1", 1, 77);
	CALL(setxattr, "f", BAD_POINTER, "1", 1, 0);
	CALL(setxattr, "f", "user.size", "1", 70000, 0);
}

static void xattr_get(void)
{
	int fd = CALL(open, "f", O_RDONLY);
	char value[100];

	CALL(getxattr, "f", "user.colour", value, sizeof(value));
	CALL(getxattr, "lf", "user.colour", value, sizeof(value));
	CALL(lgetxattr, "lf", "user.colour", value, sizeof(value));
	CALL(fgetxattr, fd, "user.colour", value, sizeof(value));
	CALL(getxattr, "f", "user.nothing", value, sizeof(value));
	CALL(listxattr, "f", value, sizeof(value));
	CALL(llistxattr, "lf", value, sizeof(value));
	CALL(flistxattr, fd, value, sizeof(value));
	CALL(getxattr, "missing", "user.colour", value, sizeof(value));
	CALL(fgetxattr, 99, "user.colour", value, sizeof(value));
	CALL(flistxattr, 99, value, sizeof(value));
}

static void xattr_remove(void)
{
	int fd = CALL(open, "f", O_RDONLY);

	CALL(removexattr, "f", "user.colour");
	CALL(removexattr, "f", "user.colour");
	CALL(lremovexattr, "lf", "user.colour");
	CALL(fremovexattr, fd, "user.colour");
	CALL(fremovexattr, 99, "user.colour");
	CALL(removexattr, "missing", "user.colour");
}

static void file_capability(void)
{
	/* struct vfs_cap_data, revision 2: effective, permitted cap_net_raw */
	static const uint32_t cap[] = { 0x02000001, 1u << 13, 0, 0, 0 };
	int fd;

	CALL(setxattr, "f", "security.capability", cap, sizeof(cap), 0);
	fd = CALL(open, "f", O_RDONLY);
	CALL(fchmod, fd, 0755);
	CALL(stat, "f", BAD_POINTER);
	CALL(chown, "f", 1, 1);
	CALL(open, "f", O_RDONLY);
}

static void time_calls(void)
{
	struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
	struct timeval old_times[2] = { { 5, 6 }, { 7, 8 } };
	struct utimbuf older_times = { 9, 10 };
	int fd = CALL(open, "f", O_RDWR);
	int dir = CALL(open, "d", O_RDONLY | O_DIRECTORY);

	CALL(utimensat, AT_FDCWD, "f", times, 0);
	CALL(utimensat, AT_FDCWD, "lf", times, 0);
	CALL(utimensat, AT_FDCWD, "lf", times, AT_SYMLINK_NOFOLLOW);
	CALL(utimensat, dir, "f", NULL, 0);
	CALL(utimensat, fd, NULL, times, 0);
	CALL(utimensat, fd, "", times, AT_EMPTY_PATH);
	CALL(utimensat, 99, NULL, times, 0);
	CALL(utimensat, AT_FDCWD, "missing", times, 0);
	CALL(utimensat, AT_FDCWD, "f", BAD_POINTER, 0);
	CALL(utimes, "f", old_times);
	CALL(utime, "f", &older_times);
}

static const struct diff_case attr_cases[] = {
	{ "chmod", chmod_calls },
	{ "fchmod", fchmod_calls },
	{ "chown", chown_calls },
	{ "fchown", fchown_calls },
	{ "truncate", truncate_calls },
	{ "xattr_set", xattr_set },
	{ "xattr_get", xattr_get },
	{ "xattr_remove", xattr_remove },
	{ "file_capability", file_capability },
	{ "times", time_calls },
};
TOPIC(attr);
