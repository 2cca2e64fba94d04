// SPDX-License-Identifier: MIT
#include "source/bpf/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/bpf/pins.h"
#include "source/bpf/program_maps.h"
#include "source/bpf/takeover.h"
#include "source/bpf/tier.h"
#include "source/bpf/skeleton.h"
#include "source/notice.h"
#include "uaudit.skel.h"

#define RING_BYTES_DEFAULT (4u * 1024 * 1024)

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
		source_notice(p->callbacks,
			"source = bpf: loading BPF programs needs the capabilities CAP_BPF and CAP_PERFMON: start the "
			"engine as root");
		return -EPERM;
	}
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
		source_notice(p->callbacks,
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
	int r = program_maps_prepare(p);

	if (r == 0)
		r = load(p);
	return r < 0 ? r : program_maps_fill(p);
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
		source_notice(p->callbacks,
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
	source_notice(p->callbacks,
		"source = bpf: cannot load and attach the BPF programs: %s: Linux 6.1 or later is needed, with "
		"CONFIG_BPF_SYSCALL, CONFIG_BPF_EVENTS and CONFIG_DEBUG_INFO_BTF",
		strerror(-r));
}

/* ---- taking over ---- */

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
	source_notice(p->callbacks,
		"the BPF programs of another build in '%s' were replaced; what they had captured is read",
		p->pin_dir);
	return 0;
}

static int take_over(struct programs *p)
{
	int r;

	p->ring_bytes = p->control->ring_bytes;
	p->tier = (enum bpf_tier)p->control->tier;
	r = takeover_reuse(p);
	if (r < 0) {
		source_notice(p->callbacks,
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

/* ---- all of it ---- */

static int open_fresh(struct programs *p, enum found found)
{
	int r;

	if (found == FOUND_FOREIGN)
		takeover_count_foreign(p);
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
	source_notice(p->callbacks, "ring_size = %zu: it must be a power of two, and at least %zu",
		p->ring_bytes, least);
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
	p->skeleton = skeleton_open();
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
		found = takeover_look(p);
		r = found == FOUND_OURS ? take_over(p) : open_fresh(p, found);
	}
	if (r < 0)
		programs_close(p);
	else if (p->is_taken_over && options->ring_bytes && options->ring_bytes != p->ring_bytes)
		source_notice(p->callbacks,
			"ring_size = %zu: the rings of before, of %zu bytes each, go on; 'uaudit daemon --detach' first, "
			"and they are made anew",
			options->ring_bytes, p->ring_bytes);
	return r;
}

void programs_close(struct programs *p)
{
	close_fds(&p->ring_fds, p->n_cpus);
	close_fds(&p->prog_fds, p->n_progs);
	program_maps_unmap(p);
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

/* ---- what they have counted ---- */

size_t programs_n_told(const struct programs *p)
{
	return p->n_cpus * (CAP_SLOTS + CAP_FAULT_MAX) + 1;
}

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
