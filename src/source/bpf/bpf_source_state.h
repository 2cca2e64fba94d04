/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SOURCE_STATE_H
#define UAUDIT_SOURCE_BPF_SOURCE_STATE_H

/* What bpf_source.c, which puts the parts together, and bpf_reading.c, which reads the rings, share; nobody else includes this. */

#include "source/bpf/assemble.h"
#include "source/bpf/bpf_source.h"
#include "source/bpf/filter.h"
#include "source/bpf/handed.h"
#include "source/bpf/journal.h"
#include "source/bpf/losses.h"
#include "source/bpf/path_marks.h"
#include "source/bpf/programs.h"
#include "source/bpf/rings.h"
#include "source/bpf/tally.h"

struct bpf_source {
	struct source_callbacks callbacks;
	struct source_stats stats;
	struct programs programs;
	struct rings *rings;
	struct tallies *tallies;
	struct assembler *assembler;
	struct path_marks marks; /* of the paths of rules */
	struct filter *filter;
	struct buf event;
	struct bpf_log log;
	struct journal journal;
	struct handed handed; /* what is not known to be safe yet */
	struct losses losses;
	uint64_t active_ns;     /* when there was something in the rings last */
	uint64_t losses_ns;     /* when they were looked at last */
	uint64_t recycled_ns;   /* when rows of control groups that are gone were looked for last */
	uint32_t losses_serial; /* ... and behind which records */
	bool has_read;          /* something, since then */
	bool is_enough;         /* the callback wants no more for now */
};

#endif
