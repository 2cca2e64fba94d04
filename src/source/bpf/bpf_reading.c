// SPDX-License-Identifier: MIT
/* From ring records to events that are handed over, and what was lost among them; until they are safe in the log. */
#include <errno.h>
#include <time.h>

#include "event/event.h"
#include "source/bpf/bpf_source_state.h"
#include "source/bpf/slots.h"

/*
 * A program takes the time of a record a little before the record is there for all to see; what is younger than this is left
 * for the next time, so that an older one of another CPU can still come before it.
 */
#define SETTLE_NS 1000000
#define SETTLE_MS 2
/*
 * While events come, and for a while after the last one, the rings are looked at this often: to wake the reader takes who is
 * audited ten times as long as an event (two interrupts, one of them for another CPU). Where paths have to be looked up
 * after the call there is less time to lose.
 */
#define BATCH_MS          5 /* in the full tier; else SETTLE_MS */
#define POLLED_NS         50000000
#define RECYCLE_PERIOD_NS UINT64_C(500000000)
#define LOSS_PERIOD_NS                                                                             \
	UINT64_C(100000000) /* between two looks for losses: a flood of them is told in sums */

/* ---- where an earlier process ended ---- */

static bool is_pending(void *userdata, const struct cap_journal_entry *entry)
{
	const struct bpf_source *s = userdata;

	if (entry->is_loss)
		return entry->where < programs_n_told(&s->programs) &&
		       entry->value > s->programs.told[entry->where];
	return entry->where < s->programs.n_cpus &&
	       entry->value > rings_released(s->rings, entry->where);
}

static void is_done(void *userdata, const struct cap_journal_entry *entry)
{
	struct bpf_source *s = userdata;

	if (entry->is_loss)
		s->programs.told[entry->where] = entry->value;
	else
		rings_skip(s->rings, entry->where, entry->value);
}

int bpf_source_recover(struct bpf_source *s, const struct journal_log *log, uint32_t *ret_serial)
{
	const struct journal_ops ops = { s, is_pending, is_done };
	int r = journal_recover(&s->journal, log, &ops, ret_serial);

	losses_begin(&s->losses);
	return r;
}

void bpf_source_note_serial(struct bpf_source *s, uint32_t serial)
{
	s->journal.head->serial = serial;
}

uint32_t bpf_source_noted_serial(const struct bpf_source *s)
{
	return s->journal.head->serial;
}

/* ---- reading ---- */

static int hand_over(struct bpf_source *s)
{
	size_t at = 0, len;
	int r = 0;

	while (at < s->event.len && r >= 0) {
		r = event_length(s->event.data + at, s->event.len - at, &len);
		if (r == 0)
			r = s->callbacks.event(s->callbacks.userdata, s->event.data + at, len);
		at += r >= 0 ? len : 0;
		s->is_enough |= r > 0;
	}
	buf_clear(&s->event);
	return r < 0 ? r : 0;
}

static void log_state(const struct bpf_source *s, struct bpf_log_state *ret)
{
	*ret = (struct bpf_log_state){ 0 };
	if (s->log.state)
		s->log.state(s->log.userdata, ret);
}

