// SPDX-License-Identifier: MIT
/* What a lookup after the call need not ask the task any more: it may have gone on, or may be gone. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/proc_file.h"

static bool is_own_root(const struct assembler *a)
{
	const struct cap_root *own = &a->own_root;
	struct cap_root root;

	if (!raw_read(&a->raw.root, &root, sizeof(root)))
		return true;
	if (root.mnt_ns != own->mnt_ns)
		return false;
	if (root.ino == own->ino && root.dev == own->dev)
		return true;
	/* the root of now is not the one that its own path began at */
	return a->call.info->name && strcmp(a->call.info->name, "chroot") == 0;
}

/* Who has the root of the task, which may be gone. In the full tier the paths of objects are known. */
static pid_t root_holder(struct assembler *a)
{
	struct root_quest quest = { .procfd = a->procfd,
		.tid = a->call.tid,
		.parent = (pid_t)a->raw.h.ppid,
		.cgroup = a->raw.h.cgroup };

	if (a->env.lookup.own_root || (a->options.tier == BPF_TIER_FULL && !a->options.resolve) ||
		!raw_read(&a->raw.root, &quest.root, sizeof(quest.root)))
		return 0;
	return root_holders_find(&a->root_holders, a->cgroups, &quest);
}

static void set_caps(struct object *object, const struct inode_caps *caps)
{
	object->f.cap_fp = caps->permitted;
	object->f.cap_fi = caps->inheritable;
	object->f.cap_fe = caps->effective;
	object->f.cap_fver = caps->version;
	object->f.cap_frootid = caps->rootid;
}

/* Takes them from what was found, if that is the same file. */
static bool caps_of_same(struct object *object, struct object *found)
{
	bool same = object_same(found, object);

	if (same)
		set_caps(object, &(struct inode_caps){ .permitted = found->f.cap_fp,
					 .inheritable = found->f.cap_fi,
					 .version = found->f.cap_fver,
					 .rootid = found->f.cap_frootid,
					 .effective = found->f.cap_fe });
	object_deinit(found);
	return same;
}

static void find_caps(struct assembler *a, struct object *object, const struct cap_inode *inode,
	const char *path, int fd)
{
	struct object found = { .error = -ENOENT };
	struct inode_caps caps;
	const struct statx stx = {
		.stx_ino = inode->ino,
		.stx_dev_major = object->f.dev_major,
		.stx_dev_minor = object->f.dev_minor,
		.stx_mode = (uint16_t)object->f.mode,
		.stx_ctime = { .tv_sec = inode->ctime_sec, .tv_nsec = inode->ctime_nsec },
	};
	struct lookup lookup;

	if (inode_caps_find(a->env.lookup.caps, &caps, &stx)) {
		set_caps(object, &caps);
		return;
	}
	lookup = a->env.lookup;
	lookup.want_resolved = lookup.want_full = lookup.want_fs_magic = false;
	if (path) {
		lookup_path(&lookup, &found, AT_FDCWD, path, LOOKUP_NOFOLLOW);
		if (caps_of_same(object, &found))
			return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(a->call.paths); i++) {
		const struct path_arg *arg = &a->call.paths[i];

		if (!arg->present || arg->error || !arg->text[0])
			continue;
		lookup_path(&lookup, &found, arg->dirfd, arg->text, 0);
		if (caps_of_same(object, &found))
			return;
	}
	if (fd < 0)
		return;
	lookup.known = NULL;
	lookup_fd(&lookup, &found, fd);
	(void)caps_of_same(object, &found);
}

void assemble_caps(struct assembler *a, struct object *object, const struct cap_inode *inode,
	const char *path, int fd)
{
	if (!(inode->mode & CAP_MODE_NOSEC))
		find_caps(a, object, inode, path, fd);
}

/* NULL as well: nobody knows, or it is where the task says. */
static char *tree_path(struct assembler *a, const struct object *object, char *path)
{
	const struct lookup *l = &a->env.lookup;
	struct mount_place place = { .task = a->known.root_holder,
		.path = path,
		.major = object->f.dev_major,
		.minor = object->f.dev_minor };
	struct cap_root root;
	char *here;

	if (!raw_read(&a->raw.root, &root, sizeof(root)) || root.mnt_ns == a->own_root.mnt_ns)
		return strdup(path);
	place.ns = root.mnt_ns;
	if (mount_paths_here(l->mounts, l->procfd, &place, &here) < 0)
		return NULL;
	return here ? here : strdup("");
}

void assemble_tree_path(struct assembler *a, struct object *object, char *path)
{
	if (path)
		object->tree = tree_path(a, object, path);
	free(path);
	if (object->tree && object->resolved && !strcmp(object->tree, object->resolved)) {
		free(object->tree);
		object->tree = NULL;
	}
}

