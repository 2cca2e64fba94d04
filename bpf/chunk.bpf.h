/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_CHUNK_H
#define UAUDIT_BPF_CHUNK_H

/* Long texts go to the ring in pieces, before the record that they belong to. */

#include "item.bpf.h"
#include "ring.bpf.h"

#define CHUNK_BYTES 4096u /* and within one page: what is behind it may not be there */
#define CHUNKS_MAX  513	  /* of one text: 2 MiB that begin somewhere in a page */

struct chunk {
	struct evt_hdr h;
	struct evt_item origin_item;
	struct cap_origin origin;
	struct evt_item item;
	struct cap_chunk chunk;
	__u8 bytes[CHUNK_BYTES];
};

/* A text that is being sent. */
struct sending {
	__u64 from; /* the next piece */
	__u64 left; /* bytes */
	__u32 call, nr, seq;
	__u32 is_bad; /* a piece found no room, or could not be read */
	__u32 is_kernel; /* it is in the kernel's memory, not in the program's */
};

/* A chunk of the text that is being sent, with room for `len` bytes, all but those; NULL for a loss, which is counted. */
static __always_inline struct chunk *chunk_begin(const struct sending *s, struct place *place, __u32 len)
{
	__u64 cgroup = cgroup_of(bpf_get_current_task_btf()), ids = bpf_get_current_pid_tgid();
	struct cap_ring_account *account = account_get();
	struct chunk *chunk;

	if (!account || place_get(place, cgroup, NULL))
		return NULL;
	if (!has_room(place, ring_len(sizeof(*chunk))) ||
		!(chunk = bpf_ringbuf_reserve(place->ring, sizeof(*chunk), 0))) {
		__sync_fetch_and_add(&account->lost_chunks, 1);
		return NULL;
	}
	__builtin_memset(&chunk->h, 0, sizeof(chunk->h));
	chunk->h.version = EVT_VERSION;
	chunk->h.kind = CAP_KIND_CHUNK;
	chunk->h.source = EVT_SRC_BPF;
	chunk->h.len = sizeof(*chunk);
	chunk->h.tid = ids;
	chunk->h.tgid = ids >> 32;
	chunk->h.cgroup = cgroup;
	chunk->origin_item = (struct evt_item){ CAP_ITEM_ORIGIN, 0, sizeof(struct cap_origin) };
	chunk->origin = (struct cap_origin){ .ktime = bpf_ktime_get_ns(),
		.cpu = place->cpu,
		.call = s->call,
		.slot = place->slot_nr,
		.bytes = ring_len(sizeof(*chunk)) };
	chunk->item = (struct evt_item){ CAP_ITEM_CHUNK, 0, sizeof(struct cap_chunk) + len };
	chunk->chunk = (struct cap_chunk){ .nr = s->nr, .seq = s->seq };
	return chunk;
}

/* Also where another program may come in between: the addition is whole. */
static __always_inline void chunk_end(struct chunk *chunk, struct place *place)
{
	count_in(place, ring_len(sizeof(*chunk)));
	bpf_ringbuf_submit(chunk, wake_flags(place, ring_len(sizeof(*chunk))));
}

static __always_inline long read_piece(const struct sending *s, void *to, __u32 len)
{
	if (s->is_kernel)
		return bpf_probe_read_kernel(to, len, (void *)s->from);
	return bpf_probe_read_user(to, len, (void *)s->from);
}

/* One piece. 1: that was the last one, or it could not be sent. */
static long send_chunk(__u32 index, void *context)
{
	struct sending *s = context;
	__u32 len = CHUNK_BYTES - (s->from & (CHUNK_BYTES - 1));
	struct place place;
	__u64 bytes;
	struct chunk *chunk;

	if (len > s->left)
		len = s->left;
	chunk = chunk_begin(s, &place, len);
	if (!chunk) {
		s->is_bad = 1;
		return 1;
	}
	s->seq++;
	/* Linux 6.1 forgets what is known of half a register; a whole one that is compared right here it does not. */
	bytes = len;
	HIDE_RANGE(bytes);
	if (bytes > CHUNK_BYTES || read_piece(s, chunk->bytes, bytes)) {
		chunk->item.flags = CAP_F_FAULT;
		s->is_bad = 1;
	}
	chunk_end(chunk, &place);
	s->from += len;
	s->left -= len;
	return !s->left || s->is_bad;
}

/* A string of the kernel's own, in one piece. 0, or it was not sent. */
static __noinline int send_kernel_text(struct call *c, __u32 nr, __u64 from)
{
	struct sending s = { .nr = nr };
	struct place place;
	struct chunk *chunk;
	long n;

	if (!c)
		return 1;
	s.call = c->number;
	chunk = chunk_begin(&s, &place, 0);
	if (!chunk)
		return 1;
	n = bpf_probe_read_kernel_str(chunk->bytes, CHUNK_BYTES, (void *)from);
	if (n > 0)
		chunk->item.len = sizeof(struct cap_chunk) + (__u32)n;
	else
		chunk->item.flags = CAP_F_FAULT;
	chunk_end(chunk, &place);
	return n <= 0;
}

/* The whole text, as long as there is room. 0, or not all of it was sent. */
static __noinline int send_all(struct call *c, __u32 nr, __u64 from, __u64 len, __u32 is_kernel)
{
	struct sending s = { .from = from, .left = len, .nr = nr, .is_kernel = is_kernel };

	if (!c)
		return 1;
	s.call = c->number;
	bpf_loop(CHUNKS_MAX, send_chunk, &s, 0);
	return s.is_bad || s.left;
}

/* One of the program's. */
__noinline int send_text(struct call *c, __u32 nr, __u64 from, __u64 len)
{
	return send_all(c, nr, from, len, 0);
}

/* One of the kernel's, of known length. */
__noinline int send_kernel_bytes(struct call *c, __u32 nr, __u64 from, __u64 len)
{
	return send_all(c, nr, from, len, 1);
}

#endif
