// SPDX-License-Identifier: MIT
#include "source/bpf/program_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "uaudit.skel.h"

/* Before loading: the verifier wants to see one. */
static int make_rings(struct programs *p)
{
	for (size_t i = 0; i < p->n_cpus; i++) {
		p->ring_fds[i] = bpf_map_create(
			BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, (uint32_t)p->ring_bytes, NULL);
		if (p->ring_fds[i] < 0)
			return p->ring_fds[i];
	}
	return 0;
}

/* An entry for each record that fits, and the head. */
static size_t journal_entries(const struct programs *p)
{
	return p->n_cpus * (p->ring_bytes / CAP_RECORD_MIN + CAP_SLOTS) + 2;
}

static int set_sizes(struct programs *p)
{
	struct uaudit_bpf *s = p->skeleton;
	const struct {
		struct bpf_map *map;
		size_t n;
	} sizes[] = {
		{ s->maps.rings, p->n_cpus },
		{ s->maps.slots, p->n_cpus * CAP_SLOTS },
		{ s->maps.done, p->n_cpus * CAP_SLOTS },
		{ s->maps.accounts, p->n_cpus },
		{ s->maps.told, programs_n_told(p) },
		{ s->maps.journal, journal_entries(p) },
	};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		r = bpf_map__set_max_entries(sizes[i].map, (uint32_t)sizes[i].n);
		if (r < 0)
			return r;
	}
	/* the copy is libbpf's from here on */
	r = bpf_map__set_inner_map_fd(s->maps.rings, dup(p->ring_fds[0]));
	return r;
}

int program_maps_prepare(struct programs *p)
{
	int r = make_rings(p);

	return r < 0 ? r : set_sizes(p);
}

static int place_rings(struct programs *p)
{
	for (uint32_t i = 0; i < p->n_cpus; i++)
		if (bpf_map_update_elem(
			    bpf_map__fd(p->skeleton->maps.rings), &i, &p->ring_fds[i], BPF_ANY) < 0)
			return -errno;
	return 0;
}

static void *map_values(const struct bpf_map *map, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

int program_maps_map(struct programs *p)
{
	struct uaudit_bpf *s = p->skeleton;

	p->n_journal = journal_entries(p);
	if (!p->control)
		p->control = map_values(s->maps.control, sizeof(*p->control));
	p->slots = map_values(s->maps.slots, p->n_cpus * CAP_SLOTS * sizeof(*p->slots));
	p->done = map_values(s->maps.done, p->n_cpus * CAP_SLOTS * sizeof(*p->done));
	p->accounts = map_values(s->maps.accounts, p->n_cpus * sizeof(*p->accounts));
	p->told = map_values(s->maps.told, programs_n_told(p) * sizeof(*p->told));
	p->journal = map_values(s->maps.journal, p->n_journal * sizeof(*p->journal));
	p->indexes = map_values(s->maps.indexes, 2 * sizeof(*p->indexes));
	p->mark_inodes_fd = bpf_map__fd(s->maps.mark_inodes);
	p->mark_names_fd = bpf_map__fd(s->maps.mark_names);
	p->slot_of_fd = bpf_map__fd(s->maps.slot_of);
	p->free_slots_fd = bpf_map__fd(s->maps.free_slots);
	p->n_slots_fd = bpf_map__fd(s->maps.n_slots);
	return p->control && p->slots && p->done && p->accounts && p->told && p->journal &&
			       p->indexes
		       ? 0
		       : -ENOMEM;
}

int program_maps_fill(struct programs *p)
{
	int r = place_rings(p);

	return r < 0 ? r : program_maps_map(p);
}

static void unmap(void *memory, size_t len)
{
	if (memory)
		(void)munmap(memory, len);
}

void program_maps_unmap(struct programs *p)
{
	unmap(p->control, sizeof(*p->control));
	unmap(p->slots, p->n_cpus * CAP_SLOTS * sizeof(*p->slots));
	unmap(p->done, p->n_cpus * CAP_SLOTS * sizeof(*p->done));
	unmap(p->accounts, p->n_cpus * sizeof(*p->accounts));
	unmap(p->told, programs_n_told(p) * sizeof(*p->told));
	unmap(p->journal, p->n_journal * sizeof(*p->journal));
	unmap(p->indexes, 2 * sizeof(*p->indexes));
}
