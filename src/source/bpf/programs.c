// SPDX-License-Identifier: MIT
#include "source/bpf/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/bpf/pins.h"
#include "source/bpf/rings.h"
#include "source/bpf/tier.h"
#include "uaudit.skel.h"

#define RING_BYTES_DEFAULT (4u * 1024 * 1024)

static _printf_(2, 3) void say(const struct programs *p, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	p->callbacks->notice(p->callbacks->userdata, text);
}

/* ---- rings ---- */

static int new_fds(int **ret, size_t n)
{
	int *fds = malloc((n ? n : 1) * sizeof(*fds));

	if (!fds)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		fds[i] = -1;
	*ret = fds;
	return 0;
}

static void close_fds(int **fds, size_t n)
{
	for (size_t i = 0; *fds && i < n; i++)
		if ((*fds)[i] >= 0)
			(void)close((*fds)[i]);
	free(*fds);
	*fds = NULL;
}

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

static int place_rings(struct programs *p)
{
	for (uint32_t i = 0; i < p->n_cpus; i++)
		if (bpf_map_update_elem(
			    bpf_map__fd(p->skeleton->maps.rings), &i, &p->ring_fds[i], BPF_ANY) < 0)
			return -errno;
	return 0;
}

/* ---- sizes, memory ---- */

size_t programs_n_told(const struct programs *p)
{
	return p->n_cpus * (CAP_SLOTS + CAP_FAULT_MAX) + 1;
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

static void *map_values(const struct bpf_map *map, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

static int map_all(struct programs *p)
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

static void unmap(void *memory, size_t len)
{
	if (memory)
		(void)munmap(memory, len);
}

/* ---- whose programs they are ---- */

/* FNV-1a of what would be loaded. */
static uint64_t build_of(const struct uaudit_bpf *s)
{
	const unsigned char *bytes = s->skeleton->data;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < s->skeleton->data_sz; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

/* ---- loading ---- */

static bool has_capability(unsigned nr)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &header, data) == 0 && data[nr / 32].effective >> nr % 32 & 1;
}

static int check_machine(const struct programs *p)
{
	if (!has_capability(CAP_SYS_ADMIN) &&
		(!has_capability(CAP_BPF) || !has_capability(CAP_PERFMON))) {
		say(p, "source = bpf: loading BPF programs needs the capabilities CAP_BPF and CAP_PERFMON: start the "
		       "engine as root");
		return -EPERM;
	}
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
		say(p,
			"source = bpf: /sys/kernel/btf/vmlinux: %s: the BPF programs need the kernel's type information "
			"(CONFIG_DEBUG_INFO_BTF), which Debian's kernels have, and sysfs at /sys",
			strerror(errno));
		return -ENOTSUP;
	}
	return 0;
}

static int keep_prog_fds(struct programs *p)
{
	const struct bpf_object_skeleton *s = p->skeleton->skeleton;

	for (size_t i = 0; i < p->n_progs; i++) {
		int fd = bpf_program__fd(*s->progs[i].prog);

		p->prog_fds[i] = fd >= 0 ? dup(fd) : -1;
	}
	return 0;
}

/* Programs with the maps that the skeleton has, which it makes where it has none yet. */
static int load(struct programs *p)
{
	struct uaudit_bpf *s = p->skeleton;
	int r = tier_choose(s, p->wanted_tier, &p->tier, p->callbacks);

	if (r < 0)
		return r;
	s->rodata->ring_bytes = (uint32_t)p->ring_bytes;
	(void)bpf_program__set_autoattach(s->progs.tree_mark, false);
	r = uaudit_bpf__load(s);
	return r < 0 ? r : keep_prog_fds(p);
}

static int load_fresh(struct programs *p)
{
	int r = make_rings(p);

	if (r == 0)
		r = set_sizes(p);
	if (r == 0)
		r = load(p);
	if (r == 0)
		r = place_rings(p);
	if (r == 0)
		r = map_all(p);
	return r;
}

/* In place of what is pinned there, if anything is. */
static int pin_loaded(struct programs *p)
{
	const struct pins pins = { p->skeleton->skeleton, p->ring_fds, p->n_cpus };
	int r;

	if (!p->pin_dir)
		return 0;
	r = pins_make(p->pin_dir, &pins);
	if (r < 0)
		say(p,
			"pin_dir = %s: cannot keep the BPF programs there: %s%s; or set capture_ends = with-engine, and "
			"capture ends when the engine does, however it does",
			p->pin_dir, strerror(-r),
			r == -ENOTSUP
				? ": it is not on a BPF file system (mount -t bpf bpf /sys/fs/bpf)"
				: "");
	return r;
}

