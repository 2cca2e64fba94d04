// SPDX-License-Identifier: MIT
#include "source/ptrace/effects.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/effects_look.h"
#include "source/ptrace/effects_mount.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/queue_names.h"
#include "source/ptrace/refusal.h"
#include "source/ptrace/sticky.h"
#include "source/ptrace/task_mem.h"

static const struct name_string *copy_string(struct call *call, struct path_arg *arg)
{
	if (!arg->present || arg->error)
		return NULL;
	return names_string(&call->names, &arg->string);
}

static void name_object(struct call *call, const struct name_string *string,
	const struct object *object, unsigned flags)
{
	if (object_found(object))
		names_object(&call->names, string, object, flags);
}

static void name_child(struct call *call, const struct path_arg *arg, const struct object *object,
	enum evt_nametype type)
{
	names_child(&call->names, &arg->parent, arg->last, arg->last_len, object, type);
}

static bool has_trailing_slash(const struct path_arg *arg)
{
	return arg->string.len > 1 && arg->text[arg->string.len - 1] == '/';
}

static bool is_dot(const struct path_arg *arg)
{
	return (arg->last_len == 1 && arg->last[0] == '.') ||
	       (arg->last_len == 2 && arg->last[0] == '.' && arg->last[1] == '.');
}

static void exit_lookup(struct call *call, struct path_arg *arg, unsigned flags, int64_t ret)
{
	const struct name_string *string;

	/* The empty path is the descriptor itself. stat does not name it, except for that of the working directory; calls
	 * about attributes do, unless its mount is read-only. */
	if (effect_takes_descriptor(call) && arg->present && !arg->error && !arg->text[0]) {
		bool attributes = strstr(call->info->name, "xattrat");

		if (attributes ? ret != -EROFS && ret != -EBADF : arg->dirfd == AT_FDCWD)
			name_object(call, NULL, &arg->object, 0);
		return;
	}
	string = copy_string(call, arg);
	/* a lookup that wants a directory fails on anything else */
	if (string && ret != -ENOTDIR)
		name_object(call, string, &arg->object, flags);
}

/* What O_CREAT without a file does: the directory is named, then the file as soon as nothing but its file system can
 * refuse it, and again when it is there. */
static void exit_open_creates(struct call *call, const struct effect_env *env,
	const struct name_string *string, int64_t ret)
{
	struct path_arg *where = &call->paths[1];

	if (!object_found(&where->parent) || where->parent.dead || has_trailing_slash(where) ||
		is_dot(where) || !where->last_len)
		return;
	name_object(call, string, &where->parent, NAME_PARENT);
	if (ret >= 0)
		lookup_fd(&env->lookup, &where->object, (int)ret);
	else
		effect_look_child(where, &where->object, env);
	/* allowed to, but on a file system that makes no files */
	if (!object_found(&where->object) &&
		!(ret == -EACCES && effect_may_write_parent(where, env)))
		return;
	name_child(call, where, &effect_nothing, EVT_NAME_CREATE);
	if (object_found(&where->object))
		name_child(call, where, &where->object, EVT_NAME_CREATE);
}

/* Whether the file was, or would have been, made by the call. */
static bool open_creates(const struct call *call)
{
	const struct object *object = &call->paths[0].object;

	return (call->oflags & O_CREAT) && !object_found(object) &&
	       (object->error == -ENOENT || object->error == -ENAMETOOLONG);
}

/* O_CREAT refuses a slash at the end before it looks. */
static bool refused_for_slash(const struct call *call)
{
	const struct path_arg *where = &call->paths[1];

	return (call->oflags & O_CREAT) && has_trailing_slash(where) && !is_dot(where) &&
	       where->last_len;
}

static bool is_ptmx(const struct object *object)
{
	return object_found(object) && S_ISCHR(object->f.mode) && object->f.rdev_major == 5 &&
	       object->f.rdev_minor == 2;
}

