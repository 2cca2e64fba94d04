/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_HOOKS_H
#define UAUDIT_BPF_HOOKS_H

/*
 * The programs of the full tier: functions of the kernel in which it calls its audit hooks, or right beside which. None of
 * them is loaded unless the kernel has the function and lets programs be attached to it (source/bpf/hooks.h).
 */

#include "names.bpf.h"

#define RENAME_EXCHANGE_BIT 2u /* include/uapi/linux/fs.h */
#define S_DEAD_BIT	    (1u << 4) /* include/linux/fs.h */
#define RESOLVE_LAST_NORM   0  /* LAST_NORM in include/linux/namei.h */

/* ---- strings ---- */

static __always_inline int name_copied(struct call *c, const struct filename *name)
{
	/* two of these programs may tell of the same one */
	if (!c || !name || is_error(name) || c->copied == (__u64)name)
		return 0;
	put_name_string(c, name);
	c->copied = (__u64)name;
	return 0;
}

/* How many arguments it has depends on the kernel: the result is asked for. */
SEC("?fexit/getname_flags")
int name_copied_flags(__u64 *ctx)
{
	struct call *c = current_call();
	__u64 name = 0;

	if (!c || bpf_get_func_ret(ctx, &name))
		return 0;
	return name_copied(c, (void *)name);
}

/* Kernels inline the one above in these, wholly or in part: what was told already is left out. */
SEC("?fexit/getname")
int BPF_PROG(name_copied_plain, const char *from, struct filename *name)
{
	return name_copied(current_call(), name);
}

SEC("?fexit/getname_uflags")
int BPF_PROG(name_copied_uflags, const char *from, int flags, struct filename *name)
{
	return name_copied(current_call(), name);
}

SEC("?fexit/getname_kernel")
int BPF_PROG(name_made, const char *text, struct filename *name)
{
	struct call *c = current_call();

	if (c && name && !is_error(name))
		put_name_string(c, name);
	return 0;
}

/* ---- lookups ---- */

SEC("?fexit/filename_lookup")
int BPF_PROG(name_looked_up, int dfd, struct filename *name, unsigned int flags, struct path *path, struct path *root, int ret)
{
	struct call *c = current_call();

	if (!c || !name || is_error(name))
		return 0;
	know_name(c, name);
	c->copied = 0;
	if (ret)
		return 0;
	put_name_object(c, name, LOAD(path, dentry), LOAD(path, mnt),
		c->shape.effect == EFFECT_UMOUNT ? CAP_F_NO_CAPS : 0);
	return 0;
}

/* Its caller is where the hook is, but has more arguments than a program may see on Linux 6.1. */
SEC("?fexit/path_parentat")
int BPF_PROG(name_parent_looked_up, struct nameidata *nd, unsigned int flags, struct path *parent, int ret)
{
	struct call *c = current_call();

	struct filename *name;

	if (!c)
		return 0;
	name = LOAD(nd, name);
	know_name(c, name);
	if (!ret)
		put_name_object(c, name, LOAD(parent, dentry), LOAD(parent, mnt), CAP_F_PARENT);
	return 0;
}

/* Of a string that is in it, as short ones are; NULL: in none. */
static __always_inline const struct filename *filename_of(const char *text)
{
	const struct filename *name = (void *)text - bpf_core_field_offset(struct filename, iname);

	return LOAD(name, name) == text ? name : NULL;
}

/*
 * Message queues: their names are looked up below the root of a file system of their own, and nothing else in these calls is.
 * What is to be made or removed names the root first, which is not shown.
 */
