// SPDX-License-Identifier: MIT
#include "source/bpf/losses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event/event.h"

int losses_init(struct losses *l, const struct programs *programs)
{
	l->programs = programs;
	l->told = calloc(programs_n_told(programs), sizeof(*l->told));
	if (!l->told)
		return -ENOMEM;
	losses_begin(l);
	return 0;
}

void losses_begin(struct losses *l)
{
	memcpy(l->told, l->programs->told, programs_n_told(l->programs) * sizeof(*l->told));
}

void losses_deinit(struct losses *l)
{
	free(l->told);
	*l = (struct losses){ 0 };
}

static uint64_t load(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static const struct {
	size_t offset; /* in struct cap_ring_account */
	uint32_t reason;
} faults[CAP_FAULT_MAX] = {
	[CAP_FAULT_TASK] = { offsetof(struct cap_ring_account, lost_task), ENOMEM },
	[CAP_FAULT_BIG] = { offsetof(struct cap_ring_account, lost_big), EMSGSIZE },
};

/* What the row's counter says, whose it is. */
static uint64_t row_value(const struct programs *p, size_t row, struct loss *ret)
{
	size_t n_slots = p->n_cpus * CAP_SLOTS;
	const char *account;
	size_t fault;

	*ret = (struct loss){ .row = row, .reason = ENOBUFS };
	if (row < n_slots) {
		ret->cpu = (uint32_t)(row / CAP_SLOTS) + 1;
		ret->cgroup = p->slots[row].cgroup;
		return load(&p->slots[row].lost);
	}
	row -= n_slots;
	if (row < p->n_cpus * CAP_FAULT_MAX) {
		fault = row % CAP_FAULT_MAX;
		account = (const char *)&p->accounts[row / CAP_FAULT_MAX];
		ret->cpu = (uint32_t)(row / CAP_FAULT_MAX) + 1;
		ret->reason = faults[fault].reason;
		return load((const __u64 *)(const void *)(account + faults[fault].offset));
	}
	ret->reason = EBUSY;
	return programs_missed(p);
}

static bool tell_unreadable(struct losses *l, struct loss *ret)
{
	if (l->has_told_unreadable || !l->programs->unreadable)
		return false;
	l->has_told_unreadable = true;
	/* of no row that lasts: the last one says what it said */
	*ret = (struct loss){
		.row = programs_n_told(l->programs) - 1,
		.value = l->told[programs_n_told(l->programs) - 1],
		.count = l->programs->unreadable,
		.reason = EPROTO,
	};
	return true;
}

bool losses_next(struct losses *l, size_t *at, struct loss *ret)
{
	size_t n = programs_n_told(l->programs);
	uint64_t value;

	if (tell_unreadable(l, ret))
		return true;
	while (*at < n) {
		size_t row = (*at)++;

		value = row_value(l->programs, row, ret);
		if (value < l->told[row]) /* the programs are others, which count anew */
			l->told[row] = 0;
		if (value == l->told[row])
			continue;
		ret->count = value - l->told[row];
		ret->value = l->told[row] = value;
		return true;
	}
	return false;
}

static int put(struct buf *out, uint64_t cgroup, const struct evt_lost *item)
{
	struct evt_hdr hdr = {
		.version = EVT_VERSION, .kind = EVT_LOST, .source = EVT_SRC_BPF, .cgroup = cgroup
	};
	struct event_writer w;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	hdr.time_sec = now.tv_sec;
	hdr.time_nsec = (uint32_t)now.tv_nsec;
	event_begin(&w, out, &hdr);
	event_put(&w, EVT_ITEM_LOST, item, sizeof(*item));
	return event_finish(&w);
}

int losses_put(struct buf *out, const struct loss *loss)
{
	const struct evt_lost item = {
		.count = loss->count,
		.reason = (uint16_t)loss->reason,
		.cpu = (uint16_t)loss->cpu,
		.after = loss->after,
	};

	return put(out, loss->cgroup, &item);
}

int losses_put_bad(struct buf *out, const void *record)
{
	const struct evt_lost item = { .count = 1, .reason = EBADMSG };
	struct evt_hdr hdr;

	memcpy(&hdr, record, sizeof(hdr));
	return put(out, hdr.cgroup, &item);
}

/* ---- the status ---- */

static void add_loser(struct bpf_status *s, uint64_t cgroup, uint64_t lost)
{
	size_t least = 0;

	for (size_t i = 0; i < s->n_losers; i++) {
		if (s->losers[i].cgroup == cgroup) {
			s->losers[i].lost += lost;
			return;
		}
		if (s->losers[i].lost < s->losers[least].lost)
			least = i;
	}
	if (s->n_losers < BPF_LOSERS_MAX)
		s->losers[s->n_losers++] = (struct bpf_loser){ cgroup, lost };
	else if (s->losers[least].lost < lost)
		s->losers[least] = (struct bpf_loser){ cgroup, lost };
}

void losses_sum(const struct losses *l, struct bpf_status *ret)
{
	const struct programs *p = l->programs;

	/* a slot has its cgroup on all rings, whichever of them has a row */
	for (size_t slot = 0; slot < CAP_SLOTS; slot++) {
		uint64_t lost = 0, cgroup = 0;

		for (size_t cpu = 0; cpu < p->n_cpus; cpu++) {
			const struct cap_slot *row = &p->slots[cpu * CAP_SLOTS + slot];

			lost += load(&row->lost);
			ret->captured += load(&row->events);
			cgroup = row->cgroup ?: cgroup;
		}
		ret->lost_ring += lost;
		if (lost)
			add_loser(ret, cgroup, lost);
	}
	for (size_t cpu = 0; cpu < p->n_cpus; cpu++) {
		ret->lost_task += load(&p->accounts[cpu].lost_task);
		ret->lost_big += load(&p->accounts[cpu].lost_big);
		ret->cut_chunks += load(&p->accounts[cpu].lost_chunks);
	}
	ret->lost_missed = programs_missed(p);
}
