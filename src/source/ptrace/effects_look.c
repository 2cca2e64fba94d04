// SPDX-License-Identifier: MIT
#include "source/ptrace/effects_look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "source/ptrace/effects_mount.h"
#include "source/ptrace/queue_names.h"
#include "source/ptrace/refusal.h"
#include "source/ptrace/task_mem.h"

const struct object effect_nothing = { .error = -ENOENT };

uint64_t effect_arg(const struct call *call, enum arg_kind kind, uint64_t missing)
{
	int i = syscall_arg(call->info, kind);

	return i < 0 ? missing : call->args[i];
}

uint64_t effect_at_flags(const struct call *call)
{
	return effect_arg(call, ARG_ATFLAGS, 0);
}

static bool accepts_empty_path(const struct call *call)
{
	return (effect_at_flags(call) & AT_EMPTY_PATH) ||
	       (call->info->name && strncmp(call->info->name, "readlink", 8) == 0);
}

bool effect_takes_descriptor(const struct call *call)
{
	return (effect_at_flags(call) & AT_EMPTY_PATH) && call->info->effect == EFFECT_LOOKUP &&
	       call->info->name &&
	       (strstr(call->info->name, "stat") || strstr(call->info->name, "xattrat") ||
		       strncmp(call->info->name, "file_", 5) == 0);
}

void effect_take_path(struct call *call, struct path_arg *arg, enum arg_kind path_kind, ssize_t n)
{
	int i = syscall_arg(call->info, path_kind);

	arg->present = i >= 0;
	if (!arg->present)
		return;
	arg->dirfd = (int)(int32_t)effect_arg(
		call, path_kind == ARG_PATH2 ? ARG_DIRFD2 : ARG_DIRFD, (uint64_t)AT_FDCWD);
	/* no path at all is the empty one to those who take descriptors (getname_maybe_null() of Linux 6.12) */
	if (!call->args[i] && path_kind == ARG_PATH && effect_takes_descriptor(call)) {
		arg->text[0] = '\0';
		n = 0;
	}
	arg->error = n < 0 ? (int)n : 0;
	if (n == -EPERM || n == -ESRCH)
		call->event_flags |= EVT_F_FAULT;
	if (n < 0)
		return;
	/* only some calls accept the empty path; most of them want a flag for it */
	if (n == 0 && !(path_kind == ARG_PATH && accepts_empty_path(call)))
		arg->error = -ENOENT;
	arg->string = (struct name_string){
		.text = arg->text, .len = (size_t)n, .pointer = call->args[i]
	};
	arg->last = path_last(arg->text, arg->string.len, &arg->last_len);
}

static void read_path_arg(struct call *call, struct path_arg *arg, enum arg_kind path_kind)
{
	int i = syscall_arg(call->info, path_kind);

	effect_take_path(call, arg, path_kind,
		i < 0 ? -ENOENT
		      : task_mem_read_string(
				call->tid, call->args[i], arg->text, sizeof(arg->text)));
}

void effect_look_object(struct path_arg *arg, const struct effect_env *env, bool follow)
{
	if (!arg->present || arg->error)
		return;
	if (!arg->text[0]) {
		if (arg->dirfd == AT_FDCWD)
			lookup_path(&env->lookup, &arg->object, AT_FDCWD, ".", 0);
		else
			lookup_fd(&env->lookup, &arg->object, arg->dirfd);
		return;
	}
	lookup_path(
		&env->lookup, &arg->object, arg->dirfd, arg->text, follow ? 0 : LOOKUP_NOFOLLOW);
}

/* As an open finds it: one that is not a directory is found behind a slash, too, and refused then. */
void effect_look_opened(struct path_arg *arg, const struct effect_env *env, bool follow)
{
	char path[PATH_MAX];
	bool slash;

	effect_look_object(arg, env, follow);
	if (arg->object.error != -ENOTDIR)
		return;
	memcpy(path, arg->text, arg->string.len + 1);
	if (lookup_links(&env->lookup, arg->dirfd, path, false, &slash) == 0 && slash)
		lookup_path(&env->lookup, &arg->object, arg->dirfd, path, LOOKUP_NOFOLLOW);
}

/* The directory of the last component: "." where the path names none. */
static void parent_path(const struct path_arg *arg, char to[static PATH_MAX])
{
	size_t len = path_directory_len(arg->text, arg->string.len);

	memcpy(to, len ? arg->text : ".", len ? len : 1);
	to[len ? len : 1] = '\0';
}

