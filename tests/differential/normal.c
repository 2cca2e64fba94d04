/* SPDX-License-Identifier: MIT */
#include "normal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"

/* Fields that hold a pid in any record. */
static const char *const pid_fields[] = { "pid", "ppid", "opid" };

/* Fields that hold a uid or gid. */
static const char *const id_fields[] = { "auid", "uid", "gid", "euid", "suid", "fsuid", "egid",
	"sgid", "fsgid", "ouid", "ogid", "oauid", "old-auid" };

/* ... and the uid that is root for a file's capabilities. */
static const char *const root_fields[] = { "cap_frootid", "frootid" };

#define UNSET_ID    4294967295
#define OVERFLOW_ID 65534 /* /proc/sys/kernel/overflowuid */

/* Fields that hold a number which the kernel gives anew each time it is asked, and what they are numbers of. */
static const struct {
	const char *field;
	const char *kind;
} numbered_fields[] = {
	{ "ses", "session" },
	{ "old-ses", "session" },
	{ "oses", "session" },
	{ "prog-id", "program" },
};

/* How long a program may have taken to set the clock to a time that it made of the present one. */
#define SETTING_MAX_NS 400000000LL

/* Fields of SYSCALL that may hold one: results, arguments, and registers that an earlier call left one in. */
static const char *const value_fields[] = { "exit", "a0", "a1", "a2", "a3" };

/* Paths, which may lead through a task's directory in /proc. */
static const char *const path_fields[] = { "cwd", "name" };

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

#define IS_ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof(names[0]))

/* The parent counts as a task before the first. -1: not a pid of the run. */
static int task_index(const struct trail *trail, long long pid)
{
	int i = trail_task(trail, pid);

	return i < 0 ? (pid == trail->parent ? 0 : -1) : i + 1;
}

static int told_index(const struct trail *trail, long long pid)
{
	int i = trail_told(trail, pid);

	return i < 0 ? (pid == trail->told_parent ? 0 : -1) : i + 1;
}

static bool same_task(const struct mapping *map, long long kernel, long long uaudit)
{
	int k = task_index(map->kernel, kernel);

	return k >= 0 && k == task_index(map->uaudit, uaudit);
}

static bool same_told(const struct mapping *map, long long kernel, long long uaudit)
{
	int k = told_index(map->kernel, kernel);

	return k >= 0 && k == told_index(map->uaudit, uaudit);
}

/* A process group is addressed as the negative pid, in 32 or 64 bits. */
static bool same_value_pid(const struct mapping *map, long long kernel, long long uaudit)
{
	return same_told(map, kernel, uaudit) || same_told(map, -kernel, -uaudit) ||
	       same_told(map, -(long long)(int32_t)kernel, -(long long)(int32_t)uaudit);
}

/* An id of the initial user namespace as it is called in the environment. */
static long long id_inside(const struct environment *env, long long id)
{
	if (!env->has_namespaces || id == UNSET_ID || id == -1)
		return id;
	if (id >= CONTAINER_FIRST && id < CONTAINER_FIRST + CONTAINER_IDS)
		return id - CONTAINER_FIRST;
	return OVERFLOW_ID;
}

static char *inode_of(const struct rec *rec)
{
	return xasprintf(
		"%s/%s", rec_get(rec, "dev") ? rec_get(rec, "dev") : "?", rec_get(rec, "inode"));
}

static bool is_deletion(const struct rec *rec)
{
	const char *nametype = rec_get(rec, "nametype");

	return nametype && !strcmp(nametype, "DELETE");
}

static bool pair_inodes(struct mapping *map, char *kernel, char *uaudit, bool removed)
{
	for (size_t i = 0; i < map->n_inodes; i++) {
		struct inode_pair *pair = &map->inodes[i];
		bool same_k = !strcmp(pair->kernel, kernel), same_u = !strcmp(pair->uaudit, uaudit);

		if (same_k && same_u) {
			pair->removed |= removed;
			free(kernel);
			free(uaudit);
			return true;
		}
		if ((same_k || same_u) && !pair->removed) {
			free(kernel);
			free(uaudit);
			return false;
		}
		if (same_k || same_u) {
			/* One side was given the number again, the other was not. */
			free(pair->kernel);
			free(pair->uaudit);
			map->inodes[i--] = map->inodes[--map->n_inodes];
		}
	}
	map->inodes = xrealloc(map->inodes, map->n_inodes + 1, sizeof(*map->inodes));
	map->inodes[map->n_inodes++] = (struct inode_pair){ kernel, uaudit, removed };
	return true;
}

static bool same_number(
	struct mapping *map, const char *kind, const char *kernel, const char *uaudit)
{
	long long k = strtoll(kernel, NULL, 10), u = strtoll(uaudit, NULL, 10);

