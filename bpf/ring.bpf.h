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
	if (bpf_map_pop_elem(&free_slots, &fresh)) {
		n = bpf_map_lookup_elem(&n_slots, &zero);
		if (!n || *n >= CAP_SLOTS - 1)
			return 0;
		fresh = __sync_fetch_and_add(n, 1) + 1;
		if (fresh >= CAP_SLOTS)
			return 0;
	}
	if (bpf_map_update_elem(&slot_of, &cgroup, &fresh, BPF_NOEXIST) == 0)
		return fresh & (CAP_SLOTS - 1);
	/* two CPUs may do this at the same time: the first one's slot counts */
	(void)bpf_map_push_elem(&free_slots, &fresh, 0);
	slot = bpf_map_lookup_elem(&slot_of, &cgroup);
	return slot ? *slot & (CAP_SLOTS - 1) : 0;
}

struct place {
	void *ring;
	struct cap_slot *slot;
	struct cap_ring_account *account;
	__u64 *done;
	__u64 held; /* bytes of the ring that are taken, at most, as has_room() saw them */
	__u32 slot_nr, cpu;
};

/* A control group that has a task keeps its slot. call: of the current task; may be NULL. */
static __always_inline __u32 slot_recall(struct call *call, __u64 cgroup)
{
	__u32 slot;

	if (call && call->slot && call->slot_cgroup == cgroup)
		return call->slot & (CAP_SLOTS - 1);
	slot = slot_get(cgroup);
	if (call) {
		call->slot_cgroup = cgroup;
		call->slot = slot;
	}
	return slot;
}

static __always_inline int place_get(struct place *place, __u64 cgroup, struct call *call)
{
	__u32 row;

	place->cpu = bpf_get_smp_processor_id();
	place->slot_nr = slot_recall(call, cgroup);
	row = place->cpu * CAP_SLOTS + place->slot_nr;
	place->ring = bpf_map_lookup_elem(&rings, &place->cpu);
	place->slot = bpf_map_lookup_elem(&slots, &row);
	place->done = bpf_map_lookup_elem(&done, &row);
	place->account = bpf_map_lookup_elem(&accounts, &place->cpu);
	if (!place->ring || !place->slot || !place->done || !place->account)
		return -1;
	if (!place->slot->cgroup)
		place->slot->cgroup = place->slot_nr ? cgroup : 0;
	return 0;
}

/* A reader that died may have counted its last record twice: less than nothing is nothing. */
static __always_inline int has_room(struct place *place, __u32 len)
{
	__s64 mine = *(volatile __u64 *)&place->slot->in - *(volatile __u64 *)place->done;
	struct cap_control *c = control_get();

	place->held = *(volatile __u64 *)&place->account->held;
	/* while there is not much in it, to ask is more than to know it to the byte */
	if (!c || place->held + len >= c->wake_bytes) {
		place->held = bpf_ringbuf_query(place->ring, BPF_RB_AVAIL_DATA);
		*(volatile __u64 *)&place->account->held = place->held;
	}
	if (mine < 0)
		mine = 0;
	return place->held + len < ring_bytes && (__u64)mine + len <= ring_bytes - place->held;
}

/* What was put into it, whole additions as below. */
static __always_inline void count_in(struct place *place, __u32 len)
{
	__sync_fetch_and_add(&place->slot->in, len);
	__sync_fetch_and_add(&place->account->held, len);
}

static __always_inline int take_wake_up(struct cap_control *c)
{
	return *(volatile __u32 *)&c->is_reader_asleep && __sync_lock_test_and_set(&c->is_reader_asleep, 0);
}

/* The reader is woken when it sleeps, and once when a ring has filled so far that it must hurry. */
static __always_inline __u64 wake_flags(const struct place *place, __u32 len)
{
	struct cap_control *c = control_get();

	if (!c)
		return 0;
	if (take_wake_up(c) || (place->held < c->wake_bytes && place->held + len >= c->wake_bytes))
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/*
 * After the record is there: the reader may have looked just before, and fallen asleep just after wake_flags(). Who reads
 * first says that it sleeps and then looks (bpf_source_dispatch()), so one of the two sees the other. The call that wakes
 * without a record is the discarding of an empty one.
 */
static __always_inline void wake_late(const struct place *place)
{
	struct cap_control *c = control_get();
	void *empty;

	if (!c || !take_wake_up(c))
		return;
	empty = bpf_ringbuf_reserve(place->ring, 8, 0);
	if (empty)
		bpf_ringbuf_discard(empty, BPF_RB_FORCE_WAKEUP);
}

/* The bytes that a ring record takes: its own header of 8, and padding. */
static __always_inline __u32 ring_len(__u32 len)
{
	return (len + 8 + 7) & ~7u;
}

/* An event that never was a record: counted with the ring's own faults. */
static __always_inline void lose_whole(void)
{
	struct cap_ring_account *account = account_get();

	if (account)
		__sync_fetch_and_add(&account->lost_big, 1);
}

/* Programs that may be interrupted by others of ours put chunks into the same ring: additions are whole. */
static __always_inline void submit(struct record *r, __u32 len, __u64 cgroup, struct call *call)
{
	struct cap_origin *origin = (void *)(r->bytes + sizeof(struct evt_hdr) + sizeof(struct evt_item));
	struct place place;
	__u64 bytes, flags;

	if (len > sizeof(r->bytes) || place_get(&place, cgroup, call)) {
		lose_whole();
		return;
	}
	((struct evt_hdr *)(void *)r->bytes)->len = len;
	origin->cpu = place.cpu;
	origin->slot = place.slot_nr;
	origin->bytes = ring_len(len);
	origin->ktime = bpf_ktime_get_ns();
	if (!has_room(&place, ring_len(len))) {
		__sync_fetch_and_add(&place.slot->lost, 1);
		return;
	}
	flags = wake_flags(&place, ring_len(len));
	/* Linux 6.1 forgets what is known of a number that was on the stack: it is compared right here. */
	bytes = len;
	asm volatile("" : "+r"(bytes));
	if (bytes > sizeof(r->bytes))
		return;
	if (bpf_ringbuf_output(place.ring, r->bytes, bytes, flags)) {
		__sync_fetch_and_add(&place.slot->lost, 1);
		return;
	}
	count_in(&place, ring_len(len));
	__sync_fetch_and_add(&place.slot->events, 1);
	if (flags != BPF_RB_FORCE_WAKEUP)
		wake_late(&place);
}

#endif
