// SPDX-License-Identifier: MIT
#include "source/ptrace/queue_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/ipc_ns.h"
#include "source/ptrace/proc_file.h"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c */
#endif
#define USUAL_MOUNT "/dev/mqueue"

static const struct object nothing = { .error = -ENOENT };
/* Known to be there, and no more than that. */
static const struct object unknown = { .error = 0 };

/* A directory that anybody may make queues in, made by the owner of the namespace: root, where it is the machine's. */
static const struct object plain_root = { .f = { .mode = S_IFDIR | S_ISVTX | 0777,
						  .flags = EVT_PATH_INODE } };

/* What no queue can be called: it is refused before it is looked up. */
static bool is_bad_name(const struct path_arg *arg)
{
	return strchr(arg->text, '/') || strcmp(arg->text, ".") == 0 ||
	       strcmp(arg->text, "..") == 0 || arg->string.len > NAME_MAX;
}

/* ---- before the call ---- */

/* As this process sees it. */
static struct lookup own_view(const struct effect_env *env)
{
	struct lookup own = env->lookup;

	own.tid = (pid_t)syscall(SYS_gettid);
	own.tgid = getpid();
	own.ids = NULL;
	own.own_root = true;
	own.want_fs_magic = true;
	return own;
}

static bool is_of_queues(const struct object *o)
{
	return object_found(o) && o->f.fs_magic == MQUEUE_MAGIC;
}

/* By its name in the namespace that we are in. Opening a queue changes nothing in it. */
static enum queue_state find_queue(
	struct path_arg *arg, const struct effect_env *env, bool is_own_namespace)
{
	static const int modes[] = { O_RDONLY, O_WRONLY };
	struct lookup own = own_view(env);
	char path[sizeof(USUAL_MOUNT) + PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		_cleanup_close_ int fd = (int)syscall(
			SYS_mq_open, arg->text, modes[i] | O_NONBLOCK | O_CLOEXEC, 0, NULL);

		if (fd < 0 && errno != EACCES)
			return errno == ENOENT ? QUEUE_ABSENT : QUEUE_CLOSED;
		if (fd < 0)
			continue;
		lookup_fd(&own, &arg->object, fd);
		return object_found(&arg->object) ? QUEUE_FOUND : QUEUE_CLOSED;
	}
	/* not ours to open; where the file system is mounted, its owner and mode can be seen all the same */
	if (!is_own_namespace)
		return QUEUE_CLOSED;
	snprintf(path, sizeof(path), USUAL_MOUNT "/%s", arg->text);
	lookup_path(&own, &arg->object, AT_FDCWD, path, LOOKUP_NOFOLLOW);
	if (is_of_queues(&arg->object))
		return QUEUE_FOUND;
	object_deinit(&arg->object);
	return QUEUE_CLOSED;
}

/* Nobody is shown the root's item; but rules look at it. */
static void find_root(struct path_arg *arg, const struct effect_env *env, bool is_own_namespace)
{
	struct lookup own = own_view(env);

	if (is_own_namespace)
		lookup_path(&own, &arg->parent, AT_FDCWD, USUAL_MOUNT, 0);
	if (is_of_queues(&arg->parent))
		return;
	object_deinit(&arg->parent);
	arg->parent = plain_root;
}

static void look_name(struct call *call, const struct effect_env *env)
{
	struct path_arg *arg = &call->paths[0];
	struct ipc_ns ns;

	call->mq.queue = QUEUE_ABSENT;
	if (!arg->present || arg->error || is_bad_name(arg))
		return;
	if (ipc_ns_enter(&ns, env->lookup.procfd, call->tid) < 0) {
		call->mq.queue = QUEUE_UNSEEN;
		call->event_flags |= EVT_F_TRUNCATED;
		return;
	}
	call->mq.queue = find_queue(arg, env, ns.own < 0);
	find_root(arg, env, ns.own < 0);
	ipc_ns_leave(&ns);
	if (call->mq.queue == QUEUE_CLOSED)
		call->event_flags |= EVT_F_TRUNCATED;
}

void queue_look(struct call *call, const struct effect_env *env)
{
	struct lookup lookup = env->lookup;

	call->paths[0].parent = plain_root;
	if (call->info->effect != EFFECT_QUEUE) {
		look_name(call, env);
		return;
	}
	lookup.want_fs_magic = true;
	lookup_fd(&lookup, &call->paths[0].object, (int)(int32_t)call->args[0]);
}

/* ---- after it ---- */

