// SPDX-License-Identifier: MIT
#include "source/names.h"

#include <string.h>

void names_clear(struct names *names)
{
	names->n = 0;
	names->cut = false;
}

size_t path_directory_len(const char *path, size_t len)
{
	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	return len;
}

const char *path_last(const char *path, size_t len, size_t *ret_len)
{
	size_t start;

	while (len && path[len - 1] == '/')
		len--;
	start = len;
	while (start && path[start - 1] != '/')
		start--;
	*ret_len = len - start;
	return path + start;
}

static struct name_entry *append(
	struct names *names, const struct name_string *string, enum evt_nametype type)
{
	struct name_entry *entry;

	if (names->n == NAMES_MAX) {
		names->cut = true;
		return NULL;
	}
	entry = &names->entries[names->n++];
	*entry = (struct name_entry){
		.string = string, .shown_len = EVT_NAME_FULL, .type = (uint8_t)type
	};
	return entry;
}

const struct name_string *names_string(struct names *names, const struct name_string *string)
{
	if (string->pointer)
		for (size_t i = 0; i < names->n; i++)
			if (names->entries[i].string &&
				names->entries[i].string->pointer == string->pointer)
				return names->entries[i].string;
	(void)append(names, string, EVT_NAME_UNKNOWN);
	return string;
}

static bool type_fits(const struct name_entry *entry, bool parent)
{
	if (parent)
		return entry->type == EVT_NAME_PARENT || entry->type == EVT_NAME_UNKNOWN;
	return entry->type != EVT_NAME_PARENT;
}

static bool same_inode(const struct name_entry *entry, const struct evt_path *f)
{
	return entry->has_inode && entry->f.ino == f->ino && entry->f.dev_major == f->dev_major &&
	       entry->f.dev_minor == f->dev_minor;
}

static void set_inode(struct name_entry *entry, const struct object *object)
{
	entry->has_inode = true;
	entry->f = object->f;
	entry->resolved = object->resolved;
	entry->tree = object->tree;
	names_set_full(entry, object->full, NULL, 0);
}

void names_set_full(
	struct name_entry *entry, const char *directory, const char *child, size_t child_len)
{
	entry->full = directory;
	entry->child = child;
	entry->child_len = child_len;
}

void names_object(struct names *names, const struct name_string *string,
	const struct object *object, unsigned flags)
{
	bool parent = flags & NAME_PARENT;
	struct name_entry *entry = NULL;

	/* newest first, as the kernel searches */
	for (size_t i = names->n; string && i-- > 0 && !entry;)
		if (names->entries[i].string == string && type_fits(&names->entries[i], parent))
			entry = &names->entries[i];
	for (size_t i = names->n; string && i-- > 0 && !entry;)
		if (same_inode(&names->entries[i], &object->f) &&
			type_fits(&names->entries[i], parent))
			entry = &names->entries[i];
	if (!entry)
		entry = append(names, string, EVT_NAME_UNKNOWN);
	if (!entry)
		return;
	if (parent) {
		entry->type = EVT_NAME_PARENT;
		entry->shown_len = EVT_NAME_FULL;
		if (entry->string)
			entry->shown_len = (int32_t)path_directory_len(
				entry->string->text, entry->string->len);
		entry->hidden = flags & NAME_HIDDEN;
	} else {
		entry->type = EVT_NAME_NORMAL;
		entry->shown_len = EVT_NAME_FULL;
	}
	set_inode(entry, object);
	if (flags & NAME_NO_CAPS)
		entry->f.flags |= EVT_PATH_NO_CAPS;
}

/* Whether the string, without its first directory_len bytes (EVT_NAME_FULL: its own directory part), is that name. */
static bool ends_with(const struct name_string *string, int32_t directory_len, const char *child,
	size_t child_len)
{
	size_t start = directory_len == EVT_NAME_FULL
			       ? path_directory_len(string->text, string->len)
			       : (size_t)directory_len;
	size_t end = string->len;

	if (start > end)
		return false;
	while (end > start && string->text[end - 1] == '/')
		end--;
	return end - start == child_len && memcmp(string->text + start, child, child_len) == 0;
}

