/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_LOGIN_H
#define UAUDIT_BPF_LOGIN_H

/* Writes of a login uid to /proc/PID/loginuid, which are recorded whatever the rules say (spec kernel 4.8). */

#include "args.bpf.h"

#define PROC_MAGIC     0x9fa0
#define LOGIN_TEXT_MAX 34 /* bytes that the kernel looks at: a sign, 32 digits and a line end */
#define WRITE_NR_64    1
#define WRITE_NR_32    4
#define NO_PERMISSION  (-1)

static __always_inline int is_loginuid(struct file *file)
{
	static const char wanted[] = "loginuid";
	struct dentry *dentry = LOAD(file, f_path.dentry);
	char name[16] = {};

	if (LOAD(dentry, d_sb, s_magic) != PROC_MAGIC)
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), LOAD(dentry, d_name.name));
	for (__u32 i = 0; i < sizeof(wanted); i++)
		if (name[i] != wanted[i])
			return 0;
	return 1;
}

/* The file is that of the task itself, and the write begins at its start: nothing else is ever a login. */
static __always_inline int is_own_loginuid(struct task_struct *task, struct call *c, struct file *file)
{
	struct inode *inode = LOAD(file, f_inode);
	struct proc_inode *proc = (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	struct pid *pid = LOAD(proc, pid);

	if (pid != LOAD(task, thread_pid) && pid != LOAD(task, group_leader, thread_pid))
		return 0;
	return LOAD(file, f_pos) == 0;
}

/* While there are none, the exit of a short write is not looked at: its descriptor may be another file's by then. */
static __always_inline void login_begins(struct call *c)
{
	struct cap_control *control = control_get();

	c->is_login = 1;
	if (control)
		__sync_fetch_and_add(&control->n_logins, 1);
}

/* Before the write. */
__noinline int note_login(struct call *c)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file;
	__u32 len;

	if (!c)
		return 0;
	c->is_login = 0;
	file = file_of(task, (__s32)c->args[0]);
	if (!file || !is_loginuid(file))
		return 0;
	login_begins(c);
	c->login.old_auid = task->loginuid.val;
	c->login.old_ses = task->sessionid;
	c->login.is_own = is_own_loginuid(task, c, file);
	len = c->args[2] < LOGIN_TEXT_MAX ? c->args[2] : LOGIN_TEXT_MAX;
	if (len)
		put_raw(c, 1, len);
	return 0;
}

/* After it: a login that was done, or refused for what it would have been. */
__noinline int put_login(struct call *c, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_login *login;

	if (!c || !c->is_login || !(ret > 0 || (ret == NO_PERMISSION && c->login.is_own)))
		return 0;
	c->is_forced = 1;
	login = call_item(c, CAP_ITEM_LOGIN, sizeof(*login));
	if (!login)
		return 0;
	*login = c->login;
	login->auid = task->loginuid.val;
	login->ses = task->sessionid;
	return 0;
}

static __always_inline void login_ends(struct call *c, __u32 has_returned, long ret)
{
	struct cap_control *control = control_get();

	if (control)
		__sync_fetch_and_add(&control->n_logins, -1);
	if (has_returned)
		put_login(c, ret);
	c->is_login = 0;
}

#endif
