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

/* The kernel's clock tick of the last stamp, and the stamp: of all CPUs, so that stamps do not go back. */
__u64 stamp_tick, stamp_ns;

/*
 * As the kernel stamps its events, with a clock that goes on with its ticks: to read the exact one takes as long as all else at
 * the entry of a call. Exact where somebody asks how long calls take.
 */
static __always_inline __u64 stamp_now(__u32 want)
{
	__u64 tick = bpf_jiffies64();

	if (want & CAP_WANT_TIMES)
		return bpf_ktime_get_ns();
	if (*(volatile __u64 *)&stamp_tick != tick) {
		*(volatile __u64 *)&stamp_ns = bpf_ktime_get_ns();
		*(volatile __u64 *)&stamp_tick = tick;
	}
	return *(volatile __u64 *)&stamp_ns;
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
	r->fs = LOAD_NUMBER(task, fs);
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

/* Reading it is a tenth of what an event costs: what is known of it counts for so long, which is a clock tick or two. */
#define TITLE_NS 1000000

/* known: of the current task. now: struct call.entered. */
static __always_inline __u32 put_title(
	struct record *r, __u32 at, struct task_struct *task, struct known_title *known, __u64 now)
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
	if (known->start == start && known->len == len && now - known->read_ns < TITLE_NS) {
		copy_room(title, known->bytes, len, KNOWN_TITLE);
		return here;
	}
	if (bpf_probe_read_user(title, len & 0xff, (void *)start))
		return at;
	known->read_ns = now;
	known->start = start;
	known->len = len;
	copy_room(known->bytes, title, KNOWN_TITLE, KNOWN_TITLE);
	return here;
}

/* The working directory before the call changes it, among the items of the call. */
static __noinline int keep_cwd(struct task_struct *task, struct call *c)
{
	__u32 zero = 0, len, at;
	struct record *r = bpf_map_lookup_elem(&records, &zero);

	if (!r || !c)
		return 0;
	r->fs = LOAD_NUMBER(task, fs);
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

static __always_inline __u32 put_places(struct record *r, __u32 at, struct task_struct *task, __u32 want)
{
	struct nsproxy *ns = task->nsproxy;
	struct cap_namespaces *names;
	struct cap_root *root;
	struct dentry *dentry;
	__u32 here = at;

	if (!ns || !task->fs)
		return at;
	root = record_item(r, &here, CAP_ITEM_ROOT, sizeof(*root));
	/* loads that the verifier lets through as they are: a helper for each would cost more than all the rest of the event */
	dentry = task->fs->root.dentry;
	root->ino = dentry->d_inode->i_ino;
	root->dev = dentry->d_sb->s_dev;
	root->mnt_ns = ns->mnt_ns->ns.inum;
	if (!(want & CAP_WANT_NAMESPACES))
		return here;
	names = record_item(r, &here, CAP_ITEM_NAMESPACES, sizeof(*names));
	names->pid = ns->pid_ns_for_children->ns.inum;
	names->net = ns->net_ns->ns.inum;
	names->user = task->cred->user_ns->ns.inum;
	names->ipc = ns->ipc_ns->ns.inum;
	names->uts = ns->uts_ns->ns.inum;
	names->cgroup = ns->cgroup_ns->ns.inum;
	return here;
}

#endif
