// SPDX-License-Identifier: MIT
/*
 * The names of the tracepoint tier: the strings as they were passed, the files behind descriptors as the call had them;
 * everything else is looked up now, which is after the call, by whom the call itself cannot be asked any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/effects_look.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/mqueue.h"
#include "source/ptrace/sticky.h"

/* ---- what the call passed ---- */

static void take_socketcall(struct call *call, const struct raw *raw)
{
	for (size_t i = 0; i < raw->n_pass; i++) {
		const struct raw_item *item = &raw->pass[i];
		const struct syscall_info *info = extras_socketcall((uint32_t)call->regs.args[0]);
		uint64_t wide[EVT_ARGS] = { 0 };

		if (item->type != EVT_ITEM_SOCKETCALL || item->len > sizeof(wide) || !info)
			continue;
		memcpy(wide, item->data, item->len);
		memcpy(call->args, wide, sizeof(call->args));
		call->info = info;
	}
}

static void take_how(struct call *call, const struct raw *raw)
{
	struct evt_openat2 how;

	call->has_how = false;
	for (size_t i = 0; i < raw->n_pass; i++)
		if (raw->pass[i].type == EVT_ITEM_OPENAT2 &&
			raw_read(&raw->pass[i], &how, sizeof(how))) {
			call->has_how = true;
			call->how_flags = how.flags;
			call->how_mode = how.mode;
			call->how_resolve = how.resolve;
		}
}

/* What the kernel calls a program that execveat names by a descriptor: "/dev/fd/N" or "/dev/fd/N/path". */
static ssize_t strip_descriptor(const struct call *call, char path[PATH_MAX])
{
	size_t n = strlen("/dev/fd/");

	if (syscall_arg(call->info, ARG_DIRFD) >= 0 && strncmp(path, "/dev/fd/", n) == 0) {
		n += strspn(path + n, "0123456789");
		n += path[n] == '/';
		memmove(path, path + n, strlen(path + n) + 1);
	}
	return (ssize_t)strlen(path);
}

static struct view rest_of(const struct raw_item *item, size_t head)
{
	return (struct view){ item->data + head, item->len - head };
}

struct view assemble_text(const struct assembler *a, uint32_t flags, uint32_t nr, struct view bytes)
{
	if (flags & CAP_F_CUT)
		return (struct view){ 0 };
	if (flags & CAP_F_CHUNKS)
		bytes = chunks_find(
			a->chunks, &(struct chunk_key){ a->raw.h.tid, a->raw.origin.call, nr });
	if (bytes.p)
		bytes.len = strnlen(bytes.p, bytes.len);
	return bytes;
}