SEC("?fexit/lookup_one_len")
int BPF_PROG(queue_looked_up, const char *text, struct dentry *base, int len, struct dentry *dentry)
{
	struct call *c = current_call();
	const struct filename *name;
	int is_there, opens;

	if (!c || (c->shape.effect != EFFECT_QUEUE_OPEN && c->shape.effect != EFFECT_QUEUE_UNLINK))
		return 0;
	opens = c->shape.effect == EFFECT_QUEUE_OPEN;
	name = filename_of(text);
	if (!name)
		return 0;
	know_name(c, name);
	is_there = !is_error(dentry) && LOAD(dentry, d_inode);
	if (opens && is_there)
		put_name_object(c, name, dentry, NULL, 0);
	else if (!opens || (!is_error(dentry) && c->passed[1] & O_CREAT_BIT))
		put_name_object(c, name, base, NULL, CAP_F_PARENT | CAP_F_HIDDEN);
	return 0;
}

/* ---- open ---- */

SEC("?fentry/path_openat")
int BPF_PROG(open_begins, struct nameidata *nd, const struct open_flags *op, unsigned int flags)
{
	struct call *c = current_call();

	if (!c)
		return 0;
	know_name(c, LOAD(nd, name));
	c->open = (struct open_state){ .nd = (__u64)nd, .flags = LOAD(op, open_flag) };
	return 0;
}

static __always_inline int is_directory(struct dentry *dentry)
{
	return (LOAD(dentry, d_inode, i_mode) & S_IFMT_BITS) == S_IFDIR_BITS;
}

/*
 * Since 6.12 a file that the kernel remembers is opened without its directory being named, O_CREAT or not. No type tells of it:
 * the engine goes by the version, and an older kernel shows it by an O_CREAT that has not asked to write where it found something.
 */
__u32 opens_remembered;

/* With O_CREAT the directory is named before anything is looked up in it, and since 6.12 only one that was not removed. */
static __always_inline void open_parent(struct call *c, struct nameidata *nd)
{
	struct dentry *dentry = LOAD(nd, path.dentry);

	if (LOAD(nd, last_type) != RESOLVE_LAST_NORM || !dentry || !is_directory(dentry))
		return;
	if (opens_remembered && LOAD(dentry, d_inode, i_flags) & S_DEAD_BIT)
		return;
	c->open.parent_at = c->used;
	put_name_object(c, LOAD(nd, name), dentry, LOAD(nd, path.mnt), CAP_F_PARENT);
	c->open.parent_end = c->used;
	c->open.has_parent = 1;
}

/* Just behind the place where that is done; the other ones are about the file itself. */
SEC("?fentry/mnt_want_write")
int BPF_PROG(open_wants_write, struct vfsmount *mnt)
{
	struct call *c = current_call();

	if (c && c->open.nd && (c->open.flags & O_CREAT_BIT) && !is_tmpfile(c->open.flags) && !c->open.has_object)
		open_parent(c, (void *)c->open.nd);
	return 0;
}

/* The directory was told too early: O_EXCL asks to write before the file is remembered. */
static __always_inline void take_back_parent(struct call *c, struct nameidata *nd)
{
	if (!(c->open.flags & O_CREAT_BIT))
		return;
	if (!(c->open.flags & O_EXCL_BIT)) {
		if (!c->open.has_parent && LOAD(nd, last_type) == RESOLVE_LAST_NORM)
			opens_remembered = 1;
	} else if (opens_remembered && c->open.has_parent && c->open.parent_end == c->used) {
		c->used = c->open.parent_at;
	}
}

/* The file is there, and nothing has been asked of it. Lookups inside an open end here as well, but not with these flags. */
SEC("?fexit/complete_walk")
int BPF_PROG(open_found, struct nameidata *nd, int ret)
{
	struct call *c = current_call();

	if (!c || ret || c->open.nd != (__u64)nd || (c->open.flags & O_PATH_BIT) || is_tmpfile(c->open.flags))
		return 0;
	take_back_parent(c, nd);
	put_name_object(c, LOAD(nd, name), LOAD(nd, path.dentry), LOAD(nd, path.mnt), 0);
	c->open.has_object = 1;
	return 0;
}

/* Nobody but the file system can refuse to make the file now. */
SEC("?fexit/security_inode_create")
int BPF_PROG(open_may_create, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	struct call *c = current_call();

	if (c && c->open.nd && !ret) {
		c->open.dir = (__u64)dir;
		c->open.dentry = (__u64)dentry;
	}
	return 0;
}

