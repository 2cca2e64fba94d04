// SPDX-License-Identifier: MIT
/* The decoder of the event format: what a replay file or a source may hold. */
#include "fuzz.h"

#include <string.h>

#include "event/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event ev;
	size_t used = 0, at = 0;
	uint64_t *aligned = malloc(size ? size : 1);

	if (!aligned)
		return 0;
	memcpy(aligned, data, size);
	while (at < size && event_decode(&ev, (char *)aligned + at, size - at, &used) == 0) {
		if (used == 0 || used > size - at)
			abort();
		at += used;
	}
	free(aligned);
	return 0;
}
