/* SPDX-License-Identifier: MIT */
/* Which events belong to the command, and their log. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "environment.h"
#include "oracle.h"
#include "record.h"

struct pid_set {
	pid_t *pids;
	size_t n;
};

static bool pid_known(const struct pid_set *set, long long pid)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->pids[i] == pid)
			return true;
	return false;
}

static bool pid_add(struct pid_set *set, long long pid)
{
	if (pid <= 0 || pid_known(set, pid))
		return false;
	set->pids = xrealloc(set->pids, set->n + 1, sizeof(*set->pids));
	set->pids[set->n++] = (pid_t)pid;
	return true;
}

/* Whether a rule asked for the event: all rules are about the command. */
static bool has_key(const struct rec *rec)
{
	const char *key = rec_get(rec, "key");

	return !strcmp(rec->type, "SYSCALL") && key && strcmp(key, "(null)");
}

/* A task that leaves no record with its parent in it is still known as what fork returned. */
static long long made_task(const struct rec *rec)
{
	static const char *const makers[] = { "fork", "vfork", "clone", "clone3" };
	const char *name = strcmp(rec->type, "SYSCALL")
				   ? NULL
				   : syscall_name((uint32_t)rec_num(rec, "arch", 16, 0),
					     rec_num(rec, "syscall", 10, -1));

	for (size_t i = 0; name && i < ARRAY_SIZE(makers); i++)
		if (!strcmp(name, makers[i]))
			return rec_num(rec, "exit", 10, 0);
	return 0;
}

/*
 * The command and all whose parent is in the tree. A child's events may stand before its parent's: until it is steady.
 * Records of no call (ANOM_ABEND) are not subject to our rules: those of others' tasks arrive here as well, and are not
 * written anywhere.
 */
static void find_tree(struct pid_set *tree, const struct rec_list *records)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < records->n; i++) {
			const struct rec *rec = &records->recs[i];
			long long pid = rec_num(rec, "pid", 10, 0);

			if (pid_known(tree, rec_num(rec, "ppid", 10, 0)))
				changed |= pid_add(tree, pid);
			if (pid_known(tree, pid))
				changed |= pid_add(tree, made_task(rec));
		}
	} while (changed);
}

static size_t dir_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Whether a task of a container runs one of the programs that rules asked about, which lie in one directory: what fork
 * returned there is of another namespace, so that a task without a call on record is known by that only. Other tests have
 * containers as well, and timeout(1) of /usr/bin there ends as what it ran: this is of no use outside of a container. */
static bool is_inside(const struct rec *rec, const struct rec_list *records)
{
	long long uid = rec_num(rec, "uid", 10, 0);
	const char *exe = rec_get(rec, "exe");

	if (!exe || uid < CONTAINER_FIRST || uid >= CONTAINER_FIRST + CONTAINER_IDS)
		return false;
	for (size_t i = 0; i < records->n; i++) {
		const char *other = rec_get(&records->recs[i], "exe");

		if (other && has_key(&records->recs[i]) && dir_len(exe) == dir_len(other) &&
			!strncmp(exe, other, dir_len(exe)))
			return true;
	}
	return false;
}

int oracle_write_log(const char *path, char *const *lines, size_t n_lines, pid_t command,
	const struct environment *environment)
{
	struct rec_list records = { 0 };
	struct pid_set tree = { 0 };
	struct pid_set serials = { 0 };
	FILE *log = fopen(path, "we");
	int r = 0;

	if (!log)
		return -errno;
	for (size_t i = 0; i < n_lines; i++)
		if (rec_add(&records, lines[i], strlen(lines[i])))
			r = -EBADMSG;
	if (!r) {
		pid_add(&tree, command);
		find_tree(&tree, &records);
		for (size_t i = 0; i < records.n; i++)
			if (has_key(&records.recs[i]) ||
				pid_known(&tree, rec_num(&records.recs[i], "pid", 10, 0)) ||
				(environment->has_namespaces &&
					is_inside(&records.recs[i], &records)))
				pid_add(&serials, records.recs[i].serial);
		for (size_t i = 0; i < records.n; i++)
			if (pid_known(&serials, records.recs[i].serial))
				fprintf(log, "%s\n", lines[i]);
	}
	free(tree.pids);
	free(serials.pids);
	rec_list_free(&records);
	if (fclose(log) && !r)
		r = -errno;
	return r;
}
