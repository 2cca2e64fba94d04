// SPDX-License-Identifier: MIT
/*
 * What calls say of the paths of rules in the tier tracepoints, where the paths are looked up when the call is over: a watch is
 * what the call found or left under its name, and what has gone is what the name meant before.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>

#include "base/macros.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/effects_look.h"

static bool has_inode(const struct object *object)
{
	return object_found(object) && object->f.flags & EVT_PATH_INODE;
}

/* The directory and the name that a path ends in; false: not known. */
static bool place_of(const struct path_arg *path, struct fsmark_change *ret)
{
	if (!path->present || path->error || !has_inode(&path->parent) || !path->last_len)
		return false;
	*ret = (struct fsmark_change){
		.dir_ino = path->parent.f.ino,
		.dir_major = path->parent.f.dev_major,
		.dir_minor = path->parent.f.dev_minor,
		.name = path->last,
		.name_len = path->last_len,
	};
	return true;
}

static void set_what(struct fsmark_change *change, const struct evt_path *f, bool is_there)
{
	change->ino = f->ino;
	change->major = f->dev_major;
	change->minor = f->dev_minor;
	change->mode = f->mode;
	change->uid = f->uid;
	change->gid = f->gid;
	change->rdev_major = f->rdev_major;
	change->rdev_minor = f->rdev_minor;
	change->is_there = is_there;
}

static bool remember(const struct assembler *a, const struct path_arg *path, struct object *ret)
{
	struct fsmark_change place;

	if (!place_of(path, &place) || !fsmarks_meant(a->marks, &place))
		return false;
	*ret = (struct object){ .f = {
					.ino = place.ino,
					.dev_major = place.major,
					.dev_minor = place.minor,
					.rdev_major = place.rdev_major,
					.rdev_minor = place.rdev_minor,
					.mode = place.mode,
					.uid = place.uid,
					.gid = place.gid,
					.flags = EVT_PATH_INODE,
				} };
	return true;
}

static bool is_exchange(const struct assembler *a)
{
	return effect_arg(&a->call, ARG_RENAME_FLAGS, 0) & RENAME_EXCHANGE;
}

static void remember_renamed(struct assembler *a)
{
	struct path_arg *from = &a->call.paths[0], *to = &a->call.paths[1];
	struct object object;

	if (!has_inode(&from->object) && remember(a, from, &object)) {
		object_deinit(&from->object);
		from->object = object;
	}
	/* what was there is gone without a trace */
	if (!object_found(&to->object) && !is_exchange(a) &&
		!(effect_arg(&a->call, ARG_RENAME_FLAGS, 0) & RENAME_NOREPLACE) &&
		remember(a, to, &object) && !object_same(&object, &from->object)) {
		object_deinit(&to->object);
		to->object = object;
	}
}

void assemble_watched_before(struct assembler *a)
{
	struct path_arg *path = &a->call.paths[0];
	struct object object;

	if (!a->marks || a->raw.h.ret < 0)
		return;
	switch ((enum path_effect)a->call.info->effect) {
	case EFFECT_UNLINK:
	case EFFECT_RMDIR:
		if (!has_inode(&path->object) && remember(a, path, &object)) {
			object_deinit(&path->object);
			path->object = object;
		}
		break;
	case EFFECT_RENAME:
		remember_renamed(a);
		break;
	default:
		break;
	}
}

/* ---- afterwards ---- */

static void tell(
	struct assembler *a, const struct path_arg *path, const struct evt_path *f, bool is_there)
{
	struct fsmark_change change;

	if (!place_of(path, &change))
		return;
	set_what(&change, f, is_there);
	fsmarks_saw(a->marks, &change);
}

static void tell_renamed(struct assembler *a)
{
	const struct path_arg *from = &a->call.paths[0], *to = &a->call.paths[1];

	/* two names of one file are left as they are */
	if (object_same(&from->object, &to->object))
		return;
	if (!is_exchange(a))
		tell(a, from, &from->object.f, false);
	else if (has_inode(&to->object))
		tell(a, from, &to->object.f, true);
	if (has_inode(&from->object))
		tell(a, to, &from->object.f, true);
}

/* What was made has an item of its own. */
static void tell_made(struct assembler *a, const struct path_arg *path)
{
	const struct names *names = &a->call.names;

	for (size_t i = names->n; i-- > 0;)
		if (names->entries[i].type == EVT_NAME_CREATE && names->entries[i].has_inode) {
			tell(a, path, &names->entries[i].f, true);
			return;
		}
}

/* Not what a symbolic link of that name leads to. */
static void tell_found(struct assembler *a, struct path_arg *path)
{
	struct fsmark_change change;

	if (!path->present || path->error || !path->last_len || !has_inode(&path->object) ||
		!fsmarks_has_name(a->marks, path->last, path->last_len))
		return;
	if (!has_inode(&path->parent))
		effect_look_parent(path, &a->env);
	if (!place_of(path, &change))
		return;
	set_what(&change, &path->object.f, true);
	if (fsmarks_is_there(a->marks, &change))
		fsmarks_saw(a->marks, &change);
}

void assemble_watched_after(struct assembler *a)
{
	struct call *call = &a->call;
	bool has_worked = a->raw.h.ret >= 0;

	if (!a->marks)
		return;
	switch ((enum path_effect)call->info->effect) {
	case EFFECT_UNLINK:
	case EFFECT_RMDIR:
		if (has_worked)
			tell(a, &call->paths[0], &call->paths[0].object.f, false);
		break;
	case EFFECT_RENAME:
		if (has_worked)
			tell_renamed(a);
		break;
	case EFFECT_CREATE:
	case EFFECT_BIND:
		if (has_worked)
			tell_made(a, &call->paths[0]);
		break;
	case EFFECT_SYMLINK:
	case EFFECT_LINK:
		if (has_worked)
			tell_made(a, &call->paths[1]);
		break;
	case EFFECT_OPEN:
	case EFFECT_CREAT:
		/* the programs tell of what was opened (CAP_ITEM_NAMED) */
		if (!has_worked)
			tell_found(a, &call->paths[0]);
		break;
	default:
		for (size_t i = 0; i < ARRAY_SIZE(call->paths); i++)
			tell_found(a, &call->paths[i]);
	}
}