/* The number of the terminal that belongs to an open ptmx; negative errno. */
static int terminal_of(const struct call *call, const struct effect_env *env, int fd)
{
	char path[48], text[1024];
	const char *line;
	ssize_t n;

	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	n = proc_read(env->lookup.procfd, call->tid, path, text, sizeof(text) - 1);
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	line = strstr(text, "tty-index:");
	return line ? (int)strtol(line + strlen("tty-index:"), NULL, 10) : -ENOENT;
}

/* Opening it makes a terminal, in the file system "pts" beside it or in its own: neither has a name in the call. */
static void exit_open_ptmx(struct call *call, const struct effect_env *env, int fd)
{
	struct path_arg *made = &call->paths[1];
	int number = terminal_of(call, env, fd);
	struct effect_env own = *env;
	struct object ptmx = effect_nothing;
	char *last;

	own.lookup.want_resolved = true;
	own.lookup.ids = NULL;
	lookup_fd(&own.lookup, &ptmx, fd);
	last = ptmx.resolved ? strrchr(ptmx.resolved, '/') : NULL;
	if (number >= 0 && last) {
		*last = '\0';
		for (int own_fs = 0; own_fs < 2 && !object_found(&made->object); own_fs++) {
			snprintf(made->text, sizeof(made->text), "%.*s%s/%d", PATH_MAX - 32,
				ptmx.resolved, own_fs ? "" : "/pts", number);
			lookup_path(&own.lookup, &made->object, AT_FDCWD, made->text, 0);
		}
		*strrchr(made->text, '/') = '\0';
		lookup_path(&own.lookup, &made->parent, AT_FDCWD, made->text, 0);
	}
	if (object_found(&made->object) && object_found(&made->parent))
		names_child(&call->names, &made->parent, "", 0, &made->object, EVT_NAME_CREATE);
	object_deinit(&ptmx);
}

static void exit_open(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *arg = &call->paths[0];
	const struct name_string *string = copy_string(call, arg);
	/* an O_TRUNC may have changed the file: its entry is what it was before */
	bool as_opened = ret >= 0 && !(call->oflags & O_TRUNC);

	if (!string || refused_for_slash(call))
		return;
	if ((call->oflags & O_TMPFILE) == O_TMPFILE) {
		if (ret < 0)
			return;
		lookup_fd(&env->lookup, &arg->object, (int)ret);
	} else if (open_creates(call)) {
		exit_open_creates(call, env, string, ret);
		return;
	} else if (as_opened || (ret >= 0 && !object_found(&arg->object))) {
		lookup_fd(&env->lookup, &arg->object, (int)ret);
	} else if (!(call->oflags & (O_CREAT | O_TRUNC))) {
		if (call->oflags & O_PATH)
			effect_look_object(arg, env, effect_open_follows(call));
		else
			effect_look_opened(arg, env, effect_open_follows(call));
		if ((call->oflags & O_PATH) && ret == -ENOTDIR)
			return;
	}
	name_object(call, string, &arg->object, 0);
	if (ret >= 0 && is_ptmx(&arg->object) && !(call->oflags & O_PATH))
		exit_open_ptmx(call, env, (int)ret);
}

/* mknod takes all types but directories. */
static bool bad_node_type(const struct call *call)
{
	int i = syscall_arg(call->info, ARG_MODE);

	if (syscall_arg(call->info, ARG_DEV) < 0 || i < 0)
		return false;
	switch (call->args[i] & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return false;
	}
	return true;
}

/* mkdir, mknod, link, symlink, bind: the child is announced when its absence has been seen, and again when it is
 * there. */
static void exit_create(struct call *call, const struct effect_env *env, struct path_arg *arg,
	const struct name_string *string, int64_t ret)
{
	bool makes_directory =
		call->info->effect == EFFECT_CREATE && syscall_arg(call->info, ARG_DEV) < 0;

	if (!string || bad_node_type(call))
		return;
	name_object(call, string, &arg->parent, NAME_PARENT);
	if (!object_found(&arg->parent) || arg->object.error != -ENOENT || !arg->last_len)
		return;
	if (ret == -EROFS || ret == -ENOENT || (has_trailing_slash(arg) && !makes_directory))
		return;
	if (ret >= 0)
		effect_look_child(arg, &arg->object, env);
	name_child(call, arg, &arg->object, EVT_NAME_CREATE);
}

