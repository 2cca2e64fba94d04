/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_LOSSES_H
#define UAUDIT_SOURCE_BPF_LOSSES_H

/*
 * Events that were lost, as EVT_LOST events. The programs count, for each ring and control group, and never take back; here is
 * kept what of it was told. Rows: abi/capture.h.
 */

#include "base/buf.h"
#include "source/bpf/programs.h"

struct losses {
	const struct programs *programs; /* borrowed */
	uint64_t *told; /* of each row: what was handed over, perhaps not safe yet */
	bool has_told_unreadable;
};

int losses_init(struct losses *losses, const struct programs *programs);
/* Goes on where the memory that outlives us says. */
void losses_begin(struct losses *losses);
void losses_deinit(struct losses *losses);

struct loss {
	size_t row;
	uint64_t value; /* what the row has been told with this */
	uint64_t count;
	uint32_t reason; /* errno */
	uint32_t cpu;    /* + 1; 0: of all */
	uint64_t cgroup; /* 0: none of its own */
	uint32_t after;  /* serial of the last look; the caller's to fill in */
};
/* The next one at *at that was not told, which counts as told from here on; false: there are no more. */
bool losses_next(struct losses *losses, size_t *at, struct loss *ret);
int losses_put(struct buf *out, const struct loss *loss);
/* A ring record that is none: one event. */
int losses_put_bad(struct buf *out, const void *record);

/* The figures of the status. */
void losses_sum(const struct losses *losses, struct bpf_status *ret);

#endif