/* Whether the task has no descriptor left: the other reason for EMFILE is a user's limit for queues. */
static bool has_no_descriptor(const struct call *call, int procfd)
{
	char name[PROC_NAME_MAX];
	struct rlimit limit;
	struct dirent *entry;
	uint32_t number;
	rlim_t n = 0;
	DIR *dir;
	int fd;

	if (prlimit(call->tid, RLIMIT_NOFILE, NULL, &limit) < 0)
		return false;
	fd = openat(procfd, proc_name(name, call->tid, "fd"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	while ((entry = readdir(dir)))
		n += parse_u32(entry->d_name, strlen(entry->d_name), 10, &number) == 0 &&
		     number < limit.rlim_cur;
	(void)closedir(dir);
	return n >= limit.rlim_cur;
}

static void name_child(struct call *call, const struct object *object, enum evt_nametype type)
{
	struct path_arg *arg = &call->paths[0];

	names_object(&call->names, names_string(&call->names, &arg->string), &arg->parent,
		NAME_PARENT | NAME_HIDDEN);
	if (object)
		names_child(&call->names, &arg->parent, arg->text, arg->string.len, object, type);
}

/* Of a queue that could not be looked at before the call: whether the call has made it. */
static bool has_made(const struct call *call, int64_t ret)
{
	uint64_t oflags = call->args[1];

	return ret >= 0 && (oflags & O_CREAT) && (oflags & O_EXCL);
}

static void exit_open(struct call *call, const struct effect_env *env, int64_t ret)
{
	struct path_arg *arg = &call->paths[0];
	const struct name_string *string = names_string(&call->names, &arg->string);
	bool creates = call->args[1] & O_CREAT, is_new = call->mq.queue == QUEUE_ABSENT;

	if (is_bad_name(arg) || (ret == -EMFILE && has_no_descriptor(call, env->lookup.procfd)))
		return;
	if (call->mq.queue == QUEUE_UNSEEN) {
		if (ret < 0 && ret != -EEXIST && ret != -EACCES)
			return;
		is_new = has_made(call, ret);
	}
	if (is_new && !creates)
		return;
	if (ret >= 0)
		lookup_fd(&env->lookup, &arg->object, (int)ret);
	if (is_new) {
		if (!arg->parent.f.ino) {
			arg->parent.f.dev_major = arg->object.f.dev_major;
			arg->parent.f.dev_minor = arg->object.f.dev_minor;
		}
		name_child(call, &arg->object, EVT_NAME_CREATE);
	} else {
		names_object(&call->names, string,
			object_found(&arg->object) ? &arg->object : &unknown, 0);
	}
}

static void exit_unlink(struct call *call, int64_t ret)
{
	struct path_arg *arg = &call->paths[0];
	const struct object *object = NULL;

	if (call->mq.queue == QUEUE_FOUND)
		object = &arg->object;
	else if (call->mq.queue == QUEUE_CLOSED)
		object = &nothing;
	else if (call->mq.queue == QUEUE_UNSEEN && ret != -ENOENT && !is_bad_name(arg))
		object = &nothing;
	name_child(call, object, EVT_NAME_DELETE);
}

/* O_PATH: such a descriptor is none to these calls. */
static bool can_transfer(const struct call *call, const struct effect_env *env)
{
	char name[PROC_NAME_MAX];
	struct stat st;

	/* the descriptor of then is not there any more, but such ones are rare */
	if (env->lookup.known)
		return true;
	proc_name_fd(name, call->tid, (int)(int32_t)call->args[0]);
	return fstatat(env->lookup.procfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & (S_IRUSR | S_IWUSR));
}

static void exit_transfer(struct call *call, const struct effect_env *env, int64_t ret)
{
	const struct object *object = &call->paths[0].object;

	/* noted, and then refused for having been opened the other way */
	if (!call->mq.item || !is_of_queues(object) || !S_ISREG(object->f.mode) ||
		(ret == -EBADF && !can_transfer(call, env)))
		return;
	names_object(&call->names, NULL, object, 0);
}

void queue_exit(struct call *call, const struct effect_env *env, int64_t ret)
{
	const struct path_arg *arg = &call->paths[0];

	if (call->info->effect == EFFECT_QUEUE)
		exit_transfer(call, env, ret);
	else if (!arg->present || arg->error)
		return;
	else if (call->info->effect == EFFECT_QUEUE_UNLINK)
		exit_unlink(call, ret);
	/* attributes that cannot be read are refused before the name is */
	else if (call->mq.item)
		exit_open(call, env, ret);
}
