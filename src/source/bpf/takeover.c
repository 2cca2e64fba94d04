// SPDX-License-Identifier: MIT
#include "source/bpf/takeover.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/macros.h"
#include "source/bpf/pins.h"
#include "source/bpf/program_maps.h"
#include "source/bpf/rings.h"
#include "source/notice.h"
#include "uaudit.skel.h"

enum found takeover_look(struct programs *p)
{
	_cleanup_close_ int fd = -1;
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	void *memory;

	if (!p->pin_dir || !pins_exist(p->pin_dir))
		return FOUND_NOTHING;
	fd = pins_get(p->pin_dir, "map", "control");
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
		info.value_size != sizeof(*p->control))
		return FOUND_FOREIGN;
	memory = mmap(NULL, sizeof(*p->control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return FOUND_FOREIGN;
	p->control = memory;
	if (p->control->schema == CAP_SCHEMA)
		return FOUND_OURS;
	(void)munmap(memory, sizeof(*p->control));
	p->control = NULL;
	return FOUND_FOREIGN;
}

static int reuse(struct programs *p, struct bpf_map *map)
{
	_cleanup_close_ int fd = -1;

	if (bpf_map__is_internal(map))
		return 0;
	fd = pins_get(p->pin_dir, "map", bpf_map__name(map));
	return fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
}

int takeover_reuse(struct programs *p)
{
	struct bpf_map *map;
	char number[24];
	int r = 0;

	bpf_object__for_each_map(map, p->skeleton->obj)
	{
		r = reuse(p, map);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < p->n_cpus && r >= 0; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i);
		r = p->ring_fds[i] = pins_get(p->pin_dir, "ring", number);
	}
	return r < 0 ? r : program_maps_map(p);
}

void takeover_count_foreign(struct programs *p)
{
	char number[24];

	for (size_t i = 0; i < p->n_cpus; i++) {
		_cleanup_close_ int fd = -1;

		(void)snprintf(number, sizeof(number), "%zu", i);
		fd = pins_get(p->pin_dir, "ring", number);
		if (fd >= 0)
			p->unreadable += rings_count(fd);
	}
	source_notice(p->callbacks,
		"the BPF programs in '%s' are another version's, whose form this one cannot read: they are replaced, "
		"and %llu events that they hold are declared lost",
		p->pin_dir, (unsigned long long)p->unreadable);
}
