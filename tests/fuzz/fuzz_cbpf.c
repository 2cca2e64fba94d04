// SPDX-License-Identifier: MIT
/* Filters from the memory of traced tasks: a call's data, then instructions. */
#include "fuzz.h"

#include <string.h>

#include "source/ptrace/cbpf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seccomp_data call;
	struct sock_filter *insns;
	size_t n;

	if (size < sizeof(call))
		return 0;
	memcpy(&call, data, sizeof(call));
	n = (size - sizeof(call)) / sizeof(*insns);
	/* its own block: a step beyond it is seen */
	insns = malloc(n ? n * sizeof(*insns) : 1);
	if (!insns)
		return 0;
	memcpy(insns, data + sizeof(call), n * sizeof(*insns));
	if (cbpf_is_valid(insns, n))
		(void)cbpf_run(insns, n, &call);
	free(insns);
	return 0;
}