/* As the task's namespace has what the task sees at that path. NULL: nobody that has its root is there. */
static char *below_root(const struct assembler *a, const char *path)
{
	char root[PATH_MAX], *joined;
	ssize_t n = a->known.root_holder ? proc_readlink(a->procfd, a->known.root_holder, "root",
						   root, sizeof(root))
					 : -ESRCH;

	if (n < 0)
		return NULL;
	return asprintf(&joined, "%s%s", n == 1 ? "" : root, path) < 0 ? NULL : joined;
}

static char *copy_of(struct view text)
{
	return text.p ? strndup(text.p, text.len) : NULL;
}

void assemble_place(struct assembler *a, struct object *object, const char *path)
{
	if (!(a->env.lookup.want_resolved || a->env.lookup.want_full) || !object_found(object))
		return;
	free(object->resolved);
	object->resolved = strdup(path);
	free(object->full);
	object->full = strdup(path);
	if (a->env.lookup.want_resolved && !a->env.lookup.own_root)
		assemble_tree_path(a, object, below_root(a, path));
}

static void know_fd(struct assembler *a, int fd, const struct cap_inode *inode, const char *chain,
	size_t chain_len, bool is_cut)
{
	size_t n = a->known.n_fds, i = 0;

	while (i < n && a->known_fds[i].fd != fd)
		i++;
	if (i == n) {
		if (n == ARRAY_SIZE(a->known_fds))
			return;
		object_of_inode(&a->known_objects[i], inode);
		a->known_paths[i] = NULL;
		a->known_fds[i] =
			(struct lookup_known_fd){ .fd = fd, .object = &a->known_objects[i] };
		a->known.n_fds++;
		if (object_found(&a->known_objects[i]))
			assemble_caps(a, &a->known_objects[i], inode, NULL, fd);
	}
	if (!chain_len || is_cut)
		return;
	free(a->known_paths[i]);
	a->known_paths[i] = copy_of(path_of_chain(&a->room, chain, chain_len));
	a->known_fds[i].path = a->known_paths[i];
	if (a->known_paths[i])
		assemble_place(a, &a->known_objects[i], a->known_paths[i]);
}

static void know_files(struct assembler *a)
{
	struct cap_file file, opened;

	for (size_t i = 0; i < a->raw.n_files; i++) {
		const struct raw_item *item = &a->raw.files[i];

		if (raw_read(item, &file, sizeof(file)))
			know_fd(a, file.fd, &file.inode, item->data + sizeof(file),
				item->len - sizeof(file), item->flags & CAP_F_CUT);
	}
	if (raw_read(&a->raw.opened, &opened, sizeof(opened)))
		know_fd(a, opened.fd, &opened.inode, a->raw.opened.data + sizeof(opened),
			a->raw.opened.len - sizeof(opened), a->raw.opened.flags & CAP_F_CUT);
}

static void take_ids(struct assembler *a)
{
	const struct evt_hdr *h = &a->raw.h;

	a->ids = (struct task_ids){ .uid = h->uid,
		.euid = h->euid,
		.fsuid = h->fsuid,
		.gid = h->gid,
		.egid = h->egid,
		.fsgid = h->fsgid };
	for (; a->ids.n_groups < FACTS_GROUPS_MAX &&
		(a->ids.n_groups + 1) * sizeof(a->ids.groups[0]) <= a->raw.groups.len;
		a->ids.n_groups++)
		memcpy(&a->ids.groups[a->ids.n_groups],
			a->raw.groups.data + a->ids.n_groups * sizeof(a->ids.groups[0]),
			sizeof(a->ids.groups[0]));
}

static void know_task(struct assembler *a)
{
	/* what the call was let through to, we are; only who was refused may have been refused on the way */
	bool is_refused = a->raw.h.ret == -EACCES || a->raw.h.ret == -EPERM;

	a->known = (struct lookup_known){ .fds = a->known_fds };
	if (!(a->raw.cwd.flags & (CAP_F_CUT | CAP_F_DELETED)))
		a->known.cwd = assemble_cwd(a).p;
	a->env.lookup.procfd = a->procfd;
	a->env.lookup.tid = a->call.tid;
	a->env.lookup.tgid = a->call.tgid;
	if (is_refused)
		take_ids(a);
	a->env.lookup.ids = is_refused ? &a->ids : NULL;
	a->env.lookup.own_root = is_own_root(a);
	a->known.root_holder = root_holder(a);
	a->env.lookup.want_resolved = a->options.resolve;
	a->env.lookup.want_full = a->options.extra & EXTRA_PATHS;
	a->env.lookup.want_fs_magic = a->options.fs_magic;
	a->env.lookup.known = &a->known;
}

void assemble_know(struct assembler *a)
{
	know_task(a);
	know_files(a);
}
