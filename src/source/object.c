// SPDX-License-Identifier: MIT
#include "source/object.h"

#include <errno.h>
#include <stdlib.h>

/* Most are nothing already, and those of a call are many. */
static bool is_nothing(const struct object *o)
{
	return o->error == -ENOENT && !o->f.flags && !o->f.mode && !o->dead && !o->mounted &&
	       !o->resolved && !o->full;
}

void object_deinit(struct object *o)
{
	if (is_nothing(o))
		return;
	free(o->resolved);
	free(o->full);
	*o = (struct object){ .error = -ENOENT };
}