static void exit_remove(struct call *call, struct path_arg *arg, int64_t ret)
{
	const struct name_string *string = copy_string(call, arg);
	bool removes_directory =
		call->info->effect == EFFECT_RMDIR || (effect_at_flags(call) & AT_REMOVEDIR);

	if (!string)
		return;
	name_object(call, string, &arg->parent, NAME_PARENT);
	if (!object_found(&arg->parent) || !object_found(&arg->object) || ret == -EROFS)
		return;
	if (is_dot(arg) || (has_trailing_slash(arg) && !removes_directory))
		return;
	name_child(call, arg, &arg->object, EVT_NAME_DELETE);
}

/* Without CAP_DAC_READ_SEARCH, AT_EMPTY_PATH takes no descriptor that was opened with other credentials: they are not
 * known here, but nothing else is missing. */
static bool link_refuses_dirfd(const struct call *call, const struct effect_env *env, int64_t ret)
{
	const struct path_arg *old = &call->paths[0], *new = &call->paths[1];

	return ret == -ENOENT && (effect_at_flags(call) & AT_EMPTY_PATH) &&
	       old->dirfd != AT_FDCWD && old->text[0] != '/' && env->lookup.ids &&
	       !(env->lookup.ids->cap_effective & (UINT64_C(1) << CAP_DAC_READ_SEARCH)) &&
	       object_found(&new->parent) && !new->parent.dead &&new->last_len;
}

static void exit_link(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *old = &call->paths[0], *new = &call->paths[1];
	const struct name_string *new_string = copy_string(call, new);
	const struct name_string *old_string = copy_string(call, old);

	if (link_refuses_dirfd(call, env, ret))
		return;
	if (old_string)
		name_object(call, old_string, &old->object, 0);
	if (!new_string || !old_string)
		return;
	/* before the new name is looked at */
	if (object_found(&old->object) && ret != -EXDEV && !sticky_refuses_link(call, env, ret))
		exit_create(call, env, new, new_string, ret);
	else if (object_found(&old->object))
		name_object(call, new_string, &new->parent, NAME_PARENT);
}

static void exit_symlink(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *link = &call->paths[1];
	const struct name_string *string = copy_string(call, link);
	int i = syscall_arg(call->info, ARG_TEXT);
	struct path_arg *text = &call->paths[0];
	ssize_t n;

	/* the target is copied like a path, though nobody looks it up */
	if (i < 0)
		n = -EFAULT;
	else if (call->has_text)
		n = (ssize_t)strlen(text->text);
	else
		n = task_mem_read_string(call->tid, call->args[i], text->text, sizeof(text->text));
	if (n > 0) {
		text->string = (struct name_string){
			.text = text->text,
			.len = (size_t)n,
			.pointer = call->args[i],
		};
		(void)names_string(&call->names, &text->string);
		exit_create(call, env, link, string, ret);
	}
}

/* Whether directory is one of those that path lies in. */
static bool lies_in(
	const struct path_arg *arg, const struct object *directory, const struct effect_env *env)
{
	struct effect_env own = *env;
	struct object at = effect_nothing, top = effect_nothing;
	bool inside = false;

	own.lookup.want_resolved = true;
	lookup_path(&own.lookup, &at, arg->dirfd, arg->text, LOOKUP_NOFOLLOW);
	for (char *slash; at.resolved && !inside && (slash = strrchr(at.resolved, '/')) &&
			  slash != at.resolved;) {
		*slash = '\0';
		lookup_path(&env->lookup, &top, AT_FDCWD, at.resolved, LOOKUP_NOFOLLOW);
		inside = object_same(&top, directory);
	}
	object_deinit(&at);
	object_deinit(&top);
	return inside;
}

