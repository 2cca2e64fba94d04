// SPDX-License-Identifier: MIT
/*
 * The names of the full tier: the hooks of path lookup that ran, in their order, are those that the kernel's audit calls
 * (spec kernel 5.2); the list of names is made of them as it does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "source/bpf/assembly.h"

#define OBJECTS_MAX (2 * RAW_HOOKS_MAX) /* a child is two: itself and its directory */

/* Which string a struct filename of the kernel was: its address may be another one's later in the same call. */
struct known_name {
	uint64_t address;
	const struct name_string *string;
};

/* What the entries of call->names point to. */
struct name_hooks {
	struct name_string strings[RAW_HOOKS_MAX];
	struct known_name known[RAW_HOOKS_MAX];
	size_t n_strings;
	struct object objects[OBJECTS_MAX];
	size_t n_objects;
};

struct name_hooks *name_hooks_new(void)
{
	return calloc(1, sizeof(struct name_hooks));
}

static void forget(struct name_hooks *hooks)
{
	for (size_t i = 0; i < hooks->n_objects; i++)
		object_deinit(&hooks->objects[i]);
	hooks->n_objects = hooks->n_strings = 0;
}

struct name_hooks *name_hooks_free(struct name_hooks *hooks)
{
	if (hooks)
		forget(hooks);
	free(hooks);
	return NULL;
}

static void cut(struct assembler *a)
{
	a->call.event_flags |= EVT_F_TRUNCATED;
}

static struct object *add_object(struct name_hooks *hooks, const struct cap_inode *inode)
{
	struct object *o = &hooks->objects[hooks->n_objects++];

	object_of_inode(o, inode);
	return o;
}

/* ---- hook G ---- */

static void take_string(struct assembler *a, const struct raw_item *item)
{
	struct name_hooks *hooks = a->name_hooks;
	struct name_string *string = &hooks->strings[hooks->n_strings];
	struct view text = { 0 };
	struct cap_string s;

	if (!raw_read(item, &s, sizeof(s))) {
		cut(a);
		return;
	}
	text = assemble_text(
		a, s.flags, s.nr, (struct view){ item->data + sizeof(s), item->len - sizeof(s) });
	if (!text.p) {
		cut(a);
		text = (struct view){ "", 0 };
	}
	*string = (struct name_string){ .text = text.p, .len = text.len, .pointer = s.pointer };
	hooks->known[hooks->n_strings++] =
		(struct known_name){ s.name, names_string(&a->call.names, string) };
}

/* The last one that had that address. */
static const struct name_string *string_of(const struct name_hooks *hooks, uint64_t address)
{
	for (size_t i = hooks->n_strings; address && i-- > 0;)
		if (hooks->known[i].address == address)
			return hooks->known[i].string;
	return NULL;
}

/* ---- hook I ---- */

static char *copy_of_path(struct assembler *a, const char *chain, size_t len)
{
	struct view path = path_of_chain(&a->room, chain, len);

	return path.p ? strndup(path.p, path.len) : NULL;
}

/* root_at: the bytes of the chain that lie below the task's root. */
static void set_paths(struct assembler *a, struct object *object, const struct cap_object *found,
	const char *chain, size_t len)
{
	size_t root_at;

	if (found->flags & CAP_F_CUT) {
		cut(a);
		return;
	}
	/* where its file system is mounted is not known: only objects that no tree is of are told like that */
	if (!(found->flags & CAP_F_MOUNTS))
		return;
	root_at = found->root_at <= len ? found->root_at : len;
	if (a->options.resolve) {
		object->resolved = copy_of_path(a, chain, root_at);
		assemble_tree_path(a, object, copy_of_path(a, chain, len));
	}
	if (a->options.extra & EXTRA_PATHS)
		object->full = copy_of_path(a, chain, root_at);
}

