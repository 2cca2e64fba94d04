/* SPDX-License-Identifier: MIT */
/* What is refused in directories that all may write to (fs.protected_* in Documentation/admin-guide/sysctl/fs.rst): ANOM_LINK,
 * ANOM_CREAT. Of the settings only protected_hardlinks is on everywhere; vm_* turn the others on. */
#include <stdio.h>
#include <sys/stat.h>

#include "cases.h"

#define OWNER_OF_DIR  1000
#define OWNER_OF_FILE 2000
#define SOMEBODY      3000

/* ---- hard links ---- */

static void link_others(void)
{
	CALL(link, "f", "open/l1");
	CALL(link, "secret", "open/l2");
	CALL(link, "free", "open/l3");
	CALL(link, "free_suid", "open/l4");
	CALL(link, "free_sgid", "open/l5");
	CALL(link, "lf", "open/l6");
	CALL(linkat, AT_FDCWD, "lf", AT_FDCWD, "open/l7", AT_SYMLINK_FOLLOW);
	CALL(link, "fifo", "open/l8");
	CALL(link, "d", "open/l9");
	CALL(link, "mine", "open/l10");
	CALL(link, "f", "open/mine2");
	CALL(link, "f", "d/l11");
	CALL(link, "nonexistent", "open/l12");
}

static void make_free(const char *name, mode_t mode)
{
	close(open(name, O_CREAT | O_WRONLY, 0600));
	chmod(name, mode);
}

static void sticky_hard_links(void)
{
	make_free("free", 0666);
	make_free("free_suid", 04666);
	make_free("free_sgid", 02676);
	make_free("mine", 0600);
	make_free("open/mine2", 0600);
	(void)!chown("mine", 65534, 65534);
	as_nobody(link_others);
	CALL(link, "d", "open/root1");
	CALL(link, "secret", "open/root2");
}

/* ---- in a machine of its own ---- */

static void set_protection(const char *what, const char *level)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/fs/protected_%s", what);
	fd = open(path, O_WRONLY);
	(void)!write(fd, level, 1);
	close(fd);
}

static void set_protections(const char *level)
{
	set_protection("symlinks", level[0] == '0' ? "0" : "1");
	set_protection("regular", level);
	set_protection("fifos", level);
}

static void make_directory(const char *name, mode_t mode)
{
	mkdir(name, 0700);
	(void)!chown(name, OWNER_OF_DIR, OWNER_OF_DIR);
	chmod(name, mode);
}

static void own_link(const char *target, const char *name, uid_t owner)
{
	(void)!symlink(target, name);
	(void)!lchown(name, owner, owner);
}

static void make_links(void)
{
	make_directory("st", 01777);
	make_directory("group", 01775);
	own_link("../f", "st/link", OWNER_OF_FILE);
	own_link("../d", "st/dir", OWNER_OF_FILE);
	own_link("nowhere", "st/dangling", OWNER_OF_FILE);
	own_link("../f", "st/of_dir_owner", OWNER_OF_DIR);
	own_link("../f", "group/link", OWNER_OF_FILE);
	own_link("st/link", "chain", OWNER_OF_FILE);
	own_link(program("args"), "st/program", OWNER_OF_FILE);
}

static void follow_links(void)
{
	struct stat st;
	char *const argv[] = { "args", NULL };

	CALL(open, "st/link", O_RDONLY);
	CALL(open, "st/link", O_RDONLY | O_NOFOLLOW);
	CALL(open, "st/link", O_RDWR | O_CREAT, 0600);
	CALL(open, "st/dangling", O_RDWR | O_CREAT, 0600);
	CALL(open, "st/of_dir_owner", O_RDONLY);
	CALL(open, "group/link", O_RDONLY);
	CALL(open, "chain", O_RDONLY);
	CALL(openat, AT_FDCWD, "./st/link", O_RDONLY);
	CALL(access, "st/link", R_OK);
	CALL(truncate, "st/link", 3L);
	CALL(chmod, "st/link", 0644);
	CALL(chdir, "st/dir");
	CALL(open, "st/dir/f", O_RDONLY);
	CALL(open, "st/dir/", O_RDONLY);
	CALL(readlink, "st/link", &st, sizeof(st));
	CALL(rename, "st/link", "st/link");
	CALL(link, "st/link", "open/linked");
	CALL(linkat, AT_FDCWD, "st/link", AT_FDCWD, "open/linked2", AT_SYMLINK_FOLLOW);
	CALL(execve, "st/program", argv, environ);
}

