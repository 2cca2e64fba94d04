// SPDX-License-Identifier: MIT
/* A second set of the same rules, to be changed while the first is in use, and the exchange of the two. */

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "rule/rule_set.h"
#include "rule/rule_stats.h"

/* NULL stays NULL. */
static int copy_text(char **to, const char *text)
{
	*to = text ? strdup(text) : NULL;
	return text && !*to ? -ENOMEM : 0;
}

static int clone_mark(struct rule_set *to, const struct rule_mark *mark)
{
	struct rule_mark *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	to->marks[to->n_marks++] = copy;
	*copy = *mark;
	copy->present = copy->was_present = NULL;
	if (copy_text(&copy->path, mark->path) < 0 || copy_text(&copy->present, mark->present) < 0)
		return -ENOMEM;
	return copy_text(&copy->was_present, mark->was_present);
}

static size_t mark_index(const struct rule_set *set, const struct rule_mark *mark)
{
	size_t i = 0;

	while (set->marks[i] != mark)
		i++;
	return i;
}

static int clone_rule(
	struct rule_set *to, const struct rule_set *set, const struct audit_krule *rule)
{
	struct audit_krule *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	to->lists[rule->list][to->n_rules[rule->list]++] = copy;
	*copy = *rule;
	copy->filterkey = NULL;
	(void)rule_stats_ref(copy->stats);
	for (uint32_t i = 0; i < rule->n_fields; i++)
		copy->fields[i].str = NULL;
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *from = &rule->fields[i];

		if (copy_text(&copy->fields[i].str, from->str) < 0)
			return -ENOMEM;
		if (from->mark)
			copy->fields[i].mark = to->marks[mark_index(set, from->mark)];
		if (from->str && rule->filterkey == from->str)
			copy->filterkey = copy->fields[i].str;
	}
	return 0;
}

static int clone_all(struct rule_set *to, const struct rule_set *set)
{
	int r;

	to->prio_low = set->prio_low;
	to->prio_high = set->prio_high;
	if (set->n_marks) {
		to->marks = calloc(set->n_marks, sizeof(struct rule_mark *));
		if (!to->marks)
			return -ENOMEM;
	}
	for (size_t i = 0; i < set->n_marks; i++) {
		r = clone_mark(to, set->marks[i]);
		if (r < 0)
			return r;
	}
	for (size_t list = 0; list < RULE_LISTS; list++) {
		if (!set->n_rules[list])
			continue;
		to->lists[list] = calloc(set->n_rules[list], sizeof(struct audit_krule *));
		if (!to->lists[list])
			return -ENOMEM;
		for (size_t i = 0; i < set->n_rules[list]; i++) {
			r = clone_rule(to, set, set->lists[list][i]);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int rule_set_clone(struct rule_set **ret, const struct rule_set *set)
{
	struct rule_set *copy;
	int r = rule_set_new(&copy);

	if (r < 0)
		return r;
	free(copy->counts);
	copy->counts = NULL;
	r = clone_all(copy, set);
	if (r < 0) {
		rule_set_free(copy);
		return r;
	}
	*ret = copy;
	return 0;
}

/* The path stays with its mark, all else goes over. */
static void swap_bindings(struct rule_mark *a, struct rule_mark *b)
{
	struct rule_mark was = *a;
	char *path_a = a->path, *path_b = b->path;

	*a = *b;
	*b = was;
	a->path = path_a;
	b->path = path_b;
}

void rule_set_swap(struct rule_set *set, struct rule_set *with)
{
	struct rule_set was;

	/* What has happened to the files since the copy was made. */
	for (size_t i = 0; i < with->n_marks; i++) {
		struct rule_mark *to = with->marks[i];
		struct rule_mark *from = rule_set_mark(set, to->kind, to->path, strlen(to->path));

		if (from)
			swap_bindings(to, from);
	}
	set->marks_version++;
	with->marks_version++;
	was = *set;
	*set = *with;
	*with = was;
	/* Who feeds the set goes on counting in it. */
	with->counts = set->counts;
	set->counts = was.counts;
	rule_set_keep_stats(set, with);
}