static ssize_t copy_text(struct assembler *a, struct view text, char to[PATH_MAX])
{
	if (!text.p) {
		a->call.event_flags |= EVT_F_TRUNCATED;
		return -EFAULT;
	}
	if (text.len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(to, text.p, text.len);
	to[text.len] = '\0';
	return (ssize_t)text.len;
}

/* Bytes of the string, put to `to` with a NUL; negative errno as if it were copied from the program. */
static ssize_t take_string(struct assembler *a, const struct raw_item *item, char to[PATH_MAX])
{
	struct cap_arg arg;
	ssize_t n;

	if (!raw_read(item, &arg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags & CAP_F_FAULT) {
		/* the kernel could read it, unless it says so */
		if (a->raw.h.ret != -EFAULT)
			a->call.event_flags |= EVT_F_FAULT;
		return -EFAULT;
	}
	n = copy_text(a, assemble_text(a, arg.flags, arg.nr, rest_of(item, sizeof(arg))), to);
	return n > 0 && arg.flags & CAP_F_KERNEL ? strip_descriptor(&a->call, to) : n;
}

/* The same in the full tier: the string that the kernel has copied from there. */
static ssize_t take_copied(struct assembler *a, uint64_t pointer, char to[PATH_MAX])
{
	struct cap_string s;

	for (size_t i = 0; i < a->raw.n_hooks; i++) {
		const struct raw_item *item = &a->raw.hooks[i];

		if (item->type == CAP_ITEM_STRING && raw_read(item, &s, sizeof(s)) &&
			s.pointer == pointer)
			return copy_text(
				a, assemble_text(a, s.flags, s.nr, rest_of(item, sizeof(s))), to);
	}
	return -EFAULT;
}

static void take_path(struct assembler *a, struct path_arg *path, enum arg_kind kind)
{
	struct call *call = &a->call;
	int i = syscall_arg(call->info, kind);
	ssize_t n;

	if (i < 0) {
		path->present = false;
		return;
	}
	if (a->options.tier == BPF_TIER_FULL)
		n = take_copied(a, call->args[i], path->text);
	else
		n = take_string(a, &a->raw.strings[i], path->text);
	effect_take_path(call, path, kind, n);
}

static void take_text(struct assembler *a)
{
	struct call *call = &a->call;
	int i = syscall_arg(call->info, ARG_TEXT);

	call->has_text = i >= 0 && take_string(a, &a->raw.strings[i], call->paths[0].text) >= 0;
}

static void take_memory(struct call *call, const struct raw *raw)
{
	struct cap_arg arg;

	call->n_memory = 0;
	for (size_t i = 0; i < EVT_ARGS; i++)
		if (raw_read(&raw->memory[i], &arg, sizeof(arg)))
			call->memory[call->n_memory++] = (struct call_memory){
				.at = arg.pointer,
				.data = raw->memory[i].data + sizeof(arg),
				.len = raw->memory[i].len - sizeof(arg),
			};
}

static void take_call(struct assembler *a)
{
	const struct raw *raw = &a->raw;
	struct call *call = &a->call;

	call->regs.arch = raw->h.arch;
	call->regs.nr = (uint64_t)(uint32_t)raw->h.nr;
	memcpy(call->regs.args, raw->h.args, sizeof(call->regs.args));
	memcpy(call->args, raw->h.args, sizeof(call->args));
	call->info = syscall_info(raw->h.arch, raw->h.nr);
	call->tid = (pid_t)raw->h.tid;
	call->tgid = (pid_t)raw->h.tgid;
	call->is_compat = raw->h.arch == ABI_ARCH_I386;
	call->is_half_done = call->has_ids_before = false;
	call->event_flags = raw->is_cut ? EVT_F_TRUNCATED : 0;
	call->anomaly = 0;
	call->image.n = 0;
	names_clear(&call->names);
	take_socketcall(call, raw);
	take_how(call, raw);
	take_memory(call, raw);
	call->sockaddr_len = 0;
	if (raw->sockaddr.len && raw->sockaddr.len <= sizeof(call->sockaddr)) {
		call->sockaddr_len = raw->sockaddr.len;
		memcpy(call->sockaddr, raw->sockaddr.data, raw->sockaddr.len);
	}
	for (size_t i = 0; i < ARRAY_SIZE(call->paths); i++) {
		/* their objects are nothing since the last call was done */
		call->paths[i].present = false;
	}
}

/* ---- what is known of the task ---- */

static bool is_own_root(const struct assembler *a)
{
	const struct lookup_root *own = &a->own_root;
	struct cap_ids ids;

	if (!raw_read(&a->raw.ids, &ids, sizeof(ids)))
		return true;
	if (ids.mnt_ns != own->ns_ino)
		return false;
	if (ids.root_ino == own->ino && ids.root_dev >> 20 == major(own->dev) &&
		(ids.root_dev & 0xfffff) == minor(own->dev))
		return true;
	/* the root of now is not the one that its own path began at */
	return a->call.info->name && strcmp(a->call.info->name, "chroot") == 0;
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

static char *copy_of(struct view text)
{
	return text.p ? strndup(text.p, text.len) : NULL;
}

static void know_fd(struct assembler *a, int fd, const struct cap_inode *inode, const char *chain,
	size_t chain_len, bool is_cut)
{
	size_t n = a->known.n_fds, i = 0;
	bool want_path = a->env.lookup.want_resolved || a->env.lookup.want_full;

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
	if (!want_path || !object_found(&a->known_objects[i]) || !a->known_paths[i])
		return;
	a->known_objects[i].resolved = strdup(a->known_paths[i]);
	a->known_objects[i].full = strdup(a->known_paths[i]);
}

static void know_files(struct assembler *a)
{
	struct cap_file file;
	struct cap_opened opened;

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

static void know(struct assembler *a)
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
	a->env.lookup.want_resolved = a->options.resolve;
	a->env.lookup.want_full = a->options.extra & EXTRA_PATHS;
	a->env.lookup.want_fs_magic = a->options.fs_magic;
	a->env.lookup.known = &a->known;
}

/* ---- what came of it ---- */

/* The file as opened, and made if it was. Returns whether that is all there is to know. */
static bool look_opened(struct assembler *a)
{
	struct call *call = &a->call;
	struct path_arg *path = &call->paths[0], *where = &call->paths[1];
	struct cap_opened opened;
	const char *name;

	if (a->raw.h.ret < 0 || !raw_read(&a->raw.opened, &opened, sizeof(opened)))
		return false;
	effect_set_oflags(call);
	if (!(opened.flags & CAP_F_CREATED) || opened.flags & CAP_F_TMPFILE) {
		/* effect_exit() looks at what was opened, and before that only whether it was there */
		if (call->oflags & (O_CREAT | O_TRUNC | O_TMPFILE))
			lookup_fd(&a->env.lookup, &path->object, opened.fd);
		return true;
	}
	path->object.error = -ENOENT;
	/* the last component is the first of the chain */
	name = a->raw.opened.data + sizeof(opened);
	where->present = true;
	where->error = 0;
	where->string.len = strnlen(name, a->raw.opened.len - sizeof(opened));
	if (where->string.len >= sizeof(where->text))
		where->string.len = 0;
	memcpy(where->text, name, where->string.len);
	where->text[where->string.len] = '\0';
	where->string.text = where->text;
	where->last = where->text;
	where->last_len = where->string.len;
	object_of_inode(&where->parent, &opened.dir);
	return true;
}

/* Opening ptmx has made a terminal, of which the programs tell. */
static void name_terminal(struct assembler *a)
{
	struct object parent, node;
	struct cap_child child;

	for (size_t i = 0; i < a->raw.n_hooks; i++) {
		if (a->raw.hooks[i].type != CAP_ITEM_CHILD ||
			!raw_read(&a->raw.hooks[i], &child, sizeof(child)))
			continue;
		object_of_inode(&parent, &child.dir);
		object_of_inode(&node, &child.inode);
		if (object_found(&parent) && object_found(&node))
			names_child(&a->call.names, &parent, "", 0, &node, EVT_NAME_CREATE);
	}
}

/* Which file was run is known but for scripts, of which the last interpreter is. */
static void look_program(struct assembler *a)
{
	struct path_arg *path = &a->call.paths[0];
	struct exec_image *image = &a->call.image;
	struct cap_file program;
	struct object loaded;
	char by_pid[32];

	if (a->raw.h.ret < 0 || path->error ||
		!raw_read(&a->raw.program, &program, sizeof(program)))
		return;
	object_of_inode(&loaded, &program.inode);
	if (program.flags & CAP_F_SCRIPT || object_same(&loaded, &path->object))
		return;
	/* it is not where it was; while it runs, the way to it is this one */
	object_deinit(&path->object);
	path->object = loaded;
	exec_image_deinit(image);
	snprintf(by_pid, sizeof(by_pid), "/proc/%d/exe", (int)a->call.tgid);
	exec_image_follow(image, a->env.images, &a->env.lookup, AT_FDCWD, by_pid, &path->object);
}

static void forget_object(struct object *object, int error)
{
	object_deinit(object);
	*object = (struct object){ .error = error };
}

/* The lookup came too late for what the call itself has changed: its objects as they were before it. */
static void undo(struct call *call)
{
	struct path_arg *first = &call->paths[0], *second = &call->paths[1];

	switch ((enum path_effect)call->info->effect) {
	case EFFECT_CREATE:
	case EFFECT_BIND:
		forget_object(&first->object, -ENOENT);
		break;
	case EFFECT_SYMLINK:
	case EFFECT_LINK:
		forget_object(&second->object, -ENOENT);
		break;
	case EFFECT_UNLINK:
	case EFFECT_RMDIR:
		forget_object(&first->object, 0); /* it was there, nobody knows what it was */
		break;
	case EFFECT_RENAME: {
		struct object moved = second->object;

		/* two names of one file, or one name twice: nothing was done */
		if (object_same(&first->object, &second->object))
			break;

		/* an exchange has both; else what was overwritten, if anything, is gone without a trace */
		second->object = first->object;
		first->object = moved;
		if (!(effect_arg(call, ARG_RENAME_FLAGS, 0) & RENAME_EXCHANGE))
			forget_object(&second->object, -ENOENT);
		/* it has gone on meanwhile */
		if (!object_found(&first->object))
			forget_object(&first->object, 0);
		break;
	}
	case EFFECT_MOUNT:
	case EFFECT_UMOUNT:
		/* what is there now is another mount's root */
		forget_object(&first->object, -ENOENT);
		forget_object(&second->object, -ENOENT);
		break;
	default:
		break;
	}
}

/* Whatever has become of it since. */
static void was_there(struct call *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(call->paths); i++)
		if (call->paths[i].present && call->paths[i].object.error == -ENOENT)
			call->paths[i].object.error = -EEXIST;
}

static void look(struct assembler *a)
{
	struct call *call = &a->call;
	enum path_effect effect = (enum path_effect)call->info->effect;

	if ((effect == EFFECT_OPEN || effect == EFFECT_CREAT) && look_opened(a))
		return;
	effect_look(call, &a->env);
	if (effect == EFFECT_EXEC)
		look_program(a);
	if (effect != EFFECT_FD && effect != EFFECT_QUEUE)
		call->event_flags |= EVT_F_TOCTOU;
	if (a->raw.h.ret >= 0)
		undo(call);
	else if (a->raw.h.ret == -EEXIST)
		was_there(call);
}

/* An open that says so: whatever is there now was not. */
static bool is_missing(const struct assembler *a)
{
	const struct call *call = &a->call;
	const struct path_arg *path = &call->paths[0];

	return call->info->effect == EFFECT_OPEN && a->raw.h.ret == -ENOENT &&
	       !(call->oflags & O_CREAT) && path->present && !path->error;
}

/* What the hooks have told; of a descriptor that a call is about they tell nothing. */
static void name_full(struct assembler *a)
{
	struct call *call = &a->call;

	if (call->info->effect == EFFECT_FD || call->info->effect == EFFECT_QUEUE) {
		effect_look(call, &a->env);
		effect_exit(call, &a->env, a->raw.h.ret);
	}
	assemble_names(a);
}

static void name_from_args(struct assembler *a)
{
	struct call *call = &a->call;

	if (call->info->effect == EFFECT_NONE || !(a->raw.h.flags & EVT_F_RETURNED))
		return;
	look(a);
	if (is_missing(a))
		(void)names_string(&call->names, &call->paths[0].string);
	else
		effect_exit(call, &a->env, a->raw.h.ret);
	name_terminal(a);
	sticky_exit(call, &a->env, a->raw.h.ret);
}

void assemble_args(struct assembler *a)
{
	struct call *call = &a->call;
	bool is_full = a->options.tier == BPF_TIER_FULL;

	take_call(a);
	mq_entry(call);
	if (!is_full && !(a->raw.h.flags & EVT_F_RETURNED))
		return;
	if (!a->raw.n_hooks && call->info->effect == EFFECT_NONE &&
		!(a->options.extra & EXTRA_PATHS))
		return;
	take_path(a, &call->paths[0], ARG_PATH);
	take_path(a, &call->paths[1], ARG_PATH2);
	if (!is_full)
		take_text(a);
	know(a);
	know_files(a);
	if (is_full)
		name_full(a);
	else
		name_from_args(a);
	if (a->options.extra & EXTRA_PATHS) {
		full_path_read_fds(call, &a->env.lookup);
		full_path_of_missing(call, &a->env.lookup);
	}
	if (call->names.cut)
		call->event_flags |= EVT_F_TRUNCATED;
}