static void become(uid_t uid, void (*part)(void))
{
	(void)syscall(SYS_setgroups, 0, NULL);
	(void)syscall(SYS_setresgid, uid, uid, uid);
	(void)syscall(SYS_setresuid, uid, uid, uid);
	part();
}

static void follow_as_owner(void)
{
	become(OWNER_OF_FILE, follow_links);
}

static void follow_as_somebody(void)
{
	become(SOMEBODY, follow_links);
}

static void vm_sticky_links(void)
{
	make_links();
	set_protections("1");
	in_child(follow_as_somebody);
	in_child(follow_links);
	in_child(follow_as_owner);
	set_protections("0");
	in_child(follow_as_somebody);
}

static void make_file(const char *name, mode_t type, uid_t owner)
{
	mknod(name, type | 0666, 0);
	chmod(name, 0666);
	(void)!chown(name, owner, owner);
}

static void make_files(void)
{
	make_directory("st", 01777);
	make_directory("group", 01775);
	make_directory("plain", 0777);
	make_file("st/file", S_IFREG, OWNER_OF_FILE);
	make_file("st/fifo", S_IFIFO, OWNER_OF_FILE);
	make_file("st/socket", S_IFSOCK, OWNER_OF_FILE);
	make_file("st/of_dir_owner", S_IFREG, OWNER_OF_DIR);
	make_file("group/file", S_IFREG, OWNER_OF_FILE);
	make_file("group/fifo", S_IFIFO, OWNER_OF_FILE);
	make_file("plain/file", S_IFREG, OWNER_OF_FILE);
	own_link("st/file", "to_file", 0);
}

static void open_files(void)
{
	CALL(open, "st/file", O_RDWR | O_CREAT, 0600);
	CALL(open, "st/file", O_RDWR, 0);
	CALL(open, "st/file", O_RDWR | O_CREAT | O_EXCL, 0600);
	CALL(creat, "st/file", 0600);
	CALL(open, "st/fifo", O_RDWR | O_CREAT | O_NONBLOCK, 0600);
	CALL(open, "st/fifo", O_RDWR | O_NONBLOCK, 0);
	CALL(open, "st/socket", O_RDWR | O_CREAT, 0600);
	CALL(open, "st/of_dir_owner", O_RDWR | O_CREAT, 0600);
	CALL(open, "group/file", O_RDWR | O_CREAT, 0600);
	CALL(open, "group/fifo", O_RDWR | O_CREAT | O_NONBLOCK, 0600);
	CALL(open, "plain/file", O_RDWR | O_CREAT, 0600);
	CALL(open, "to_file", O_RDWR | O_CREAT, 0600);
	CALL(open, "st", O_RDONLY | O_CREAT, 0600);
}

static void open_as_owner(void)
{
	become(OWNER_OF_FILE, open_files);
}

static void open_as_somebody(void)
{
	become(SOMEBODY, open_files);
}

static void vm_sticky_files(void)
{
	static const char *const levels[] = { "1", "2", "0" };

	make_files();
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		set_protections(levels[i]);
		in_child(open_as_somebody);
		in_child(open_files);
		in_child(open_as_owner);
	}
}

static const struct diff_case sticky_cases[] = {
	{ "sticky_hard_links", sticky_hard_links },
	{ "vm_sticky_links", vm_sticky_links },
	{ "vm_sticky_files", vm_sticky_files },
};

TOPIC(sticky);
