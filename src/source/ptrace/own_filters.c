// SPDX-License-Identifier: MIT
#include "source/ptrace/own_filters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/ptrace/cbpf.h"

struct own_filters {
	unsigned n_refs;
	struct own_filters *previous;
	bool wants_log;
	size_t n;
	struct sock_filter insns[];
};

int own_filters_add(
	struct own_filters **filters, const struct sock_filter *insns, size_t n, bool wants_log)
{
	struct own_filters *newest;

	if (!cbpf_is_valid(insns, n))
		return -EINVAL;
	newest = malloc(sizeof(*newest) + n * sizeof(*insns));
	if (!newest)
		return -ENOMEM;
	*newest = (struct own_filters){
		.n_refs = 1, .previous = *filters, .wants_log = wants_log, .n = n
	};
	memcpy(newest->insns, insns, n * sizeof(*insns));
	*filters = newest;
	return 0;
}

struct own_filters *own_filters_ref(struct own_filters *filters)
{
	if (filters)
		filters->n_refs++;
	return filters;
}

void own_filters_unref(struct own_filters *filters)
{
	while (filters && --filters->n_refs == 0) {
		struct own_filters *previous = filters->previous;

		free(filters);
		filters = previous;
	}
}

/* The less a value is as a signed number, the more it forbids. */
static int32_t strictness(uint32_t answer)
{
	return (int32_t)(answer & SECCOMP_RET_ACTION_FULL);
}

struct seccomp_verdict own_filters_run(
	const struct own_filters *filters, const struct seccomp_data *data)
{
	struct seccomp_verdict verdict = { .action = SECCOMP_RET_ALLOW };

	for (; filters; filters = filters->previous) {
		uint32_t answer = cbpf_run(filters->insns, filters->n, data);

		if (strictness(answer) >= strictness(verdict.action))
			continue;
		verdict.action = answer & SECCOMP_RET_ACTION_FULL;
		verdict.wants_log = filters->wants_log;
	}
	return verdict;
}