void effect_look_parent(struct path_arg *arg, const struct effect_env *env)
{
	struct lookup lookup = env->lookup;
	char directory[PATH_MAX];

	if (!arg->present || arg->error)
		return;
	/* Behind a descriptor: its PARENT item shows the directory's path (docs/compatibility.md). */
	if (arg->dirfd != AT_FDCWD && !path_directory_len(arg->text, arg->string.len))
		lookup.want_resolved = true;
	parent_path(arg, directory);
	lookup_path(&lookup, &arg->parent, arg->dirfd, directory, LOOKUP_IN_DIR);
}

bool effect_may_write_parent(const struct path_arg *arg, const struct effect_env *env)
{
	char directory[PATH_MAX];

	parent_path(arg, directory);
	return lookup_access(&env->lookup, arg->dirfd, directory, W_OK | X_OK) == 0;
}

void effect_look_child(struct path_arg *arg, struct object *object, const struct effect_env *env)
{
	char path[PATH_MAX];
	size_t len;

	if (!arg->present || arg->error || !object_found(&arg->parent))
		return;
	len = (size_t)(arg->last - arg->text) + arg->last_len;
	if (!arg->last_len) {
		object->error = -EEXIST;
		return;
	}
	memcpy(path, arg->text, len);
	path[len] = '\0';
	lookup_path(&env->lookup, object, arg->dirfd, path, LOOKUP_NOFOLLOW | LOOKUP_UNDER_MOUNT);
}

