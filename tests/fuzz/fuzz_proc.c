// SPDX-License-Identifier: MIT
/* The files of /proc that a source reads: most of what is in them, the tasks themselves have chosen. */
#include "fuzz.h"

#include <string.h>

#include "source/mountinfo.h"
#include "source/ptrace/proc_status.h"
#include "source/ptrace/task_cgroup.h"
#include "source/ptrace/task_facts.h"

static void check_status(const char *text)
{
	uint64_t numbers[3];
	struct task_ids ids;

	if (task_ids_parse(&ids, text) == 0 &&
		(ids.n_groups > FACTS_GROUPS_MAX ||
			(ids.groups_cut && ids.n_groups < FACTS_GROUPS_MAX)))
		abort();
	(void)proc_status_numbers(text, "NStgid", 10, numbers, 3);
	(void)proc_status_numbers(text, "SigCgt", 16, numbers, 1);
	(void)proc_status_numbers(text, "Pid", 10, numbers, 0);
}

static void check_stat(const char *text)
{
	struct task_stat stat;

	if (task_stat_parse(&stat, text) < 0)
		return;
	if (!memchr(stat.comm, '\0', sizeof(stat.comm)) ||
		!memchr(stat.tty, '\0', sizeof(stat.tty)))
		abort();
	if (stat.arg_end < stat.arg_start)
		abort();
}

static void check_cgroup(const char *text, size_t size)
{
	const char *path;
	size_t len;
	bool is_v2;

	path = cgroup_choose(text, &len, &is_v2);
	if (path &&
		(path < text || len > size || path + len > text + size || memchr(path, '\n', len)))
		abort();
}

static void check_mounts(const char *text)
{
	char *line = strdup(text);
	struct mount_line mount;

	if (line && mountinfo_parse(line, &mount) &&
		(mount.root < line || mount.point < mount.root + strlen(mount.root) ||
			mount.point + strlen(mount.point) > line + strlen(text)))
		abort();
	free(line);
}

/* Read files have a NUL behind them, and may have others within. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_status(text);
	check_stat(text);
	check_mounts(text);
	check_cgroup(text, size);
	free(text);
	return 0;
}
