/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_LABEL_H
#define UAUDIT_BPF_LABEL_H

/*
 * Labels of AppArmor. What they are called programs cannot be told, but which one a task has: the engine asks /proc for the name
 * of one that it does not know (source/bpf/labels.h), and hears from here which label that was.
 */

#include "item.bpf.h"
#include "load.bpf.h"

#define LABEL_WORDS 8 /* of what security modules keep with credentials, in which it is looked for */

/* Where is it? In the engine's own credentials, as it has read its own label. */
static __always_inline void find_label(struct cap_control *c, __u64 label)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 words[LABEL_WORDS] = { 0 };

	for (__u32 i = 0; i < LABEL_WORDS; i++) {
		bpf_probe_read_kernel(&words[i], sizeof(words[i]), (__u64 *)task->cred->security + i);
		if (words[i] == label) {
			c->label_at = i + 1;
			return;
		}
	}
}

SEC("?fentry/aa_getprocattr")
int BPF_PROG(aside_label_read, void *label)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();

	if (!c || task->tgid != (pid_t)c->exempt[0])
		return 0;
	c->label_read = (__u64)label;
	if (!c->label_at)
		find_label(c, (__u64)label);
	return 0;
}

static __always_inline __u32 put_label(struct record *r, __u32 at, const struct cap_control *c, struct task_struct *task)
{
	__u32 here = at, word = c->label_at;
	__u64 *label;

	if (!word)
		return at;
	label = record_item(r, &here, CAP_ITEM_LABEL, sizeof(*label));
	if (bpf_probe_read_kernel(label, sizeof(*label), (__u64 *)task->cred->security + (word - 1)))
		return at;
	return here;
}

#endif