/* Of a directory, which has one name. */
static __always_inline struct dentry *dentry_of(struct inode *inode)
{
	struct hlist_node *node = LOAD(inode, i_dentry.first);

	return node ? (void *)node - bpf_core_field_offset(struct dentry, d_u.d_alias) : NULL;
}

/* A slash behind a name that is to be created: nothing but the inode says where the lookup has ended. */
static __always_inline void refused_for_slash(struct call *c, struct nameidata *nd)
{
	struct inode *inode = LOAD(nd, inode);
	struct dentry *dentry;

	if (!(c->open.flags & O_CREAT_BIT) || c->open.has_parent || c->open.has_object || !inode)
		return;
	dentry = dentry_of(inode);
	if (dentry && is_directory(dentry))
		put_name_object(c, LOAD(nd, name), dentry, NULL, CAP_F_PARENT);
}

static __always_inline void open_failed(struct call *c, struct nameidata *nd, long error)
{
	struct inode *dir = (void *)c->open.dir;

	if (error == EISDIR_NR && !opens_remembered)
		refused_for_slash(c, nd);
	if (!dir || c->open.has_object)
		return;
	if (error == ENOSPC_NR || error == EDQUOT_NR ||
		(error == EACCES_NR && !LOAD(dir, i_op, create) && !LOAD(dir, i_op, atomic_open)))
		put_name_child(c, dir, (void *)c->open.dentry, EVT_NAME_CREATE, 0);
}

/* Made: told before and after, unless the file system does both at once. */
static __always_inline void open_created(struct call *c, struct dentry *dentry)
{
	struct inode *dir = LOAD(dentry, d_parent, d_inode);

	if (!LOAD(dir, i_op, atomic_open))
		put_name_child(c, dir, dentry, EVT_NAME_CREATE, 0);
	put_name_child(c, dir, dentry, EVT_NAME_CREATE, 1);
}

SEC("?fexit/path_openat")
int BPF_PROG(open_ends, struct nameidata *nd, const struct open_flags *op, unsigned int flags, struct file *file)
{
	struct call *c = current_call();
	struct dentry *dentry;

	if (!c || c->open.nd != (__u64)nd)
		return 0;
	if (is_error(file)) {
		open_failed(c, nd, -(long)file);
	} else {
		dentry = LOAD(file, f_path.dentry);
		if ((__u32)LOAD(file, f_mode) & FMODE_CREATED_BIT && !is_tmpfile(c->open.flags))
			open_created(c, dentry);
		else if (!c->open.has_object)
			put_name_object(c, LOAD(nd, name), dentry, LOAD(file, f_path.mnt), 0);
	}
	__builtin_memset(&c->open, 0, sizeof(c->open));
	return 0;
}

/* The first letters of the operation, and the one behind "sticky_create_" (fs/namei.c). */
static __always_inline void put_refusal(struct call *c, const char *operation)
{
	__u64 *kind = call_item(c, operation[0] == 's' ? EVT_ITEM_ANOM_CREAT : EVT_ITEM_ANOM_LINK, sizeof(*kind));

	if (!kind)
		return;
	if (operation[0] == 'f')
		*kind = EVT_ANOM_FOLLOW_LINK;
	else if (operation[0] == 'l')
		*kind = EVT_ANOM_LINKAT;
	else if (operation[13] != '_')
		*kind = EVT_ANOM_STICKY_CREATE;
	else
		*kind = operation[14] == 'f' ? EVT_ANOM_STICKY_CREATE_FIFO : EVT_ANOM_STICKY_CREATE_REGULAR;
	c->is_forced = 1;
}

