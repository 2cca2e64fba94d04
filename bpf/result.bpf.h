/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_RESULT_H
#define UAUDIT_BPF_RESULT_H

/* What a call says when it has returned: addresses and descriptors that it hands out, the files behind them. */

#include "args.bpf.h"
#include "facts.bpf.h"
#include "names.bpf.h"
#include "walk.bpf.h"

#define PTMX_DEV (5u << 20 | 2)

static __always_inline __u32 mmsghdr_size(const struct call *c)
{
	return c->is_compat ? 32 : 64;
}

__noinline int put_result(struct call *c, __u32 arg, long ret)
{
	__u64 value;
	__s32 len = 0;

	if (!c || arg >= EVT_ARGS)
		return 0;
	value = c->passed[arg];
	switch (c->shape.args[arg]) {
	case ARG_FD_PAIR:
		(void)put_memory(c, arg, EVT_ITEM_FD_PAIR, 0, value, 8);
		break;
	case ARG_SOCKADDR_OUT:
		if (value && arg + 1 < EVT_ARGS &&
			!bpf_probe_read_user(&len, sizeof(len), (void *)c->passed[arg + 1]))
			put_address(c, arg, value, len);
		break;
	case ARG_MSGHDR_OUT:
		put_message_address(c, arg, value);
		break;
	case ARG_MMSGHDR:
	case ARG_MMSGHDR_OUT:
		/* each message's address was copied: the last one stays */
		if (ret > 0)
			put_message_address(c, arg, value + (__u64)(ret - 1) * mmsghdr_size(c));
		break;
	}
	return 0;
}

static __always_inline void put_results(struct call *c, long ret)
{
	if (ret < 0 || !c->shape.fills)
		return;
	for (__u32 i = 0; i < EVT_ARGS; i++)
		if (c->shape.fills >> i & 1)
			put_result(c, i, ret);
}

static __always_inline void put_capset(struct task_struct *task, struct call *c)
{
	struct evt_capset *capset = call_item(c, EVT_ITEM_CAPSET, sizeof(*capset));
	const struct cred *cred = task->cred;

	if (!capset)
		return;
	__builtin_memset(capset, 0, sizeof(*capset));
	capset->pid = task->tgid;
	bpf_probe_read_kernel(&capset->inheritable, sizeof(__u64), &cred->cap_inheritable);
	bpf_probe_read_kernel(&capset->permitted, sizeof(__u64), &cred->cap_permitted);
	bpf_probe_read_kernel(&capset->effective, sizeof(__u64), &cred->cap_effective);
	bpf_probe_read_kernel(&capset->ambient, sizeof(__u64), &cred->cap_ambient);
}

static __always_inline int is_open(const struct call *c)
{
	return c->shape.effect == EFFECT_OPEN || c->shape.effect == EFFECT_CREAT;
}

/* The file is the one that the task opened last: what was told of it is told again. */
static __always_inline int is_opened_again(struct task_struct *task, struct call *c, long ret)
{
	struct file *file = ret >= 0 ? file_of(task, (__s32)ret) : NULL;

	if (!file || !is_last_object(c, LOAD(file, f_path.dentry)))
		return 0;
	put_name_again(c);
	return 1;
}

/* For the filter: an open that worked came across this file alone, and the directory that it made it in. */
__noinline int note_opened(struct call *c, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file;
	struct dentry *dentry;
	int fact;

	if (!c || ret < 0)
		return 0;
	file = file_of(task, (__s32)ret);
	/* opening ptmx makes a terminal */
	if (!file || LOAD(file, f_inode, i_rdev) == PTMX_DEV)
		return 0;
	dentry = LOAD(file, f_path.dentry);
	fact = call_fact(c, dentry);
	if (fact || c->is_expected)
		put_named(c, dentry, fact);
	if ((__u32)LOAD(file, f_mode) & FMODE_CREATED_BIT)
		call_fact(c, LOAD(dentry, d_parent));
	c->knows_objects = 1;
	return 0;
}

