/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_ASIDE_H
#define UAUDIT_BPF_ASIDE_H

/*
 * Records written aside that functions of the kernel tell of: with the call that the task is in, if it is looked at, or else
 * alone. The programs' names begin with "aside_" (source/bpf/tier.c).
 */

#include "abi/kernel_records.h"
#include "names.bpf.h"
#include "scope.bpf.h"
#include "task.bpf.h"

/* Where a record that is alone is put together. NULL: all places are taken, which is counted. */
static __always_inline struct record *aside_begin(void)
{
	struct record *r;

	for (__u32 i = 1; i < RECORD_PLACES; i++) {
		__u32 place = i;

		r = bpf_map_lookup_elem(&records, &place);
		if (r && !__sync_lock_test_and_set(&r->is_taken, 1)) {
			r->place = i;
			return r;
		}
	}
	lose_whole();
	return NULL;
}

static __always_inline void aside_end(struct record *r)
{
	__sync_lock_test_and_set(&r->is_taken, 0);
}

/* Header, program and terminal of the current task; returns the offset behind them. */
static __always_inline __u32 aside_task(struct record *r, struct task_struct *task, __u64 cgroup)
{
	__u32 at = record_begin(r, task, EVT_ASIDE, cgroup, 0);
	struct evt_hdr *h = (void *)r->bytes;
	struct cap_control *c = control_get();

	set_time(h, stamp_now(c ? want_get(c) : 0));
	at = put_exe(r, at, task, NULL);
	at = put_tty(r, at, task);
	return c ? put_label(r, at, c, task) : at;
}

/* ---- facts: items of the event as they are ---- */

#define ASIDE_WORDS 3

struct aside_fact {
	__u32 type; /* enum evt_item_type */
	__u32 len;  /* bytes of it */
	__u64 words[ASIDE_WORDS];
};

static __always_inline void put_fact(void *to, const struct aside_fact *fact)
{
	__u64 *words = to;

	for (__u32 i = 0; i < ASIDE_WORDS; i++)
		words[i] = fact->words[i];
}

static __always_inline void join_fact(struct call *c, const struct aside_fact *fact)
{
	void *to = call_item(c, fact->type, sizeof(fact->words));

	c->is_forced = 1;
	if (!to)
		return;
	put_fact(to, fact);
	call_item_cut(c, to, fact->len);
}

static __always_inline void tell_fact_alone(struct task_struct *task, const struct aside_fact *fact)
{
	__u64 cgroup = cgroup_of(task);
	struct record *r = aside_begin();
	struct evt_item *item;
	__u32 at;
	void *to;

	if (!r)
		return;
	at = aside_task(r, task, cgroup);
	to = record_item(r, &at, fact->type, sizeof(fact->words));
	put_fact(to, fact);
	item = (struct evt_item *)to - 1;
	item->len = fact->len;
	submit(r, at - PADDED(sizeof(fact->words)) + PADDED(fact->len), cgroup, NULL);
	aside_end(r);
}

static __noinline int tell_fact(const struct aside_fact *fact)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	struct call *call;

	if (!c || !fact || !c->enabled || !is_in_scope(c, task))
		return 0;
	call = current_call();
	if (call)
		join_fact(call, fact);
	else
		tell_fact_alone(task, fact);
	return 0;
}

/* Where the kernel would tell its audit of a program that was loaded, or is freed. */
SEC("?fentry/perf_event_bpf_event")
int BPF_PROG(aside_bpf, struct bpf_prog *prog, enum perf_bpf_event_type type)
{
	struct aside_fact fact = { .type = EVT_ITEM_BPF, .len = sizeof(struct evt_bpf) };
	struct evt_bpf *bpf = (void *)fact.words;

	if (type != PERF_BPF_EVENT_PROG_LOAD && type != PERF_BPF_EVENT_PROG_UNLOAD)
		return 0;
	bpf->prog_id = prog->aux->id;
	bpf->op = type == PERF_BPF_EVENT_PROG_LOAD ? EVT_BPF_LOAD : EVT_BPF_UNLOAD;
	return tell_fact(&fact);
}

static __always_inline int tell_listener(__s32 group, __u32 is_connect, __u32 res)
{
	struct aside_fact fact = { .type = EVT_ITEM_EVENT_LISTENER, .len = sizeof(struct evt_event_listener) };
	struct evt_event_listener *listener = (void *)fact.words;

	listener->group = group;
	listener->is_connect = is_connect;
	listener->res = res;
	return tell_fact(&fact);
}