/* The audit log is told of it whatever the rules say. A symbolic link that may not be followed is named. */
SEC("?fentry/audit_log_path_denied")
int BPF_PROG(name_refused, int type, const char *operation)
{
	struct call *c = current_call();
	struct nameidata *nd = LOAD(bpf_get_current_task_btf(), nameidata);
	char what[24] = "";
	struct saved *stack;

	if (!c)
		return 0;
	bpf_probe_read_kernel_str(what, sizeof(what), operation);
	put_refusal(c, what);
	if (what[0] != 'f' || !nd)
		return 0;
	stack = LOAD(nd, stack);
	put_name_object(c, LOAD(nd, name), LOAD(stack, link.dentry), LOAD(stack, link.mnt), 0);
	return 0;
}

/* ---- children ---- */

/*
 * may_create() in fs/namei.c is where the hook is, but kernels inline it, and have others of that name. Each function that
 * makes something begins with it.
 */
static __always_inline int child_may_come(struct inode *dir, struct dentry *dentry)
{
	struct call *c = current_call();

	if (c)
		put_name_child(c, dir, dentry, EVT_NAME_CREATE, 1);
	return 0;
}

static __always_inline int child_came(int ret, struct inode *dir, struct dentry *dentry)
{
	return ret ? 0 : child_may_come(dir, dentry);
}

SEC("?fentry/vfs_create")
int BPF_PROG(file_may_come, void *idmap, struct inode *dir, struct dentry *dentry)
{
	return child_may_come(dir, dentry);
}

SEC("?fexit/vfs_create")
int BPF_PROG(file_came, void *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, bool is_exclusive, int ret)
{
	return child_came(ret, dir, dentry);
}

SEC("?fentry/vfs_mkdir")
int BPF_PROG(directory_may_come, void *idmap, struct inode *dir, struct dentry *dentry)
{
	return child_may_come(dir, dentry);
}

SEC("?fexit/vfs_mkdir")
int BPF_PROG(directory_came, void *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	return child_came(ret, dir, dentry);
}

SEC("?fentry/vfs_mknod")
int BPF_PROG(node_may_come, void *idmap, struct inode *dir, struct dentry *dentry)
{
	return child_may_come(dir, dentry);
}

SEC("?fexit/vfs_mknod")
int BPF_PROG(node_came, void *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev, int ret)
{
	return child_came(ret, dir, dentry);
}

SEC("?fentry/vfs_symlink")
int BPF_PROG(symlink_may_come, void *idmap, struct inode *dir, struct dentry *dentry)
{
	return child_may_come(dir, dentry);
}

SEC("?fexit/vfs_symlink")
int BPF_PROG(symlink_came, void *idmap, struct inode *dir, struct dentry *dentry, const char *target, int ret)
{
	return child_came(ret, dir, dentry);
}

SEC("?fentry/vfs_link")
int BPF_PROG(link_may_come, struct dentry *old, void *idmap, struct inode *dir, struct dentry *dentry)
{
	return LOAD(old, d_inode) ? child_may_come(dir, dentry) : 0;
}

SEC("?fexit/vfs_link")
int BPF_PROG(link_came, struct dentry *old, void *idmap, struct inode *dir, struct dentry *dentry, struct inode **delegated,
	int ret)
{
	return child_came(ret, dir, dentry);
}

/* What file systems make on behalf of others: message queues, pinned BPF objects. */
SEC("?fentry/vfs_mkobj")
int BPF_PROG(object_may_come, struct dentry *dentry)
{
	return child_may_come(LOAD(dentry, d_parent, d_inode), dentry);
}

SEC("?fexit/vfs_mkobj")
int BPF_PROG(object_came, struct dentry *dentry, umode_t mode, void *make, void *arg, int ret)
{
	return child_came(ret, LOAD(dentry, d_parent, d_inode), dentry);
}

SEC("?fentry/vfs_rename")
int BPF_PROG(rename_begins, struct renamedata *data)
{
	struct call *c = current_call();

	if (c)
		c->renamed = (__u64)data;
	return 0;
}

SEC("?fentry/may_delete")
int BPF_PROG(child_may_go, void *idmap, struct inode *dir, struct dentry *victim, bool is_dir)
{
	struct call *c = current_call();

	if (c && LOAD(victim, d_inode))
		put_name_child(c, dir, victim, EVT_NAME_DELETE, 1);
	return 0;
}

