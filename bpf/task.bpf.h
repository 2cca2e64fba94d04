/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_TASK_H
#define UAUDIT_BPF_TASK_H

/* What records say of the task itself: header, program, directory, terminal, title. */

#include "label.bpf.h"
#include "walk.bpf.h"

#define AUDIT_ARCH_X86_64 0xc000003e
#define AUDIT_ARCH_I386	  0x40000003
#define X32_SYSCALL_BIT	  0x40000000
#define TS_COMPAT	  0x0002 /* arch/x86/include/asm/thread_info.h */
#define PF_KTHREAD	  0x00200000

static __always_inline int is_compat_call(const struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline void put_header(struct record *r, struct task_struct *task, __u16 kind, __u64 cgroup)
{
	struct evt_hdr *h = (void *)r->bytes;
	const struct cred *cred = task->cred;

	__builtin_memset(h, 0, sizeof(*h));
	h->version = EVT_VERSION;
	h->kind = kind;
	h->source = EVT_SRC_BPF;
	h->tid = task->pid;
	h->tgid = task->tgid;
	h->ppid = task->real_parent->tgid;
	h->uid = cred->uid.val;
	h->gid = cred->gid.val;
	h->euid = cred->euid.val;
	h->suid = cred->suid.val;
	h->fsuid = cred->fsuid.val;
	h->egid = cred->egid.val;
	h->sgid = cred->sgid.val;
	h->fsgid = cred->fsgid.val;
	h->auid = task->loginuid.val;
	h->ses = task->sessionid;
	h->pers = task->personality;
	h->cgroup = cgroup;
	__builtin_memcpy(h->comm, task->comm, sizeof(h->comm));
}

/* One division: the compiler makes two of / and %. */
static __always_inline void set_time(struct evt_hdr *h, __u64 ns)
{
	h->time_sec = ns / 1000000000;
	h->time_nsec = ns - (__u64)h->time_sec * 1000000000;
}

/* Header and origin; returns the offset behind them. */
static __always_inline __u32 record_begin(
	struct record *r, struct task_struct *task, __u16 kind, __u64 cgroup, __u32 number)
{
	__u32 at = sizeof(struct evt_hdr);
	struct cap_origin *origin;

	put_header(r, task, kind, cgroup);
	origin = record_item(r, &at, CAP_ITEM_ORIGIN, sizeof(*origin));
	__builtin_memset(origin, 0, sizeof(*origin));
	origin->call = number;
	return at;
}

static __always_inline __u32 put_exe(
	struct record *r, __u32 at, struct task_struct *task, struct known_chain *known)
{
	struct mm_struct *mm = task->mm;
	struct file *file;
	struct inode *inode;
	struct evt_exe *exe;
	__u32 here = at;

	if (!mm || !task->fs)
		return at;
	file = mm->exe_file;
	if (!file)
		return at;
	inode = file->f_inode;
	exe = record_item(r, &here, CAP_ITEM_EXE, sizeof(*exe));
	exe->ino = inode->i_ino;
	exe->dev_major = inode->i_sb->s_dev;
	exe->dev_minor = 0;
	return record_chain(r, at, sizeof(*exe), LOAD_NUMBER(mm, exe_file) + bpf_core_field_offset(struct file, f_path), known);
}

static __always_inline __u32 put_cwd(
	struct record *r, __u32 at, struct task_struct *task, struct known_chain *known)
{
	struct fs_struct *fs = task->fs;
	__u32 here = at;

	if (!fs)
		return at;
	record_item(r, &here, CAP_ITEM_CWD, 0);
	return record_chain(r, at, 0, LOAD_NUMBER(task, fs) + bpf_core_field_offset(struct fs_struct, pwd), known);
}

static __always_inline __u32 put_tty(struct record *r, __u32 at, struct task_struct *task)
{
	struct tty_struct *tty = task->signal->tty;
	__u32 here = at;
	char *name;
	long n;

	if (!tty)
		return at;
	name = record_item(r, &here, EVT_ITEM_TTY, 64);
	n = bpf_probe_read_kernel_str(name, 64, (void *)tty + bpf_core_field_offset(struct tty_struct, name));
	if (n <= 1)
		return at;
	((struct evt_item *)(void *)(r->bytes + (at & (RECORD_ROOM - 1))))->len = (__u32)n - 1;
	return at + sizeof(struct evt_item) + PADDED((__u32)n - 1);
}

static __always_inline __u32 put_title(struct record *r, __u32 at, struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	__u64 start, end, len;
	__u32 here = at;
	char *title;

	if (!mm)
		return at;
	start = LOAD(mm, arg_start);
	end = LOAD(mm, arg_end);
	if (!start || end <= start)
		return at;
	len = end - start;
	if (len > EVT_PROCTITLE_MAX)
		len = EVT_PROCTITLE_MAX;
	title = record_item(r, &here, CAP_ITEM_TITLE, (__u32)len);
	if (bpf_probe_read_user(title, len & 0xff, (void *)start))
		return at;
	return here;
}

/* The working directory before the call changes it, among the items of the call. */
static __noinline int keep_cwd(struct task_struct *task, struct call *c)
{
	__u32 zero = 0, len, at;
	struct record *r = bpf_map_lookup_elem(&records, &zero);

	if (!r || !c)
		return 0;
	len = put_cwd(r, 0, task, &c->cwd);
	at = c->used;
	if (!len || len > CALL_STRING || at > CALL_ROOM)
		return 0;
	if (bpf_probe_read_kernel(c->items + at, len, r->bytes) == 0)
		c->used = at + len;
	return 0;
}

static __always_inline __u32 put_times(struct record *r, __u32 at, __u64 entered, __u32 has_returned)
{
	__u32 here = at;
	struct cap_times *times = record_item(r, &here, CAP_ITEM_TIMES, sizeof(*times));

	times->entered = entered;
	times->left = has_returned ? bpf_ktime_get_ns() : 0;
	return here;
}

#define GROUPS_MAX 1024u /* supplementary groups that an event carries */

__noinline __u32 put_groups(struct record *r, __u32 at)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct group_info *info = LOAD(task, cred, group_info);
	__u32 n = LOAD(info, ngroups), here = at;
	struct evt_item *item;
	void *to;

	if (!r || at >= RECORD_ROOM)
		return at;
	item = (void *)(r->bytes + at);
	to = record_item(r, &here, EVT_ITEM_GROUPS, 0);
	if (n > GROUPS_MAX) {
		n = GROUPS_MAX;
		((struct evt_hdr *)(void *)r->bytes)->flags |= EVT_F_TRUNCATED;
	}
	if (bpf_probe_read_kernel(to, n * sizeof(__u32), (void *)info + bpf_core_field_offset(struct group_info, gid)))
		return at;
	item->len = n * sizeof(__u32);
	return here + PADDED(n * (__u32)sizeof(__u32));
}

static __always_inline __u32 put_ids(struct record *r, __u32 at, struct task_struct *task)
{
	struct nsproxy *ns = task->nsproxy;
	struct dentry *root;
	struct cap_ids *ids;
	__u32 here = at;

	if (!ns || !task->fs)
		return at;
	ids = record_item(r, &here, CAP_ITEM_IDS, sizeof(*ids));
	/* loads that the verifier lets through as they are: a helper for each would cost more than all the rest of the event */
	root = task->fs->root.dentry;
	ids->root_ino = root->d_inode->i_ino;
	ids->root_dev = root->d_sb->s_dev;
	ids->ipc_ns = ns->ipc_ns->ns.inum;
	ids->uts_ns = ns->uts_ns->ns.inum;
	ids->cgroup_ns = ns->cgroup_ns->ns.inum;
	ids->pid_ns = ns->pid_ns_for_children->ns.inum;
	ids->mnt_ns = ns->mnt_ns->ns.inum;
	ids->net_ns = ns->net_ns->ns.inum;
	ids->user_ns = task->cred->user_ns->ns.inum;
	return here;
}

#endif
