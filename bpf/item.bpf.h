/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_ITEM_H
#define UAUDIT_BPF_ITEM_H

/* Items: of a call that is under way (struct call), and of the record that is put together at its end (struct record). */

#include "maps.bpf.h"

#define PADDED(len) (((len) + EVT_ALIGN - 1) & ~(__u32)(EVT_ALIGN - 1))

/* What the compiler knows of a number the verifier has to be shown: it must not leave a test of it out. */
#define HIDE_RANGE(n) asm volatile("" : "+r"(n))

/*
 * Copies `len` bytes, of which there are `room` on both sides, a multiple of COPY_WORDS, and returns that; 0: there are more. Few
 * are copied as words: a helper takes ten times as long.
 */
#define COPY_WORDS 64 /* bytes */

struct copy_words {
	__u64 words[COPY_WORDS / 8];
};

static __always_inline __u32 copy_room(void *to, const void *from, __u32 len, __u32 room)
{
	if (len > room)
		return 0;
	if (len <= 2 * COPY_WORDS) {
		*(struct copy_words *)to = *(const struct copy_words *)from;
		if (len > COPY_WORDS)
			*((struct copy_words *)to + 1) = *((const struct copy_words *)from + 1);
		return len;
	}
	HIDE_RANGE(len);
	if (len > room || bpf_probe_read_kernel(to, len, from))
		return 0;
	return len;
}

/* Room for an item of fixed size in the call; its payload, or NULL after noting that something is missing. */
static __always_inline void *call_item(struct call *c, __u16 type, __u32 len)
{
	__u32 at = c->used;
	struct evt_item *item;

	if (at > CALL_ROOM - 256) {
		c->flags |= EVT_F_TRUNCATED;
		return NULL;
	}
	item = (void *)(c->items + at);
	item->type = type;
	item->flags = 0;
	item->len = len;
	c->used = at + sizeof(*item) + PADDED(len);
	return item + 1;
}

/* Of the last item: it has that many bytes, after all. */
static __always_inline void call_item_cut(struct call *c, void *payload, __u32 len)
{
	struct evt_item *item = (struct evt_item *)payload - 1;

	c->used -= PADDED(item->len) - PADDED(len);
	item->len = len;
}

/* The same in the record: *at is moved on. */
static __always_inline void *record_item(struct record *r, __u32 *at, __u16 type, __u32 len)
{
	__u32 here = *at & (RECORD_ROOM - 1);
	struct evt_item *item = (void *)(r->bytes + here);

	item->type = type;
	item->flags = 0;
	item->len = len;
	*at = here + sizeof(*item) + PADDED(len);
	return item + 1;
}

#endif
