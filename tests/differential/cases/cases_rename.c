/* SPDX-License-Identifier: MIT */
/* rename, renameat, renameat2. */
#include <linux/fs.h>

#include "cases.h"

static void rename_plain(void)
{
	CALL(rename, "f", "new");
	CALL(rename, "new", "d/moved");
	CALL(rename, "d/moved", absolute("back"));
	CALL(rename, "d/sub", "sub");
	CALL(rename, "lf", "new_link");
	CALL(rename, "empty/", "empty3/");
	CALL(rename, "ld/f", "ld/g");
}

static void rename_over(void)
{
	CALL(rename, "f", "g");
	CALL(rename, "d/f", "g");
	CALL(rename, "empty", "e2");
	CALL(rename, "g", "lf");
}

static void rename_refused(void)
{
	CALL(rename, "missing", "new");
	CALL(rename, "f", "missing/new");
	CALL(rename, "missing/f", "new");
	CALL(rename, "f", "d");
	CALL(rename, "d", "f");
	CALL(rename, "empty", "d");
	CALL(rename, "d", "d/sub/inside");
	CALL(rename, "d/sub", "d");
	CALL(rename, "f", "new/");
	CALL(rename, "f/", "new");
	CALL(rename, ".", "new");
	CALL(rename, "f", ".");
	CALL(rename, "..", "new");
	CALL(rename, "f", "/");
	CALL(rename, "f", "");
	CALL(rename, "", "f");
	CALL(rename, "f", "/proc/new");
	CALL(rename, "f", "/dev/shm/uaudit-differential");
}

static void rename_same(void)
{
	const char *p = "f";
	char copy[] = "f";

	CALL(rename, p, p);
	CALL(rename, p, copy);
	CALL(link, "f", "hard");
	CALL(rename, "f", "hard");
}

static void renameat_calls(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(renameat, dir, "f", AT_FDCWD, "from_d");
	CALL(renameat, AT_FDCWD, "from_d", dir, "back");
	CALL(renameat, dir, "back", dir, "again");
	CALL(renameat, AT_FDCWD, "g", AT_FDCWD, "f");
	CALL(renameat, 99, "f", AT_FDCWD, "new");
	CALL(renameat, AT_FDCWD, "f", 99, "new");
}

static void renameat2_noreplace(void)
{
	CALL(renameat2, AT_FDCWD, "f", AT_FDCWD, "g", RENAME_NOREPLACE);
	CALL(renameat2, AT_FDCWD, "f", AT_FDCWD, "new", RENAME_NOREPLACE);
	CALL(renameat2, AT_FDCWD, "missing", AT_FDCWD, "new2", RENAME_NOREPLACE);
	CALL(renameat2, AT_FDCWD, "new", AT_FDCWD, "new3", 0);
}

static void renameat2_exchange(void)
{
	int dir = CALL(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);

	CALL(renameat2, AT_FDCWD, "f", AT_FDCWD, "g", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "f", dir, "f", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "f", AT_FDCWD, "empty", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "lf", AT_FDCWD, "g", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "g", AT_FDCWD, "missing", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "missing", AT_FDCWD, "g", RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "d", AT_FDCWD, "d/sub", RENAME_EXCHANGE);
}

static void renameat2_other(void)
{
	CALL(renameat2, AT_FDCWD, "f", AT_FDCWD, "new", RENAME_WHITEOUT);
	CALL(renameat2, AT_FDCWD, "g", AT_FDCWD, "new2", RENAME_NOREPLACE | RENAME_EXCHANGE);
	CALL(renameat2, AT_FDCWD, "g", AT_FDCWD, "new3", 0x100);
}

static void atomic_replace(void)
{
	int fd = CALL(open, "f.tmp", O_WRONLY | O_CREAT | O_EXCL, 0600);

	(void)!write(fd, "new\n", 4);
	CALL(fsync, fd);
	CALL(fchmod, fd, 0644);
	CALL(close, fd);
	CALL(rename, "f.tmp", "f");
	CALL(open, "f", O_RDONLY);
}

static const struct diff_case rename_cases[] = {
	{ "rename", rename_plain },
	{ "rename_over", rename_over },
	{ "rename_refused", rename_refused },
	{ "rename_same", rename_same },
	{ "renameat", renameat_calls },
	{ "renameat2_noreplace", renameat2_noreplace },
	{ "renameat2_exchange", renameat2_exchange },
	{ "renameat2_other", renameat2_other },
	{ "atomic_replace", atomic_replace },
};
TOPIC(rename);
