// SPDX-License-Identifier: MIT
#include "source/mount_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC  1000000000
#define REMEMBERED_NS NSEC_PER_SEC
#define FRESH_NS      10000000 /* what was read then has all that is of interest */

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * (int64_t)NSEC_PER_SEC + now.tv_nsec;
}

/* Its list of mounts begins where paths of its namespace do. */
static bool is_at_top(int procfd, pid_t task)
{
	char name[32], root[2];

	(void)snprintf(name, sizeof(name), "%d/root", (int)task);
	return readlinkat(procfd, name, root, sizeof(root)) == 1 && root[0] == '/';
}

/* task 0: this process. What was known stays while nobody of the namespace can be asked. */
static void read_again(struct mount_space *space, int procfd, pid_t task)
{
	struct mount_table table;

	if ((task && !is_at_top(procfd, task)) || mount_table_read(&table, procfd, task) < 0)
		return;
	mount_table_deinit(&space->table);
	space->table = table;
	space->until_ns = now_ns() + REMEMBERED_NS;
	space->missed = 0;
}

static const struct mount_table *own_table(struct mount_paths *paths, int procfd)
{
	if (now_ns() >= paths->own.until_ns)
		read_again(&paths->own, procfd, 0);
	return &paths->own.table;
}

static uint64_t ns_of(int procfd, pid_t task)
{
	char name[32];
	struct stat ns;

	(void)snprintf(name, sizeof(name), "%d/ns/mnt", (int)task);
	return task && fstatat(procfd, name, &ns, 0) == 0 ? ns.st_ino : 0;
}

static struct mount_space *space_of(struct mount_paths *paths, uint64_t ns)
{
	struct mount_space *space;

	for (size_t i = 0; i < MOUNT_PATHS_OTHERS; i++)
		if (paths->others[i].ns == ns)
			return &paths->others[i];
	space = &paths->others[paths->next++ % MOUNT_PATHS_OTHERS];
	mount_table_deinit(&space->table);
	*space = (struct mount_space){ .ns = ns };
	return space;
}

/* What of path is below dir; NULL: it is not. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") ? strlen(dir) : 0;

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]) ? path + len : NULL;
}

/* One number for each thing that may be missing. */
static uint64_t what_of(const struct mount_place *place)
{
	return place->mount_id ? place->mount_id << 1
			       : ((uint64_t)place->major << 32 | place->minor) << 1 | 1;
}

/* The mount that it is on: of that number, or of that device and the nearest to it; what was mounted last hides others. */
static const struct mount_line *find_mount(
	const struct mount_table *table, const struct mount_place *place)
{
	const struct mount_line *found = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const struct mount_line *line = &table->lines[i];
		bool is_it = place->mount_id
				     ? line->id == place->mount_id
				     : line->major == place->major && line->minor == place->minor;

		if (is_it && below(place->path, line->point) &&
			(!found || strlen(line->point) >= strlen(found->point)))
			found = line;
	}
	return found;
}

static bool read_there(struct mount_paths *paths, struct mount_space *space, int procfd, pid_t task)
{
	if (!look_budget_begin(&paths->budget))
		return false;
	read_again(space, procfd, task);
	look_budget_end(&paths->budget);
	return true;
}

/* In its namespace. It may be new there; some are in no list at all, and are not looked for again each time. 0 or -EBUSY. */
static int find_there(struct mount_paths *paths, struct mount_space *space, int procfd, pid_t task,
	const struct mount_place *place, const struct mount_line **ret)
{
	uint64_t what = what_of(place);

	if (task && now_ns() >= space->until_ns)
		(void)read_there(paths, space, procfd, task);
	*ret = find_mount(&space->table, place);
	if (*ret || !task || space->missed == what)
		return 0;
	if (!read_there(paths, space, procfd, task))
		return -EBUSY;
	*ret = find_mount(&space->table, place);
	space->missed = *ret ? 0 : what;
	return 0;
}

/* Where the most of that file system is mounted that has the directory. */
static const struct mount_line *find_here(
	const struct mount_table *table, const struct mount_line *there, const char *inside)
{
	const struct mount_line *found = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const struct mount_line *line = &table->lines[i];

		if (line->major == there->major && line->minor == there->minor &&
			below(inside, line->root) &&
			(!found || strlen(line->root) < strlen(found->root)))
			found = line;
	}
	return found;
}

/* Parts that begin with a slash, or are "/" or nothing. */
static char *join(const char *dir, const char *rest)
{
	char *path;

	if (!strcmp(dir, "/"))
		dir = "";
	if (!strcmp(rest, "/"))
		rest = "";
	return asprintf(&path, "%s%s", dir, *dir || *rest ? rest : "/") < 0 ? NULL : path;
}

static char *translate(
	const struct mount_table *own, const struct mount_line *there, const char *path)
{
	char *inside = join(there->root, below(path, there->point)), *here = NULL;
	const struct mount_line *line = inside ? find_here(own, there, inside) : NULL;

	if (line)
		here = join(line->point, below(inside, line->root));
	free(inside);
	return here;
}

static bool has_mount(const struct mount_table *table, uint64_t id)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->lines[i].id == id)
			return true;
	return false;
}

/* It may be new. */
static bool is_ours(struct mount_paths *paths, int procfd, uint64_t id)
{
	if (has_mount(&paths->own.table, id))
		return true;
	if (now_ns() < paths->own.until_ns - REMEMBERED_NS + FRESH_NS)
		return false;
	read_again(&paths->own, procfd, 0);
	return has_mount(&paths->own.table, id);
}

int mount_paths_here(
	struct mount_paths *paths, int procfd, const struct mount_place *place, char **ret)
{
	const struct mount_table *own = own_table(paths, procfd);
	uint64_t ns = ns_of(procfd, place->task);
	pid_t task = !place->ns || ns == place->ns ? place->task : 0;
	const struct mount_line *there = NULL;
	struct mount_space *space;
	int r;

	*ret = NULL;
	if (place->mount_id && is_ours(paths, procfd, place->mount_id)) {
		*ret = strdup(place->path);
		return *ret ? 0 : -ENOMEM;
	}
	ns = place->ns ? place->ns : ns;
	if (!ns)
		return -ESRCH;
	space = space_of(paths, ns);
	r = place->path[0] == '/' ? find_there(paths, space, procfd, task, place, &there) : 0;
	if (r < 0)
		return r;
	if (!space->until_ns)
		return -ESRCH;
	if (!there)
		return 0;
	*ret = translate(own, there, place->path);
	if (!*ret && paths->own.missed != what_of(place)) {
		read_again(&paths->own, procfd, 0);
		*ret = translate(own, there, place->path);
		paths->own.missed = *ret ? 0 : what_of(place);
	}
	return 0;
}

void mount_paths_deinit(struct mount_paths *paths)
{
	mount_table_deinit(&paths->own.table);
	for (size_t i = 0; i < MOUNT_PATHS_OTHERS; i++)
		mount_table_deinit(&paths->others[i].table);
	*paths = (struct mount_paths){ 0 };
}
