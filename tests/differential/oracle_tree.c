/* SPDX-License-Identifier: MIT */
/* Which events belong to the command, and their log. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The command and all whose parent is in the tree. A child's events may stand before its parent's: until it is steady. */
static void find_tree(struct pid_set *tree, const struct rec_list *records)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < records->n; i++)
			if (pid_known(tree, rec_num(&records->recs[i], "ppid", 10, 0)))
				changed |= pid_add(tree, rec_num(&records->recs[i], "pid", 10, 0));
	} while (changed);
}

int oracle_write_log(const char *path, char *const *lines, size_t n_lines, pid_t command)
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
				pid_known(&tree, rec_num(&records.recs[i], "pid", 10, 0)))
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
