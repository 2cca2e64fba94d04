/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PROGRAMS_H
#define UAUDIT_SOURCE_BPF_PROGRAMS_H

/* The BPF programs and their maps: loaded, attached, mapped into this process. */

#include "abi/capture.h"
#include "rule/rule_index_blob.h"
#include "source/bpf/bpf_source.h"

struct uaudit_bpf; /* the skeleton */
struct bpf_object;

struct programs {
	struct uaudit_bpf *skeleton;
	enum bpf_tier tier;
	size_t n_cpus; /* rings */
	size_t ring_bytes;
	int *ring_fds; /* n_cpus; owned */
	/* Memory that is shared with the programs. */
	struct cap_control *control;
	struct cap_slot *slots;            /* n_cpus * CAP_SLOTS */
	uint64_t *done;                    /* likewise */
	struct cap_ring_account *accounts; /* n_cpus */
	struct index_blob *indexes;        /* 2 */
	int mark_inodes_fd, mark_names_fd; /* the skeleton's */
};

#define PROGRAMS_NULL                                                                              \
	{                                                                                          \
		.skeleton = NULL                                                                   \
	}

/* Loads with capture off (control->enabled 0). Negative errno after a notice. */
int programs_open(struct programs *programs, const struct bpf_options *options,
	const struct source_callbacks *callbacks);
void programs_close(struct programs *programs);
/* All programs, borrowed, for what is the same for each of them. */
const struct bpf_object *programs_object(const struct programs *programs);
/* Marks the tasks of a process, from which its children inherit. */
int programs_mark_tree(struct programs *programs, pid_t root);

#endif
