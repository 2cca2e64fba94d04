/* SPDX-License-Identifier: MIT */
/* Calls that only look a path up, or change where paths begin. */
#include <linux/stat.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "cases.h"

static char scratch[4096];

static void stat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(stat, "f", scratch);
	CALL(stat, "lf", scratch);
	CALL(lstat, "lf", scratch);
	CALL(stat, "ld/f", scratch);
	CALL(stat, "missing", scratch);
	CALL(stat, "dangling", scratch);
	CALL(lstat, "dangling", scratch);
	CALL(stat, "f/", scratch);
	CALL(lstat, "ld/", scratch);
	CALL(fstat, dir, scratch);
	CALL(stat, ".", scratch);
	CALL(stat, "/", scratch);
	CALL(stat, "d/sub/..", scratch);
	CALL(stat, "f", BAD_POINTER);
}

#ifdef SYS_newfstatat
#define SYS_statat SYS_newfstatat
#else
#define SYS_statat SYS_fstatat64
#endif

static void statat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(statat, AT_FDCWD, "f", scratch, 0);
	CALL(statat, dir, "f", scratch, 0);
	CALL(statat, AT_FDCWD, "lf", scratch, AT_SYMLINK_NOFOLLOW);
	CALL(statat, dir, "", scratch, AT_EMPTY_PATH);
	CALL(statat, AT_FDCWD, "", scratch, AT_EMPTY_PATH);
	CALL(statat, dir, "", scratch, 0);
	CALL(statat, 99, "f", scratch, 0);
	CALL(statat, AT_FDCWD, "f", scratch, 0x8000000);
}

static void statx_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(statx, AT_FDCWD, "f", 0, STATX_BASIC_STATS, scratch);
	CALL(statx, dir, "f", 0, STATX_BASIC_STATS, scratch);
	CALL(statx, dir, "", AT_EMPTY_PATH, STATX_BASIC_STATS, scratch);
	CALL(statx, dir, NULL, AT_EMPTY_PATH, STATX_BASIC_STATS, scratch);
	CALL(statx, AT_FDCWD, "lf", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, scratch);
	CALL(statx, AT_FDCWD, "missing", 0, STATX_BASIC_STATS, scratch);
	CALL(statx, AT_FDCWD, "f", 0x8000000, STATX_BASIC_STATS, scratch);
}

static void access_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(access, "f", R_OK);
	CALL(access, "f", X_OK);
	CALL(access, "d", W_OK);
	CALL(access, "missing", F_OK);
	CALL(access, "lf", R_OK);
	CALL(access, "f", 077);
	CALL(faccessat, AT_FDCWD, "f", R_OK);
	CALL(faccessat, dir, "f", R_OK);
	CALL(faccessat2, AT_FDCWD, "lf", R_OK, AT_SYMLINK_NOFOLLOW);
	CALL(faccessat2, dir, "", R_OK, AT_EMPTY_PATH);
	CALL(faccessat2, dir, "f", R_OK, AT_EACCESS);
	CALL(faccessat2, dir, "f", R_OK, 0x8000000);
}

static void readlink_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
	int link = CALL(openat, AT_FDCWD, "lf", O_PATH | O_NOFOLLOW);

	CALL(readlink, "lf", scratch, 100);
	CALL(readlink, "f", scratch, 100);
	CALL(readlink, "missing", scratch, 100);
	CALL(readlink, "ld/up", scratch, 100);
	CALL(readlink, "lf", scratch, 0);
	CALL(readlinkat, AT_FDCWD, "dangling", scratch, 100);
	CALL(readlinkat, dir, "up", scratch, 100);
	CALL(readlinkat, link, "", scratch, 100);
	CALL(readlinkat, dir, "", scratch, 100);
	CALL(readlink, "/proc/self/cwd", scratch, 100);
}

static void statfs_calls(void)
{
	int fd = CALL(open, "f", O_RDONLY);

	CALL(statfs, "f", scratch);
	CALL(statfs, "missing", scratch);
	CALL(statfs, "/proc", scratch);
	CALL(fstatfs, fd, scratch);
}

static void chdir_calls(void)
{
	int dir = CALL(open, "d", O_RDONLY | O_DIRECTORY);

	CALL(chdir, "missing");
	CALL(chdir, "f");
	CALL(chdir, "d");
	CALL(open, "f", O_RDONLY);
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "sub/new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "../new", O_WRONLY | O_CREAT, 0600);
	CALL(chdir, "..");
	CALL(fchdir, dir);
	CALL(mkdir, "made", 0700);
	CALL(rename, "new", "renamed");
	CALL(fchdir, 99);
	CALL(chdir, "/");
	CALL(stat, "dev/null", scratch);
}

