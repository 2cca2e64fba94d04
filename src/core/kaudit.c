// SPDX-License-Identifier: MIT
#include "core/kaudit.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "core/audit_buffer.h"
#include "core/context.h"
#include "core/filter.h"
#include "core/kaudit_log.h"
#include "core/kaudit_state.h"
#include "core/record.h"
#include "core/task_memo.h"

int kaudit_new(struct kaudit **ret, struct rule_set *rules, kaudit_sink_fn sink, void *userdata)
{
	struct kaudit *audit = calloc(1, sizeof(*audit));
	int r;

	if (!audit)
		return -ENOMEM;
	audit->ab.memos = calloc(1, sizeof(*audit->ab.memos));
	r = audit->ab.memos ? task_table_new(&audit->tasks) : -ENOMEM;
	if (r < 0) {
		free(audit->ab.memos);
		free(audit);
		return r;
	}
	audit->rules = rules;
	audit->sink = sink;
	audit->userdata = userdata;
	audit->is_enabled = true;
	buf_init(&audit->ab.text, RECORD_TEXT_MAX);
	audit->ab.audit = audit;
	*ret = audit;
	return 0;
}

void kaudit_free(struct kaudit *audit)
{
	if (!audit)
		return;
	(void)task_table_free(audit->tasks);
	(void)rule_stats_unref(audit->decided);
	buf_deinit(&audit->ab.text);
	free(audit->ab.memos);
	free(audit->paths);
	free(audit);
}

void kaudit_set_enabled(struct kaudit *audit, bool is_enabled)
{
	audit->is_enabled = is_enabled;
}

void kaudit_set_rules(struct kaudit *audit, struct rule_set *rules)
{
	audit->rules = rules;
}

void kaudit_set_extra(struct kaudit *audit, uint32_t extra)
{
	audit->extra = extra;
}

uint32_t kaudit_extra(const struct kaudit *audit)
{
	return audit->extra;
}

struct rule_set *kaudit_rules(const struct kaudit *audit)
{
	return audit->rules;
}

const struct kaudit_stats *kaudit_stats(const struct kaudit *audit)
{
	return &audit->stats;
}

/* ---- records ---- */

static int log_one(struct kaudit *audit, struct audit_context *ctx, const struct record_kind *kind,
	size_t index, bool *ret_begun)
{
	struct audit_buffer *ab = kaudit_log_start_in(audit, ctx->ev, kind->type, &ctx->serial);

	if (!ab)
		return 0;
	*ret_begun = true;
	kind->format(ab, ctx, index);
	return kaudit_log_end(ab);
}

/* *ret_begun: at least one record was begun, none of them excluded before it. */
static int log_kinds(struct kaudit *audit, struct audit_context *ctx,
	const struct record_kinds *kinds, bool *ret_begun)
{
	const struct record_kind *end = kinds->kinds + kinds->n;
	int r = 0;

	for (const struct record_kind *kind = kinds->kinds; kind < end; kind++) {
		if (kind->items && !(kind->items & ctx->ev->items))
			continue;
		for (size_t i = 0; r == 0 && kind->next(ctx, &i); i++)
			r = log_one(audit, ctx, kind, i, ret_begun);
	}
	return r;
}

/* Without its first record, SYSCALL or URINGOP, an event has no others (spec kernel 3.4). */
static int log_all_kinds(struct kaudit *audit, struct audit_context *ctx)
{
	bool begun = false;
	int r;

	r = log_kinds(audit, ctx, &record_kinds_head, &begun);
	if (r < 0 || !begun)
		return r;
	r = log_kinds(audit, ctx, &record_kinds_exec, &begun);
	if (r == 0 && ctx->ev->specials)
		r = log_kinds(audit, ctx, &record_kinds_special, &begun);
	if (r == 0)
		r = log_kinds(audit, ctx, &record_kinds_tail, &begun);
	if (r < 0)
		return r;
	audit->stats.events_recorded++;
	if (ctx->stats)
		ctx->stats->events++;
	else
		audit->stats.events_no_rule++;
	return 0;
}

static int log_exit(struct kaudit *audit, struct audit_context *ctx)
{
	int r;

	ctx->extra = audit->extra;
	audit->charged = ctx->stats;
	r = log_all_kinds(audit, ctx);
	audit->charged = NULL;
	return r;
}

/* ---- the account of rules ---- */

/* A rule has decided: once an event, also where several operations of one call were asked about. */
static void note_hit(struct kaudit *audit, struct audit_context *ctx)
{
	if (!ctx->stats || ctx->stats == ctx->counted)
		return;
	rule_stats_hit(ctx->stats, ctx->ev->h.time_sec);
	ctx->counted = ctx->stats;
	(void)rule_stats_unref(audit->decided);
	audit->decided = rule_stats_ref(ctx->stats);
}

