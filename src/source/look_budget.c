/* SPDX-License-Identifier: MIT */
#include "source/look_budget.h"

#include <time.h>

#define NSEC_PER_SEC 1000000000

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return now.tv_sec * (int64_t)NSEC_PER_SEC + now.tv_nsec;
}

bool look_budget_begin(struct look_budget *budget)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC_COARSE);

	if (now >= budget->until_ns)
		*budget = (struct look_budget){ .until_ns = now + NSEC_PER_SEC };
	if (budget->spent_ns >= LOOK_BUDGET_NS)
		return false;
	budget->began_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return true;
}

void look_budget_end(struct look_budget *budget)
{
	budget->spent_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - budget->began_ns;
}
