/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PROGRAMS_H
#define UAUDIT_SOURCE_BPF_PROGRAMS_H

/*
 * The BPF programs and their maps: loaded and attached, or found pinned and taken over, and mapped into this process. After
 * either the skeleton has the descriptors of all maps; only of a load it has programs and links.
 */

#include "abi/capture.h"
#include "rule/rule_index_blob.h"
#include "source/bpf/bpf_source.h"

struct uaudit_bpf; /* the skeleton */
struct bpf_object;

struct programs {
	struct uaudit_bpf *skeleton;
	const struct source_callbacks *callbacks; /* for notices; borrowed */
	enum bpf_tier wanted_tier, tier;          /* 0: the best one; what it is */
	size_t n_cpus;                            /* rings */
	size_t ring_bytes;
	int *ring_fds; /* n_cpus; owned */
	int *prog_fds; /* in the skeleton's order, -1: not loaded; owned */
	size_t n_progs;
	char *pin_dir;       /* NULL: not pinned */
	bool is_taken_over;  /* maps and what is in them are an earlier engine's */
	uint64_t unreadable; /* records in rings of another schema, which were left behind */
	/* Memory that is shared with the programs. */
	struct cap_control *control;
	struct cap_slot *slots;            /* n_cpus * CAP_SLOTS */
	uint64_t *done;                    /* likewise */
	struct cap_ring_account *accounts; /* n_cpus */
	struct index_blob *indexes;        /* 2 */
	int mark_inodes_fd, mark_names_fd; /* the skeleton's */
	int slot_of_fd, free_slots_fd, n_slots_fd;
	uint64_t *told;                    /* programs_n_told() */
	struct cap_journal_entry *journal; /* n_journal */
	size_t n_journal;
};

#define PROGRAMS_NULL                                                                              \
	{                                                                                          \
		.skeleton = NULL                                                                   \
	}

/* Loads with capture off (control->enabled 0), or takes over with capture as it is. Negative errno after a notice. */
int programs_open(struct programs *programs, const struct bpf_options *options,
	const struct source_callbacks *callbacks);
/* What is pinned goes on. */
void programs_close(struct programs *programs);
/* All programs, borrowed, for what is the same for each of them; their descriptors are in prog_fds. */
const struct bpf_object *programs_object(const struct programs *programs);
int programs_tallies_fd(const struct programs *programs);
/* Nothing is captured any more, nothing is pinned; the maps stay readable. */
void programs_end(struct programs *programs);

/* Runs of the programs that the kernel left out, ever: one of them was interrupted by another. */
uint64_t programs_missed(const struct programs *programs);
/* Rows of told: slots, faults of rings, what was missed. */
size_t programs_n_told(const struct programs *programs);

#endif
