/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_RING_H
#define UAUDIT_BPF_RING_H

/*
 * Handing over. Nobody waits: what finds no room is counted, for its ring and control group. A control group may hold as
 * much of a ring as is free (so one alone at most half, two at most a third each): however much one writes, there is room
 * for the first events of another.
 */

#include "maps.bpf.h"

static __always_inline __u32 slot_get(__u64 cgroup)
{
	__u32 zero = 0, *n, *slot = bpf_map_lookup_elem(&slot_of, &cgroup), fresh;

	if (slot)
		return *slot & (CAP_SLOTS - 1);
	n = bpf_map_lookup_elem(&n_slots, &zero);
	if (!n || *n >= CAP_SLOTS - 1)
		return 0;
	fresh = __sync_fetch_and_add(n, 1) + 1;
	if (fresh >= CAP_SLOTS)
		return 0;
	/* two CPUs may do this at the same time: the first one's slot counts */
	if (bpf_map_update_elem(&slot_of, &cgroup, &fresh, BPF_NOEXIST))
		slot = bpf_map_lookup_elem(&slot_of, &cgroup);
	return slot ? *slot & (CAP_SLOTS - 1) : fresh;
}

struct place {
	void *ring;
	struct cap_slot *slot;
	__u64 *done;
	__u32 slot_nr, cpu;
};

static __always_inline int place_get(struct place *place, __u64 cgroup)
{
	__u32 row;

	place->cpu = bpf_get_smp_processor_id();
	place->slot_nr = slot_get(cgroup);
	row = place->cpu * CAP_SLOTS + place->slot_nr;
	place->ring = bpf_map_lookup_elem(&rings, &place->cpu);
	place->slot = bpf_map_lookup_elem(&slots, &row);
	place->done = bpf_map_lookup_elem(&done, &row);
	if (!place->ring || !place->slot || !place->done)
		return -1;
	if (!place->slot->cgroup)
		place->slot->cgroup = place->slot_nr ? cgroup : 0;
	return 0;
}

static __always_inline int has_room(const struct place *place, __u32 len)
{
	__u64 held = bpf_ringbuf_query(place->ring, BPF_RB_AVAIL_DATA);
	__u64 mine = place->slot->in - *(volatile __u64 *)place->done;

	return held + len < ring_bytes && mine + len <= ring_bytes - held;
}

/* The reader is woken when it sleeps, and when a ring has filled while it is at work. */
static __always_inline __u64 wake_flags(const struct place *place)
{
	struct cap_control *c = control_get();

	if (!c)
		return 0;
	if (c->is_reader_asleep && __sync_lock_test_and_set(&c->is_reader_asleep, 0))
		return BPF_RB_FORCE_WAKEUP;
	if (bpf_ringbuf_query(place->ring, BPF_RB_AVAIL_DATA) >= c->wake_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/* The bytes that a ring record takes: its own header of 8, and padding. */
static __always_inline __u32 ring_len(__u32 len)
{
	return (len + 8 + 7) & ~7u;
}

static __always_inline void submit(struct record *r, __u32 len, __u64 cgroup)
{
	struct cap_origin *origin = (void *)(r->bytes + sizeof(struct evt_hdr) + sizeof(struct evt_item));
	struct place place;
	__u64 bytes, flags;
	int has_lost;

	if (len > sizeof(r->bytes) || place_get(&place, cgroup))
		return;
	((struct evt_hdr *)(void *)r->bytes)->len = len;
	origin->cpu = place.cpu;
	origin->slot = place.slot_nr;
	origin->bytes = ring_len(len);
	origin->ktime = bpf_ktime_get_ns();
	has_lost = !has_room(&place, ring_len(len));
	if (!has_lost) {
		flags = wake_flags(&place);
		/* Linux 6.1 forgets what is known of a number that was on the stack: it is compared right here. */
		bytes = len;
		asm volatile("" : "+r"(bytes));
		if (bytes > sizeof(r->bytes))
			return;
		has_lost = bpf_ringbuf_output(place.ring, r->bytes, bytes, flags) != 0;
	}
	if (has_lost) {
		__sync_fetch_and_add(&place.slot->lost, 1);
		return;
	}
	place.slot->in += ring_len(len);
	place.slot->events++;
}

#endif
