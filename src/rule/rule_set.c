// SPDX-License-Identifier: MIT
/* Lists, duplicates, deletion and priority as in the kernel (spec kernel 6.4), and the marks that rules share. */

#include "rule/rule_set.h"

#include <errno.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_index.h"
#include "rule/rule_stats.h"

/* The lists whose rules stand in one order, and the value that the counters begin with. */
#define HAS_PRIO(list) ((list) == AUDIT_FILTER_EXIT || (list) == AUDIT_FILTER_URING_EXIT)
#define PRIO_MIDDLE    (UINT64_MAX / 2)

/* Building an index costs about as much as so many walks over the lists. */
#define INDEX_ASKED_BEFORE 16

int rule_set_new(struct rule_set **ret)
{
	struct rule_set *set = calloc(1, sizeof(*set));

	if (!set || rule_counts_new(&set->counts) < 0) {
		free(set);
		return -ENOMEM;
	}
	set->prio_low = PRIO_MIDDLE - 1;
	set->prio_high = PRIO_MIDDLE;
	set->marks_version = 1;
	*ret = set;
	return 0;
}

static void mark_free(struct rule_mark *mark)
{
	free(mark->path);
	free(mark->present);
	free(mark->was_present);
	free(mark);
}

/* The rules are not the same any more. */
static void drop_index(struct rule_set *set)
{
	rule_index_free(set->index);
	set->index = NULL;
	set->index_asked = 0;
}

struct rule_index *rule_set_index(struct rule_set *set)
{
	if (set->index || set->index_asked > INDEX_ASKED_BEFORE)
		return set->index;
	if (++set->index_asked > INDEX_ASKED_BEFORE && rule_index_build_here(&set->index, set) < 0)
		set->index = NULL;
	return set->index;
}

void rule_set_clear(struct rule_set *set)
{
	size_t list, i;

	drop_index(set);
	for (list = 0; list < RULE_LISTS; list++) {
		for (i = 0; i < set->n_rules[list]; i++)
			krule_free(set->lists[list][i]);
		free(set->lists[list]);
		set->lists[list] = NULL;
		set->n_rules[list] = 0;
	}
	for (i = 0; i < set->n_marks; i++)
		mark_free(set->marks[i]);
	free(set->marks);
	set->marks = NULL;
	set->n_marks = 0;
}

void rule_set_free(struct rule_set *set)
{
	if (!set)
		return;
	rule_set_clear(set);
	free(set->counts);
	free(set);
}

bool krule_is_same(const struct audit_krule *a, const struct audit_krule *b)
{
	uint32_t i;

	if (a->list != b->list || a->legacy_auid != b->legacy_auid || a->action != b->action ||
		a->n_fields != b->n_fields || memcmp(a->mask, b->mask, sizeof(a->mask)) != 0)
		return false;
	for (i = 0; i < a->n_fields; i++) {
		const struct audit_field *f = &a->fields[i], *g = &b->fields[i];

		if (f->type != g->type || f->op != g->op || f->val != g->val ||
			!f->str != !g->str || (f->str && strcmp(f->str, g->str) != 0))
			return false;
	}
	return true;
}

/* Index on its list, or n_rules of the list. */
static size_t find_rule(const struct rule_set *set, const struct audit_krule *rule)
{
	size_t i;

	for (i = 0; i < set->n_rules[rule->list]; i++)
		if (krule_is_same(set->lists[rule->list][i], rule))
			break;
	return i;
}

/* 0: the field names no path. */
static enum evt_mark_kind mark_kind(const struct audit_field *field)
{
	switch (field->type) {
	case AUDIT_WATCH:
		return EVT_MARK_WATCH;
	case AUDIT_DIR:
		return EVT_MARK_TREE;
	case AUDIT_EXE:
		return EVT_MARK_EXE;
	default:
		return 0;
	}
}

struct rule_mark *rule_set_mark(
	struct rule_set *set, enum evt_mark_kind kind, const char *path, size_t path_len)
{
	size_t i;

	for (i = 0; i < set->n_marks; i++)
		if (set->marks[i]->kind == kind && strlen(set->marks[i]->path) == path_len &&
			memcmp(set->marks[i]->path, path, path_len) == 0)
			return set->marks[i];
	return NULL;
}

static int add_mark(
	struct rule_set *set, enum evt_mark_kind kind, const char *path, struct rule_mark **ret)
{
	struct rule_mark **marks, *mark;

	*ret = rule_set_mark(set, kind, path, strlen(path));
	if (*ret)
		return 0;
	marks = realloc(set->marks, (set->n_marks + 1) * sizeof(struct rule_mark *));
	if (!marks)
		return -ENOMEM;
	set->marks = marks;
	mark = calloc(1, sizeof(*mark));
	if (!mark)
		return -ENOMEM;
	mark->kind = kind;
	mark->path = strdup(path);
	if (!mark->path) {
		free(mark);
		return -ENOMEM;
	}
	set->marks[set->n_marks++] = mark;
	*ret = mark;
	return 0;
}

static bool mark_is_used(const struct rule_set *set, const struct rule_mark *mark)
{
	size_t list, i;
	uint32_t k;

	for (list = 0; list < RULE_LISTS; list++)
		for (i = 0; i < set->n_rules[list]; i++)
			for (k = 0; k < set->lists[list][i]->n_fields; k++)
				if (set->lists[list][i]->fields[k].mark == mark)
					return true;
	return false;
}

