// SPDX-License-Identifier: MIT
#include "source/ptrace/sticky.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"

#define LINKS_MAX 40 /* MAXSYMLINKS in include/linux/namei.h */

/* fs.protected_...; 0 where there is no such setting. */
static int protection(const char *what)
{
	_cleanup_close_ int fd = -1;
	char path[64], value = '0';

	(void)snprintf(path, sizeof(path), "/proc/sys/fs/protected_%s", what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)!read(fd, &value, 1);
	return value - '0';
}

static uint32_t fsuid_of(const struct effect_env *env)
{
	return env->lookup.ids ? env->lookup.ids->fsuid : env->lookup.own_uid;
}

/* ---- hard links ---- */

/* inode_owner_or_capable() */
static bool owns(const struct effect_env *env, const struct object *o)
{
	const struct task_ids *ids = env->lookup.ids;

	return o->f.uid == fsuid_of(env) ||
	       (ids && ids->cap_effective & (UINT64_C(1) << CAP_FOWNER));
}

/* safe_hardlink_source() */
static bool is_safe_source(const struct path_arg *arg, const struct effect_env *env)
{
	uint32_t mode = arg->object.f.mode;

	return S_ISREG(mode) && !(mode & S_ISUID) &&
	       (mode & (S_ISGID | S_IXGRP)) != (S_ISGID | S_IXGRP) &&
	       lookup_access(&env->lookup, arg->dirfd, arg->text, R_OK | W_OK) == 0;
}

bool sticky_refuses_link(struct call *call, const struct effect_env *env, int64_t ret)
{
	const struct path_arg *old = &call->paths[0];

	return call->info->effect == EFFECT_LINK && ret == -EPERM && object_found(&old->object) &&
	       !owns(env, &old->object) && protection("hardlinks") && !is_safe_source(old, env);
}

/* ---- the last component of a path, through links ---- */

struct way {
	char path[PATH_MAX];
	int dirfd;
	struct object dir, last; /* the directory and what it has there; borrowed by nobody */
};

static void way_deinit(struct way *w)
{
	object_deinit(&w->dir);
	object_deinit(&w->last);
}

/* Looks the directory and the last component up, a link not followed. */
static bool way_look(struct way *w, const struct effect_env *env)
{
	char directory[PATH_MAX];
	size_t last_len, len = strlen(w->path), dir_len = path_directory_len(w->path, len);
	const char *last = path_last(w->path, len, &last_len);

	if (!last_len)
		return false;
	w->path[(size_t)(last - w->path) + last_len] = '\0';
	memcpy(directory, dir_len ? w->path : ".", dir_len ? dir_len : 1);
	directory[dir_len ? dir_len : 1] = '\0';
	lookup_path(&env->lookup, &w->dir, w->dirfd, directory, LOOKUP_IN_DIR);
	lookup_path(&env->lookup, &w->last, w->dirfd, w->path, LOOKUP_NOFOLLOW);
	return object_found(&w->dir) && object_found(&w->last);
}

/* To where the link leads. */
static bool way_follow(struct way *w, const struct effect_env *env)
{
	size_t dir_len = path_directory_len(w->path, strlen(w->path));
	char target[PATH_MAX];
	ssize_t n = lookup_readlink(&env->lookup, w->dirfd, w->path, target, sizeof(target));

	if (n <= 0)
		return false;
	if (target[0] == '/')
		dir_len = 0;
	if (dir_len + (size_t)n >= sizeof(w->path))
		return false;
	memcpy(w->path + dir_len, target, (size_t)n + 1);
	return true;
}

/* may_follow_link() */
static bool is_luring(const struct way *w, const struct effect_env *env)
{
	return (w->dir.f.mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) &&
	       w->last.f.uid != fsuid_of(env) && w->last.f.uid != w->dir.f.uid;
}

/* Goes on to what is no link, or is one that may not be followed. False: there is no such thing. */
static bool way_walk(
	struct way *w, const struct path_arg *arg, const struct effect_env *env, bool *ret_is_lured)
{
	bool are_protected = protection("symlinks");

	*ret_is_lured = false;
	w->dirfd = arg->dirfd;
	memcpy(w->path, arg->text, arg->string.len);
	w->path[arg->string.len] = '\0';
	for (int i = 0; i < LINKS_MAX; i++) {
		if (!way_look(w, env))
			return false;
		if (!S_ISLNK(w->last.f.mode))
			return true;
		*ret_is_lured = are_protected && is_luring(w, env);
		if (*ret_is_lured)
			return true;
		if (!way_follow(w, env))
			return false;
	}
	return false;
}

