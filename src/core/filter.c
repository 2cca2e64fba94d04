// SPDX-License-Identifier: MIT
#include "core/filter.h"

#include <string.h>

#include "core/kaudit.h"
#include "rule/rule_first.h"
#include "rule/rule_stats.h"

/* A list of so few rules is walked faster than the index is asked. */
#define WALKED_MAX 2

/* Of a set whose list is long enough; NULL: walk it. */
static struct rule_index *index_for(struct rule_set *rules, unsigned list)
{
	return rules->n_rules[list] > WALKED_MAX ? rule_set_index(rules) : NULL;
}

enum audit_state kaudit_filter_task(
	struct rule_set *rules, const struct event *ev, const struct audit_krule **ret_rule)
{
	struct rule_index *index = index_for(rules, AUDIT_FILTER_TASK);
	const struct audit_krule *rule =
		index ? rule_index_task(index, rules, ev) : rule_walk_task(rules, ev);

	rule_set_note_asked(rules, AUDIT_FILTER_TASK);
	*ret_rule = rule;
	if (!rule)
		return AUDIT_STATE_BUILD;
	rule_stats_hit(rule->stats, ev->h.time_sec);
	return rule->action == AUDIT_NEVER ? AUDIT_STATE_DISABLED : AUDIT_STATE_RECORD;
}

/* The winner's key replaces another's also where it has none: the kernel lets the loser's stand (spec kernel 12.2). */
static void filter_call(
	struct rule_set *rules, unsigned list, struct audit_context *ctx, const struct event *ev)
{
	struct rule_index *index = index_for(rules, list);
	const struct audit_krule *rule = index ? rule_index_call(index, rules, list, ev, ctx->prio)
					       : rule_walk_call(rules, list, ev, ctx->prio);

	if (!rule)
		return;
	ctx->prio = rule->prio;
	ctx->filterkey = rule->filterkey;
	ctx->stats = rule->stats;
	ctx->state = rule->action == AUDIT_NEVER ? AUDIT_STATE_DISABLED : AUDIT_STATE_RECORD;
}

void kaudit_filter_syscall(struct rule_set *rules, struct audit_context *ctx)
{
	filter_call(rules, AUDIT_FILTER_EXIT, ctx, ctx->ev);
}

void kaudit_filter_uring(struct rule_set *rules, struct audit_context *ctx, const struct event *ev)
{
	filter_call(rules, AUDIT_FILTER_URING_EXIT, ctx, ev);
}

/* The rule that matches, on the user or the exclude list; NULL: none does, or a field ends the evaluation. */
static const struct audit_krule *filter_simple(
	struct rule_set *rules, unsigned list, const struct event *ev, uint32_t record_type)
{
	struct rule_index *index;
	const struct audit_krule *rule;
	int match = 0;

	if (!rules->n_rules[list]) /* nobody is asked */
		return NULL;
	index = index_for(rules, list);
	rule_set_note_asked(rules, list);
	rule = index ? rule_index_simple(index, rules, list, ev, record_type, &match)
		     : rule_walk_simple(rules, list, ev, record_type, &match);
	if (!rule || match < 0)
		return NULL;
	rule_stats_hit(rule->stats, ev->h.time_sec);
	return rule;
}

bool kaudit_filter_user(struct rule_set *rules, const struct event *ev, uint32_t record_type)
{
	const struct audit_krule *rule = filter_simple(rules, AUDIT_FILTER_USER, ev, record_type);

	return !rule || rule->action != AUDIT_NEVER;
}

/* Whatever the action says. */
bool kaudit_filter_exclude(struct rule_set *rules, const struct event *ev, uint32_t record_type)
{
	return filter_simple(rules, AUDIT_FILTER_EXCLUDE, ev, record_type) != NULL;
}

/* NULL: none. */
static const struct audit_krule *fs_rule_of(struct rule_set *rules, const struct event_path *path)
{
	struct rule_index *index = index_for(rules, AUDIT_FILTER_FS);

	if (!path->f.fs_magic)
		return NULL;
	return index ? rule_index_fs(index, rules, path->f.fs_magic)
		     : rule_walk_fs(rules, path->f.fs_magic);
}

static bool same_name(const struct event_path *a, const struct event_path *b)
{
	return a->name.p && b->name.p && a->name.len == b->name.len &&
	       memcmp(a->name.p, b->name.p, a->name.len) == 0;
}

static bool is_child(const struct event_path *path)
{
	return path->f.nametype == EVT_NAME_CREATE || path->f.nametype == EVT_NAME_DELETE;
}

/* The item of the directory that a child was made in or taken from: it comes before and has the child's string. */
static const struct event_path *parent_of(const struct event_path *paths, size_t child)
{
	for (size_t i = 0; i < child; i++)
		if (paths[i].f.nametype == EVT_NAME_PARENT && same_name(&paths[i], &paths[child]))
			return &paths[i];
	return NULL;
}

/* A string was copied from the program, and nothing became of it. */
static struct event_path name_only(const struct event_path *path)
{
	return (struct event_path){
		.f = {
			.nametype = EVT_NAME_UNKNOWN,
			.shown_len = EVT_NAME_FULL,
			.name_len = path->f.name_len,
			.flags = EVT_PATH_NAMED,
		},
		.name = path->name,
	};
}

size_t kaudit_filter_items(struct rule_set *rules, const struct event *ev, struct event_path *paths)
{
	enum { KEEP, NAME_ONLY, DROP } verdicts[EVT_PATHS_MAX];
	size_t left = 0, n = ev->n_paths;

	/*
	 * A child shares the string of its directory's item; where that item is skipped it still stands for the string,
	 * and the child is not made at all. The same holds for items that never had a string (spec kernel 5.2).
	 */
	for (size_t i = 0; i < n; i++) {
		const struct event_path *parent = is_child(&paths[i]) ? parent_of(paths, i) : NULL;
		const struct audit_krule *rule = fs_rule_of(rules, &paths[i]);

		if (!rule && parent)
			rule = fs_rule_of(rules, parent);
		if (rule)
			rule_stats_hit(rule->stats, ev->h.time_sec);
		rule_set_note_asked(rules, AUDIT_FILTER_FS);
		verdicts[i] = !rule ? KEEP : parent || !paths[i].name.p ? DROP : NAME_ONLY;
	}
	for (size_t i = 0; i < n; i++) {
		if (verdicts[i] == DROP)
			continue;
		paths[left++] = verdicts[i] == NAME_ONLY ? name_only(&paths[i]) : paths[i];
	}
	return left;
}