static int start_programs(struct programs *p)
{
	int r = uaudit_bpf__attach(p->skeleton);

	return r < 0 ? r : pin_loaded(p);
}

static void say_what_failed(const struct programs *p, int r)
{
	if (r == -ENOTSUP && p->wanted_tier == BPF_TIER_FULL)
		return; /* tier_choose() has said why */
	say(p,
		"source = bpf: cannot load and attach the BPF programs: %s: Linux 6.1 or later is needed, with "
		"CONFIG_BPF_SYSCALL, CONFIG_BPF_EVENTS and CONFIG_DEBUG_INFO_BTF",
		strerror(-r));
}

/* ---- taking over ---- */

static int reuse(struct programs *p, struct bpf_map *map)
{
	_cleanup_close_ int fd = -1;

	if (bpf_map__is_internal(map))
		return 0;
	fd = pins_get(p->pin_dir, "map", bpf_map__name(map));
	return fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
}

static int reuse_all(struct programs *p)
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
	return r < 0 ? r : map_all(p);
}

static void get_prog_fds(struct programs *p)
{
	const struct bpf_object_skeleton *s = p->skeleton->skeleton;

	for (size_t i = 0; i < p->n_progs; i++)
		p->prog_fds[i] = pins_get(p->pin_dir, "prog", s->progs[i].name);
}

/* The programs' own maps go on under programs of this build; for a moment both are there, and the first to see the end of a
 * call hands it over. */
static int replace_programs(struct programs *p)
{
	int r = load(p);

	if (r == 0)
		r = start_programs(p);
	if (r < 0) {
		say_what_failed(p, r);
		return r;
	}
	p->control->build = build_of(p->skeleton);
	p->control->tier = p->tier;
	say(p, "the BPF programs of another build in '%s' were replaced; what they had captured is read",
		p->pin_dir);
	return 0;
}

static int take_over(struct programs *p)
{
	int r;

	p->ring_bytes = p->control->ring_bytes;
	p->tier = (enum bpf_tier)p->control->tier;
	r = reuse_all(p);
	if (r < 0) {
		say(p,
			"pin_dir = %s: cannot take over the BPF programs there: %s; 'uaudit daemon --detach' with the "
			"same run_dir removes them, and what they hold",
			p->pin_dir, strerror(-r));
		return r;
	}
	p->is_taken_over = true;
	if (p->control->build != build_of(p->skeleton))
		return replace_programs(p);
	get_prog_fds(p);
	return 0;
}

/* Programs whose rings cannot be read: new ones are at work before those end. What the old rings hold is counted. */
static void count_foreign(struct programs *p)
{
	char number[24];

	for (size_t i = 0; i < p->n_cpus; i++) {
		_cleanup_close_ int fd = -1;

		(void)snprintf(number, sizeof(number), "%zu", i);
		fd = pins_get(p->pin_dir, "ring", number);
		if (fd >= 0)
			p->unreadable += rings_count(fd);
	}
	say(p,
		"the BPF programs in '%s' are another version's, whose form this one cannot read: they are replaced, "
		"and %llu events that they hold are declared lost",
		p->pin_dir, (unsigned long long)p->unreadable);
}

enum found { FOUND_NOTHING, FOUND_OURS, FOUND_FOREIGN };

/* control is mapped if they are ours. */
static enum found look_for_pins(struct programs *p)
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
	unmap(memory, sizeof(*p->control));
	p->control = NULL;
	return FOUND_FOREIGN;
}

/* ---- all of it ---- */

static int open_fresh(struct programs *p, enum found found)
{
	int r;

	if (found == FOUND_FOREIGN)
		count_foreign(p);
	r = load_fresh(p);
	if (r < 0) {
		say_what_failed(p, r);
		return r;
	}
	p->control->schema = CAP_SCHEMA;
	p->control->ring_bytes = (uint32_t)p->ring_bytes;
	p->control->build = build_of(p->skeleton);
	p->control->tier = p->tier;
	r = uaudit_bpf__attach(p->skeleton);
	if (r < 0) {
		say_what_failed(p, r);
		return r;
	}
	return pin_loaded(p);
}

static int check_ring_size(const struct programs *p)
{
	size_t least = (size_t)sysconf(_SC_PAGESIZE);

	if (p->ring_bytes >= least && (p->ring_bytes & (p->ring_bytes - 1)) == 0)
		return 0;
	say(p, "ring_size = %zu: it must be a power of two, and at least %zu", p->ring_bytes,
		least);
	return -EINVAL;
}

