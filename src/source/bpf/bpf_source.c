// SPDX-License-Identifier: MIT
/* The parts put together: programs, rings, what becomes of a ring record, the marks of rules. */
#include "source/bpf/bpf_source.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi/abi.h"
#include "event/event.h"
#include "source/bpf/assemble.h"
#include "source/bpf/filter.h"
#include "source/bpf/handed.h"
#include "source/bpf/journal.h"
#include "source/bpf/losses.h"
#include "source/bpf/path_marks.h"
#include "source/bpf/pins.h"
#include "source/bpf/prog_stats.h"
#include "source/bpf/programs.h"
#include "source/bpf/rings.h"
#include "source/bpf/scope.h"
#include "source/bpf/slots.h"
#include "source/bpf/tables.h"
#include "source/bpf/tally.h"

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

struct bpf_source {
	struct source_callbacks callbacks;
	struct source_stats stats;
	struct programs programs;
	struct rings *rings;
	struct tallies *tallies;
	struct assembler *assembler;
	struct path_marks marks; /* of the paths of rules */
	struct filter *filter;
	struct buf event;
	struct bpf_log log;
	struct journal journal;
	struct handed handed; /* what is not known to be safe yet */
	struct losses losses;
	uint64_t active_ns;     /* when there was something in the rings last */
	uint64_t losses_ns;     /* when they were looked at last */
	uint64_t recycled_ns;   /* when rows of control groups that are gone were looked for last */
	uint32_t losses_serial; /* ... and behind which records */
	bool has_read;          /* something, since then */
	bool is_enough;         /* the callback wants no more for now */
};

const char *bpf_tier_name(enum bpf_tier tier)
{
	switch (tier) {
	case BPF_TIER_FULL:
		return "full";
	case BPF_TIER_TRACEPOINTS:
		return "tracepoints";
	}
	return "unknown";
}

static void say(const struct bpf_source *s, const char *what, const char *why)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s: %s", what, why);
	s->callbacks.notice(s->callbacks.userdata, line);
}

int bpf_source_set_rules(struct bpf_source *s, const struct rule_set *rules, uint32_t extra)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
	struct rule_interest interest;
	uint32_t want;
	int r;

	r = rule_interest_compute(&interest, rules, arches, 2);
	if (r < 0)
		return r;
	r = path_marks_set_rules(&s->marks, rules);
	if (r < 0) {
		rule_interest_deinit(&interest);
		return r;
	}
	interest.extra = extra;
	assembler_configure(s->assembler, &(struct assemble_options){ .tier = s->programs.tier,
						  .extra = extra,
						  .resolve = interest.resolved,
						  .fs_magic = interest.fs_magic,
						  .signal_targets = interest.signal_targets });
	r = filter_prepare(s->filter, rules, &want);
	if (r < 0)
		say(s, "the kernel hands over more than the rules select", strerror(-r));
	tables_set_interest(s->programs.control, rules, &interest, want);
	rule_interest_deinit(&interest);
	return 0;
}

void bpf_source_set_enabled(struct bpf_source *s, bool is_enabled)
{
	s->programs.control->enabled = is_enabled;
}

/* Before anything is captured: what is ours must not be. */
static void exempt_self(struct bpf_source *s)
{
	s->programs.control->exempt[0] = (uint32_t)getpid();
}

static int open_all(struct bpf_source *s, const struct bpf_options *options)
{
	struct programs *p = &s->programs;
	int r = programs_open(p, options, &s->callbacks);

	if (r < 0)
		return r;
	exempt_self(s);
	p->control->wake_bytes = (uint32_t)(p->ring_bytes / 4);
	journal_init(&s->journal, p->journal, p->n_journal);
	r = rings_new(&s->rings, p->ring_fds, p->n_cpus, p->ring_bytes, p->done);
	if (r == 0)
		r = losses_init(&s->losses, p);
	if (r == 0)
		r = assembler_new(&s->assembler);
	if (r == 0)
		r = assembler_name_labels(s->assembler, &p->control->label_read);
	if (r == 0)
		r = tallies_new(&s->tallies, programs_tallies_fd(p));
	if (r == 0)
		r = filter_new(&s->filter, p);
	if (r == 0)
		path_marks_init(&s->marks, s->rings, s->assembler, s->filter, p->tier);
	if (r == 0)
		r = scope_set(p, options, &s->callbacks);
	if (r < 0)
		return r;
	tables_set_shapes(p->control);
	return bpf_source_set_rules(s, options->rules, options->extra);
}

