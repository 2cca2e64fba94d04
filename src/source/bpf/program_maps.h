/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PROGRAM_MAPS_H
#define UAUDIT_SOURCE_BPF_PROGRAM_MAPS_H

/* The maps of the BPF programs: as large as this machine needs them, and as memory of this process. 0 or negative errno. */

#include "source/bpf/programs.h"

/* Before loading: makes the rings, and says how large the other maps are to be. */
int program_maps_prepare(struct programs *programs);
/* After loading: gives the programs their rings, and maps the rest. */
int program_maps_fill(struct programs *programs);
/* The same with maps that are in use: they have their rings. */
int program_maps_map(struct programs *programs);
void program_maps_unmap(struct programs *programs);

#endif
