/* SPDX-License-Identifier: MIT */
/* open, openat, openat2, creat: every flag that changes what is looked up, created or refused. */
#include <linux/openat2.h>

#include "cases.h"

static void open_read(void)
{
	CALL(open, "f", O_RDONLY);
	CALL(open, "f", O_WRONLY);
	CALL(open, "f", O_RDWR | O_NONBLOCK);
	CALL(open, "d", O_RDONLY);
	CALL(open, ".", O_RDONLY);
	CALL(open, "..", O_RDONLY);
	CALL(open, "/", O_RDONLY);
	CALL(open, absolute("f"), O_RDONLY);
	CALL(open, "/dev/null", O_RDWR);
}

static void open_create_existing(void)
{
	CALL(open, "f", O_RDWR | O_CREAT, 0600);
	CALL(open, "f", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CALL(open, "f", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(open, "d/f", O_RDWR | O_CREAT, 0600);
	CALL(open, "d/f", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(open, "lf", O_RDWR | O_CREAT, 0600);
	CALL(open, "lf", O_RDWR | O_CREAT | O_EXCL, 0600);
	CALL(open, "d", O_RDONLY | O_CREAT, 0600);
	CALL(open, "/dev/null", O_RDWR | O_CREAT, 0600);
}

static void open_create_new(void)
{
	CALL(open, "new1", O_RDWR | O_CREAT, 0640);
	CALL(open, "new2", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(open, "d/new3", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	CALL(open, absolute("d/new4"), O_WRONLY | O_CREAT, 04755);
	CALL(open, "./new5", O_WRONLY | O_CREAT, 0600);
	CALL(open, "d/../new6", O_WRONLY | O_CREAT, 0600);
	CALL(open, "ld/new7", O_WRONLY | O_CREAT, 0600);
	CALL(open, "new1", O_RDWR | O_CREAT, 0640);
}

static void open_create_refused(void)
{
	CALL(open, "nodir/new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "f/new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "new/", O_WRONLY | O_CREAT, 0600);
	CALL(open, "d/", O_WRONLY | O_CREAT, 0600);
	CALL(open, "d/.", O_WRONLY | O_CREAT, 0600);
	CALL(open, "loop", O_WRONLY | O_CREAT, 0600);
	CALL(open, "new", O_WRONLY | O_CREAT | O_DIRECTORY, 0600);
	CALL(open, "/proc/new", O_WRONLY | O_CREAT, 0600);
}

static void open_through_dangling(void)
{
	CALL(open, "dangling", O_RDONLY);
	CALL(open, "dangling", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(open, "dangling", O_WRONLY | O_CREAT, 0600);
	CALL(open, "dangling", O_RDONLY);
	CALL(open, "dangling_in_d", O_WRONLY | O_CREAT, 0600);
}

static void open_truncate(void)
{
	CALL(open, "f", O_WRONLY | O_TRUNC);
	CALL(open, "f", O_WRONLY | O_APPEND);
	CALL(open, "d", O_WRONLY | O_TRUNC);
	CALL(open, "missing", O_WRONLY | O_TRUNC);
}

static void open_path_only(void)
{
	CALL(open, "f", O_PATH);
	CALL(open, "lf", O_PATH);
	CALL(open, "lf", O_PATH | O_NOFOLLOW);
	CALL(open, "d", O_PATH | O_DIRECTORY);
	CALL(open, "missing", O_PATH);
	CALL(open, "new", O_PATH | O_CREAT, 0600);
}

static void open_nofollow(void)
{
	CALL(open, "f", O_RDONLY | O_NOFOLLOW);
	CALL(open, "lf", O_RDONLY | O_NOFOLLOW);
	CALL(open, "ld/f", O_RDONLY | O_NOFOLLOW);
	CALL(open, "ld", O_RDONLY | O_NOFOLLOW | O_DIRECTORY);
	CALL(open, "dangling", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
	CALL(open, "new", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
}

static void open_directory(void)
{
	CALL(open, "d", O_RDONLY | O_DIRECTORY);
	CALL(open, "d/", O_RDONLY | O_DIRECTORY);
	CALL(open, "ld", O_RDONLY | O_DIRECTORY);
	CALL(open, "ld/", O_RDONLY);
	CALL(open, "f", O_RDONLY | O_DIRECTORY);
	CALL(open, "f/", O_RDONLY);
	CALL(open, "d", O_WRONLY);
	CALL(open, "d", O_RDWR | O_DIRECTORY);
}

static void open_tmpfile(void)
{
	int fd = CALL(open, "d", O_TMPFILE | O_RDWR, 0600);

	CALL(linkat, fd, "", AT_FDCWD, "named", AT_EMPTY_PATH);
	CALL(open, ".", O_TMPFILE | O_WRONLY | O_EXCL, 0640);
	CALL(open, "f", O_TMPFILE | O_RDWR, 0600);
	CALL(open, "missing", O_TMPFILE | O_RDWR, 0600);
	CALL(open, "d", O_TMPFILE | O_RDONLY, 0600);
	CALL(open, "/proc", O_TMPFILE | O_RDWR, 0600);
}

static void open_symlinks(void)
{
	CALL(open, "lf", O_RDONLY);
	CALL(open, "llf", O_RDONLY);
	CALL(open, "ld/f", O_RDONLY);
	CALL(open, "ld/sub/deep", O_RDONLY);
	CALL(open, "ld/up", O_RDONLY);
	CALL(open, "d/up", O_WRONLY | O_CREAT, 0600);
	CALL(open, "ldev", O_WRONLY);
	CALL(open, "loop", O_RDONLY);
	CALL(open, "loop/f", O_RDONLY);
	CALL(open, "/proc/self/exe", O_RDONLY);
}

static void open_fifo(void)
{
	CALL(open, "fifo", O_RDONLY | O_NONBLOCK);
	CALL(open, "fifo", O_WRONLY | O_NONBLOCK);
	CALL(open, "fifo", O_RDWR | O_CREAT, 0600);
}

static void openat_dirfd(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
	int file = CALL(openat, AT_FDCWD, "f", O_RDONLY);
	int path = CALL(openat, AT_FDCWD, "d/sub", O_PATH);

	CALL(openat, dir, "f", O_RDONLY);
	CALL(openat, dir, "sub/deep", O_RDONLY);
	CALL(openat, dir, "../f", O_RDONLY);
	CALL(openat, dir, ".", O_RDONLY);
	CALL(openat, dir, "missing", O_RDONLY);
	CALL(openat, dir, absolute("g"), O_RDONLY);
	CALL(openat, path, "deep", O_RDONLY);
	CALL(openat, file, "f", O_RDONLY);
	CALL(openat, 99, "f", O_RDONLY);
	CALL(openat, 99, "/dev/null", O_RDONLY);
	CALL(openat, -1, "f", O_RDONLY);
	CALL(openat, dir, "", O_RDONLY);
}

static void openat_create(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(openat, AT_FDCWD, "new1", O_WRONLY | O_CREAT, 0600);
	CALL(openat, dir, "new2", O_WRONLY | O_CREAT, 0600);
	CALL(openat, dir, "sub/new3", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(openat, dir, "../new4", O_WRONLY | O_CREAT, 0600);
	CALL(openat, dir, "new2", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CALL(openat, dir, "new2", O_WRONLY | O_CREAT, 0600);
	CALL(openat, dir, "missing/new", O_WRONLY | O_CREAT, 0600);
	CALL(openat, dir, "sub", O_TMPFILE | O_RDWR, 0600);
}

static void creat_calls(void)
{
	CALL(creat, "new", 0644);
	CALL(creat, "new", 0644);
	CALL(creat, "f", 0600);
	CALL(creat, "d/f", 0600);
	CALL(creat, "d", 0600);
	CALL(creat, "missing/new", 0600);
}

static int how(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how open_how = { .flags = flags, .mode = mode, .resolve = resolve };

	return CALL(openat2, dirfd, path, &open_how, sizeof(open_how));
}

static void openat2_plain(void)
{
	int dir = how(AT_FDCWD, "d", O_RDONLY | O_DIRECTORY, 0, 0);

	how(AT_FDCWD, "f", O_RDONLY, 0, 0);
	how(dir, "f", O_RDWR | O_CLOEXEC, 0, 0);
	how(AT_FDCWD, "new1", O_WRONLY | O_CREAT, 0640, 0);
	how(dir, "new2", O_WRONLY | O_CREAT | O_EXCL, 0600, 0);
	how(AT_FDCWD, "f", O_WRONLY | O_CREAT, 0600, 0);
	how(AT_FDCWD, "d", O_TMPFILE | O_RDWR, 0600, 0);
	how(AT_FDCWD, "missing", O_RDONLY, 0, 0);
}

static void openat2_resolve(void)
{
	int dir = how(AT_FDCWD, "d", O_PATH | O_DIRECTORY, 0, 0);

	how(dir, "f", O_RDONLY, 0, RESOLVE_BENEATH);
	how(dir, "../f", O_RDONLY, 0, RESOLVE_BENEATH);
	how(dir, "up", O_RDONLY, 0, RESOLVE_BENEATH);
	how(dir, "/f", O_RDONLY, 0, RESOLVE_IN_ROOT);
	how(dir, "../../f", O_RDONLY, 0, RESOLVE_IN_ROOT);
	how(AT_FDCWD, "lf", O_RDONLY, 0, RESOLVE_NO_SYMLINKS);
	how(AT_FDCWD, "ld/f", O_RDONLY, 0, RESOLVE_NO_SYMLINKS);
	how(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS);
	how(AT_FDCWD, "/proc/version", O_RDONLY, 0, RESOLVE_NO_XDEV);
	how(AT_FDCWD, "new", O_WRONLY | O_CREAT, 0600, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
	how(AT_FDCWD, "f", O_RDONLY, 0, RESOLVE_CACHED);
}

static void openat2_refused(void)
{
	struct open_how open_how = { .flags = O_RDONLY };
	char large[sizeof(open_how) + 8] = { 0 };

	how(AT_FDCWD, "f", O_RDONLY, 0600, 0);
	how(AT_FDCWD, "f", O_RDONLY, 0, UINT64_C(1) << 40);
	how(AT_FDCWD, "f", UINT64_C(1) << 40, 0, 0);
	CALL(openat2, AT_FDCWD, "f", &open_how, 8);
	CALL(openat2, AT_FDCWD, "f", BAD_POINTER, sizeof(open_how));
	CALL(openat2, AT_FDCWD, BAD_POINTER, &open_how, sizeof(open_how));
	CALL(openat2, AT_FDCWD, "f", large, sizeof(large));
	large[sizeof(large) - 1] = 1;
	CALL(openat2, AT_FDCWD, "f", large, sizeof(large));
	how(99, "f", O_RDONLY, 0, 0);
}

static void open_ptmx(void)
{
	CALL(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
}

static const struct diff_case open_cases[] = {
	{ "open_read", open_read },
	{ "open_create_existing", open_create_existing },
	{ "open_create_new", open_create_new },
	{ "open_create_refused", open_create_refused },
	{ "open_through_dangling", open_through_dangling },
	{ "open_truncate", open_truncate },
	{ "open_path_only", open_path_only },
	{ "open_nofollow", open_nofollow },
	{ "open_directory", open_directory },
	{ "open_tmpfile", open_tmpfile },
	{ "open_symlinks", open_symlinks },
	{ "open_fifo", open_fifo },
	{ "openat_dirfd", openat_dirfd },
	{ "openat_create", openat_create },
	{ "creat", creat_calls },
	{ "openat2", openat2_plain },
	{ "openat2_resolve", openat2_resolve },
	{ "openat2_refused", openat2_refused },
	{ "open_ptmx", open_ptmx },
};
TOPIC(open);
