/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PROG_STATS_H
#define UAUDIT_SOURCE_BPF_PROG_STATS_H

/* What BPF programs cost, as the kernel counts it: how often each ran and for how long. */

#include <stddef.h>

#include "abi/control.h"

struct bpf_object;

/*
 * The kernel counts from now on until the descriptor is closed, for all programs of the machine. -EPERM: it takes
 * CAP_SYS_ADMIN, which an engine has given up.
 */
int prog_stats_enable(void);
/* How much of what it counts of each run is the counting itself: what a program that does nothing takes, in ns; while it
 * counts. 0: that is not known. */
double prog_stats_overhead(void);
/* A row for each program of the object that is loaded, at most rows_max. fds: the programs' in that order, -1: not loaded. Their
 * number, or a negative errno. */
int prog_stats_fill(const struct bpf_object *object, const int *fds, struct control_cost_row *rows,
	size_t rows_max);

#endif