/* A descriptor's path; its object, unless that was noted at the entry already. */
__noinline __u32 record_file(struct record *r, __u32 at, __s32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = file_of(task, fd);
	struct cap_file *f;
	__u32 here = at;

	if (!r || !file || !task->fs || at >= RECORD_ROOM)
		return at;
	f = record_item(r, &here, CAP_ITEM_FILE, sizeof(*f));
	f->fd = fd;
	f->flags = 0;
	put_inode(&f->inode, LOAD(file, f_inode));
	return record_chain(r, at, sizeof(*f), (__u64)&file->f_path, NULL);
}

/* Opening ptmx, a struct file, makes a terminal: its node has no name in the call. */
__noinline __u32 record_terminal(struct record *r, __u32 at, __u64 ptmx)
{
	struct file *file = (struct file *)ptmx;
	struct tty_file_private *private = LOAD(file, private_data);
	struct dentry *dentry = LOAD(private, tty, link, driver_data);
	struct dentry *parent = LOAD(dentry, d_parent);
	struct cap_child *child;
	__u32 here = at;

	if (!r || !parent || at >= RECORD_ROOM)
		return at;
	child = record_item(r, &here, CAP_ITEM_CHILD, sizeof(*child));
	child->nametype = EVT_NAME_CREATE;
	child->flags = CAP_F_AFTER;
	put_inode(&child->dir, LOAD(parent, d_inode));
	put_inode(&child->inode, LOAD(dentry, d_inode));
	return here;
}

static __always_inline __u32 record_made_in(struct record *r, __u32 at, struct inode *dir)
{
	__u32 here = at;

	if (at >= RECORD_ROOM)
		return at;
	put_inode(record_item(r, &here, CAP_ITEM_MADE_IN, sizeof(struct cap_inode)), dir);
	return here;
}

/* The file that an open made a descriptor for, a struct file; the directory that it has made it in; the terminal. */
__noinline __u32 record_opened(struct record *r, __u32 at, __s32 fd, __u64 opened, __u32 has_chain)
{
	struct file *file = (struct file *)opened;
	int is_made, is_terminal;
	struct cap_file *f;
	__u32 here = at;

	if (!r || !file || at >= RECORD_ROOM)
		return at;
	is_made = ((__u32)LOAD(file, f_mode) & FMODE_CREATED_BIT) != 0;
	f = record_item(r, &here, CAP_ITEM_OPENED, sizeof(*f));
	f->fd = fd;
	f->flags = (LOAD(file, f_flags) & O_TMPFILE_BIT ? CAP_F_TMPFILE : 0) | (is_made ? CAP_F_CREATED : 0);
	put_inode(&f->inode, LOAD(file, f_inode));
	is_terminal = takes_paths && f->inode.rdev == PTMX_DEV && (f->inode.mode & 0170000) == 0020000;
	/* what was made through a link has another name than the program said */
	if (has_chain || is_made)
		here = record_chain(r, at, sizeof(*f), (__u64)&file->f_path, NULL);
	if (is_made)
		here = record_made_in(r, here, LOAD(file, f_path.dentry, d_parent, d_inode));
	return is_terminal ? record_terminal(r, here, opened) : here;
}

static __always_inline __u32 record_files(
	struct record *r, __u32 at, struct task_struct *task, const struct call *c, long ret, __u32 want)
{
	int has_opened = is_open(c) && ret >= 0;
	__u8 told = 0;

	if (has_opened)
		at = record_opened(r, at, (__s32)ret, (__u64)file_of(task, (__s32)ret), want & CAP_WANT_CHAINS);
	/* where a relative path begins: an open that worked has told */
	if (!has_opened || (want & CAP_WANT_CHAINS))
		told |= c->shape.dirs;
	if (want & CAP_WANT_CHAINS)
		told |= c->shape.files;
	if (!told)
		return at;
	for (__u32 i = 0; i < EVT_ARGS; i++)
		if ((told >> i & 1) && (__s32)c->passed[i] >= 0)
			at = record_file(r, at, (__s32)c->passed[i]);
	return at;
}

#endif