/* The old name may be left: in a rename, the new one may come, or what has it may go. */
SEC("?fexit/may_delete")
int BPF_PROG(child_left, void *idmap, struct inode *dir, struct dentry *victim, bool is_dir, int ret)
{
	struct call *c = current_call();
	struct renamedata *data;
	struct dentry *new;

	if (!c || ret || !c->renamed)
		return 0;
	data = (void *)c->renamed;
	new = LOAD(data, new_dentry);
	if (victim == LOAD(data, old_dentry) && !LOAD(new, d_inode))
		put_name_child(c, rename_new_dir(data), new, EVT_NAME_CREATE, 1);
	return 0;
}

/* Two names of one inode are left as they are. */
SEC("?fexit/vfs_rename")
int BPF_PROG(rename_ends, struct renamedata *data, int ret)
{
	struct dentry *old = LOAD(data, old_dentry), *new = LOAD(data, new_dentry);
	struct call *c = current_call();

	if (!c)
		return 0;
	c->renamed = 0;
	if (ret || LOAD(old, d_inode) == LOAD(new, d_inode))
		return 0;
	put_name_child(c, rename_new_dir(data), old, EVT_NAME_CREATE, 1);
	if (LOAD(data, flags) & RENAME_EXCHANGE_BIT)
		put_name_child(c, rename_old_dir(data), new, EVT_NAME_CREATE, 1);
	return 0;
}

/* A terminal, made when ptmx is opened. */
SEC("?fexit/devpts_pty_new")
int BPF_PROG(terminal_created, struct pts_fs_info *fs, int index, void *private_data, struct dentry *dentry)
{
	if (is_error(dentry))
		return 0;
	return child_came(0, LOAD(dentry, d_parent, d_inode), dentry);
}

/* ---- System V objects: a later one takes the place of one before, as in the kernel ---- */

#define IPC_SET_COMMAND	   1  /* IPC_SET in include/uapi/linux/ipc.h */
#define SHM_LOCK_COMMAND   11 /* SHM_LOCK in include/uapi/linux/shm.h */
#define SHM_UNLOCK_COMMAND 12

static __always_inline void know_ipc(struct call *c, const struct kern_ipc_perm *object)
{
	c->ipc = (struct evt_ipc){ .uid = LOAD(object, uid.val),
		.gid = LOAD(object, gid.val),
		.mode = LOAD(object, mode) };
	c->has_ipc = 1;
}

/* The kernel tells of the object first. */
SEC("?fentry/ipcperms")
int BPF_PROG(ipc_asked, struct ipc_namespace *ns, struct kern_ipc_perm *object)
{
	struct call *c = current_call();

	if (c)
		know_ipc(c, object);
	return 0;
}

/* Who changes or removes one. What is refused to somebody who does not own it is not told. */
SEC("?fexit/ipcctl_obtain_check")
int BPF_PROG(ipc_obtained, struct ipc_namespace *ns, struct ipc_ids *ids, int id, int cmd, struct ipc64_perm *perm,
	int extra, struct kern_ipc_perm *object)
{
	struct call *c = current_call();

	if (!c || is_error(object))
		return 0;
	know_ipc(c, object);
	if (cmd == IPC_SET_COMMAND) {
		c->ipc.has_perm = 1;
		c->ipc.qbytes = (__s64)extra;
		c->ipc.perm_uid = LOAD(perm, uid);
		c->ipc.perm_gid = LOAD(perm, gid);
		c->ipc.perm_mode = LOAD(perm, mode);
	}
	return 0;
}

/* These two are told of right before. */
SEC("?fentry/security_shm_shmctl")
int BPF_PROG(ipc_locked, struct kern_ipc_perm *object, int cmd)
{
	struct call *c = current_call();

	if (c && (cmd == SHM_LOCK_COMMAND || cmd == SHM_UNLOCK_COMMAND))
		know_ipc(c, object);
	return 0;
}

#endif