SEC("?fexit/audit_multicast_bind")
int BPF_PROG(aside_listener_joins, struct net *net, int group, int ret)
{
	return tell_listener(group, 1, !ret);
}

SEC("?fentry/audit_multicast_unbind")
int BPF_PROG(aside_listener_leaves, struct net *net, int group)
{
	return tell_listener(group, 0, 1);
}

/* The flag is set while anybody wants it: it changes where that begins or ends. */
SEC("?fexit/__dev_set_promiscuity")
int BPF_PROG(aside_promiscuous, struct net_device *device, int step, bool notify, int ret)
{
	struct aside_fact fact = { .type = EVT_ITEM_ANOM_PROMISCUOUS, .len = sizeof(struct evt_anom_promiscuous) };
	struct evt_anom_promiscuous *promiscuous = (void *)fact.words;
	__u32 now = device->promiscuity, was = now - (__u32)step;

	if (ret || !now == !was)
		return 0;
	bpf_probe_read_kernel_str(promiscuous->device, sizeof(promiscuous->device), device->name);
	promiscuous->is_now = !!now;
	promiscuous->was = !!was;
	return tell_fact(&fact);
}

/* ---- what the kernel writes by itself ---- */

static __always_inline struct cap_kernel_record kernel_record(__u32 type)
{
	return (struct cap_kernel_record){ .type = type };
}

/* Of the call that the task is in: long ones go before it. */
static __noinline int join_kernel_record(struct call *c, __u32 type, __u64 text, __u32 len)
{
	struct cap_kernel_record *item;
	__u32 room = len;

	if (!c)
		return 0;
	HIDE_RANGE(room);
	if (room > CALL_STRING)
		room = 0;
	item = call_item(c, CAP_ITEM_KERNEL_RECORD, sizeof(*item) + room);
	c->is_forced = 1;
	if (!item)
		return 0;
	*item = kernel_record(type);
	if (len > CALL_STRING) {
		item->nr = ++c->texts;
		item->flags = CAP_F_CHUNKS;
		if (send_kernel_bytes(c, item->nr, text, len))
			item->flags |= CAP_F_CUT;
	} else if (bpf_probe_read_kernel(item + 1, room & (2 * CALL_STRING - 1), (void *)text)) {
		item->flags = CAP_F_FAULT;
	}
	return 0;
}

#define ALONE_MAX (RECORD_ITEM - 64) /* bytes of text; what is longer is cut */

static __noinline int tell_kernel_record(struct task_struct *task, __u32 type, __u64 text, __u32 len)
{
	__u64 cgroup = cgroup_of(task);
	struct record *r = aside_begin();
	struct cap_kernel_record *item;
	__u32 at, flags = 0;

	if (!r)
		return 0;
	at = aside_task(r, task, cgroup);
	if (len > ALONE_MAX) {
		len = ALONE_MAX;
		flags = CAP_F_CUT;
	}
	item = record_item(r, &at, CAP_ITEM_KERNEL_RECORD, sizeof(*item) + len);
	*item = kernel_record(type);
	item->flags = flags;
	HIDE_RANGE(len);
	if (bpf_probe_read_kernel(item + 1, len & (RECORD_ITEM - 1), (void *)text))
		item->flags |= CAP_F_FAULT;
	submit(r, at, cgroup, NULL);
	aside_end(r);
	return 0;
}

/* Just before the record is queued. It is whole, but for its length. */
SEC("?fentry/audit_log_end")
int BPF_PROG(aside_kernel_record, struct audit_buffer *buffer)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cap_control *c = control_get();
	struct nlmsghdr head;
	struct sk_buff *skb;
	struct call *call;
	__u32 len;

	if (!c || !c->enabled || !buffer)
		return 0;
	skb = buffer->skb;
	len = skb->len;
	if (len <= sizeof(head) || len > sizeof(head) + KERNEL_RECORD_TEXT_MAX ||
		bpf_probe_read_kernel(&head, sizeof(head), skb->data) || !is_kernel_record(head.nlmsg_type) ||
		!is_in_scope(c, task))
		return 0;
	len -= sizeof(head);
	call = current_call();
	if (call)
		join_kernel_record(call, head.nlmsg_type, (__u64)skb->data + sizeof(head), len);
	else
		tell_kernel_record(task, head.nlmsg_type, (__u64)skb->data + sizeof(head), len);
	return 0;
}

#endif