/* Hands over the event that came of something, with an entry in the journal for who comes after us. */
static int hand_over_of(struct bpf_source *s, bool is_loss, uint64_t where, uint64_t value)
{
	struct bpf_log_state before, after;
	int r = 0;

	if (s->event.len) {
		log_state(s, &before);
		journal_begin(&s->journal, before.serial, is_loss, where, value);
		r = hand_over(s);
		if (r < 0)
			return r; /* the entry stays open: nobody knows how far it came */
		log_state(s, &after);
		journal_end(&s->journal, after.serial, (uint32_t)(after.lines - before.lines));
	}
	return handed_push(&s->handed, is_loss, where, value);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int take_record(
	void *userdata, const void *record, size_t len, const struct ring_place *place)
{
	struct bpf_source *s = userdata;
	int r = assemble_take(s->assembler, record, len);

	if (r == 0)
		r = path_marks_put_event(&s->marks, place->ktime, &s->event);
	s->has_read = true;
	if (r == -EBADMSG) { /* our own programs wrote it, all the same: it is lost and told */
		buf_clear(&s->event);
		r = losses_put_bad(&s->event, record);
	}
	if (r == 0 && s->event.len)
		s->stats.events++;
	if (r == 0)
		r = hand_over_of(s, false, place->ring, place->behind);
	return r < 0 ? r : s->is_enough;
}

/* What the programs could not hand over, as far as it was not told yet. */
static int tell_losses(struct bpf_source *s)
{
	uint32_t after = s->losses_serial;
	struct bpf_log_state state;
	struct loss loss;
	size_t at = 0;
	int r;

	s->has_read = false;
	log_state(s, &state);
	s->losses_serial = state.serial;
	while (losses_next(&s->losses, &at, &loss)) {
		loss.after = after;
		r = losses_put(&s->event, &loss);
		if (r == 0)
			r = hand_over_of(s, true, loss.row, loss.value);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Now and then; *wait_ms is shortened if it is for later. */
static int tell_losses_in_time(struct bpf_source *s, int *wait_ms)
{
	uint64_t now = monotonic_ns(), since = now - s->losses_ns;

	if (!s->has_read)
		return 0;
	if (since < LOSS_PERIOD_NS) {
		int later = (int)((LOSS_PERIOD_NS - since) / 1000000) + 1;

		if (*wait_ms < 0 || *wait_ms > later)
			*wait_ms = later;
		return 0;
	}
	s->losses_ns = now;
	if (now - s->recycled_ns >= RECYCLE_PERIOD_NS) {
		s->recycled_ns = now;
		(void)slots_recycle(&s->programs);
	}
	return tell_losses(s);
}

static int poll_ms(const struct bpf_source *s)
{
	return s->programs.tier == BPF_TIER_FULL ? BATCH_MS : SETTLE_MS;
}

int bpf_source_dispatch(struct bpf_source *s, size_t max_events, int *ret_wait_ms)
{
	uint64_t now;
	size_t left;
	bool is_polled;
	long n;
	int r;

	__atomic_store_n(&s->programs.control->is_reader_asleep, 0, __ATOMIC_RELAXED);
	s->is_enough = false;
	assembler_tick(s->assembler);
	path_marks_await(&s->marks, false);
	r = path_marks_look(&s->marks, monotonic_ns(), &s->event);
	if (r == 0 && s->event.len)
		r = hand_over(s);
	if (r < 0)
		return r;
	now = monotonic_ns();
	n = rings_read(s->rings, now - SETTLE_NS, max_events, take_record, s, &left);
	if (n > 0 || left)
		s->active_ns = now;
	is_polled = now - s->active_ns < POLLED_NS;
	*ret_wait_ms = is_polled ? poll_ms(s) : -1;
	r = n < 0 ? (int)n : tell_losses_in_time(s, ret_wait_ms);
	if (r < 0)
		return r;
	if (s->is_enough || is_polled)
		return s->is_enough || (size_t)n >= max_events;
	/* who comes next wakes the reader; who came in between is seen by a second look */
	__atomic_store_n(&s->programs.control->is_reader_asleep, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	(void)rings_read(s->rings, 0, 0, take_record, s, &left);
	if (left)
		*ret_wait_ms = SETTLE_MS;
	else if (!path_marks_are_stirred(&s->marks))
		path_marks_await(&s->marks, true);
	else if (*ret_wait_ms < 0)
		*ret_wait_ms =
			BATCH_MS; /* a directory in which much happens wakes nobody more often than that */
	return 0;
}

int bpf_source_settle(struct bpf_source *s, size_t max_events, uint64_t before_ns)
{
	size_t left;
	long n;
	int r;

	s->is_enough = false;
	assembler_tick(s->assembler);
	n = rings_read(s->rings, before_ns, max_events, take_record, s, &left);
	if (n < 0)
		return (int)n;
	r = s->is_enough ? 0 : tell_losses(s);
	return r < 0 ? r : s->is_enough || (size_t)n >= max_events;
}

uint64_t bpf_source_handed(const struct bpf_source *s)
{
	return s->handed.n;
}

void bpf_source_release(struct bpf_source *s, uint64_t n_handed)
{
	struct handed_item item;

	while (handed_pop(&s->handed, n_handed, &item)) {
		if (item.is_loss)
			s->programs.told[item.where] = item.value;
		else
			rings_release(s->rings, item.where, item.value);
	}
}
