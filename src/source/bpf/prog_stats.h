/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PROG_STATS_H
#define UAUDIT_SOURCE_BPF_PROG_STATS_H

/* What BPF programs cost, as the kernel counts it: how often each ran and for how long. */

#include <stddef.h>

#include "abi/control.h"

struct bpf_object;

/*
 * The kernel counts from now on until the descriptor is closed, for all programs of the machine; each run costs some 20 ns
 * more meanwhile. -EPERM: it takes CAP_SYS_ADMIN, which an engine has given up.
 */
int prog_stats_enable(void);
/* A row for each program of the object that is loaded, at most rows_max. Their number, or a negative errno. */
int prog_stats_fill(
	const struct bpf_object *object, struct control_cost_row *rows, size_t rows_max);

#endif
