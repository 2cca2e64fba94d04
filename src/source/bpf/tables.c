// SPDX-License-Identifier: MIT
#include "source/bpf/tables.h"

#include <linux/audit.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/extra.h"
#include "base/macros.h"
#include "source/bpf/bpf_source.h"
#include "source/bpf/uring_ops.h"

static const struct {
	const char *name;
	enum cap_about about;
} abouts[] = {
	{ "delete_module", CAP_ABOUT_UNLOAD },
	{ "kill", CAP_ABOUT_KILL },
	{ "mq_getsetattr", CAP_ABOUT_MQ_SETATTR },
	{ "mq_notify", CAP_ABOUT_MQ_NOTIFY },
	{ "mq_open", CAP_ABOUT_MQ_OPEN },
	{ "mq_timedreceive", CAP_ABOUT_MQ_TRANSFER },
	{ "mq_timedreceive_time64", CAP_ABOUT_MQ_TRANSFER },
	{ "mq_timedsend", CAP_ABOUT_MQ_TRANSFER },
	{ "mq_timedsend_time64", CAP_ABOUT_MQ_TRANSFER },
	{ "ptrace", CAP_ABOUT_PTRACE },
	{ "rt_sigqueueinfo", CAP_ABOUT_QUEUE_SIGNAL },
	{ "rt_tgsigqueueinfo", CAP_ABOUT_TGKILL },
	{ "socketcall", CAP_ABOUT_SOCKETCALL },
	{ "tgkill", CAP_ABOUT_TGKILL },
	{ "tkill", CAP_ABOUT_TKILL },
};

static enum cap_about about_of(const struct syscall_info *info)
{
	if (info->flags & SC_NORETURN)
		return CAP_ABOUT_END;
	if (info->flags & SC_CWD)
		return CAP_ABOUT_CWD;
	if (info->flags & SC_WRITES)
		return CAP_ABOUT_WRITE;
	if (info->flags & SC_CAPSET)
		return CAP_ABOUT_CAPSET;
	if (info->flags & SC_BPF && info->args[0] == ARG_BPF)
		return CAP_ABOUT_BPF;
	for (size_t i = 0; info->name && i < ARRAY_SIZE(abouts); i++)
		if (strcmp(abouts[i].name, info->name) == 0)
			return abouts[i].about;
	return CAP_ABOUT_NOTHING;
}

void tables_set_shapes(struct cap_control *control)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };

	for (size_t i = 0; i < 2; i++)
		for (int64_t nr = 0; nr < CAP_SHAPES; nr++) {
			const struct syscall_info *info = syscall_info(arches[i], nr);
			struct cap_shape *shape = &control->shapes[i][nr];

			shape->effect = info->effect;
			shape->about = about_of(info);
			memcpy(shape->args, info->args, sizeof(shape->args));
			cap_shape_sort(shape);
		}
}

static uint8_t entry_bit(uint32_t arch)
{
	return arch == AUDIT_ARCH_I386 ? CAP_NR_32 : CAP_NR_64;
}

/* Calls that are looked at for what may be written aside, whatever the rules say: where hooks tell of it. */
static void set_asides(uint8_t nrs[CAP_NRS], uint32_t tier)
{
	static const struct {
		const char *name;
		bool needs_hooks;
	} calls[] = {
		{ "bpf", false },
		{ "bind", true },
		{ "setsockopt", true },
	};
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		for (size_t j = 0; j < ARRAY_SIZE(arches); j++) {
			int nr = syscall_nr(arches[j], calls[i].name);

			if (nr >= 0 && nr < CAP_NRS &&
				(tier == BPF_TIER_FULL || !calls[i].needs_hooks))
				nrs[nr] |= CAP_NR_ASIDE(entry_bit(arches[j]));
		}
}

static bool is_selected(const struct rule_interest *interest, const char *name)
{
	for (size_t i = 0; i < interest->n_syscalls; i++)
		if ((int64_t)interest->syscalls[i].nr ==
			syscall_nr(interest->syscalls[i].arch, name))
			return true;
	return interest->all_syscalls;
}

/* Operations are issued inside of this call, or outside of any. */
#define ENTER_CALL "io_uring_enter"

static void set_operations(struct cap_control *control, uint8_t nrs[CAP_NRS],
	struct cap_uring *uring, const struct rule_set *rules, const struct rule_interest *interest)
{
	int nr = syscall_nr(ABI_ARCH_X86_64, ENTER_CALL); /* the same on i386 */

	uring_ops_wanted(uring, rules, is_selected(interest, ENTER_CALL));
	control->uring_files = uring_ops_of_files();
	if (uring->alone)
		nrs[nr & (CAP_NRS - 1)] |= CAP_NR_ASIDE(CAP_NR_64) | CAP_NR_ASIDE(CAP_NR_32);
}

void tables_set_interest(struct cap_control *control, const struct rule_set *rules,
	const struct rule_interest *interest, uint32_t want)
{
	uint32_t next = control->generation + 1;
	uint8_t *nrs = control->interest[next & 1];

	memset(nrs, interest->all_syscalls ? CAP_NR_64 | CAP_NR_32 | CAP_NR_X32 : 0, CAP_NRS);
	for (size_t i = 0; i < interest->n_syscalls; i++)
		if (interest->syscalls[i].nr < CAP_NRS)
			nrs[interest->syscalls[i].nr] |= entry_bit(interest->syscalls[i].arch);
	set_asides(nrs, control->tier);
	set_operations(control, nrs, &control->uring[next & 1], rules, interest);
	nrs[syscall_nr(ABI_ARCH_X86_64, "write") & (CAP_NRS - 1)] |= CAP_NR_LOGIN;
	nrs[syscall_nr(ABI_ARCH_I386, "write") & (CAP_NRS - 1)] |= CAP_NR_LOGIN;
	if (interest->resolved || interest->extra)
		want |= CAP_WANT_CHAINS;
	if (interest->groups)
		want |= CAP_WANT_GROUPS;
	if (interest->signal_targets)
		want |= CAP_WANT_SIGNALS;
	if (interest->tasks)
		want |= CAP_WANT_TASKS;
	if (interest->extra & EXTRA_CGROUP)
		want |= CAP_WANT_NAMESPACES;
	if (interest->extra & EXTRA_TIME)
		want |= CAP_WANT_TIMES;
	control->want[next & 1] = want;
	__atomic_store_n(&control->generation, next, __ATOMIC_RELEASE);
}
