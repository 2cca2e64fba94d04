// SPDX-License-Identifier: MIT
#include "source/bpf/tier.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/notice.h"
#include "uaudit.skel.h"

/* A function that each kernel has whose path lookup is like the one that the hooks know. */
#define PROBED_FUNCTION "filename_lookup"

/* The function that a program of the full tier is attached to; NULL: it is none of them. */
static const char *hooked_function(const struct bpf_program *program)
{
	static const char *const kinds[] = { "?fentry/", "?fexit/", "fentry/", "fexit/" };
	const char *section = bpf_program__section_name(program);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(section, kinds[i], strlen(kinds[i])) == 0)
			return section + strlen(kinds[i]);
	return NULL;
}

/* Whether it tells of names: of all the others events do without what they would say, and are none the worse. */
static bool tells_names(const struct bpf_program *program)
{
	return strncmp(bpf_program__name(program), "aside_", strlen("aside_")) != 0;
}

/* Loads and attaches a program that does nothing: some kernels refuse the one, some the other. */
static int probe(const struct btf *btf)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY);
	_cleanup_close_ int program = -1, link = -1;
	int id = btf__find_by_name_kind(btf, PROBED_FUNCTION, BTF_KIND_FUNC);

	if (id < 0)
		return id;
	options.attach_btf_id = (uint32_t)id;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "uaudit_probe", "Dual MIT/GPL", nothing,
		ARRAY_SIZE(nothing), &options);
	if (program < 0)
		return -errno;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link < 0 ? -errno : 0;
}

static bool is_linux_since(unsigned major, unsigned minor)
{
	struct utsname name;
	unsigned a, b;

	return uname(&name) == 0 && sscanf(name.release, "%u.%u", &a, &b) == 2 &&
	       (a > major || (a == major && b >= minor));
}

#define LABEL_FUNCTION "aa_getprocattr"
#define CLOCK_VARIABLE "hrtimer_bases"

/* Whether programs may look at what the kernel keeps of its clock: not without its symbols (CONFIG_KALLSYMS_ALL). */
static bool sees_clock(const struct btf *btf)
{
	struct bpf_insn look[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
			.dst_reg = BPF_REG_0,
			.src_reg = BPF_PSEUDO_BTF_ID },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY);
	_cleanup_close_ int program = -1;
	int id = btf__find_by_name_kind(btf, CLOCK_VARIABLE, BTF_KIND_VAR);

	if (id < 0)
		return false;
	look[0].imm = id;
	options.attach_btf_id =
		(uint32_t)btf__find_by_name_kind(btf, PROBED_FUNCTION, BTF_KIND_FUNC);
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "uaudit_clock", "Dual MIT/GPL", look,
		ARRAY_SIZE(look), &options);
	return program >= 0;
}

static bool is_about_clock(const struct bpf_program *program)
{
	return strncmp(bpf_program__name(program), "aside_clock_", strlen("aside_clock_")) == 0;
}

/* Functions that this kernel does not have are told: what they would say is missing in events. */
static void switch_on(struct uaudit_bpf *skeleton, const struct btf *btf,
	const struct source_callbacks *callbacks)
{
	struct bpf_program *program;
	bool has_all = true, has_clock = sees_clock(btf);

	bpf_object__for_each_program(program, skeleton->obj)
	{
		const char *function = hooked_function(program);

		if (!function || (is_about_clock(program) && !has_clock))
			continue;
		if (btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) > 0) {
			(void)bpf_program__set_autoload(program, true);
			continue;
		}
		/* without AppArmor there are no labels to miss */
		if (strcmp(function, LABEL_FUNCTION) == 0)
			continue;
		if (tells_names(program))
			has_all = false;
		source_notice(callbacks,
			"this kernel has no function %s: what it would tell (%s) is missing in events",
			function, bpf_program__name(program));
	}
	skeleton->bss->opens_remembered = is_linux_since(6, 12);
	if (!has_clock)
		source_notice(callbacks,
			"this kernel does not show programs its clock (%s, CONFIG_KALLSYMS_ALL): by how much it is set (TIME_INJOFFSET) is missing in events",
			CLOCK_VARIABLE);
	skeleton->rodata->knows_names = has_all;
	skeleton->rodata->takes_paths = false;
}

#define COMPLETION_TYPE "btf_trace_io_uring_complete"
#define COMPLETION_ARGUMENTS                                                                       \
	4 /* with the one that is the tracing's own: the ring, the request, the entry */

/* Before 6.14 it passed what is in the entry, one by one. */
static bool completions_have_entries(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, COMPLETION_TYPE, BTF_KIND_TYPEDEF);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	while (type && (btf_is_typedef(type) || btf_is_ptr(type)))
		type = btf__type_by_id(btf, type->type);
	return type && btf_is_func_proto(type) && btf_vlen(type) == COMPLETION_ARGUMENTS;
}

/* Tracepoints that not each kernel has: what takes their place in the full tier is not loaded with them. */
static void switch_on_tracepoints(struct uaudit_bpf *skeleton)
{
	static const char prefix[] = "tp_btf/";
	struct btf *btf = btf__load_vmlinux_btf();
	struct bpf_program *program;
	char type[64];

	if (!btf)
		return;
	skeleton->rodata->completions_have_entries = completions_have_entries(btf);
	bpf_object__for_each_program(program, skeleton->obj)
	{
		const char *section = bpf_program__section_name(program);

		if (strncmp(section, prefix, strlen(prefix)) != 0 || bpf_program__autoload(program))
			continue;
		(void)snprintf(type, sizeof(type), "btf_trace_%s", section + strlen(prefix));
		if (btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0)
			(void)bpf_program__set_autoload(program, true);
	}
	btf__free(btf);
}

static int choose(struct uaudit_bpf *skeleton, enum bpf_tier wanted, enum bpf_tier *ret,
	const struct source_callbacks *callbacks)
{
	struct btf *btf;
	int r;

	*ret = BPF_TIER_TRACEPOINTS;
	if (wanted == BPF_TIER_TRACEPOINTS)
		return 0;
	btf = btf__load_vmlinux_btf();
	r = btf ? probe(btf) : -errno;
	if (r == 0) {
		switch_on(skeleton, btf, callbacks);
		*ret = BPF_TIER_FULL;
	} else if (wanted == BPF_TIER_FULL) {
		source_notice(callbacks,
			"the full tier is asked for, but this kernel lets no program be attached to its functions (%s: %s); bpf_tier = auto takes the best one that there is",
			PROBED_FUNCTION, strerror(-r));
		r = -ENOTSUP;
	} else {
		r = 0;
	}
	btf__free(btf);
	return r;
}

int tier_choose(struct uaudit_bpf *skeleton, enum bpf_tier wanted, enum bpf_tier *ret,
	const struct source_callbacks *callbacks)
{
	int r = choose(skeleton, wanted, ret, callbacks);

	if (r == 0 && *ret == BPF_TIER_TRACEPOINTS)
		switch_on_tracepoints(skeleton);
	return r;
}
