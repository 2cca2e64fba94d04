// SPDX-License-Identifier: MIT
#include "source/bpf/slots.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h: the handle is the id */

/* Some directory of the v2 hierarchy; -ENOENT: it is mounted nowhere. */
static int open_hierarchy(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	char room[4096];
	struct mntent entry;
	int fd = -ENOENT;

	if (!mounts)
		return -errno;
	while (fd == -ENOENT && getmntent_r(mounts, &entry, room, sizeof(room)))
		if (strcmp(entry.mnt_type, "cgroup2") == 0) {
			fd = open(entry.mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			fd = fd < 0 ? -errno : fd;
		}
	(void)endmntent(mounts);
	return fd;
}

static bool is_gone(int hierarchy, uint64_t cgroup)
{
	struct {
		struct file_handle h;
		uint64_t id;
	} handle = { .h = { .handle_bytes = sizeof(cgroup), .handle_type = FILEID_KERNFS } };
	_cleanup_close_ int fd = -1;

	memcpy(handle.h.f_handle, &cgroup, sizeof(cgroup));
	fd = open_by_handle_at(hierarchy, &handle.h, O_PATH | O_CLOEXEC);
	return fd < 0 && errno == ESTALE;
}

/* Whose the slot is; 0: nobody's, or something of it is under way or not told yet. */
static uint64_t idle_owner(const struct programs *p, size_t slot)
{
	uint64_t cgroup = 0;

	for (size_t cpu = 0; cpu < p->n_cpus; cpu++) {
		size_t row = cpu * CAP_SLOTS + slot;
		const struct cap_slot *s = &p->slots[row];

		if ((int64_t)(__atomic_load_n(&s->in, __ATOMIC_ACQUIRE) - p->done[row]) > 0 ||
			__atomic_load_n(&s->lost, __ATOMIC_ACQUIRE) != p->told[row])
			return 0;
		cgroup = s->cgroup ?: cgroup;
	}
	return cgroup;
}

/* Nobody is in the group any more, so nobody puts anything in under its name. */
static bool free_slot(struct programs *p, size_t slot, uint64_t cgroup)
{
	uint32_t nr = (uint32_t)slot;

	if (bpf_map_delete_elem(p->slot_of_fd, &cgroup) < 0)
		return false;
	for (size_t cpu = 0; cpu < p->n_cpus; cpu++)
		p->slots[cpu * CAP_SLOTS + slot].cgroup = 0;
	return bpf_map_update_elem(p->free_slots_fd, NULL, &nr, BPF_ANY) == 0;
}

static bool are_enough_left(const struct programs *p)
{
	uint32_t zero = 0, n = 0;

	return bpf_map_lookup_elem(p->n_slots_fd, &zero, &n) < 0 || n < CAP_SLOTS / 2;
}

size_t slots_recycle(struct programs *p)
{
	_cleanup_close_ int hierarchy = -1;
	size_t n = 0;

	if (are_enough_left(p))
		return 0;
	hierarchy = open_hierarchy();
	for (size_t slot = 1; slot < CAP_SLOTS && hierarchy >= 0; slot++) {
		uint64_t cgroup = idle_owner(p, slot);

		if (cgroup && is_gone(hierarchy, cgroup))
			n += free_slot(p, slot, cgroup);
	}
	return n;
}
