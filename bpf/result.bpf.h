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
	if (ret < 0)
		return;
	for (__u32 i = 0; i < EVT_ARGS; i++)
		if (c->shape.args[i] >= ARG_FD_PAIR)
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

/* For the filter: an open that worked came across this file alone, and the directory that it made it in. */
__noinline int note_opened(struct call *c, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file;
	struct dentry *dentry;

	if (!c || ret < 0)
		return 0;
	file = file_of(task, (__s32)ret);
	/* opening ptmx makes a terminal */
	if (!file || LOAD(file, f_inode, i_rdev) == PTMX_DEV)
		return 0;
	dentry = LOAD(file, f_path.dentry);
	if (call_fact(c, dentry))
		put_named(c, dentry);
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

/* The file that an open made a descriptor for; the directory that it has made it in. */
__noinline __u32 record_opened(struct record *r, __u32 at, __s32 fd, __u32 has_chain)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = file_of(task, fd);
	struct cap_opened *o;
	__u32 here = at;

	if (!r || !file || !task->fs || at >= RECORD_ROOM)
		return at;
	o = record_item(r, &here, CAP_ITEM_OPENED, sizeof(*o));
	o->fd = fd;
	o->flags = LOAD(file, f_flags) & O_TMPFILE_BIT ? CAP_F_TMPFILE : 0;
	put_inode(&o->inode, LOAD(file, f_inode));
	if ((__u32)LOAD(file, f_mode) & FMODE_CREATED_BIT) {
		o->flags |= CAP_F_CREATED;
		put_inode(&o->dir, LOAD(file, f_path.dentry, d_parent, d_inode));
	} else {
		__builtin_memset(&o->dir, 0, sizeof(o->dir));
	}
	/* what was made through a link has another name than the program said */
	if (!has_chain && !(o->flags & CAP_F_CREATED))
		return here;
	return record_chain(r, at, sizeof(*o), (__u64)&file->f_path, NULL);
}

/* Opening ptmx makes a terminal: its node has no name in the call. */
__noinline __u32 record_terminal(struct record *r, __u32 at, __s32 fd)
{
	struct file *file = file_of(bpf_get_current_task_btf(), fd);
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

static __always_inline int is_ptmx(struct task_struct *task, __s32 fd)
{
	struct file *file = file_of(task, fd);

	return file && LOAD(file, f_inode, i_rdev) == PTMX_DEV && (LOAD(file, f_inode, i_mode) & 0170000) == 0020000;
}

static __always_inline __u32 record_files(
	struct record *r, __u32 at, const struct call *c, long ret, __u32 want)
{
	int opens = is_open(c);

	if (opens && ret >= 0)
		at = record_opened(r, at, (__s32)ret, want & CAP_WANT_CHAINS);
	if (opens && ret >= 0 && takes_paths && is_ptmx(bpf_get_current_task_btf(), (__s32)ret))
		at = record_terminal(r, at, (__s32)ret);
	for (__u32 i = 0; i < EVT_ARGS; i++) {
		__u8 kind = c->shape.args[i];
		__s32 fd = (__s32)c->passed[i];

		/* where a relative path begins: an open that worked has told */
		if ((kind == ARG_DIRFD || kind == ARG_DIRFD2) && fd >= 0 &&
			(!opens || ret < 0 || (want & CAP_WANT_CHAINS)))
			at = record_file(r, at, fd);
		else if (kind == ARG_FD && fd >= 0 && (want & CAP_WANT_CHAINS))
			at = record_file(r, at, fd);
	}
	return at;
}

#endif