static int prepare(struct programs *p, const struct bpf_options *options)
{
	int r;

	p->ring_bytes = options->ring_bytes ?: RING_BYTES_DEFAULT;
	r = check_ring_size(p);
	if (r == 0)
		r = check_machine(p);
	if (r < 0)
		return r;
	p->wanted_tier = options->tier;
	p->n_cpus = (size_t)libbpf_num_possible_cpus();
	p->skeleton = uaudit_bpf__open();
	if (!p->skeleton)
		return -errno;
	p->n_progs = (size_t)p->skeleton->skeleton->prog_cnt;
	if (options->pin_dir) {
		p->pin_dir = strdup(options->pin_dir);
		if (!p->pin_dir)
			return -ENOMEM;
	}
	r = new_fds(&p->ring_fds, p->n_cpus);
	return r < 0 ? r : new_fds(&p->prog_fds, p->n_progs);
}

int programs_open(struct programs *p, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	enum found found;
	int r;

	*p = (struct programs)PROGRAMS_NULL;
	p->callbacks = callbacks;
	r = prepare(p, options);
	if (r == 0) {
		found = look_for_pins(p);
		r = found == FOUND_OURS ? take_over(p) : open_fresh(p, found);
	}
	if (r < 0)
		programs_close(p);
	else if (p->is_taken_over && options->ring_bytes && options->ring_bytes != p->ring_bytes)
		say(p,
			"ring_size = %zu: the rings of before, of %zu bytes each, go on; 'uaudit daemon --detach' first, "
			"and they are made anew",
			options->ring_bytes, p->ring_bytes);
	return r;
}

void programs_close(struct programs *p)
{
	close_fds(&p->ring_fds, p->n_cpus);
	close_fds(&p->prog_fds, p->n_progs);
	unmap(p->control, sizeof(*p->control));
	unmap(p->slots, p->n_cpus * CAP_SLOTS * sizeof(*p->slots));
	unmap(p->done, p->n_cpus * CAP_SLOTS * sizeof(*p->done));
	unmap(p->accounts, p->n_cpus * sizeof(*p->accounts));
	unmap(p->told, programs_n_told(p) * sizeof(*p->told));
	unmap(p->journal, p->n_journal * sizeof(*p->journal));
	unmap(p->indexes, 2 * sizeof(*p->indexes));
	uaudit_bpf__destroy(p->skeleton);
	free(p->pin_dir);
	*p = (struct programs)PROGRAMS_NULL;
}

const struct bpf_object *programs_object(const struct programs *p)
{
	return p->skeleton->obj;
}

int programs_tallies_fd(const struct programs *p)
{
	return bpf_map__fd(p->skeleton->maps.tallies);
}

void programs_end(struct programs *p)
{
	if (!p->skeleton)
		return;
	p->control->enabled = 0;
	if (p->pin_dir)
		(void)pins_remove(p->pin_dir);
	uaudit_bpf__detach(p->skeleton);
}

/* ---- trees ---- */

/* Runs the iterator once. */
static int run_iterator(int prog_fd)
{
	_cleanup_close_ int link = bpf_link_create(prog_fd, 0, BPF_TRACE_ITER, NULL);
	_cleanup_close_ int iterator = -1;
	char bytes[64];
	ssize_t n;

	if (link < 0)
		return -errno;
	iterator = bpf_iter_create(link);
	if (iterator < 0)
		return -errno;
	do
		n = read(iterator, bytes, sizeof(bytes));
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

/*
 * A task that was forked by one that was not marked yet may be missed, so it is done until nothing is found; from then on all
 * parents are marked.
 */
int programs_mark_tree(struct programs *p)
{
	const struct bpf_object_skeleton *s = p->skeleton->skeleton;
	int fd = -1, r = 0;
	uint32_t before;

	for (size_t i = 0; i < p->n_progs; i++)
		if (strcmp(s->progs[i].name, "tree_mark") == 0)
			fd = p->prog_fds[i];
	do {
		before = __atomic_load_n(&p->control->tree_marked, __ATOMIC_ACQUIRE);
		r = run_iterator(fd);
	} while (r == 0 && __atomic_load_n(&p->control->tree_marked, __ATOMIC_ACQUIRE) != before);
	return r;
}

/* ---- what the kernel left out ---- */

uint64_t programs_missed(const struct programs *p)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < p->n_progs; i++) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);

		if (p->prog_fds[i] >= 0 && bpf_obj_get_info_by_fd(p->prog_fds[i], &info, &len) == 0)
			missed += info.recursion_misses;
	}
	return missed;
}
