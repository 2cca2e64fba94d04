// SPDX-License-Identifier: MIT
#include "log/inode_names.h"

#include <stdlib.h>
#include <string.h>

#define KEY_MAX 64 /* bytes; two device numbers and an inode have 37 at most */

/* The slot of a key, made if it is new; NULL: no memory, or no key. */
static uint32_t *slot_of(struct inode_names *names, struct view dev, struct view inode)
{
	struct name_entry *e;
	char key[KEY_MAX];
	uint32_t *more;
	size_t at, max;

	if (dev.len + inode.len + 1 > sizeof(key))
		return NULL;
	memcpy(key, dev.p, dev.len);
	key[dev.len] = ' ';
	memcpy(key + dev.len + 1, inode.p, inode.len);
	e = name_set_get(&names->keys, key, dev.len + inode.len + 1);
	if (!e)
		return NULL;
	at = (size_t)(e - names->keys.entries);
	if (at >= names->max) {
		for (max = names->max ? names->max : 64; max <= at;)
			max *= 2;
		more = reallocarray(names->path_of, max, sizeof(*more));
		if (!more)
			return NULL;
		memset(more + names->max, 0, (max - names->max) * sizeof(*more));
		names->path_of = more;
		names->max = max;
	}
	return &names->path_of[at];
}

void inode_names_put(
	struct inode_names *names, struct view dev, struct view inode, struct view path)
{
	uint32_t *slot = slot_of(names, dev, inode);
	struct name_entry *e = slot ? name_set_get(&names->paths, path.p, path.len) : NULL;

	if (slot)
		*slot = e ? (uint32_t)(e - names->paths.entries) + 1 : 0;
}

void inode_names_drop(struct inode_names *names, struct view dev, struct view inode)
{
	uint32_t *slot = slot_of(names, dev, inode);

	if (slot)
		*slot = 0;
}

bool inode_names_get(
	struct inode_names *names, struct view dev, struct view inode, struct view *ret)
{
	uint32_t *slot = slot_of(names, dev, inode);

	if (!slot || !*slot)
		return false;
	*ret = (struct view){ names->paths.entries[*slot - 1].name,
		names->paths.entries[*slot - 1].len };
	return true;
}

void inode_names_deinit(struct inode_names *names)
{
	name_set_deinit(&names->keys);
	name_set_deinit(&names->paths);
	free(names->path_of);
	*names = (struct inode_names){ 0 };
}