/* What refuses a rename before either child is looked at closely (do_renameat2() in fs/namei.c). */
static bool rename_refused_early(
	const struct call *call, const struct effect_env *env, int64_t ret, bool exchange)
{
	const struct path_arg *old = &call->paths[0], *new = &call->paths[1];
	bool target = object_found(&new->object);

	if (!object_found(&old->object) || (exchange && !target))
		return true;
	if (!target && (new->object.error != -ENOENT || new->parent.dead))
		return true;
	if (target && object_same(&old->object, &new->object))
		return true;
	switch (ret) {
	case -EBUSY:
		/* later, for a mount point */
		return is_dot(old) || is_dot(new) || !old->last_len || !new->last_len;
	case -EXDEV:
	case -EROFS:
	case -EEXIST:
	case -EINVAL:
		return true;
	case -ENOTDIR:
		if (exchange && !S_ISDIR(new->object.f.mode) && has_trailing_slash(new))
			return true;
		return !S_ISDIR(old->object.f.mode) &&
		       (has_trailing_slash(old) || (!exchange && has_trailing_slash(new)));
	case -ENOTEMPTY:
		return target && lies_in(old, &new->object, env);
	}
	return false;
}

static void exit_rename(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *old = &call->paths[0], *new = &call->paths[1];
	const struct name_string *new_string = copy_string(call, new);
	const struct name_string *old_string = copy_string(call, old);
	uint64_t flags = effect_arg(call, ARG_RENAME_FLAGS, 0);
	bool exchange = flags & RENAME_EXCHANGE;
	bool target = object_found(&new->object);

	if (!old_string)
		return;
	if ((flags & ~(uint64_t)(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) ||
		(exchange && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT))))
		return;
	name_object(call, old_string, &old->parent, NAME_PARENT);
	if (!new_string || !object_found(&old->parent))
		return;
	name_object(call, new_string, &new->parent, NAME_PARENT);
	if (!object_found(&new->parent) || rename_refused_early(call, env, ret, exchange))
		return;
	name_child(call, old, &old->object, EVT_NAME_DELETE);
	if (ret == -EPERM || (ret == -EACCES && !effect_may_write_parent(old, env)))
		return;
	if (target)
		name_child(call, new, &new->object, EVT_NAME_DELETE);
	else
		name_child(call, new, &effect_nothing, EVT_NAME_CREATE);
	if (ret < 0)
		return;
	name_child(call, new, &old->object, EVT_NAME_CREATE);
	if (exchange)
		name_child(call, old, &new->object, EVT_NAME_CREATE);
}

/* The name is copied twice, the second time by the kernel for itself. */
static void exit_bdev(struct call *call, int64_t ret)
{
	struct path_arg *own = &call->paths[1];
	struct path_arg *arg = &call->paths[0];

	if (!copy_string(call, arg))
		return;
	memcpy(own->text, arg->text, arg->string.len + 1);
	own->string = (struct name_string){ .text = own->text, .len = arg->string.len };
	own->present = true;
	own->error = 0;
	(void)names_string(&call->names, &own->string);
	if (ret != -ENOTDIR)
		name_object(call, &own->string, &arg->object, 0);
}

static void exit_exec(struct call *call, int64_t ret)
{
	struct path_arg *arg = &call->paths[0];
	const struct name_string *string = copy_string(call, arg);
	const struct exec_image *image = &call->image;

	if (!string)
		return;
	name_object(call, string, &arg->object, 0);
	/* arguments are counted and copied before any interpreter is opened */
	if (ret == -E2BIG || ret == -EFAULT)
		return;
	/* a script behind a descriptor that the interpreter would not inherit */
	if (ret == -ENOENT && image->n && object_found(&image->interpreters[image->n - 1].object))
		return;
	for (size_t i = 0; i < image->n && object_found(&arg->object); i++) {
		const struct exec_interpreter *interpreter = &image->interpreters[i];

		(void)names_string(&call->names, &interpreter->string);
		name_object(call, &interpreter->string, &interpreter->object, 0);
	}
}

/* Other families refuse the address without reading it. Whatever cannot be asked is taken for one. */
static bool socket_is_unix(const struct call *call)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, call->tgid, 0);
	_cleanup_close_ int fd = -1;
	socklen_t len = sizeof(int);
	int domain;

	if (pidfd < 0)
		return true;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, (int)effect_arg(call, ARG_FD, 0), 0);
	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0)
		return true;
	return domain == AF_UNIX;
}

