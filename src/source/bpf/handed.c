// SPDX-License-Identifier: MIT
#include "source/bpf/handed.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM_MIN ((size_t)1024)

static int grow(struct handed *h)
{
	size_t room = h->room ? 2 * h->room : ROOM_MIN;
	struct handed_item *items = calloc(room, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (uint64_t i = h->done; i < h->n; i++)
		items[i & (room - 1)] = h->items[i & (h->room - 1)];
	free(h->items);
	h->items = items;
	h->room = room;
	return 0;
}

int handed_push(struct handed *h, bool is_loss, size_t where, uint64_t value)
{
	int r = h->n - h->done == h->room ? grow(h) : 0;

	if (r < 0)
		return r;
	h->items[h->n++ & (h->room - 1)] = (struct handed_item){ is_loss, where, value };
	return 0;
}

bool handed_pop(struct handed *h, uint64_t n_safe, struct handed_item *ret)
{
	if (h->done == h->n || h->done >= n_safe)
		return false;
	*ret = h->items[h->done++ & (h->room - 1)];
	return true;
}

void handed_deinit(struct handed *h)
{
	free(h->items);
	*h = (struct handed){ 0 };
}