/* Flags that the kernel does not look at beside O_PATH (build_open_flags() in fs/open.c). */
static uint64_t effective_oflags(uint64_t oflags)
{
	if (oflags & O_PATH)
		return oflags & (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return oflags;
}

bool effect_open_follows(const struct call *call)
{
	return !(call->oflags & O_NOFOLLOW) &&
	       (call->oflags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
}

/* Where O_CREAT makes a file: behind the symlinks at the end of the path, which no string names then. */
static void look_behind_links(const struct call *call, struct path_arg *to,
	const struct path_arg *arg, const struct effect_env *env)
{
	bool slash;

	to->present = !arg->error;
	to->error = arg->error;
	if (arg->error)
		return;
	to->dirfd = arg->dirfd;
	memcpy(to->text, arg->text, arg->string.len + 1);
	if (effect_open_follows(call))
		(void)lookup_links(&env->lookup, arg->dirfd, to->text, true, &slash);
	to->string = (struct name_string){ .text = to->text, .len = strlen(to->text) };
	to->last = path_last(to->text, to->string.len, &to->last_len);
	effect_look_parent(to, env);
}

void effect_set_oflags(struct call *call)
{
	if (call->info->effect == EFFECT_CREAT)
		call->oflags = O_CREAT | O_WRONLY | O_TRUNC;
	else if (call->has_how)
		call->oflags = effective_oflags(call->how_flags);
	else
		call->oflags = effective_oflags(effect_arg(call, ARG_OFLAGS, 0));
}

static void entry_open(struct call *call, const struct effect_env *env)
{
	struct path_arg *arg = &call->paths[0];

	effect_set_oflags(call);
	/* Without O_CREAT and O_TRUNC nothing changes: the exit can look, and at the very file that was opened. */
	if (!(call->oflags & (O_CREAT | O_TRUNC)))
		return;
	effect_look_opened(arg, env, effect_open_follows(call));
	if (call->oflags & O_CREAT)
		look_behind_links(call, &call->paths[1], arg, env);
}

/* An AF_UNIX address that names a file becomes the path argument. */
static void entry_socket_path(struct call *call)
{
	struct path_arg *arg = &call->paths[0];
	size_t offset = offsetof(struct sockaddr_un, sun_path);
	sa_family_t family;
	size_t len;

	arg->present = false;
	if (call->sockaddr_len <= offset || call->sockaddr_len > sizeof(struct sockaddr_un))
		return;
	memcpy(&family, call->sockaddr, sizeof(family));
	if (family != AF_UNIX || !call->sockaddr[offset])
		return;
	len = strnlen((const char *)call->sockaddr + offset, call->sockaddr_len - offset);
	memcpy(arg->text, call->sockaddr + offset, len);
	arg->text[len] = '\0';
	arg->present = true;
	arg->error = 0;
	arg->dirfd = AT_FDCWD;
	arg->string = (struct name_string){ .text = arg->text, .len = len };
	arg->last = path_last(arg->text, len, &arg->last_len);
}

static void entry_exec(struct call *call, const struct effect_env *env)
{
	const struct path_arg *arg = &call->paths[0];
	char by_fd[32];

	if (arg->error || !object_found(&arg->object))
		return;
	if (arg->text[0]) {
		exec_image_follow(&call->image, env->images, &env->lookup, arg->dirfd, arg->text,
			&arg->object);
	} else {
		snprintf(by_fd, sizeof(by_fd), "/dev/fd/%d", arg->dirfd);
		exec_image_follow(
			&call->image, env->images, &env->lookup, AT_FDCWD, by_fd, &arg->object);
	}
}

void effect_read(struct call *call)
{
	for (size_t i = 0; i < 2; i++) {
		call->paths[i].present = false;
		call->paths[i].object = call->paths[i].parent = effect_nothing;
	}
	read_path_arg(call, &call->paths[0], ARG_PATH);
	read_path_arg(call, &call->paths[1], ARG_PATH2);
}

bool effect_can_wait(const struct call *call)
{
	const struct path_arg *arg = &call->paths[0];

	/* A program is not changed by being executed, and loading it takes long. A thread that is not the leader loses
	 * its tid meanwhile. */
	return call->info->effect == EFFECT_EXEC && call->tid == call->tgid && arg->present &&
	       !arg->error && arg->text[0] == '/';
}

/* openat2 is told how to walk. RESOLVE_CACHED is about the walk of this moment. */
struct effect_env effect_env_of_call(const struct call *call, const struct effect_env *env)
{
	struct effect_env own = *env;

	if (call->has_how)
		own.lookup.resolve = call->how_resolve & ~(uint64_t)RESOLVE_CACHED;
	return own;
}

static bool lookup_follows(const struct call *call)
{
	if (call->info->name && strcmp(call->info->name, "inotify_add_watch") == 0)
		return !(call->args[2] & IN_DONT_FOLLOW);
	return !(effect_at_flags(call) & AT_SYMLINK_NOFOLLOW);
}

void effect_look(struct call *call, const struct effect_env *general)
{
	const struct effect_env own = effect_env_of_call(call, general), *env = &own;
	struct path_arg *first = &call->paths[0], *second = &call->paths[1];

	switch ((enum path_effect)call->info->effect) {
	case EFFECT_NONE:
		break;
	case EFFECT_LOOKUP:
		effect_look_object(first, env, lookup_follows(call));
		break;
	case EFFECT_LOOKUP_NOFOLLOW:
		effect_look_object(first, env, effect_at_flags(call) & AT_SYMLINK_FOLLOW);
		break;
	case EFFECT_MOUNT:
		mount_look(call, env);
		break;
	case EFFECT_MOVE_MOUNT:
		move_mount_look(call, env);
		break;
	case EFFECT_OPENED:
		effect_look_opened(first, env, true);
		break;
	case EFFECT_BDEV:
		effect_look_object(first, env, true);
		break;
	case EFFECT_LOOKUP_BOTH:
		effect_look_object(first, env, true);
		effect_look_object(second, env, true);
		break;
	case EFFECT_UMOUNT:
		effect_look_object(
			first, env, !(effect_arg(call, ARG_UMOUNT_FLAGS, 0) & UMOUNT_NOFOLLOW));
		break;
	case EFFECT_OPEN:
	case EFFECT_CREAT:
		entry_open(call, env);
		break;
	case EFFECT_CREATE:
	case EFFECT_UNLINK:
	case EFFECT_RMDIR:
		effect_look_parent(first, env);
		effect_look_child(first, &first->object, env);
		break;
	case EFFECT_SYMLINK:
		effect_look_parent(second, env);
		effect_look_child(second, &second->object, env);
		break;
	case EFFECT_LINK:
		effect_look_object(first, env, effect_at_flags(call) & AT_SYMLINK_FOLLOW);
		effect_look_parent(second, env);
		effect_look_child(second, &second->object, env);
		break;
	case EFFECT_RENAME:
		effect_look_parent(first, env);
		effect_look_child(first, &first->object, env);
		effect_look_parent(second, env);
		effect_look_child(second, &second->object, env);
		break;
	case EFFECT_EXEC:
		effect_look_opened(first, env, !(effect_at_flags(call) & AT_SYMLINK_NOFOLLOW));
		entry_exec(call, env);
		break;
	case EFFECT_FD:
		lookup_fd(&env->lookup, &first->object,
			(int)(int32_t)effect_arg(call, ARG_FD, (uint64_t)-1));
		break;
	case EFFECT_BIND:
		entry_socket_path(call);
		effect_look_parent(first, env);
		effect_look_child(first, &first->object, env);
		break;
	case EFFECT_CONNECT:
		entry_socket_path(call);
		effect_look_object(first, env, true);
		break;
	case EFFECT_QUEUE:
	case EFFECT_QUEUE_OPEN:
	case EFFECT_QUEUE_UNLINK:
		queue_look(call, env);
		break;
	}
}
