// SPDX-License-Identifier: MIT
#include "source/ptrace/effects_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/task_mem.h"

/* include/uapi/linux/mount.h; names of their own, as header sets differ in who has them */
#define MOVE_FROM_FOLLOWS 0x01u
#define MOVE_FROM_EMPTY   0x04u
#define MOVE_TO_FOLLOWS   0x10u
#define MOVE_TO_EMPTY     0x40u

#define MS_PROPAGATION (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

#define FS_TYPE_MAX     64   /* bytes of a file system's name that are compared */
#define FILESYSTEMS_MAX 8192 /* bytes of /proc/filesystems: some twenty a line */

static uint64_t mount_flags(const struct call *call)
{
	int i = syscall_arg(call->info, ARG_MOUNT_FLAGS);

	return i < 0 ? 0 : call->args[i];
}

/* In the order in which path_mount() asks (fs/namespace.c). */
static bool source_is_path(uint64_t flags)
{
	if (flags & MS_REMOUNT)
		return false;
	return (flags & MS_BIND) || (!(flags & MS_PROPAGATION) && (flags & MS_MOVE));
}

static bool makes_mount(uint64_t flags)
{
	return !(flags & (MS_REMOUNT | MS_BIND | MS_PROPAGATION | MS_MOVE));
}

/* Whether file systems of that type lie on a device, whose path is the source: not "nodev" in /proc/filesystems. */
static bool type_needs_device(const struct effect_env *env, const char *type)
{
	_cleanup_close_ int fd =
		openat(env->lookup.procfd, "filesystems", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char text[FILESYSTEMS_MAX], line[FS_TYPE_MAX + 4];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 2);

	if (n < 0)
		return false;
	memmove(text + 1, text, (size_t)n);
	text[0] = '\n';
	text[n + 1] = '\0';
	/* "fuseblk.ntfs" is a kind of "fuseblk" */
	snprintf(line, sizeof(line), "\n\t%.*s\n", (int)strcspn(type, "."), type);
	return strstr(text, line) != NULL;
}

static void look(struct path_arg *arg, const struct effect_env *env, bool follow)
{
	lookup_path(
		&env->lookup, &arg->object, arg->dirfd, arg->text, follow ? 0 : LOOKUP_NOFOLLOW);
}

/* The source's string is read here, not by effect_read(): it is a path only sometimes. */
void mount_look(struct call *call, const struct effect_env *env)
{
	struct path_arg *source = &call->paths[0], *target = &call->paths[1];
	uint64_t flags = mount_flags(call);
	ssize_t n;

	if (target->error)
		return;
	look(target, env, true);
	if (!source_is_path(flags) && !makes_mount(flags))
		return;
	n = task_mem_read_string(call->tid, call->args[0], source->text, sizeof(source->text));
	if (n <= 0)
		return;
	source->present = true;
	source->error = 0;
	source->dirfd = AT_FDCWD;
	/* a string of the kernel's own: it copied the argument before it knew what it is */
	source->string = (struct name_string){ .text = source->text, .len = (size_t)n };
	look(source, env, true);
}

static void put(struct call *call, struct path_arg *arg)
{
	const struct name_string *string;

	if (!arg->present || arg->error)
		return;
	string = names_string(&call->names, &arg->string);
	if (object_found(&arg->object))
		names_object(&call->names, string, &arg->object, 0);
}

/* The target, then the source if that is a path as well. */
void mount_exit(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *source = &call->paths[0], *target = &call->paths[1];
	char type[FS_TYPE_MAX];

	put(call, target);
	if (target->error || !object_found(&target->object) || !source->present || ret == -EPERM)
		return;
	if (makes_mount(mount_flags(call)) &&
		(ret == -ENODEV ||
			task_mem_read_string(call->tid, call->args[2], type, sizeof(type)) <= 0 ||
			!type_needs_device(env, type)))
		return;
	put(call, source);
}

static bool is_descriptor(const struct path_arg *arg, uint64_t flags, uint64_t empty_flag)
{
	return (flags & empty_flag) && arg->string.len == 0;
}

static void look_end(struct call *call, struct path_arg *arg, const struct effect_env *env,
	uint64_t empty_flag, uint64_t follow_flag)
{
	uint64_t flags = call->args[4];

	/* effect_read() takes an empty path for an error, as most calls do */
	if (is_descriptor(arg, flags, empty_flag)) {
		arg->present = arg->dirfd == AT_FDCWD;
		arg->error = 0;
		if (arg->present)
			lookup_path(&env->lookup, &arg->object, AT_FDCWD, ".", 0);
	} else if (!arg->error) {
		look(arg, env, flags & follow_flag);
	}
}

void move_mount_look(struct call *call, const struct effect_env *env)
{
	look_end(call, &call->paths[0], env, MOVE_FROM_EMPTY, MOVE_FROM_FOLLOWS);
	look_end(call, &call->paths[1], env, MOVE_TO_EMPTY, MOVE_TO_FOLLOWS);
}

/* Where to comes first in Linux 6.18, and a descriptor has no name there; 6.1 and 6.12 differ in both (docs/compatibility.md). */
void move_mount_exit(struct call *call)
{
	struct path_arg *from = &call->paths[0], *to = &call->paths[1];

	put(call, to);
	if (to->error || (to->present && !object_found(&to->object)))
		return;
	put(call, from);
}