static void take_object(struct assembler *a, const struct raw_item *item)
{
	static const struct {
		uint32_t from;
		unsigned to;
	} flags[] = {
		{ CAP_F_PARENT, NAME_PARENT },
		{ CAP_F_HIDDEN, NAME_HIDDEN },
		{ CAP_F_NO_CAPS, NAME_NO_CAPS },
	};
	const struct name_string *string;
	struct cap_object found;
	struct object *object;
	unsigned name_flags = 0;

	if (!raw_read(item, &found, sizeof(found))) {
		cut(a);
		return;
	}
	object = add_object(a->name_hooks, &found.inode);
	if (!object_found(object))
		return;
	if (item->len > sizeof(found))
		set_paths(a, object, &found, item->data + sizeof(found), item->len - sizeof(found));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (found.flags & flags[i].from)
			name_flags |= flags[i].to;
	string = string_of(a->name_hooks, found.name);
	if (!(name_flags & NAME_NO_CAPS))
		assemble_caps(a, object, &found.inode,
			string && string->len && string->text[0] == '/' ? string->text : NULL, -1);
	names_object(&a->call.names, string, object, name_flags);
}

/* ---- hook C ---- */

static void take_child(struct assembler *a, const struct raw_item *item)
{
	struct object *dir, *object;
	struct cap_child child;

	if (!raw_read(item, &child, sizeof(child)) ||
		(child.nametype != EVT_NAME_CREATE && child.nametype != EVT_NAME_DELETE)) {
		cut(a);
		return;
	}
	dir = add_object(a->name_hooks, &child.dir);
	object = add_object(a->name_hooks, &child.inode);
	if (!object_found(dir)) {
		cut(a);
		return;
	}
	if (object_found(object))
		assemble_caps(a, object, &child.inode, NULL, -1);
	names_child(&a->call.names, dir, item->data + sizeof(child), item->len - sizeof(child),
		object, (enum evt_nametype)child.nametype);
}

void assemble_names(struct assembler *a)
{
	static const struct {
		uint16_t type;
		void (*take)(struct assembler *a, const struct raw_item *item);
	} kinds[] = {
		{ CAP_ITEM_STRING, take_string },
		{ CAP_ITEM_OBJECT, take_object },
		{ CAP_ITEM_CHILD, take_child },
	};

	for (size_t i = 0; i < a->raw.n_hooks; i++)
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			if (kinds[k].type == a->raw.hooks[i].type)
				kinds[k].take(a, &a->raw.hooks[i]);
}

void assemble_names_done(struct assembler *a)
{
	forget(a->name_hooks);
}

/* ---- what names mean ---- */

static void set_change(
	struct fsmark_change *ret, uint64_t dir_ino, uint32_t dir_dev, uint64_t ino, uint32_t dev)
{
	*ret = (struct fsmark_change){
		.dir_ino = dir_ino,
		.dir_major = dir_dev >> 20,
		.dir_minor = dir_dev & 0xfffff,
		.ino = ino,
		.major = dev >> 20,
		.minor = dev & 0xfffff,
	};
}

/* What may be made has no inode yet, what may be removed may stay. */
static bool read_child(const struct raw_item *item, bool has_worked, struct fsmark_change *ret)
{
	struct cap_child child;

	if (!raw_read(item, &child, sizeof(child)))
		return false;
	set_change(ret, child.dir.ino, child.dir.dev, child.inode.ino, child.inode.dev);
	ret->is_there = child.nametype == EVT_NAME_CREATE;
	ret->name = item->data + sizeof(child);
	ret->name_len = item->len - sizeof(child);
	return ret->is_there ? child.inode.mode != 0 : has_worked;
}

static bool read_named(const struct raw_item *item, struct fsmark_change *ret)
{
	struct cap_named named;

	if (!raw_read(item, &named, sizeof(named)))
		return false;
	set_change(ret, named.dir_ino, named.dir_dev, named.ino, named.dev);
	ret->is_there = true;
	ret->name = item->data + sizeof(named);
	ret->name_len = item->len - sizeof(named);
	return true;
}

void assemble_changes(struct assembler *a, assemble_change_fn fn, void *userdata)
{
	bool has_worked = a->raw.h.flags & EVT_F_RETURNED && a->raw.h.ret >= 0;

	if (!assemble_is_call(&a->raw.h))
		return;
	for (size_t i = 0; i < a->raw.n_hooks; i++) {
		const struct raw_item *item = &a->raw.hooks[i];
		struct fsmark_change change;

		if ((item->type == CAP_ITEM_CHILD && read_child(item, has_worked, &change)) ||
			(item->type == CAP_ITEM_NAMED && read_named(item, &change)))
			fn(userdata, &change);
	}
}