void kaudit_note_calls(struct kaudit *audit, uint32_t arch, int64_t nr, uint64_t n)
{
	audit->stats.events_passed += n;
	rule_set_note_calls(audit->rules, AUDIT_FILTER_EXIT, arch, nr, n);
}

/* When is not known. */
void kaudit_note_never(struct kaudit *audit, size_t position, uint64_t n)
{
	const struct rule_set *rules = audit->rules;

	if (position >= rules->n_rules[AUDIT_FILTER_EXIT])
		return;
	audit->stats.events_matched += n;
	rules->lists[AUDIT_FILTER_EXIT][position]->stats->hits += n;
}

void kaudit_note_time(struct kaudit *audit, uint64_t ns)
{
	audit->stats.time_ns += ns;
	audit->stats.n_timed++;
	if (audit->decided) {
		audit->decided->time_ns += ns;
		audit->decided->n_timed++;
	}
}

/* ---- records written aside ---- */

/* An operation inside a call: rules select it by the call, or by what it is (spec kernel 4.7). */
static int log_uringop(
	struct kaudit *audit, struct audit_context *ctx, const struct evt_uringop *op)
{
	struct event operation = *ctx->ev;
	struct audit_buffer *ab;
	int r;

	operation.h.kind = EVT_URING;
	operation.h.nr = op->op;
	operation.h.ret = op->ret;
	operation.h.flags |= EVT_F_RETURNED;
	kaudit_filter_syscall(audit->rules, ctx);
	if (ctx->state != AUDIT_STATE_RECORD) {
		rule_set_note_calls(audit->rules, AUDIT_FILTER_URING_EXIT, 0, op->op, 1);
		kaudit_filter_uring(audit->rules, ctx, &operation);
	}
	note_hit(audit, ctx);
	if (ctx->state != AUDIT_STATE_RECORD)
		return 0;
	ab = kaudit_log_start_in(audit, ctx->ev, AUDIT_URINGOP, &ctx->serial);
	if (ab)
		record_uringop_aside(ab, ctx, op);
	audit->charged = ctx->stats;
	r = kaudit_log_end(ab);
	audit->charged = NULL;
	return r;
}

/*
 * Whoever writes a record while a call runs has the call recorded as well, unless a rule forbids it (spec kernel 3.2). A
 * task without a context, one that the task list left out, has no event that it could join.
 */
static int log_aside(
	struct kaudit *audit, struct audit_context *ctx, const struct event_aside *aside)
{
	const struct record_aside *record = record_aside_of(aside->type);
	uint32_t own_serial = 0;
	bool joins = ctx->state != AUDIT_STATE_DISABLED && ctx->ev->h.kind != EVT_ASIDE &&
		     audit->is_enabled;
	struct audit_buffer *ab;

	if (!record)
		return joins ? log_uringop(audit, ctx, aside->data) : 0;
	if (!audit->is_enabled && !record->always)
		return 0;
	ab = kaudit_log_start_in(audit, ctx->ev, record_aside_type(record, aside),
		joins ? &ctx->serial : &own_serial);
	if (!ab)
		return 0;
	if (joins && !ctx->prio) {
		ctx->prio = 1;
		ctx->state = AUDIT_STATE_RECORD;
	}
	record->format(ab, ctx->ev, aside);
	return kaudit_log_end(ab);
}

