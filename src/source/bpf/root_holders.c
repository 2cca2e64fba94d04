// SPDX-License-Identifier: MIT
#include "source/bpf/root_holders.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/bpf/mark_place.h"
#include "source/ptrace/proc_file.h"

#define MEMBERS_MAX 64 /* of a control group that are asked */

static bool has_root(struct root_holders *h, const struct root_quest *quest, pid_t pid)
{
	const struct sb_view view = { .devs = &h->devs, .procfd = quest->procfd, .tid = pid };
	char name[PROC_NAME_MAX];
	struct statx stx;
	struct stat ns;

	return pid > 0 && fstatat(quest->procfd, proc_name(name, pid, "ns/mnt"), &ns, 0) == 0 &&
	       ns.st_ino == quest->root.mnt_ns &&
	       sb_statx(&view, &stx, quest->procfd, proc_name(name, pid, "root"), 0) == 0 &&
	       stx.stx_ino == quest->root.ino &&
	       mark_dev(stx.stx_dev_major, stx.stx_dev_minor) == quest->root.dev;
}

static struct root_holder *known_of(struct root_holders *h, const struct cap_root *root)
{
	for (size_t i = 0; i < ROOT_HOLDERS_MAX; i++) {
		struct root_holder *known = &h->known[i];

		if (known->pid && known->root.ino == root->ino && known->root.dev == root->dev &&
			known->root.mnt_ns == root->mnt_ns)
			return known;
	}
	return NULL;
}

static pid_t find_member(
	struct root_holders *h, struct cgroups *cgroups, const struct root_quest *quest)
{
	_cleanup_close_ int group = cgroups_open(cgroups, quest->cgroup);
	_cleanup_close_ int fd =
		group < 0 ? -1 : openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *members = fd < 0 ? NULL : fdopen(fd, "r");
	int pid;

	if (!members)
		return 0;
	fd = -1;
	for (size_t i = 0; i < MEMBERS_MAX && fscanf(members, "%d", &pid) == 1; i++)
		if (has_root(h, quest, pid))
			return pid;
	return 0;
}

pid_t root_holders_find(
	struct root_holders *h, struct cgroups *cgroups, const struct root_quest *quest)
{
	struct root_holder *known = known_of(h, &quest->root);
	pid_t pid = 0;

	if (has_root(h, quest, quest->tid)) {
		pid = quest->tid;
	} else if (known && has_root(h, quest, known->pid)) {
		return known->pid;
	} else if (has_root(h, quest, quest->parent)) {
		pid = quest->parent;
	} else if (look_budget_begin(&h->budget)) {
		pid = find_member(h, cgroups, quest);
		look_budget_end(&h->budget);
	}
	if (!pid)
		return 0;
	if (!known)
		known = &h->known[h->next++ % ROOT_HOLDERS_MAX];
	*known = (struct root_holder){ .root = quest->root, .pid = pid };
	return pid;
}
