// SPDX-License-Identifier: MIT
#include "source/bpf/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "uaudit.skel.h"

#define RING_BYTES_DEFAULT (4u * 1024 * 1024)

static _printf_(2, 3) void say(const struct source_callbacks *callbacks, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	callbacks->notice(callbacks->userdata, text);
}

static void *map_values(const struct bpf_map *map, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Before loading: the verifier wants to see one. */
static int make_rings(struct programs *p)
{
	p->ring_fds = malloc(p->n_cpus * sizeof(*p->ring_fds));
	if (!p->ring_fds)
		return -ENOMEM;
	for (size_t i = 0; i < p->n_cpus; i++)
		p->ring_fds[i] = -1;
	for (size_t i = 0; i < p->n_cpus; i++) {
		p->ring_fds[i] = bpf_map_create(
			BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, (uint32_t)p->ring_bytes, NULL);
		if (p->ring_fds[i] < 0)
			return p->ring_fds[i];
	}
	return 0;
}

static int place_rings(struct programs *p)
{
	for (uint32_t i = 0; i < p->n_cpus; i++)
		if (bpf_map_update_elem(
			    bpf_map__fd(p->skeleton->maps.rings), &i, &p->ring_fds[i], BPF_ANY) < 0)
			return -errno;
	return 0;
}

/* Sizes that depend on the machine. */
static int set_sizes(struct programs *p)
{
	struct uaudit_bpf *s = p->skeleton;
	uint32_t n = (uint32_t)p->n_cpus;
	int r;

	r = bpf_map__set_max_entries(s->maps.rings, n);
	if (r == 0)
		r = bpf_map__set_inner_map_fd(
			s->maps.rings, dup(p->ring_fds[0])); /* libbpf's from here on */
	if (r == 0)
		r = bpf_map__set_max_entries(s->maps.slots, n * CAP_SLOTS);
	if (r == 0)
		r = bpf_map__set_max_entries(s->maps.done, n * CAP_SLOTS);
	if (r == 0)
		r = bpf_map__set_max_entries(s->maps.accounts, n);
	s->rodata->ring_bytes = (uint32_t)p->ring_bytes;
	return r;
}

static int map_all(struct programs *p)
{
	struct uaudit_bpf *s = p->skeleton;

	p->control = map_values(s->maps.control, sizeof(*p->control));
	p->slots = map_values(s->maps.slots, p->n_cpus * CAP_SLOTS * sizeof(*p->slots));
	p->done = map_values(s->maps.done, p->n_cpus * CAP_SLOTS * sizeof(*p->done));
	p->accounts = map_values(s->maps.accounts, p->n_cpus * sizeof(*p->accounts));
	p->indexes = map_values(s->maps.indexes, 2 * sizeof(*p->indexes));
	p->mark_inodes_fd = bpf_map__fd(s->maps.mark_inodes);
	p->mark_names_fd = bpf_map__fd(s->maps.mark_names);
	return p->control && p->slots && p->done && p->accounts && p->indexes ? 0 : -ENOMEM;
}

int programs_open(struct programs *p, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	int r;

	*p = (struct programs)PROGRAMS_NULL;
	p->tier = BPF_TIER_TRACEPOINTS;
	p->ring_bytes = options->ring_bytes ?: RING_BYTES_DEFAULT;
	p->n_cpus = (size_t)libbpf_num_possible_cpus();
	p->skeleton = uaudit_bpf__open();
	if (!p->skeleton)
		return -errno;
	r = make_rings(p);
	if (r == 0)
		r = set_sizes(p);
	if (r == 0)
		r = uaudit_bpf__load(p->skeleton);
	if (r == 0)
		r = place_rings(p);
	if (r == 0)
		r = map_all(p);
	if (r == 0)
		r = uaudit_bpf__attach(p->skeleton);
	if (r < 0) {
		say(callbacks, "cannot load the BPF programs: %s", strerror(-r));
		programs_close(p);
		return r;
	}
	p->control->schema = CAP_SCHEMA;
	return 0;
}

void programs_close(struct programs *p)
{
	for (size_t i = 0; p->ring_fds && i < p->n_cpus; i++)
		if (p->ring_fds[i] >= 0)
			(void)close(p->ring_fds[i]);
	free(p->ring_fds);
	if (p->control)
		(void)munmap(p->control, sizeof(*p->control));
	if (p->slots)
		(void)munmap(p->slots, p->n_cpus * CAP_SLOTS * sizeof(*p->slots));
	if (p->done)
		(void)munmap(p->done, p->n_cpus * CAP_SLOTS * sizeof(*p->done));
	if (p->accounts)
		(void)munmap(p->accounts, p->n_cpus * sizeof(*p->accounts));
	if (p->indexes)
		(void)munmap(p->indexes, 2 * sizeof(*p->indexes));
	uaudit_bpf__destroy(p->skeleton);
	*p = (struct programs)PROGRAMS_NULL;
}

const struct bpf_object *programs_object(const struct programs *p)
{
	return p->skeleton->obj;
}
