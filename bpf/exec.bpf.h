/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_EXEC_H
#define UAUDIT_BPF_EXEC_H

/* What execve says: arguments of any length, credentials before and after. */

#include "chunk.bpf.h"
#include "file.bpf.h"

#define ARGV_MAX    (2u * 1024 * 1024) /* bytes that an event carries */
#define ARGV_INLINE 4096u	       /* that the record itself carries */

static __always_inline void put_cred(struct cap_cred *to, const struct cred *cred)
{
	bpf_probe_read_kernel(&to->permitted, sizeof(__u64), &cred->cap_permitted);
	bpf_probe_read_kernel(&to->inheritable, sizeof(__u64), &cred->cap_inheritable);
	bpf_probe_read_kernel(&to->effective, sizeof(__u64), &cred->cap_effective);
	bpf_probe_read_kernel(&to->ambient, sizeof(__u64), &cred->cap_ambient);
	to->uid = cred->uid.val;
	to->euid = cred->euid.val;
}

static __always_inline __u32 record_bprm(struct record *r, __u32 at, struct task_struct *task, struct call *c)
{
	struct cap_bprm *bprm;
	__u32 here = at;

	if (at >= RECORD_ROOM)
		return at;
	bprm = record_item(r, &here, CAP_ITEM_BPRM, sizeof(*bprm));
	bprm->before = c->before;
	put_cred(&bprm->after, task->cred);
	return here;
}

/* The new program has not run yet: its argument area is as the kernel has made it. */
__noinline __u32 record_argv(struct record *r, __u32 at, struct call *c)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mm_struct *mm = task->mm;
	struct cap_argv *argv;
	__u64 start, len;
	__u32 here = at;

	if (!r || !mm || !c || at >= RECORD_ROOM)
		return at;
	start = LOAD(mm, arg_start);
	len = LOAD(mm, arg_end) - start;
	argv = record_item(r, &here, CAP_ITEM_ARGV, sizeof(*argv));
	argv->len = len;
	argv->nr = 0;
	argv->flags = 0;
	if (len <= ARGV_INLINE) {
		here = at;
		argv = record_item(r, &here, CAP_ITEM_ARGV, sizeof(*argv) + (__u32)len);
		if (bpf_probe_read_user(argv + 1, (__u32)len & (2 * ARGV_INLINE - 1), (void *)start))
			argv->flags = CAP_F_FAULT;
		return here;
	}
	argv->flags = CAP_F_CHUNKS;
	argv->nr = ++c->texts;
	if (send_text(c, argv->nr, start, len > ARGV_MAX ? ARGV_MAX : len) || len > ARGV_MAX)
		argv->flags |= CAP_F_CUT;
	return here;
}

static __always_inline void put_program(struct call *c, struct linux_binprm *bprm)
{
	struct file *file = LOAD(bprm, file);
	struct cap_file *f;

	f = call_item(c, CAP_ITEM_PROGRAM, sizeof(*f));
	if (!f)
		return;
	f->fd = -1;
	f->flags = LOAD(bprm, interp) != LOAD(bprm, filename) ? CAP_F_SCRIPT : 0;
	put_inode(&f->inode, LOAD(file, f_inode));
}

/* The kernel's own copy of the path. */
static __always_inline void put_program_path(struct call *c, struct linux_binprm *bprm)
{
	__u32 arg = c->shape.args[0] == ARG_PATH ? 0 : 1;
	struct cap_arg *a;
	long n;

	if (!(c->missed & 1u << arg))
		return;
	a = call_item(c, CAP_ITEM_ARG, sizeof(*a));
	if (!a)
		return;
	*a = (struct cap_arg){ .arg = arg, .kind = ARG_PATH, .pointer = c->passed[arg], .flags = CAP_F_KERNEL };
	n = bpf_probe_read_kernel_str(a + 1, CALL_STRING, LOAD(bprm, filename));
	if (n > 0)
		call_item_cut(c, a, sizeof(*a) + (__u32)n - 1);
	else
		a->flags = CAP_F_FAULT;
	c->missed &= ~(1u << arg);
}

#endif
