// SPDX-License-Identifier: MIT
#include "log/id_names.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define ENTRY_SIZE_FIRST ((size_t)1024)
#define ENTRY_SIZE_MAX   ((size_t)1024 * 1024) /* groups with very many members */
#define NAMES_MAX                                                                                  \
	((size_t)65536) /* ids remembered; the log of a hostile program names any number */

/* Both databases answer through a caller's buffer of a size that nobody knows beforehand. */
static char *ask(uint32_t id, int (*query)(uint32_t id, char *space, size_t size, const char **ret))
{
	char *space = NULL, *more, *name = NULL;
	const char *found;
	int r = ERANGE;

	for (size_t size = ENTRY_SIZE_FIRST; r == ERANGE && size <= ENTRY_SIZE_MAX; size *= 2) {
		more = realloc(space, size);
		if (!more)
			break;
		space = more;
		found = NULL;
		r = query(id, space, size, &found);
		if (r == 0 && found)
			name = strdup(found);
	}
	free(space);
	return name;
}

static int query_user(uint32_t id, char *space, size_t size, const char **ret)
{
	struct passwd entry, *found;
	int r = getpwuid_r(id, &entry, space, size, &found);

	if (r == 0 && found)
		*ret = found->pw_name;
	return r;
}

static int query_group(uint32_t id, char *space, size_t size, const char **ret)
{
	struct group entry, *found;
	int r = getgrgid_r(id, &entry, space, size, &found);

	if (r == 0 && found)
		*ret = found->gr_name;
	return r;
}

static const char *look_up(struct id_names *names, uint32_t id,
	int (*query)(uint32_t id, char *space, size_t size, const char **ret))
{
	size_t low = 0, high = names->n, middle, max;
	struct id_name *more;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (names->names[middle].id == id)
			return names->names[middle].name;
		if (names->names[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (names->n == names->max) {
		max = names->max ? names->max * 2 : 16;
		more = max <= NAMES_MAX ? reallocarray(names->names, max, sizeof(*more)) : NULL;
		if (!more)
			return NULL;
		names->names = more;
		names->max = max;
	}
	memmove(names->names + low + 1, names->names + low,
		(names->n - low) * sizeof(*names->names));
	names->names[low] = (struct id_name){ .id = id, .name = ask(id, query) };
	names->n++;
	return names->names[low].name;
}

const char *id_names_user(struct id_names *names, uint32_t uid)
{
	return look_up(names, uid, query_user);
}

const char *id_names_group(struct id_names *names, uint32_t gid)
{
	return look_up(names, gid, query_group);
}

void id_names_deinit(struct id_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->names[i].name);
	free(names->names);
	*names = (struct id_names){ 0 };
}
