/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SLOTS_H
#define UAUDIT_SOURCE_BPF_SLOTS_H

/* Rows of the account (struct cap_slot) of control groups that are gone go to those that come. */

#include "source/bpf/programs.h"

/* The number of rows that were freed; 0 also while there are enough. */
size_t slots_recycle(struct programs *programs);

#endif
