// SPDX-License-Identifier: MIT
#include "source/object.h"

#include <errno.h>
#include <stdlib.h>

void object_clear(struct object *o)
{
	free(o->resolved);
	free(o->tree);
	free(o->full);
	*o = (struct object){ .error = -ENOENT };
}
