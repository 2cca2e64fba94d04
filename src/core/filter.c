// SPDX-License-Identifier: MIT
#include "core/filter.h"

#include <string.h>

#include "core/kaudit.h"
#include "rule/rule_eval.h"
#include "rule/rule_stats.h"

enum audit_state kaudit_filter_task(
	const struct rule_set *rules, const struct event *ev, const struct audit_krule **ret_rule)
{
	*ret_rule = NULL;
	rule_set_note_asked(rules, AUDIT_FILTER_TASK);
	for (size_t i = 0; i < rules->n_rules[AUDIT_FILTER_TASK]; i++) {
		const struct audit_krule *rule = rules->lists[AUDIT_FILTER_TASK][i];

		if (!rule_match(rule, ev, RULE_ANY_ITEM))
			continue;
		rule_stats_hit(rule->stats, ev->h.time_sec);
		*ret_rule = rule;
		return rule->action == AUDIT_NEVER ? AUDIT_STATE_DISABLED : AUDIT_STATE_RECORD;
	}
	return AUDIT_STATE_BUILD;
}

/* The winner's key replaces another's also where it has none: the kernel lets the loser's stand (spec kernel 12.2). */
static void decide(struct audit_context *ctx, const struct audit_krule *rule)
{
	ctx->prio = rule->prio;
	ctx->filterkey = rule->filterkey;
	ctx->stats = rule->stats;
	ctx->state = rule->action == AUDIT_NEVER ? AUDIT_STATE_DISABLED : AUDIT_STATE_RECORD;
}

static bool may_decide(
	const struct audit_krule *rule, const struct audit_context *ctx, const struct event *ev)
{
	return rule_mask_has(rule->mask, ev->h.nr) && rule->prio > ctx->prio;
}

/* True: there are inode rules that could still decide. */
static bool walk_list(const struct rule_set *rules, unsigned list, struct audit_context *ctx,
	const struct event *ev)
{
	bool inode_rules = false, decided = false;

	for (size_t i = 0; i < rules->n_rules[list]; i++) {
		const struct audit_krule *rule = rules->lists[list][i];

		if (!may_decide(rule, ctx, ev))
			continue;
		if (rule->by_inode) {
			inode_rules = true;
		} else if (!decided && rule_match(rule, ev, RULE_ANY_ITEM)) {
			decide(ctx, rule);
			decided = true;
		}
	}
	return inode_rules;
}

/* Item by item, and for each item in list order: the first rule that matches ends it. */
static void walk_inode_rules(const struct rule_set *rules, unsigned list, struct audit_context *ctx,
	const struct event *ev)
{
	for (size_t item = 0; item < ev->n_paths; item++)
		for (size_t i = 0; i < rules->n_rules[list]; i++) {
			const struct audit_krule *rule = rules->lists[list][i];

			if (!rule->by_inode || !may_decide(rule, ctx, ev) ||
				!rule_match(rule, ev, item))
				continue;
			decide(ctx, rule);
			return;
		}
}

void kaudit_filter_syscall(const struct rule_set *rules, struct audit_context *ctx)
{
	if (walk_list(rules, AUDIT_FILTER_EXIT, ctx, ctx->ev) && ctx->ev->n_paths)
		walk_inode_rules(rules, AUDIT_FILTER_EXIT, ctx, ctx->ev);
}

void kaudit_filter_uring(
	const struct rule_set *rules, struct audit_context *ctx, const struct event *ev)
{
	if (walk_list(rules, AUDIT_FILTER_URING_EXIT, ctx, ev) && ev->n_paths)
		walk_inode_rules(rules, AUDIT_FILTER_URING_EXIT, ctx, ev);
}

bool kaudit_filter_user(const struct rule_set *rules, const struct event *ev, uint32_t record_type)
{
	rule_set_note_asked(rules, AUDIT_FILTER_USER);
	for (size_t i = 0; i < rules->n_rules[AUDIT_FILTER_USER]; i++) {
		const struct audit_krule *rule = rules->lists[AUDIT_FILTER_USER][i];
		int r = rule_match_simple(rule, ev, record_type);

		if (r < 0)
			break;
		if (r == 0)
			continue;
		rule_stats_hit(rule->stats, ev->h.time_sec);
		return rule->action != AUDIT_NEVER;
	}
	return true;
}

bool kaudit_filter_exclude(
	const struct rule_set *rules, const struct event *ev, uint32_t record_type)
{
	rule_set_note_asked(rules, AUDIT_FILTER_EXCLUDE);
	for (size_t i = 0; i < rules->n_rules[AUDIT_FILTER_EXCLUDE]; i++) {
		const struct audit_krule *rule = rules->lists[AUDIT_FILTER_EXCLUDE][i];
		int r = rule_match_simple(rule, ev, record_type);

		if (r > 0)
			rule_stats_hit(rule->stats, ev->h.time_sec);
		if (r != 0)
			return r > 0; /* whatever the action says */
	}
	return false;
}

/* NULL: none. */
static const struct audit_krule *fs_rule_of(
	const struct rule_set *rules, const struct event_path *path)
{
	if (!path->f.fs_magic)
		return NULL;
	for (size_t i = 0; i < rules->n_rules[AUDIT_FILTER_FS]; i++) {
		const struct audit_krule *rule = rules->lists[AUDIT_FILTER_FS][i];

		for (uint32_t n = 0; rule->action == AUDIT_NEVER && n < rule->n_fields; n++)
			if (rule->fields[n].type == AUDIT_FSTYPE &&
				rule_compare_u32(
					path->f.fs_magic, rule->fields[n].op, rule->fields[n].val))
				return rule;
	}
	return NULL;
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

size_t kaudit_filter_items(
	const struct rule_set *rules, const struct event *ev, struct event_path *paths)
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
