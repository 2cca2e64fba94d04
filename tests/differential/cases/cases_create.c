/* SPDX-License-Identifier: MIT */
/* mkdir, mknod, link, symlink and what removes names: unlink, rmdir. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cases.h"

static void mkdir_calls(void)
{
	CALL(mkdir, "new", 0755);
	CALL(mkdir, "new/inner", 01777);
	CALL(mkdir, "d/new", 0700);
	CALL(mkdir, "slash/", 0700);
	CALL(mkdir, "d/slash//", 0700);
	CALL(mkdir, absolute("abs"), 0700);
	CALL(mkdir, "ld/through", 0700);
}

static void mkdir_refused(void)
{
	CALL(mkdir, "d", 0700);
	CALL(mkdir, "f", 0700);
	CALL(mkdir, "f/new", 0700);
	CALL(mkdir, "missing/new", 0700);
	CALL(mkdir, ".", 0700);
	CALL(mkdir, "..", 0700);
	CALL(mkdir, "/", 0700);
	CALL(mkdir, "d/.", 0700);
	CALL(mkdir, "dangling", 0700);
	CALL(mkdir, "dangling/", 0700);
	CALL(mkdir, "", 0700);
	CALL(mkdir, "/proc/new", 0700);
}

static void mkdirat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(mkdirat, AT_FDCWD, "new", 0755);
	CALL(mkdirat, dir, "new", 0755);
	CALL(mkdirat, dir, "sub/new", 0755);
	CALL(mkdirat, dir, "../new2", 0755);
	CALL(mkdirat, dir, "sub", 0755);
	CALL(mkdirat, 99, "new", 0755);
	CALL(mkdirat, dir, absolute("new3"), 0755);
}

static void mknod_calls(void)
{
	CALL(mknod, "nf", S_IFIFO | 0640, 0);
	CALL(mknod, "nr", S_IFREG | 0640, 0);
	CALL(mknod, "ns", S_IFSOCK | 0640, 0);
	CALL(mknod, "nc", S_IFCHR | 0600, makedev(1, 3));
	CALL(mknod, "nb", S_IFBLK | 0600, makedev(7, 300));
	CALL(mknod, "n0", 0600, 0);
	CALL(mknod, "f", S_IFIFO | 0600, 0);
	CALL(mknod, "nd", S_IFDIR | 0600, 0);
	CALL(mknod, "n?", 0170000 | 0600, 0);
	CALL(mknod, "missing/n", S_IFIFO | 0600, 0);
}

static void mknodat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(mknodat, dir, "nf", S_IFIFO | 0640, 0);
	CALL(mknodat, dir, "nc", S_IFCHR | 0600, makedev(5, 1));
	CALL(mknodat, dir, "f", S_IFREG | 0600, 0);
	CALL(mknodat, AT_FDCWD, "nf", S_IFIFO | 0640, 0);
	CALL(openat, AT_FDCWD, "nf", O_RDONLY | O_NONBLOCK);
}

static void link_calls(void)
{
	CALL(link, "f", "hard");
	CALL(link, "f", "d/hard");
	CALL(link, "lf", "hard_of_link");
	CALL(link, absolute("g"), "hard_g");
	CALL(link, "d/f", "g");
	CALL(link, "missing", "hard2");
	CALL(link, "f", "missing/hard");
	CALL(link, "d", "hard_dir");
	CALL(link, "f", "d/");
	CALL(link, "/dev/null", "hard_null");
	CALL(link, "f/", "hard3");
}

static void linkat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
	int file = CALL(openat, AT_FDCWD, "f", O_RDONLY);

	CALL(linkat, dir, "f", AT_FDCWD, "hard1", 0);
	CALL(linkat, AT_FDCWD, "g", dir, "hard2", 0);
	CALL(linkat, dir, "f", dir, "hard3", 0);
	CALL(linkat, AT_FDCWD, "lf", AT_FDCWD, "hard4", AT_SYMLINK_FOLLOW);
	CALL(linkat, file, "", AT_FDCWD, "hard5", AT_EMPTY_PATH);
	CALL(linkat, file, "", AT_FDCWD, "hard6", 0);
	CALL(linkat, AT_FDCWD, "f", AT_FDCWD, "hard7", 0x8000000);
	CALL(linkat, 99, "f", AT_FDCWD, "hard8", 0);
}

static void symlink_calls(void)
{
	CALL(symlink, "f", "new");
	CALL(symlink, "../g", "d/new");
	CALL(symlink, "not there", "new2");
	CALL(symlink, "f", "g");
	CALL(symlink, "f", "missing/new");
	CALL(symlink, "", "new3");
	CALL(symlink, "f", "");
	CALL(symlink, absolute("f"), "new4");
	CALL(symlink, "f", "new5/");
	CALL(symlink, "same", "same");
}

static void symlinkat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(symlinkat, "f", dir, "new");
	CALL(symlinkat, "f", AT_FDCWD, "new");
	CALL(symlinkat, "f", dir, "f");
	CALL(symlinkat, "f", 99, "new");
}

static void unlink_calls(void)
{
	CALL(unlink, "f");
	CALL(unlink, "d/f");
	CALL(unlink, "lf");
	CALL(unlink, "dangling");
	CALL(unlink, "fifo");
	CALL(unlink, absolute("g"));
	CALL(unlink, "ld/sub/deep");
}

static void unlink_refused(void)
{
	CALL(unlink, "missing");
	CALL(unlink, "missing/f");
	CALL(unlink, "d");
	CALL(unlink, "f/");
	CALL(unlink, "f/x");
	CALL(unlink, "ld/");
	CALL(unlink, ".");
	CALL(unlink, "..");
	CALL(unlink, "/");
	CALL(unlink, "");
	CALL(unlink, "loop/f");
	CALL(unlink, "/proc/version");
}

static void unlink_hard_link(void)
{
	CALL(link, "f", "hard");
	CALL(unlink, "f");
	CALL(open, "hard", O_RDONLY);
	CALL(unlink, "hard");
	CALL(open, "hard", O_RDONLY);
}

static void unlinkat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(unlinkat, dir, "f", 0);
	CALL(unlinkat, dir, "f", 0);
	CALL(unlinkat, AT_FDCWD, "f", 0);
	CALL(unlinkat, dir, "../g", 0);
	CALL(unlinkat, AT_FDCWD, "empty", AT_REMOVEDIR);
	CALL(unlinkat, dir, "sub", AT_REMOVEDIR);
	CALL(unlinkat, dir, "sub", 0);
	CALL(unlinkat, AT_FDCWD, "lf", AT_REMOVEDIR);
	CALL(unlinkat, AT_FDCWD, "lf", 0x8000000);
	CALL(unlinkat, 99, "lf", 0);
}

static void rmdir_calls(void)
{
	CALL(rmdir, "empty");
	CALL(rmdir, "e2/");
	CALL(rmdir, "d");
	CALL(rmdir, "f");
	CALL(rmdir, "ld");
	CALL(rmdir, "missing");
	CALL(rmdir, ".");
	CALL(rmdir, "..");
	CALL(rmdir, "d/.");
	CALL(rmdir, "d/..");
	CALL(rmdir, "/");
	CALL(rmdir, "/proc");
}

static void create_delete_again(void)
{
	for (int i = 0; i < 3; i++) {
		close(CALL(open, "again", O_WRONLY | O_CREAT | O_EXCL, 0600));
		CALL(unlink, "again");
	}
	for (int i = 0; i < 2; i++) {
		CALL(mkdir, "again", 0700);
		CALL(rmdir, "again");
	}
}

static void fd_of_deleted(void)
{
	int fd = CALL(open, "f", O_RDWR);

	CALL(unlink, "f");
	CALL(fchmod, fd, 0600);
	CALL(open, "/proc/self/fd/3", O_RDONLY);
}

static const struct diff_case create_cases[] = {
	{ "mkdir", mkdir_calls },
	{ "mkdir_refused", mkdir_refused },
	{ "mkdirat", mkdirat_calls },
	{ "mknod", mknod_calls },
	{ "mknodat", mknodat_calls },
	{ "link", link_calls },
	{ "linkat", linkat_calls },
	{ "symlink", symlink_calls },
	{ "symlinkat", symlinkat_calls },
	{ "unlink", unlink_calls },
	{ "unlink_refused", unlink_refused },
	{ "unlink_hard_link", unlink_hard_link },
	{ "unlinkat", unlinkat_calls },
	{ "rmdir", rmdir_calls },
	{ "create_delete_again", create_delete_again },
	{ "fd_of_deleted", fd_of_deleted },
};
TOPIC(create);
