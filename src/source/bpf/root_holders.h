/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_ROOT_HOLDERS_H
#define UAUDIT_SOURCE_BPF_ROOT_HOLDERS_H

/*
 * Where the paths of a task begin that has another root directory or mount namespace than we, and may be gone when they are
 * looked up: at the root of somebody of the same container. Nothing is kept open of it, which would keep it mounted.
 */

#include <stdint.h>
#include <sys/types.h>

#include "abi/capture.h"
#include "source/bpf/cgroups.h"
#include "source/look_budget.h"
#include "source/sb_dev.h"

#define ROOT_HOLDERS_MAX 16

struct root_holder {
	struct cap_root root;
	pid_t pid; /* 0: unused */
};

/* {0} knows nobody. */
struct root_holders {
	struct root_holder known[ROOT_HOLDERS_MAX]; /* who had it last */
	size_t next;
	struct sb_devs devs;
	struct look_budget budget; /* for control groups */
};

/* A task, and who may have the root that it had. */
struct root_quest {
	int procfd;
	struct cap_root root;
	pid_t tid, parent;
	uint64_t cgroup; /* id */
};

/* The task itself, its parent, who had that root last, or another process of its control group. 0: nobody that is there. */
pid_t root_holders_find(
	struct root_holders *holders, struct cgroups *cgroups, const struct root_quest *quest);

#endif
