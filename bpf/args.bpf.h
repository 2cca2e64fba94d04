/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_ARGS_H
#define UAUDIT_BPF_ARGS_H

/* What arguments point to, read as the call's row in abi/syscalls.def says (struct cap_shape). */

#include "item.bpf.h"
#include "ring.bpf.h"

/* A piece of a long text, on its way before the record that it belongs to. */
struct chunk {
	struct evt_hdr h;
	struct evt_item origin_item;
	struct cap_origin origin;
	struct evt_item item;
	struct cap_chunk chunk;
	__u8 bytes[4096];
};

/* Puts up to 4096 bytes of a text into the ring; the bytes that were sent, 0 for a loss, which is counted. */
static __noinline __u32 send_chunk(struct task_struct *task, struct call *c, __u32 nr_seq, const void *from, __u32 len_user)
{
	__u32 len = len_user & 0x7fffffff, is_user = len_user >> 31;
	__u64 cgroup = bpf_get_current_cgroup_id();
	struct cap_ring_account *account = account_get();
	struct place place;
	struct chunk *chunk;

	if (len > sizeof(chunk->bytes))
		len = sizeof(chunk->bytes);
	if (!account || !c || place_get(&place, cgroup))
		return 0;
	if (!has_room(&place, ring_len(sizeof(*chunk))) ||
		!(chunk = bpf_ringbuf_reserve(place.ring, sizeof(*chunk), 0))) {
		__sync_fetch_and_add(&account->lost_chunks, 1);
		return 0;
	}
	__builtin_memset(&chunk->h, 0, sizeof(chunk->h));
	chunk->h.version = EVT_VERSION;
	chunk->h.kind = CAP_KIND_CHUNK;
	chunk->h.source = EVT_SRC_BPF;
	chunk->h.len = sizeof(*chunk);
	chunk->h.tid = bpf_get_current_pid_tgid();
	chunk->h.tgid = bpf_get_current_pid_tgid() >> 32;
	chunk->h.cgroup = cgroup;
	chunk->origin_item = (struct evt_item){ CAP_ITEM_ORIGIN, 0, sizeof(struct cap_origin) };
	chunk->origin = (struct cap_origin){ .ktime = bpf_ktime_get_ns(),
		.cpu = place.cpu,
		.call = c->number,
		.slot = place.slot_nr,
		.bytes = ring_len(sizeof(*chunk)) };
	chunk->item = (struct evt_item){ CAP_ITEM_CHUNK, 0, sizeof(struct cap_chunk) + len };
	chunk->chunk = (struct cap_chunk){ .nr = nr_seq >> 16, .seq = nr_seq & 0xffff };
	if (is_user ? bpf_probe_read_user(chunk->bytes, len, from) : bpf_probe_read_kernel(chunk->bytes, len, from))
		chunk->item.flags = CAP_F_FAULT;
	place.slot->in += ring_len(sizeof(*chunk));
	bpf_ringbuf_submit(chunk, BPF_RB_NO_WAKEUP);
	return len;
}

/* A string of the program that an argument points to. */
static __always_inline void put_arg_string(struct task_struct *task, struct call *c, __u32 arg, __u8 kind)
{
	__u64 pointer = c->args[arg];
	__u32 at = c->used;
	struct cap_arg *a = call_item(c, CAP_ITEM_ARG, sizeof(*a));
	struct evt_item *item;
	long n;

	if (!a)
		return;
	*a = (struct cap_arg){ .arg = arg, .kind = kind, .pointer = pointer };
	item = (struct evt_item *)(void *)a - 1;
	n = bpf_probe_read_user_str(a + 1, CALL_STRING, (void *)pointer);
	if (n <= 0) {
		a->flags = CAP_F_FAULT;
		return;
	}
	if (n < CALL_STRING) {
		item->len = sizeof(*a) + (__u32)n - 1;
		c->used = at + sizeof(*item) + PADDED(item->len);
		return;
	}
	a->nr = ++c->texts;
	a->flags = send_chunk(task, c, a->nr << 16, (void *)pointer, 4096 | 1u << 31) ? CAP_F_CHUNKS : CAP_F_CUT;
}

#endif
