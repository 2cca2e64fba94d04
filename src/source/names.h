/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_NAMES_H
#define UAUDIT_SOURCE_NAMES_H

/*
 * The list of names of one event, built by the same three hooks that the kernel calls (spec kernel 5.2), in the order
 * in which it calls them: a string was copied (G), an object was looked up (I), a child was created or removed in a
 * directory (C). The ptrace source works
 * out what each call must have called (effects.c), the BPF source is told by the hooks themselves.
 */

#include "event/event.h"
#include "source/object.h"

/* A string that the task passed. Kept by the caller until the names are no longer needed. */
struct name_string {
	const char *text;
	size_t len;
	uint64_t pointer; /* in the task; 0: not from there (an interpreter's path) */
};

struct name_entry {
	const struct name_string *string; /* NULL: anonymous */
	int32_t shown_len;                /* EVT_NAME_FULL, 0, or bytes */
	uint8_t type;                     /* enum evt_nametype */
	bool hidden;
	bool has_inode;
	struct evt_path f;
	const char *resolved, *tree; /* borrowed from the object */
	/* The absolute path as the task sees it, NULL unless asked for: with a child behind it that of the directory in
	 * which the child is. Borrowed like the others. */
	const char *full;
	const char *child;
	size_t child_len;
};

#define NAMES_MAX 32 /* entries of one call; exec through five scripts has the most: 14 */

struct names {
	struct name_entry entries[NAMES_MAX];
	size_t n;
	bool cut; /* there was no room for one */
};

void names_clear(struct names *names);

/* G. Returns the string that entries share from now on: an earlier one if the task passed the same pointer before. */
const struct name_string *names_string(struct names *names, const struct name_string *string);

#define NAME_PARENT  1u
#define NAME_HIDDEN  2u
#define NAME_NO_CAPS 4u
/* I. string: the one under which it was looked up, NULL for a descriptor. */
void names_object(struct names *names, const struct name_string *string,
	const struct object *object, unsigned flags);

/* C. child: its last path component; object: what it is, not found while it does not exist yet (or any more). */
void names_child(struct names *names, const struct object *parent, const char *child,
	size_t child_len, const struct object *object, enum evt_nametype type);

/* Where an entry's object would be that was not found. */
void names_set_full(
	struct name_entry *entry, const char *directory, const char *child, size_t child_len);

/* Appends the entries to an event as EVT_ITEM_PATH items. */
void names_put(const struct names *names, struct event_writer *w);

/* Bytes of the directory part of a path, its last slash included; 0 without one (spec kernel 5.4). */
size_t path_directory_len(const char *path, size_t len);
/* The last component without trailing slashes; *ret_len its length, 0 for "/" and "". */
const char *path_last(const char *path, size_t len, size_t *ret_len);

#endif
