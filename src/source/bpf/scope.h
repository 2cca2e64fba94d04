/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SCOPE_H
#define UAUDIT_SOURCE_BPF_SCOPE_H

/* Whose calls the programs look at: control groups by path, a process tree. */

#include "source/bpf/programs.h"

/*
 * Tells the programs, unless they know it already: who was looked at by an earlier engine stays so without a gap. Negative
 * errno after a notice that names the value and the remedy: -ENOENT, -ENOTDIR, -EINVAL (not of the v2 hierarchy, not seen from
 * here), -E2BIG, -ESRCH.
 */
int scope_set(struct programs *programs, const struct bpf_options *options,
	const struct source_callbacks *callbacks);
/* Steps from the directory of a control group up to the root of the hierarchy, as far as it is mounted. */
int scope_level(int fd, uint32_t *ret);

#endif
