// SPDX-License-Identifier: MIT
#include "source/bpf/tally.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>

struct tallies {
	int fd;
	size_t n_cpus;
	uint32_t *keys;   /* room for reading: CAP_TALLIES */
	uint64_t *values; /* CAP_TALLIES * n_cpus */
	uint64_t told[CAP_TALLIES];
};

int tallies_new(struct tallies **ret, int fd)
{
	struct tallies *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->fd = fd;
	t->n_cpus = (size_t)libbpf_num_possible_cpus();
	t->keys = calloc(CAP_TALLIES, sizeof(*t->keys));
	t->values = calloc(CAP_TALLIES * t->n_cpus, sizeof(*t->values));
	r = t->keys && t->values ? tallies_tell(t, 0, NULL) : -ENOMEM;
	if (r < 0) {
		(void)tallies_free(t);
		return r;
	}
	*ret = t;
	return 0;
}

struct tallies *tallies_free(struct tallies *t)
{
	if (!t)
		return NULL;
	free(t->keys);
	free(t->values);
	free(t);
	return NULL;
}

static void tell(
	uint32_t at, uint64_t n, uint32_t half, const struct bpf_tally_callbacks *callbacks)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
	uint32_t never = at - CAP_TALLY_NEVER(half, 0);

	if (at < CAP_TALLY_NEVER(0, 0))
		callbacks->calls(callbacks->userdata, arches[at / CAP_NRS], at % CAP_NRS, n);
	else if (at >= CAP_TALLY_NEVER(half, 0) && never < CAP_TALLY_RULES)
		callbacks->never(callbacks->userdata, never, n);
}

int tallies_tell(struct tallies *t, uint32_t half, const struct bpf_tally_callbacks *callbacks)
{
	uint32_t next, count = CAP_TALLIES;

	/* ENOENT: there are no more */
	if (bpf_map_lookup_batch(t->fd, NULL, &next, t->keys, t->values, &count, NULL) < 0 &&
		errno != ENOENT)
		return -errno;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = t->keys[i];
		uint64_t sum = 0;

		if (at >= CAP_TALLIES)
			continue;
		for (size_t cpu = 0; cpu < t->n_cpus; cpu++)
			sum += t->values[i * t->n_cpus + cpu];
		if (callbacks && sum != t->told[at])
			tell(at, sum - t->told[at], half, callbacks);
		t->told[at] = sum;
	}
	return 0;
}
