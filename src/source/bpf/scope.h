/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SCOPE_H
#define UAUDIT_SOURCE_BPF_SCOPE_H

/* Whose calls the programs look at: control groups by path, a process tree. */

#include "abi/capture.h"
#include "source/bpf/bpf_source.h"

/* Fills in control. Negative errno after a notice that names the directory: -ENOENT, -ENOTDIR, -EINVAL (not of the v2
 * hierarchy), -E2BIG. */
int scope_set(struct cap_control *control, const struct bpf_options *options,
	const struct source_callbacks *callbacks);

#endif
