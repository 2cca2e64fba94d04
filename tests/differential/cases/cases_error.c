/* SPDX-License-Identifier: MIT */
/* The same families of calls, failing: one case an errno. */
#include <sys/resource.h>
#include <sys/stat.h>

#include "cases.h"

static char scratch[4096];

/* Every kind of call once, on the given names. */
static void all_kinds(const char *path, const char *path2)
{
	CALL(open, path, O_RDONLY);
	CALL(open, path, O_WRONLY | O_CREAT, 0600);
	CALL(open, path, O_WRONLY | O_TRUNC);
	CALL(mkdir, path, 0700);
	CALL(mknod, path, S_IFIFO | 0600, 0);
	CALL(symlink, "f", path);
	CALL(link, path, path2);
	CALL(rename, path, path2);
	CALL(unlink, path);
	CALL(rmdir, path);
	CALL(chmod, path, 0600);
	CALL(chown, path, 1, 1);
	CALL(truncate, path, 0L);
	CALL(stat, path, scratch);
	CALL(access, path, R_OK);
	CALL(readlink, path, scratch, 100);
	CALL(chdir, path);
	CALL(setxattr, path, "user.x", "1", 1, 0);
	CALL(execve, path, NULL, NULL);
}

static void enoent(void)
{
	all_kinds("missing/name", "missing/other");
}

static void enotdir(void)
{
	all_kinds("f/name", "f/other");
}

static void eloop(void)
{
	all_kinds("loop/name", "loop/other");
}

static void efault(void)
{
	all_kinds(BAD_POINTER, BAD_POINTER);
}

static void empty_path(void)
{
	all_kinds("", "");
}

static void name_too_long(void)
{
	static char name[300];

	memset(name, 'n', sizeof(name) - 1);
	all_kinds(name, "other");
}

static void path_too_long(void)
{
	static char path[5000];

	memset(path, '/', sizeof(path) - 1);
	all_kinds(path, "other");
}

static void eacces_part(void)
{
	all_kinds("private/f", "private/other");
	all_kinds("secret", "denied");
}

static void eacces(void)
{
	as_nobody(eacces_part);
}

static void eacces_parent_part(void)
{
	all_kinds("new_name", "new_other");
	CALL(unlink, "f");
	CALL(rename, "f", "open/f");
	CALL(rename, "open", "d/open");
	CALL(link, "f", "open/hard");
	CALL(rmdir, "empty");
	CALL(mkdir, "empty", 0700);
}

static void eacces_parent(void)
{
	as_nobody(eacces_parent_part);
}

static void eperm_part(void)
{
	CALL(unlink, "sticky/f");
	CALL(rename, "sticky/f", "sticky/g");
	CALL(chmod, "f", 0600);
	CALL(chown, "f", 65534, 65534);
	CALL(open, "f", O_RDONLY | O_NOATIME);
	CALL(mknod, "open/null", S_IFCHR | 0600, 0x103);
	CALL(chroot, "d");
	CALL(mount, "source", "d", "tmpfs", 0L, NULL);
	CALL(setxattr, "f", "trusted.x", "1", 1, 0);
	CALL(setuid, 0);
	CALL(sethostname, "x", 1);
	CALL(utimensat, AT_FDCWD, "f", (struct timespec[2]){ { 1, 1 }, { 1, 1 } }, 0);
}

static void eperm(void)
{
	as_nobody(eperm_part);
}

static void exdev(void)
{
	CALL(link, "f", "/dev/shm/uaudit-differential");
	CALL(rename, "f", "/dev/shm/uaudit-differential");
	CALL(rename, "/proc/version", "version");
}

/* sysfs takes no new files; /proc answers for itself. */
static void pseudo_file_systems(void)
{
	CALL(open, "/proc/self/status", O_RDONLY);
	CALL(open, "/proc/self/status", O_WRONLY | O_TRUNC);
	CALL(open, "/sys/kernel/new", O_WRONLY | O_CREAT, 0600);
	CALL(mkdir, "/sys/kernel/new", 0700);
	CALL(unlink, "/sys/kernel/uevent_seqnum");
	CALL(open, "/proc/self/fd/0", O_RDONLY);
	CALL(readlink, "/proc/self/fd/0", scratch, 100);
	CALL(open, "/proc/self/cwd/f", O_RDONLY);
	CALL(open, "/proc/self/root/dev/null", O_RDONLY);
}

static void emfile(void)
{
	struct rlimit limit = { 4, 4 };

	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < 3; i++)
		CALL(open, "f", O_RDONLY);
	CALL(open, "new", O_WRONLY | O_CREAT, 0600);
	CALL(pipe, scratch);
}

static void efbig(void)
{
	struct rlimit limit = { 10, 10 };
	int fd = CALL(open, "f", O_RDWR);

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	CALL(truncate, "f", 100L);
	CALL(ftruncate, fd, 100L);
}

static void text_busy(void)
{
	CALL(open, program("cases"), O_WRONLY);
	CALL(truncate, program("cases"), 0L);
	CALL(unlink, "d/sub");
	CALL(unlink, "d/sub/deep");
}

static const struct diff_case error_cases[] = {
	{ "enoent", enoent },
	{ "enotdir", enotdir },
	{ "eloop", eloop },
	{ "efault", efault },
	{ "empty_path", empty_path },
	{ "name_too_long", name_too_long },
	{ "path_too_long", path_too_long },
	{ "eacces", eacces },
	{ "eacces_parent", eacces_parent },
	{ "eperm", eperm },
	{ "exdev", exdev },
	{ "pseudo_file_systems", pseudo_file_systems },
	{ "emfile", emfile },
	{ "efbig", efbig },
	{ "text_busy", text_busy },
};
TOPIC(error);