/* ---- symbolic links, files ---- */

static uint64_t flags_of(const struct call *call, enum arg_kind kind)
{
	int i = syscall_arg(call->info, kind);

	return i < 0 ? 0 : call->args[i];
}

/* Whether a link at the end of the call's first path is followed. */
static bool follows(const struct call *call)
{
	const struct path_arg *arg = &call->paths[0];

	if (arg->string.len && arg->text[arg->string.len - 1] == '/')
		return true;
	switch ((enum path_effect)call->info->effect) {
	case EFFECT_LOOKUP:
	case EFFECT_EXEC:
		return !(flags_of(call, ARG_ATFLAGS) & AT_SYMLINK_NOFOLLOW);
	case EFFECT_LOOKUP_NOFOLLOW:
	case EFFECT_LINK:
		return flags_of(call, ARG_ATFLAGS) & AT_SYMLINK_FOLLOW;
	case EFFECT_UMOUNT:
		return !(flags_of(call, ARG_UMOUNT_FLAGS) & UMOUNT_NOFOLLOW);
	case EFFECT_OPEN:
		return !(call->oflags & O_NOFOLLOW) &&
		       (call->oflags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
	case EFFECT_CREAT:
	case EFFECT_CONNECT:
	case EFFECT_LOOKUP_BOTH:
		return true;
	default:
		return false;
	}
}

/* The link gets the entry of the path that led to it. */
static void name_link(struct call *call, const struct path_arg *arg, struct way *w)
{
	const struct name_string *string = NULL;

	for (size_t i = 0; i < call->names.n && !string; i++)
		if (call->names.entries[i].string &&
			call->names.entries[i].string->text == arg->text)
			string = call->names.entries[i].string;
	/* the entry borrows from the object until it is written */
	object_deinit(&call->lure);
	call->lure = w->last;
	w->last = (struct object){ .error = -ENOENT };
	if (string)
		names_object(&call->names, string, &call->lure, 0);
}

/* may_create_in_sticky(), as since Linux 6.12. False: not refused. */
static bool op_of_creation(
	const struct way *w, const struct effect_env *env, enum evt_anom_creat *ret)
{
	uint32_t dir_mode = w->dir.f.mode, mode = w->last.f.mode;
	bool is_fifo = S_ISFIFO(mode);
	int level = 1;

	if (!(dir_mode & S_ISVTX) || S_ISDIR(mode) || w->last.f.uid == w->dir.f.uid ||
		w->last.f.uid == fsuid_of(env))
		return false;
	if (is_fifo || S_ISREG(mode))
		level = protection(is_fifo ? "fifos" : "regular");
	if (level < 1)
		return false;
	if (dir_mode & S_IWOTH) {
		*ret = EVT_ANOM_STICKY_CREATE;
		return true;
	}
	*ret = is_fifo ? EVT_ANOM_STICKY_CREATE_FIFO : EVT_ANOM_STICKY_CREATE_REGULAR;
	return (dir_mode & S_IWGRP) && level >= 2 && (is_fifo || S_ISREG(mode));
}

static void exit_refused(struct call *call, const struct effect_env *env)
{
	const struct path_arg *arg = &call->paths[0];
	struct way w = { .dir.error = -ENOENT, .last.error = -ENOENT };
	enum evt_anom_creat creation;
	bool is_lured;

	if (!arg->present || arg->error || !arg->string.len || !follows(call))
		return;
	if (!way_walk(&w, arg, env, &is_lured)) {
		/* nothing to say */
	} else if (is_lured) {
		call->anomaly = EVT_ITEM_ANOM_LINK;
		call->anomaly_op = EVT_ANOM_FOLLOW_LINK;
		name_link(call, arg, &w);
	} else if ((call->info->effect == EFFECT_OPEN || call->info->effect == EFFECT_CREAT) &&
		   (call->oflags & O_CREAT) && op_of_creation(&w, env, &creation)) {
		call->anomaly = EVT_ITEM_ANOM_CREAT;
		call->anomaly_op = creation;
	}
	way_deinit(&w);
}

void sticky_exit(struct call *call, const struct effect_env *env, int64_t ret)
{
	call->anomaly = 0;
	if (sticky_refuses_link(call, env, ret)) {
		call->anomaly = EVT_ITEM_ANOM_LINK;
		call->anomaly_op = EVT_ANOM_LINKAT;
	} else if (ret == -EACCES) {
		exit_refused(call, env);
	}
}
