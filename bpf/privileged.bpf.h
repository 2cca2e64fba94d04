/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_PRIVILEGED_H
#define UAUDIT_BPF_PRIVILEGED_H

/* What privileged calls do: modules, the clock. */

#include "args.bpf.h"
#include "names.bpf.h"

#define MODULE_NAME 57 /* bytes; MODULE_NAME_LEN of 64-bit kernels and one more: a longer name is none */

/* ---- modules ---- */

/* The last one counts. in_kernel: where the name is. */
static __noinline int put_module(struct call *c, __u64 name, __u32 in_kernel)
{
	__u32 *head;
	long n;

	if (!c)
		return 0;
	head = call_item(c, EVT_ITEM_KERN_MODULE, 2 * sizeof(*head) + MODULE_NAME);
	if (!head)
		return 0;
	head[0] = 1;
	head[1] = 0;
	n = in_kernel ? bpf_probe_read_kernel_str(head + 2, MODULE_NAME, (void *)name)
		      : bpf_probe_read_user_str(head + 2, MODULE_NAME, (void *)name);
	call_item_cut(c, head, 2 * sizeof(*head) + (n > 0 ? (__u32)n - 1 : 0));
	return 0;
}

/* The name that a call passes; it is there when the call returns. */
static __always_inline void put_removed_module(struct call *c)
{
	if (c->shape.about == CAP_ABOUT_UNLOAD)
		put_module(c, c->passed[0], 0);
}

/* An image is there, and is looked at. */
SEC("?fentry/module_sig_check")
int BPF_PROG(aside_module_begins, void *info)
{
	static const char unknown[] = "?";

	put_module(current_call(), (__u64)unknown, 1);
	return 0;
}

/* Its name is the first thing that is looked for. */
SEC("?fexit/get_next_modinfo")
int BPF_PROG(aside_module_named, void *info, const char *tag, char *previous, char *value)
{
	struct call *c = current_call();
	char text[8] = "";

	if (!c || !value)
		return 0;
	bpf_probe_read_kernel_str(text, sizeof(text), tag);
	if (text[0] == 'n' && text[1] == 'a' && text[2] == 'm' && text[3] == 'e' && !text[4])
		put_module(c, (__u64)value, 1);
	return 0;
}

/* Where functions cannot be traced: of a module that is loaded the kernel tells. */
SEC("?tp_btf/module_load")
int BPF_PROG(module_loaded, struct module *module)
{
	put_module(current_call(), (__u64)module->name, 1);
	return 0;
}

/* ---- programs ---- */

#define BPF_PROG_LOAD_COMMAND 5

/* Likewise: whose descriptor the call has made. */
static __always_inline void put_loaded(struct task_struct *task, struct call *c, long ret)
{
	struct file *file = ret >= 0 && (__u32)c->args[0] == BPF_PROG_LOAD_COMMAND ? file_of(task, (__s32)ret) : NULL;
	struct bpf_prog *program;
	struct evt_bpf *item;

	if (!file)
		return;
	item = call_item(c, EVT_ITEM_BPF, sizeof(*item));
	c->is_forced = 1;
	if (!item)
		return;
	program = LOAD(file, private_data);
	item->prog_id = LOAD(program, aux, id);
	item->op = EVT_BPF_LOAD;
}

/* ---- the clock ---- */

/* Not each kernel lets programs see it: those that do are not loaded then (source/bpf/tier.c). */
extern const struct hrtimer_cpu_base hrtimer_bases __ksym __weak;

/* How far the clock is from the monotonic one, ns: whoever sets it sees to it that each CPU's timers know before he is done. */
static __always_inline __s64 clock_distance(void)
{
	const struct hrtimer_cpu_base *base = bpf_this_cpu_ptr(&hrtimer_bases);

	return base->clock_base[HRTIMER_BASE_REALTIME].offset;
}

static __always_inline int note_clock(void)
{
	struct call *c = current_call();

	if (c)
		c->clock_distance = clock_distance();
	return 0;
}

static __always_inline int put_clock(void)
{
	struct call *c = current_call();
	__s64 set, *item;

	if (!c)
		return 0;
	set = clock_distance() - c->clock_distance;
	item = set ? call_item(c, CAP_ITEM_CLOCK, sizeof(*item)) : NULL;
	if (item)
		*item = set;
	return 0;
}

SEC("?fentry/do_settimeofday64")
int BPF_PROG(aside_clock_before_set)
{
	return note_clock();
}

SEC("?fexit/do_settimeofday64")
int BPF_PROG(aside_clock_after_set)
{
	return put_clock();
}

SEC("?fentry/do_adjtimex")
int BPF_PROG(aside_clock_before_adjusted)
{
	return note_clock();
}

SEC("?fexit/do_adjtimex")
int BPF_PROG(aside_clock_after_adjusted)
{
	return put_clock();
}

/* Old and new values are there whether anybody audits or not. */
SEC("?fexit/__do_adjtimex")
int BPF_PROG(aside_adjusted, void *txc, const void *ts, void *tai, struct audit_ntp_data *data)
{
	struct call *c = current_call();
	struct evt_ntp *item;

	if (!c)
		return 0;
	for (__u32 i = 0; i < _EVT_NTP_MAX; i++) {
		if (data->vals[i].oldval == data->vals[i].newval)
			continue;
		item = call_item(c, EVT_ITEM_NTP, sizeof(*item));
		if (item)
			*item = (struct evt_ntp){ .op = i, .old = data->vals[i].oldval, .now = data->vals[i].newval };
	}
	return 0;
}

#endif