	if (k == UNSET_ID || k < 0 || u == UNSET_ID || u < 0)
		return k == u;
	return pair_inodes(
		map, xasprintf("%s/%s", kind, kernel), xasprintf("%s/%s", kind, uaudit), false);
}

static const char *numbered_kind(const char *field)
{
	for (size_t i = 0; i < sizeof(numbered_fields) / sizeof(numbered_fields[0]); i++)
		if (!strcmp(field, numbered_fields[i].field))
			return numbered_fields[i].kind;
	return NULL;
}

/*
 * By how much a call changed the clock is the time that it set less the time at that moment, which no two runs have the
 * same. adjtimex is another matter: its argument is the change.
 */
static bool is_clock_change(const struct mapping *map, const struct rec *kernel, const char *field)
{
	static const char *const calls[] = { "clock_settime", "settimeofday", "stime" };
	const struct rec *call = map->event ? trail_main(map->event) : kernel;
	const char *name = syscall_name(
		(uint32_t)rec_num(call, "arch", 16, 0), rec_num(call, "syscall", 10, -1));

	return !strcmp(kernel->type, "TIME_INJOFFSET") && !strcmp(field, "nsec") && name &&
	       IS_ONE_OF(name, calls);
}

/* The same path, or the same one below the directory of a task in /proc. */
static bool same_path(const struct mapping *map, const char *kernel, const char *uaudit)
{
	static const char proc[] = "\"/proc/";
	const size_t len = sizeof(proc) - 1;
	char *k_end, *u_end;
	long long k, u;

	if (!strcmp(kernel, uaudit))
		return true;
	if (strncmp(kernel, proc, len) != 0 || strncmp(uaudit, proc, len) != 0)
		return false;
	k = strtoll(kernel + len, &k_end, 10);
	u = strtoll(uaudit + len, &u_end, 10);
	return k_end != kernel + len && same_task(map, k, u) && !strcmp(k_end, u_end);
}

/*
 * A container mounts its own /proc and message queues, on devices without a driver (major 0), which are numbered as they come;
 * so does what its programs mount.
 */
static bool pair_devices(struct mapping *map, const char *kernel, const char *uaudit)
{
	static const char anonymous[] = "00:";
	size_t len = strlen(anonymous);

	if (!map->environment->has_namespaces || strncmp(kernel, anonymous, len) ||
		strncmp(uaudit, anonymous, len))
		return !strcmp(kernel, uaudit);
	return same_number(map, "dev", kernel, uaudit);
}

bool same_value(
	struct mapping *map, const struct rec *kernel, const struct rec *uaudit, const char *field)
{
	const char *k = rec_get(kernel, field), *u = rec_get(uaudit, field);
	const char *kind = numbered_kind(field);
	int base = field[0] == 'a' ? 16 : 10;

	if (kind)
		return same_number(map, kind, k, u);
	if (is_clock_change(map, kernel, field))
		return llabs(rec_num(kernel, field, 10, -1) - rec_num(uaudit, field, 10, -1)) <
		       SETTING_MAX_NS;
	if (!strcmp(field, "inode") && !strcmp(kernel->type, "PATH"))
		return pair_inodes(map, inode_of(kernel), inode_of(uaudit),
			is_deletion(kernel) && is_deletion(uaudit));
	if (!strcmp(field, "dev"))
		return pair_devices(map, k, u);
	if (IS_ONE_OF(field, pid_fields))
		return same_task(
			map, rec_num(kernel, field, base, 0), rec_num(uaudit, field, base, 0));
	/* an IPC_SET is told in the program's own words */
	if (IS_ONE_OF(field, id_fields) && strcmp(kernel->type, "IPC_SET_PERM"))
		return id_inside(map->environment, rec_num(kernel, field, 10, -1)) ==
		       rec_num(uaudit, field, 10, -2);
	/* 0: there are no capabilities, or the machine's root gave them */
	if (IS_ONE_OF(field, root_fields) && strcmp(k, "0"))
		return id_inside(map->environment, rec_num(kernel, field, 10, -1)) ==
		       rec_num(uaudit, field, 10, -2);
	if (strcmp(k, u) && !strcmp(kernel->type, "SYSCALL") && IS_ONE_OF(field, value_fields))
		return same_value_pid(
			map, rec_num(kernel, field, base, 0), rec_num(uaudit, field, base, 0));
	if (IS_ONE_OF(field, path_fields))
		return same_path(map, k, u);
	return !strcmp(k, u);
}

void mapping_deinit(struct mapping *map)
{
	for (size_t i = 0; i < map->n_inodes; i++) {
		free(map->inodes[i].kernel);
		free(map->inodes[i].uaudit);
	}
	free(map->inodes);
}