static int log_asides(struct kaudit *audit, struct audit_context *ctx)
{
	int r;

	for (size_t i = 0; i < ctx->ev->n_asides; i++) {
		r = log_aside(audit, ctx, &ctx->ev->asides[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- events ---- */

static int items_reserve(struct kaudit *audit, size_t n)
{
	struct event_path *paths;

	if (n <= audit->paths_max)
		return 0;
	paths = reallocarray(audit->paths, n, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	audit->paths = paths;
	audit->paths_max = n;
	return 0;
}

static int filter_and_log(struct kaudit *audit, struct audit_context *ctx)
{
	const struct evt_hdr *h = &ctx->ev->h;
	bool is_uring = h->kind == EVT_URING;
	int r = log_asides(audit, ctx);

	if (r < 0)
		return r;
	/* the task list leaves nothing to decide: its priority is the highest */
	if (ctx->state != AUDIT_STATE_DISABLED && ctx->prio != UINT64_MAX) {
		rule_set_note_calls(audit->rules,
			is_uring ? AUDIT_FILTER_URING_EXIT : AUDIT_FILTER_EXIT, h->arch, h->nr, 1);
		if (is_uring)
			kaudit_filter_uring(audit->rules, ctx, ctx->ev);
		else
			kaudit_filter_syscall(audit->rules, ctx);
		note_hit(audit, ctx);
	}
	audit->stats.events_matched += ctx->stats != NULL;
	return ctx->state == AUDIT_STATE_RECORD ? log_exit(audit, ctx) : 0;
}

/* Without a rule on a counted list contexts are dummies, whatever was decided when there was one: nothing is gathered,
 * and only a record written aside brings the call into the log (spec kernel 4.3). */
static int feed_dummy(struct kaudit *audit, const struct event *ev)
{
	struct event bare = { .h = ev->h };
	struct audit_context ctx = { .ev = &bare };

	if (!ev->n_asides)
		return 0;
	bare.exe = ev->exe;
	bare.tty = ev->tty;
	bare.subj = ev->subj;
	bare.proctitle = ev->proctitle;
	bare.asides = ev->asides;
	bare.n_asides = ev->n_asides;
	bare.has_times = ev->has_times;
	bare.times = ev->times;
	bare.cgroup = ev->cgroup;
	return filter_and_log(audit, &ctx);
}

/* A syscall or an io_uring operation. */
static int feed_call(struct kaudit *audit, const struct event *ev)
{
	const struct task_verdict *verdict = task_table_get(audit->tasks, ev->h.tid);
	struct audit_context ctx = { .ev = ev };
	struct event filtered;
	int r;

	if (!audit->is_enabled)
		return log_asides(audit, &ctx);
	audit->stats.events_seen++;
	if (!rule_set_counts(audit->rules))
		return feed_dummy(audit, ev);
	if (verdict) {
		ctx.state = verdict->state;
		ctx.prio = UINT64_MAX;
		ctx.filterkey = verdict->filterkey;
		ctx.stats = ctx.counted = verdict->stats;
		audit->decided = rule_stats_ref(verdict->stats);
	}
	if (audit->rules->n_rules[AUDIT_FILTER_FS] == 0 || ev->n_paths == 0)
		return filter_and_log(audit, &ctx);

	r = items_reserve(audit, ev->n_paths);
	if (r < 0)
		return r;
	memcpy(audit->paths, ev->paths, ev->n_paths * sizeof(*audit->paths));
	filtered = *ev;
	filtered.paths = audit->paths;
	filtered.n_paths = kaudit_filter_items(audit->rules, ev, audit->paths);
	ctx.ev = &filtered;
	return filter_and_log(audit, &ctx);
}

static int feed_aside(struct kaudit *audit, const struct event *ev)
{
	struct audit_context ctx = { .ev = ev };

	return log_asides(audit, &ctx);
}

static int feed_task_new(struct kaudit *audit, const struct event *ev)
{
	const struct audit_krule *rule;
	enum audit_state state = kaudit_filter_task(audit->rules, ev, &rule);

	return task_table_set(audit->tasks, ev->h.tid, state, rule);
}

static int feed_mark(struct kaudit *audit, const struct event *ev)
{
	struct rule_mark *mark;

	mark = rule_set_mark(audit->rules, (enum evt_mark_kind)ev->mark.kind, ev->mark_rule.p,
		ev->mark_rule.len);
	if (!mark)
		return 0; /* the rule is gone */
	audit->marks_moved = true;
	return rule_set_bind(
		audit->rules, mark, &ev->mark, ev->mark_present.p, ev->mark_present.len);
}

static int feed_lost(struct kaudit *audit, const struct event *ev)
{
	struct audit_buffer *ab;

	audit->stats.events_lost += ev->lost.count;
	ab = kaudit_log_start(audit, ev, RECORD_LOST_TYPE);
	if (!ab)
		return 0;
	record_lost(ab,
		&(struct record_loss){
			.source = (uint8_t)ev->h.source,
			/* what a source lost never became records: the events are what can be counted */
			.records = ev->lost.count,
			.events = ev->lost.count,
			.reason = errno_name((int)ev->lost.reason) ?: "unknown",
			.after = ev->lost.after ?: ab->serial - 1,
			.before = ab->serial + 1,
			.cgroup = ev->h.cgroup,
			.cpu = ev->lost.cpu,
		});
	return kaudit_log_end(ab);
}

bool kaudit_keeps_tasks(const struct kaudit *audit)
{
	return task_table_count(audit->tasks) > 0;
}

void kaudit_forget_tasks(struct kaudit *audit)
{
	task_table_clear(audit->tasks);
}

int kaudit_feed(struct kaudit *audit, const struct event *ev)
{
	int r;

	audit->decided = rule_stats_unref(audit->decided);
	switch (ev->h.kind) {
	case EVT_SYSCALL:
	case EVT_URING:
		r = feed_call(audit, ev);
		if (audit->marks_moved) {
			rule_set_settle(audit->rules);
			audit->marks_moved = false;
		}
		return r;
	case EVT_TASK_NEW:
		return feed_task_new(audit, ev);
	case EVT_TASK_FREE:
		return task_table_set(audit->tasks, ev->h.tid, AUDIT_STATE_BUILD, NULL);
	case EVT_MARK:
		return feed_mark(audit, ev);
	case EVT_LOST:
		return audit->is_enabled ? feed_lost(audit, ev) : 0;
	case EVT_ASIDE:
		return feed_aside(audit, ev);
	default:
		return 0; /* the decoder lets no other kind through */
	}
}
