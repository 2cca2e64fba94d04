/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_CGROUPS_H
#define UAUDIT_SOURCE_BPF_CGROUPS_H

/* Paths of control groups by their ids, remembered: of a group that is gone by now nobody else knows. */

#include <stdint.h>

struct cgroups;

int cgroups_new(struct cgroups **ret);
struct cgroups *cgroups_free(struct cgroups *cgroups);
/* The path below the mount of the v2 hierarchy, as in /proc/PID/cgroup; NULL: it cannot be known. Valid until the next
 * call. */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);
/* The directory of a group, if it is there still: an O_PATH descriptor, or -1. */
int cgroups_open(const struct cgroups *cgroups, uint64_t id);

#endif
