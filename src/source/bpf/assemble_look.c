// SPDX-License-Identifier: MIT
/*
 * What the paths of a call lead to, in the tier tracepoints: looked up when the call is over, so that what it has changed itself
 * has to be taken back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/effects_look.h"

/* The file as opened, and made if it was. Returns whether that is all there is to know. */
static bool look_opened(struct assembler *a)
{
	struct call *call = &a->call;
	struct path_arg *path = &call->paths[0], *where = &call->paths[1];
	struct cap_file opened;
	struct cap_inode dir;
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
	if (!raw_read(&a->raw.made_in, &dir, sizeof(dir)))
		return false;
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
	object_of_inode(&where->parent, &dir);
	return true;
}

/* Where it was when the call was over, as the kernel says. */
static void place_program(struct assembler *a, struct object *program)
{
	struct evt_exe exe;

	if (!raw_read(&a->raw.exe, &exe, sizeof(exe)) || exe.ino != program->f.ino ||
		a->raw.exe.flags & CAP_F_CUT)
		return;
	(void)path_of_chain(&a->room, a->raw.exe.data + sizeof(exe), a->raw.exe.len - sizeof(exe));
	if (!buf_error(&a->room))
		assemble_place(a, program, buf_cstr(&a->room));
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
	place_program(a, &path->object);
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

void assemble_look(struct assembler *a)
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
