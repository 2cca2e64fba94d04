/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_SIGNAL_H
#define UAUDIT_BPF_SIGNAL_H

/* Whom a call sends a signal to. */

#include "item.bpf.h"

#define INFO_KINDS 4096 /* below that it is no pointer, but says who sends: 0 is the task itself */
#define SI_TIMER_CODE (-2) /* include/uapi/asm-generic/siginfo.h */

/* As si_fromuser() in the kernel. */
static __always_inline int is_from_program(const struct kernel_siginfo *info)
{
	int code;

	if ((unsigned long)info < INFO_KINDS)
		return !info;
	code = BPF_CORE_READ(info, si_code);
	return code <= 0 && code != SI_TIMER_CODE;
}

static __always_inline void put_target(struct call *c, struct task_struct *target)
{
	struct evt_obj_pid *item = call_item(c, EVT_ITEM_OBJ_PID, sizeof(*item));

	if (!item)
		return;
	item->pid = target->tgid;
	item->auid = target->loginuid.val;
	item->uid = BPF_CORE_READ(target, cred, uid.val);
	item->ses = target->sessionid;
	__builtin_memset(item->comm, 0, sizeof(item->comm));
	bpf_probe_read_kernel_str(item->comm, sizeof(item->comm), target->comm);
}

#endif
