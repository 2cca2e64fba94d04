// SPDX-License-Identifier: MIT
#include "source/bpf/pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/macros.h"

/* Names on a bpffs have no dots. */
#define SUFFIX_NEW "%new"
#define SUFFIX_OLD "%old"

static int with_suffix(char path[PATH_MAX], const char *dir, const char *suffix)
{
	int n = snprintf(path, PATH_MAX, "%s%s", dir, suffix);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What begins with the prefix. */
static int remove_some(const char *dir, const char *prefix)
{
	DIR *entries = opendir(dir);
	const struct dirent *entry;
	int r = 0;

	if (!entries)
		return -errno;
	while ((entry = readdir(entries)))
		if (entry->d_name[0] != '.' &&
			strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
			unlinkat(dirfd(entries), entry->d_name, 0) < 0)
			r = -errno;
	(void)closedir(entries);
	return r;
}

static int remove_dir(const char *dir)
{
	int r = remove_some(dir, "link_"), r2;

	if (r == -ENOENT)
		return r;
	r2 = remove_some(dir, "");
	if (r == 0)
		r = r2;
	if (rmdir(dir) < 0 && r == 0)
		r = -errno;
	return r;
}

/* A directory that is missing its last name is one whose replacement was interrupted. */
static void mend(const char *dir)
{
	char path[PATH_MAX];

	if (with_suffix(path, dir, SUFFIX_OLD) < 0)
		return;
	if (is_directory(dir))
		(void)remove_dir(path);
	else
		(void)rename(path, dir);
	if (with_suffix(path, dir, SUFFIX_NEW) == 0)
		(void)remove_dir(path);
}

bool pins_exist(const char *dir)
{
	mend(dir);
	return is_directory(dir);
}

int pins_get(const char *dir, const char *kind, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s_%s", dir, kind, name);
	int fd;

	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

int pins_detach(const char *dir)
{
	return pins_exist(dir) ? remove_some(dir, "link_") : -ENOENT;
}

int pins_remove(const char *dir)
{
	if (!pins_exist(dir))
		return -ENOENT;
	return remove_dir(dir);
}

/* ---- making them ---- */

/* Each part of the path that is missing; nothing is made outside of a bpffs. */
static int make_dirs(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = copy; (slash = strchr(slash + 1, '/')); *slash = '/') {
		*slash = '\0';
		if (mkdir(copy, 0700) == 0)
			continue;
		if (errno != EEXIST)
			return -errno;
	}
	return mkdir(copy, 0700) < 0 ? -errno : 0;
}

/* Whether the nearest part of the path that is there is on a bpffs. */
static int check_file_system(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	struct statfs fs;
	char *slash;

	if (!copy)
		return -ENOMEM;
	while (statfs(copy, &fs) < 0) {
		slash = strrchr(copy, '/');
		if (errno != ENOENT || !slash || slash == copy)
			return -errno;
		*slash = '\0';
	}
	return fs.f_type == BPF_FS_MAGIC ? 0 : -ENOTSUP;
}

static int pin(const char *dir, const char *kind, const char *name, int fd)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s_%s", dir, kind, name);

	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	return bpf_obj_pin(fd, path) < 0 ? -errno : 0;
}

static int pin_all(const char *dir, const struct pins *pins)
{
	const struct bpf_object_skeleton *s = pins->skeleton;
	char number[24];
	int r = 0;

	/* what libbpf made of sections belongs to one load of the programs, which keeps it */
	for (int i = 0; i < s->map_cnt && r == 0; i++)
		r = bpf_map__is_internal(*s->maps[i].map)
			    ? 0
			    : pin(dir, "map", s->maps[i].name, bpf_map__fd(*s->maps[i].map));
	for (size_t i = 0; i < pins->n_rings && r == 0; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i);
		r = pin(dir, "ring", number, pins->ring_fds[i]);
	}
	for (int i = 0; i < s->prog_cnt && r == 0; i++) {
		int fd = bpf_program__fd(*s->progs[i].prog);

		if (fd >= 0)
			r = pin(dir, "prog", s->progs[i].name, fd);
		if (r == 0 && *s->progs[i].link)
			r = pin(dir, "link", s->progs[i].name, bpf_link__fd(*s->progs[i].link));
	}
	return r;
}

int pins_make(const char *dir, const struct pins *pins)
{
	char fresh[PATH_MAX], old[PATH_MAX];
	int r = with_suffix(fresh, dir, SUFFIX_NEW);

	if (r == 0)
		r = with_suffix(old, dir, SUFFIX_OLD);
	if (r < 0)
		return r;
	mend(dir);
	r = check_file_system(fresh);
	if (r == 0)
		r = make_dirs(fresh);
	if (r == 0) {
		r = pin_all(fresh, pins);
		if (r == 0 && rename(dir, old) < 0 && errno != ENOENT)
			r = -errno;
		if (r == 0 && rename(fresh, dir) < 0)
			r = -errno;
		if (r < 0)
			(void)remove_dir(fresh);
	}
	if (r == 0)
		(void)remove_dir(old);
	return r;
}
