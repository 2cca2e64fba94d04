/* SPDX-License-Identifier: MIT */
/* Names of every shape: the encoding of untrusted strings, and lengths. */
#include "cases.h"

static char scratch[4096];

static void odd_names(void)
{
	static const char *const names[] = { "sp ace", "quo\"te", "tab\tnew\nline", "b\xc3\xa4r",
		"raw\xff\xfe\x01", "back\\slash'=", "missing name", "\x7f", "~", "!", "(null)",
		"name=x" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CALL(open, names[i], O_RDONLY);
		CALL(unlink, names[i]);
	}
}

static void odd_new_names(void)
{
	CALL(open, "new name", O_WRONLY | O_CREAT, 0600);
	CALL(mkdir, "new\ndir", 0700);
	CALL(open, "new\ndir/in it", O_WRONLY | O_CREAT, 0600);
	CALL(rename, "new name", "new\ndir/moved \x01");
	CALL(symlink, "target with space", "link with space");
	CALL(link, "f", "hard\"link");
}

static void odd_cwd(void)
{
	CALL(mkdir, "dir with space", 0700);
	CALL(chdir, "dir with space");
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
	CALL(open, "new2 ", O_WRONLY | O_CREAT, 0600);
	CALL(mkdir, "\xff", 0700);
	CALL(chdir, "\xff");
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
}

static void longest_name(void)
{
	static char name[256];

	memset(name, 'n', 255);
	CALL(open, name, O_WRONLY | O_CREAT, 0600);
	CALL(open, name, O_RDONLY);
	CALL(mkdir, name, 0700);
	CALL(unlink, name);
}

static void longest_path(void)
{
	static char path[4200];

	for (size_t i = 0; i < sizeof(path); i += 2)
		memcpy(path + i, "./", 2);
	strcpy(path + 4094, "f");
	CALL(open, path, O_RDONLY);
	CALL(stat, path, scratch);
	strcpy(path + 4094, "ff");
	CALL(open, path, O_RDONLY);
	strcpy(path + 4000, "a b");
	CALL(open, path, O_WRONLY | O_CREAT, 0600);
}

static void deep_directories(void)
{
	static char name[201];
	static char path[4096];

	memset(name, 'd', 200);
	for (int i = 0; i < 25; i++) {
		CALL(mkdir, name, 0700);
		CALL(chdir, name);
	}
	CALL(open, "f", O_WRONLY | O_CREAT, 0600);
	CALL(getcwd, path, sizeof(path));
}

/* A path that ends exactly where readable memory ends. */
static void path_at_page_end(void)
{
	static char pages[3 * 4096] __attribute__((aligned(4096)));
	char *end = pages + 2 * 4096;

	CALL(munmap, end, 4096L);
	memcpy(end - 2, "f", 2);
	CALL(open, end - 2, O_RDONLY);
	memcpy(end - 2, "ff", 2);
	CALL(open, end - 2, O_RDONLY);
	memcpy(end - 6, "script", 6);
	CALL(execve, end - 6, NULL, NULL);
}

static void same_pointer(void)
{
	const char *f = "f";

	CALL(link, f, f);
	CALL(symlink, "new_self", "new_self");
	CALL(rename, f, f);
	CALL(renameat2, AT_FDCWD, f, AT_FDCWD, f, 2);
}

static const struct diff_case name_cases[] = {
	{ "odd_names", odd_names },
	{ "odd_new_names", odd_new_names },
	{ "odd_cwd", odd_cwd },
	{ "longest_name", longest_name },
	{ "longest_path", longest_path },
	{ "deep_directories", deep_directories },
	{ "path_at_page_end", path_at_page_end },
	{ "same_pointer", same_pointer },
};
TOPIC(name);