static void exit_bind(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *arg = &call->paths[0];

	if (ret == -EBADF || ret == -ENOTSOCK || ret == -EAFNOSUPPORT ||
		(ret == -EINVAL && !socket_is_unix(call)))
		return;
	exit_create(call, env, arg, copy_string(call, arg), ret);
	/* The socket has an address already: what was made is taken back. Nobody can look at it in between. */
	if (ret == -EINVAL && object_found(&arg->parent) && arg->object.error == -ENOENT &&
		arg->last_len && !has_trailing_slash(arg))
		name_child(call, arg, &effect_nothing, EVT_NAME_DELETE);
}

/* Only the strings, in the order in which the call copies them. */
static void exit_copied(struct call *call)
{
	if (syscall_arg(call->info, ARG_PATH2) >= 0)
		(void)copy_string(call, &call->paths[1]);
	/* an empty path that stands for a descriptor is not kept */
	if (!effect_takes_descriptor(call) || call->paths[0].text[0])
		(void)copy_string(call, &call->paths[0]);
}

void effect_exit(struct call *call, const struct effect_env *general, int64_t ret)
{
	const struct effect_env own = effect_env_of_call(call, general), *env = &own;
	struct path_arg *first = &call->paths[0], *second = &call->paths[1];

	names_clear(&call->names);
	switch (refusal_of(call, ret)) {
	case REFUSED_BEFORE_COPY:
		return;
	case REFUSED_BEFORE_LOOKUP:
		exit_copied(call);
		return;
	case REFUSED_LATER:
		break;
	}
	switch ((enum path_effect)call->info->effect) {
	case EFFECT_NONE:
		break;
	case EFFECT_LOOKUP:
	case EFFECT_LOOKUP_NOFOLLOW:
		exit_lookup(call, first, 0, ret);
		break;
	case EFFECT_MOUNT:
		mount_exit(call, env, ret);
		break;
	case EFFECT_MOVE_MOUNT:
		move_mount_exit(call);
		break;
	case EFFECT_OPENED: {
		const struct name_string *string = copy_string(call, first);

		if (string)
			name_object(call, string, &first->object, 0);
		break;
	}
	case EFFECT_BDEV:
		exit_bdev(call, ret);
		break;
	case EFFECT_LOOKUP_BOTH:
		exit_lookup(call, first, 0, ret);
		if (object_found(&first->object))
			exit_lookup(call, second, 0, ret);
		break;
	case EFFECT_UMOUNT:
		exit_lookup(call, first, NAME_NO_CAPS, ret);
		break;
	case EFFECT_OPEN:
	case EFFECT_CREAT:
		exit_open(call, env, ret);
		break;
	case EFFECT_CREATE:
		exit_create(call, env, first, copy_string(call, first), ret);
		break;
	case EFFECT_UNLINK:
	case EFFECT_RMDIR:
		exit_remove(call, first, ret);
		break;
	case EFFECT_SYMLINK:
		exit_symlink(call, env, ret);
		break;
	case EFFECT_LINK:
		exit_link(call, env, ret);
		break;
	case EFFECT_RENAME:
		exit_rename(call, env, ret);
		break;
	case EFFECT_EXEC:
		exit_exec(call, ret);
		break;
	case EFFECT_FD:
		/* one opened with O_PATH is found, and refused all the same */
		if (ret != -EBADF)
			name_object(call, NULL, &first->object, 0);
		break;
	case EFFECT_BIND:
		exit_bind(call, env, ret);
		break;
	case EFFECT_CONNECT:
		if (ret != -EBADF && ret != -ENOTSOCK && ret != -EAFNOSUPPORT)
			exit_lookup(call, first, 0, ret);
		break;
	case EFFECT_QUEUE:
	case EFFECT_QUEUE_OPEN:
	case EFFECT_QUEUE_UNLINK:
		queue_exit(call, env, ret);
		break;
	}
}

void effect_deinit(struct call *call)
{
	for (size_t i = 0; i < 2; i++) {
		object_deinit(&call->paths[i].object);
		object_deinit(&call->paths[i].parent);
	}
	object_deinit(&call->lure);
	exec_image_deinit(&call->image);
}