/* What the working directory is called changes, not the directory. */
static void chroot_here(void)
{
	CALL(chroot, ".");
	CALL(open, "f", O_RDONLY);
	CALL(open, "d/new", O_WRONLY | O_CREAT, 0600);
}

static void chroot_calls(void)
{
	in_child(chroot_here);
	CALL(chroot, "missing");
	CALL(chroot, "f");
	CALL(chroot, "d");
	CALL(open, "f", O_RDONLY);
	CALL(open, "/f", O_RDONLY);
	CALL(open, "/new", O_WRONLY | O_CREAT, 0600);
	CALL(chdir, "/");
	CALL(open, "f", O_RDONLY);
	CALL(open, "new2", O_WRONLY | O_CREAT, 0600);
	CALL(open, "../../f", O_RDONLY);
	CALL(mkdir, "sub/new", 0700);
}

static void deleted_cwd(void)
{
	CALL(mkdir, "gone", 0700);
	CALL(chdir, "gone");
	CALL(rmdir, "../gone");
	CALL(open, "f", O_RDONLY);
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "../f", O_RDONLY);
	CALL(open, "..", O_RDONLY);
	CALL(open, ".", O_RDONLY);
	CALL(mkdir, "new", 0700);
	CALL(open, "/dev/null", O_RDONLY);
}

static void renamed_cwd(void)
{
	CALL(chdir, "d");
	CALL(rename, "../d", "../renamed");
	CALL(open, "f", O_RDONLY);
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
}

static void mount_refused(void)
{
	CALL(mount, "source", "missing", "tmpfs", 0L, NULL);
	CALL(mount, "source", "d", "no such type", 0L, NULL);
	CALL(mount, NULL, "d", NULL, MS_REMOUNT | MS_BIND, NULL);
	CALL(mount, "missing", "d", NULL, MS_BIND, NULL);
	CALL(mount, "f", "d", NULL, MS_BIND, NULL);
	CALL(umount2, "d", 0);
	CALL(umount2, "missing", 0);
	CALL(umount2, "lf", UMOUNT_NOFOLLOW);
	CALL(umount2, "d", 0x10000);
}

static void dots_and_slashes(void)
{
	CALL(stat, "./f", scratch);
	CALL(stat, ".//./f", scratch);
	CALL(stat, "d//f", scratch);
	CALL(stat, "d/./sub/../f", scratch);
	CALL(stat, "../../../../../../../../../../dev/null", scratch);
	CALL(stat, "//dev///null", scratch);
	CALL(stat, "", scratch);
	CALL(open, "./d/./new", O_WRONLY | O_CREAT, 0600);
	CALL(open, ".//new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "f/", O_RDONLY);
	CALL(open, "./f///", O_RDONLY);
	CALL(open, "d///", O_RDONLY);
	CALL(unlink, "d//./new");
	CALL(mkdir, "./m/", 0700);
	CALL(rename, "./m/", "d/..//n//");
	CALL(rmdir, "./n/");
}

static void no_names(void)
{
	int fd = CALL(open, "f", O_RDWR);

	CALL(fstat, fd, scratch);
	CALL(read, fd, scratch, 4);
	CALL(write, fd, "x", 1);
	CALL(dup, fd);
	CALL(lseek, fd, 0L, SEEK_SET);
	CALL(ioctl, fd, 0x5401, scratch);
	CALL(fcntl, fd, F_GETFL);
	CALL(fdatasync, fd);
	CALL(close, fd);
	CALL(close, fd);
	CALL(getcwd, scratch, sizeof(scratch));
	CALL(umask, 022);
}

static const struct diff_case lookup_cases[] = {
	{ "stat", stat_calls },
	{ "newfstatat", statat_calls },
	{ "statx", statx_calls },
	{ "access", access_calls },
	{ "readlink", readlink_calls },
	{ "statfs", statfs_calls },
	{ "chdir", chdir_calls },
	{ "chroot", chroot_calls },
	{ "deleted_cwd", deleted_cwd },
	{ "renamed_cwd", renamed_cwd },
	{ "mount_refused", mount_refused },
	{ "dots_and_slashes", dots_and_slashes },
	{ "no_names", no_names },
};
TOPIC(lookup);
