/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_COST_H
#define UAUDIT_ENGINE_COST_H

/* What auditing costs: the CPU time of the engine and of its log writer, and of what a source runs in the kernel. */

#include <stddef.h>

#include "abi/control.h"

/* For struct control_ops; userdata is the engine. */
int engine_cost(void *engine, uint32_t window_ms, struct control_cost *cost,
	struct control_cost_row *rows, size_t rows_max);

#endif
