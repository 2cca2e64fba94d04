/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_LOOK_BUDGET_H
#define UAUDIT_SOURCE_LOOK_BUDGET_H

/*
 * Who is audited decides how long some looks take (a hundred thousand mounts of its own, a control group full of processes), and may
 * have one made for each of its calls: no more than LOOK_BUDGET_NS of processor time go into them in a second. {0} has all of it.
 */

#include <stdbool.h>
#include <stdint.h>

#define LOOK_BUDGET_NS 100000000

struct look_budget {
	int64_t until_ns; /* CLOCK_MONOTONIC_COARSE: the end of the second */
	int64_t spent_ns, began_ns;
};

/* Whether there is time for a look; then look_budget_end() behind it. */
bool look_budget_begin(struct look_budget *budget);
void look_budget_end(struct look_budget *budget);

#endif