static void drop_unused_marks(struct rule_set *set)
{
	size_t i, kept = 0;

	for (i = 0; i < set->n_marks; i++) {
		if (mark_is_used(set, set->marks[i]))
			set->marks[kept++] = set->marks[i];
		else
			mark_free(set->marks[i]);
	}
	set->n_marks = kept;
}

/*
 * A rule that is there already and is to be the first one moves to the front: behind itself it could decide nothing. The kernel
 * adds it again, without end (spec kernel 6.4).
 */
static int insert(struct rule_set *set, struct audit_krule *rule)
{
	struct audit_krule **list = set->lists[rule->list];
	size_t n = set->n_rules[rule->list], same = find_rule(set, rule);
	enum evt_mark_kind kind;
	uint32_t i;
	int r;

	if (same < n && !rule->prepend)
		return -EEXIST;
	drop_index(set);
	rule->stats = same < n ? rule_stats_ref(list[same]->stats) : rule_stats_new();
	if (!rule->stats)
		return -ENOMEM;
	list = realloc(list, (n + 1) * sizeof(struct audit_krule *));
	if (!list)
		return -ENOMEM;
	set->lists[rule->list] = list;
	for (i = 0; i < rule->n_fields; i++) {
		kind = mark_kind(&rule->fields[i]);
		if (!kind)
			continue;
		r = add_mark(set, kind, rule->fields[i].str, &rule->fields[i].mark);
		if (r < 0) {
			drop_unused_marks(set);
			return r;
		}
	}
	if (rule->prepend) {
		if (same < n)
			krule_free(list[same]);
		memmove(list + 1, list, same * sizeof(struct audit_krule *));
		list[0] = rule;
	} else {
		list[n] = rule;
	}
	set->n_rules[rule->list] += same == n;
	rule->prio = UINT64_MAX;
	if (HAS_PRIO(rule->list))
		rule->prio = rule->prepend ? set->prio_high++ : set->prio_low--;
	rule->prepend = false;
	return 0;
}

int rule_set_add(struct rule_set *set, struct audit_krule *rule)
{
	int r = insert(set, rule);

	if (r < 0)
		krule_free(rule);
	else
		rule_stats_begin(set, rule);
	return r;
}

int rule_set_delete(struct rule_set *set, const struct audit_krule *rule)
{
	struct audit_krule **list = set->lists[rule->list];
	size_t at = find_rule(set, rule);

	if (at == set->n_rules[rule->list] || rule->prepend)
		return -ENOENT;
	drop_index(set);
	krule_free(list[at]);
	set->n_rules[rule->list]--;
	memmove(list + at, list + at + 1,
		(set->n_rules[rule->list] - at) * sizeof(struct audit_krule *));
	drop_unused_marks(set);
	return 0;
}

size_t rule_set_clear_key(struct rule_set *set, const char *key)
{
	size_t list, i, kept, n = 0;

	drop_index(set);
	for (list = 0; list < RULE_LISTS; list++) {
		struct audit_krule **rules = set->lists[list];

		for (i = kept = 0; i < set->n_rules[list]; i++) {
			if (!rules[i]->filterkey || !strstr(rules[i]->filterkey, key))
				rules[kept++] = rules[i];
			else
				krule_free(rules[i]);
		}
		n += set->n_rules[list] - kept;
		set->n_rules[list] = kept;
	}
	drop_unused_marks(set);
	return n;
}

size_t rule_set_count(const struct rule_set *set)
{
	size_t list, n = 0;

	for (list = 0; list < RULE_LISTS; list++)
		n += set->n_rules[list];
	return n;
}

bool rule_set_counts(const struct rule_set *set)
{
	return set->n_rules[AUDIT_FILTER_TASK] || set->n_rules[AUDIT_FILTER_EXIT] ||
	       set->n_rules[AUDIT_FILTER_URING_EXIT];
}

/* What a source reports again for an event that came late: as it was then, and as it is now (source fsmark.h). */
static bool goes_back(const struct rule_mark *mark, const struct evt_mark *to)
{
	return mark->was_bound && to->bound && mark->was_ino == to->ino &&
	       mark->was_dev_major == to->dev_major && mark->was_dev_minor == to->dev_minor;
}

static void forget_previous(struct rule_mark *mark)
{
	mark->was_bound = false;
	free(mark->was_present);
	mark->was_present = NULL;
}

int rule_set_bind(struct rule_set *set, struct rule_mark *mark, const struct evt_mark *to,
	const char *present, size_t present_len)
{
	char *copy = NULL;

	if (to->bound && mark->kind == EVT_MARK_TREE && present_len) {
		copy = strndup(present, present_len);
		if (!copy)
			return -ENOMEM;
	}
	if (to->is_over) {
		forget_previous(mark);
	} else if (mark->bound && (!mark->was_bound || goes_back(mark, to))) {
		/* Of several changes by one event the first leads away from what was there before it. */
		free(mark->was_present);
		mark->was_bound = true;
		mark->was_ino = mark->ino;
		mark->was_dev_major = mark->dev_major;
		mark->was_dev_minor = mark->dev_minor;
		mark->was_present = TAKE_PTR(mark->present);
	}
	free(mark->present);
	mark->present = copy;
	mark->bound = to->bound;
	mark->ino = to->ino;
	mark->dev_major = to->dev_major;
	mark->dev_minor = to->dev_minor;
	set->marks_version++;
	return 0;
}

void rule_set_settle(struct rule_set *set)
{
	size_t i;

	for (i = 0; i < set->n_marks; i++) {
		struct rule_mark *mark = set->marks[i];

		forget_previous(mark);
	}
}