int bpf_source_open(struct bpf_source **ret, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	struct bpf_source *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->callbacks = *callbacks;
	s->log = options->log;
	s->has_read = true; /* the first look is for what was lost while nobody looked */
	buf_init(&s->event, EVT_LEN_MAX);
	r = open_all(s, options);
	if (r < 0) {
		/* what was there before us stays, with what it holds */
		if (!s->programs.is_taken_over)
			programs_end(&s->programs);
		(void)bpf_source_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct bpf_source *bpf_source_close(struct bpf_source *s)
{
	if (!s)
		return NULL;
	s->rings = rings_free(s->rings);
	s->tallies = tallies_free(s->tallies);
	s->assembler = assembler_free(s->assembler);
	path_marks_deinit(&s->marks);
	s->filter = filter_free(s->filter);
	losses_deinit(&s->losses);
	handed_deinit(&s->handed);
	programs_close(&s->programs);
	buf_deinit(&s->event);
	free(s);
	return NULL;
}

void bpf_source_end(struct bpf_source *s)
{
	programs_end(&s->programs);
}

int bpf_source_detach(const char *pin_dir, uint64_t *ret_unread)
{
	char number[24];
	int r = pins_detach(pin_dir), fd;

	*ret_unread = 0;
	for (size_t i = 0; r == 0; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i);
		fd = pins_get(pin_dir, "ring", number);
		if (fd < 0)
			break;
		*ret_unread += rings_count(fd);
		(void)close(fd);
	}
	return r < 0 ? r : pins_remove(pin_dir);
}

bool bpf_source_is_detached(const struct bpf_source *s)
{
	return s->programs.pin_dir && !pins_exist(s->programs.pin_dir);
}

bool bpf_source_is_taken_over(const struct bpf_source *s)
{
	return s->programs.is_taken_over;
}

int bpf_source_fd(const struct bpf_source *s)
{
	return rings_fd(s->rings);
}

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

int bpf_source_settle(struct bpf_source *s, size_t max_events)
{
	size_t left;
	long n;
	int r;

	s->is_enough = false;
	assembler_tick(s->assembler);
	n = rings_read(s->rings, UINT64_MAX, max_events, take_record, s, &left);
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

/* ---- what is told of it ---- */

void bpf_source_get_status(const struct bpf_source *s, struct bpf_status *ret)
{
	const struct cap_control *c = s->programs.control;

	*ret = (struct bpf_status){
		.scope = c->scope,
		.n_cgroups = c->n_cgroups,
		.tree = c->scope == CAP_SCOPE_TREE ? (pid_t)c->tree : 0,
		.n_rings = (uint32_t)s->programs.n_cpus,
		.ring_bytes = s->programs.ring_bytes,
		.is_pinned = s->programs.pin_dir,
		.is_taken_over = s->programs.is_taken_over,
		.left_texts = assembler_left_texts(s->assembler),
	};
	losses_sum(&s->losses, ret);
}

enum bpf_tier bpf_source_tier(const struct bpf_source *s)
{
	return s->programs.tier;
}

const struct source_stats *bpf_source_stats(const struct bpf_source *s)
{
	return &s->stats;
}

void bpf_source_measure(struct bpf_source *s, bool is_measured)
{
	s->programs.control->measure = is_measured;
}

static struct control_cost_row measured_of(const struct programs *p)
{
	struct control_cost_row row = { .name = "of these, named calls",
		.kind = CONTROL_COST_NAMED };

	for (size_t i = 0; i < p->n_cpus; i++) {
		row.runs += __atomic_load_n(&p->accounts[i].measured, __ATOMIC_RELAXED);
		row.time_ns += __atomic_load_n(&p->accounts[i].measured_ns, __ATOMIC_RELAXED);
	}
	return row;
}

int bpf_source_cost(const struct bpf_source *s, struct control_cost_row *rows, size_t rows_max)
{
	int n = prog_stats_fill(
		programs_object(&s->programs), s->programs.prog_fds, rows, rows_max);

	if (n < 0 || (size_t)n == rows_max)
		return n;
	rows[n] = measured_of(&s->programs);
	return n + 1;
}

int bpf_source_tally(struct bpf_source *s, const struct bpf_tally_callbacks *callbacks)
{
	return tallies_tell(s->tallies, s->programs.control->generation & 1, callbacks);
}