static struct name_entry *find_parent(
	struct names *names, const struct object *parent, const char *child, size_t child_len)
{
	for (size_t i = 0; i < names->n; i++) {
		struct name_entry *entry = &names->entries[i];

		if (entry->string &&
			(entry->type == EVT_NAME_PARENT || entry->type == EVT_NAME_UNKNOWN) &&
			same_inode(entry, &parent->f) &&
			ends_with(entry->string, entry->shown_len, child, child_len))
			return entry;
	}
	return NULL;
}

/* The strings of other paths are compared as if their directory parts were as long as that of the parent's. */
static struct name_entry *find_child(struct names *names, const struct name_entry *parent,
	const char *child, size_t child_len, enum evt_nametype type)
{
	for (size_t i = 0; i < names->n; i++) {
		struct name_entry *entry = &names->entries[i];

		if (!entry->string || (entry->type != type && entry->type != EVT_NAME_UNKNOWN))
			continue;
		if ((entry->string->len == child_len &&
			    memcmp(entry->string->text, child, child_len) == 0) ||
			ends_with(entry->string, parent ? parent->shown_len : EVT_NAME_FULL, child,
				child_len))
			return entry;
	}
	return NULL;
}

void names_child(struct names *names, const struct object *parent, const char *child,
	size_t child_len, const struct object *object, enum evt_nametype type)
{
	struct name_entry *found_parent = find_parent(names, parent, child, child_len),
			  *found_child;

	if (found_parent)
		found_parent->type = EVT_NAME_PARENT;
	found_child = find_child(names, found_parent, child, child_len, type);
	if (found_child)
		found_child->type = (uint8_t)type;
	if (!found_parent) {
		struct name_entry *entry = append(names, NULL, EVT_NAME_PARENT);

		if (entry)
			set_inode(entry, parent);
	}
	if (!found_child) {
		found_child = append(names, found_parent ? found_parent->string : NULL, type);
		if (!found_child)
			return;
	}
	if (object_found(object))
		set_inode(found_child, object);
	else
		found_child->has_inode = false;
	/* also for what has just got this name, and for what has it no more */
	names_set_full(found_child, parent->full, child, child_len);
}

/* The path of the entry: its own bytes, or put together in room, which is cleared. */
static struct view full_path(const struct name_entry *entry, struct buf *room)
{
	size_t len;

	if (!entry->full)
		return (struct view){ 0 };
	len = strlen(entry->full);
	if (!entry->child)
		return (struct view){ entry->full, len };
	buf_clear(room);
	buf_put(room, entry->full, len);
	if (!len || entry->full[len - 1] != '/')
		buf_putc(room, '/');
	buf_put(room, entry->child, entry->child_len);
	if (buf_error(room))
		return (struct view){ 0 };
	return (struct view){ room->data, room->len };
}

void names_put(const struct names *names, struct event_writer *w)
{
	struct buf room = BUF_NULL;

	for (size_t i = 0; i < names->n; i++) {
		const struct name_entry *entry = &names->entries[i];
		struct event_path path = { .f = entry->f };

		if (!entry->has_inode)
			path.f = (struct evt_path){ 0 };
		path.f.nametype = entry->type;
		path.f.shown_len = entry->shown_len;
		if (entry->hidden)
			path.f.flags |= EVT_PATH_HIDDEN;
		if (entry->string)
			path.name = (struct view){ entry->string->text, entry->string->len };
		if (entry->has_inode && entry->resolved)
			path.resolved = (struct view){ entry->resolved, strlen(entry->resolved) };
		if (entry->has_inode && entry->tree)
			path.tree = (struct view){ entry->tree, strlen(entry->tree) };
		path.full = full_path(entry, &room);
		event_put_path(w, &path);
	}
	buf_deinit(&room);
}
