/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_TALLY_H
#define UAUDIT_SOURCE_BPF_TALLY_H

/* What the programs have decided by themselves, counted on each CPU; here what came since the last time. */

#include "abi/capture.h"
#include "source/bpf/bpf_source.h"

struct tallies;

/* fd: the map's, which stays its owner's. What an earlier engine may have told of is forgotten. A negative errno. */
int tallies_new(struct tallies **ret, int fd);
struct tallies *tallies_free(struct tallies *tallies);
/* half: of the generation whose rules are in force; what was counted for the other one is forgotten. */
int tallies_tell(
	struct tallies *tallies, uint32_t half, const struct bpf_tally_callbacks *callbacks);

#endif
