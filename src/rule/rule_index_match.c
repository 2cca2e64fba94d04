// SPDX-License-Identifier: MIT
/*
 * The index asked about an event that was decoded here. What it does not know, labels of tasks and what an event has more
 * of than struct index_facts has room for, is asked of the rules themselves, one by one, as far as they come first.
 */

#include <string.h>

#include "base/macros.h"
#include "rule/rule_eval.h"
#include "rule/rule_first.h"
#include "rule/rule_index_eval.h"
#include "rule/rule_index_state.h"

/* One question. Facts are filled as far as some candidate tests them; the rest of them is void. */
struct question {
	struct rule_index *index;
	const struct index_blob *blob;
	const struct rule_set *set;
	const struct event *ev;
	unsigned list;
	uint32_t record_type; /* user and exclude lists */
	uint64_t filled;      /* INDEX_BIT(source)s */
	struct index_facts facts;
	struct index_work work;
};

/* ---- facts ---- */

static void fill_numbers(struct index_facts *f, const struct event *ev)
{
	const struct evt_hdr *h = &ev->h;

	f->value[INDEX_PID] = h->kind == EVT_TASK_NEW ? h->ppid : h->tgid;
	f->value[INDEX_PPID] = h->ppid;
	f->value[INDEX_UID] = h->uid;
	f->value[INDEX_EUID] = h->euid;
	f->value[INDEX_SUID] = h->suid;
	f->value[INDEX_FSUID] = h->fsuid;
	f->value[INDEX_GID] = h->gid;
	f->value[INDEX_EGID] = h->egid;
	f->value[INDEX_SGID] = h->sgid;
	f->value[INDEX_FSGID] = h->fsgid;
	f->value[INDEX_AUID] = h->auid;
	f->value[INDEX_SES] = h->ses;
	f->value[INDEX_PERS] = h->pers;
	for (size_t i = 0; i < 4; i++)
		f->value[INDEX_ARG0 + i] = (uint32_t)h->args[i];
	f->ret = h->ret;
	if (h->kind != EVT_SYSCALL)
		f->absent |= INDEX_ARG_SOURCES | INDEX_BIT(INDEX_PPID);
	if ((h->kind != EVT_SYSCALL && h->kind != EVT_URING) || !(h->flags & EVT_F_RETURNED))
		f->absent |= INDEX_EXIT_SOURCES;
}

static void fill_groups(struct index_facts *f, const struct event *ev)
{
	f->n_groups = (uint32_t)ev->n_groups;
	if (ev->n_groups > INDEX_GROUPS_MAX) {
		f->unknown |= INDEX_BIT(INDEX_GIDS);
		f->n_groups = 0;
	}
	memcpy(f->groups, ev->groups ?: f->groups, f->n_groups * sizeof(f->groups[0]));
}

static void fill_items(struct index_facts *f, const struct event *ev)
{
	f->n_items = (uint32_t)ev->n_paths;
	if (ev->n_paths > INDEX_ITEMS_MAX) {
		f->unknown |= INDEX_ITEM_SOURCES & ~INDEX_BIT(INDEX_DIR);
		f->n_items = 0;
	}
	for (size_t i = 0; i < f->n_items; i++) {
		const struct evt_path *p = &ev->paths[i].f;

		f->items[i] = (struct index_item){
			.ino = p->ino,
			.dev_major = p->dev_major,
			.dev_minor = p->dev_minor,
			.rdev_major = p->rdev_major,
			.rdev_minor = p->rdev_minor,
			.mode = p->mode,
			.uid = p->uid,
			.gid = p->gid,
			.has_inode = (p->flags & EVT_PATH_INODE) != 0,
		};
	}
}

static void fill_watches(struct question *q)
{
	struct index_facts *f = &q->facts;
	size_t n;

	for (size_t i = 0; i < f->n_items; i++) {
		n = index_places_watch(&q->index->places, q->set, &q->ev->paths[i],
			f->items[i].watches, INDEX_WATCHES_MAX);
		if (n > INDEX_WATCHES_MAX)
			f->unknown |= INDEX_BIT(INDEX_WATCH);
		f->items[i].n_watches = (uint32_t)n;
	}
}

static void fill_dirs(struct question *q)
{
	struct index_facts *f = &q->facts;
	size_t n = 0;

	for (size_t i = 0; i < q->ev->n_paths && n <= INDEX_DIRS_MAX; i++)
		n = index_places_dir(
			&q->index->places, q->set, &q->ev->paths[i], f->dirs, n, INDEX_DIRS_MAX);
	if (n > INDEX_DIRS_MAX)
		f->unknown |= INDEX_BIT(INDEX_DIR);
	f->n_dirs = (uint32_t)n;
}

static void fill_exe(struct question *q)
{
	struct index_facts *f = &q->facts;
	size_t n = 0;

	if (q->ev->h.kind != EVT_TASK_NEW && q->ev->exe.p)
		n = index_places_exe(&q->index->places, q->set, q->ev, f->exes, INDEX_EXES_MAX);
	if (n > INDEX_EXES_MAX)
		f->unknown |= INDEX_BIT(INDEX_EXE);
	f->n_exes = (uint32_t)n;
}

static void fill_saddr(struct index_facts *f, const struct event *ev)
{
	uint16_t family;

	if (ev->sockaddr.len < sizeof(family)) {
		f->absent |= INDEX_BIT(INDEX_SADDR_FAM);
		return;
	}
	memcpy(&family, ev->sockaddr.p, sizeof(family));
	f->value[INDEX_SADDR_FAM] = family;
}

/* What sources name and is not there yet. */
static void fill(struct question *q, uint64_t sources)
{
	const uint64_t numbers = INDEX_BITS_BELOW(_INDEX_ITEMS) &
				 ~(INDEX_BIT(INDEX_SADDR_FAM) | INDEX_BIT(INDEX_PERM) |
					 INDEX_BIT(INDEX_EXE) | INDEX_BIT(INDEX_DIR));
	uint64_t all = INDEX_BITS_BELOW(_INDEX_SOURCES);
	uint64_t items = all & ~INDEX_BITS_BELOW(_INDEX_ITEMS);

	/* comparisons with owners look at numbers, too */
	if (sources & items)
		sources |= items;
	if (sources & (numbers | items))
		sources |= numbers;
	sources &= ~q->filled;
	q->filled |= sources;
	if (sources & numbers)
		fill_numbers(&q->facts, q->ev);
	if (sources & INDEX_BIT(INDEX_GIDS))
		fill_groups(&q->facts, q->ev);
	if (sources & INDEX_BIT(INDEX_SADDR_FAM))
		fill_saddr(&q->facts, q->ev);
	if (sources & INDEX_BIT(INDEX_PERM))
		q->facts.value[INDEX_PERM] = rule_perms(q->ev);
	if (sources & INDEX_BIT(INDEX_EXE))
		fill_exe(q);
	if (sources & items) {
		fill_items(&q->facts, q->ev);
		fill_watches(q);
	}
	if (sources & INDEX_BIT(INDEX_DIR))
		fill_dirs(q);
}

/* ---- answers ---- */

static const struct index_board *board_of(const struct question *q, enum index_board_id id)
{
	return &q->blob->head.boards[id];
}

static const struct audit_krule *rule_at(
	const struct question *q, enum index_board_id id, uint32_t rule)
{
	return q->set->lists[q->list][index_position(q->blob, id, rule)];
}

/* A rule that is not sure. */
static bool asks_rule(const struct question *q, const struct audit_krule *rule, size_t item)
{
	if (q->list == AUDIT_FILTER_USER || q->list == AUDIT_FILTER_EXCLUDE)
		return rule_match_simple(rule, q->ev, q->record_type) != 0;
	return rule_match(rule, q->ev, item);
}

/* The first of the rules that are left. */
static const struct audit_krule *first_of(
	const struct question *q, enum index_board_id id, size_t item)
{
	uint32_t opaque = board_of(q, id)->opaque;

	for (uint64_t live = q->work.live; live; live &= live - 1) {
		uint32_t w = index_lowest(live);
		uint64_t unsure = q->work.unsure[w] | index_vector_word_or_0(q->blob, opaque, w);

		for (uint64_t left = q->work.selected[w]; left; left &= left - 1) {
			uint32_t bit = index_lowest(left);
			const struct audit_krule *rule = rule_at(q, id, w * 64 + bit);

			if (!(unsure >> bit & 1) || asks_rule(q, rule, item))
				return rule;
		}
	}
	return NULL;
}

/* As index_run() with whichever item, with the facts that it takes. */
static bool run(struct question *q, enum index_board_id id)
{
	uint32_t row = index_row(q->blob, &q->facts, id);

	if (!row)
		return false;
	fill(q, index_word(q->blob, row + INDEX_ROW_SOURCES));
	return index_run(q->blob, &q->facts, &q->work, id, INDEX_ALL_ITEMS);
}

static void ask(struct question *q, struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev)
{
	q->index = index;
	q->blob = index_blob_of(index);
	q->set = set;
	q->ev = ev;
	q->list = list;
	q->filled = 0;
	q->facts.unknown = 0;
	q->facts.absent = 0;
}

/* The first of a board whose rules are asked of the event as a whole. */
static const struct audit_krule *first_on(struct question *q, enum index_board_id id)
{
	return run(q, id) ? first_of(q, id, RULE_ANY_ITEM) : NULL;
}

static bool is_too_large(const struct rule_index *index, enum index_board_id id)
{
	return index_blob_of(index)->head.boards[id].flags & INDEX_BOARD_TOO_LARGE;
}

/* ---- exit and io_uring ---- */

static const struct audit_krule *first_by_inode(
	struct question *q, enum index_board_id id, uint64_t prio)
{
	const struct audit_krule *rule;

	if (!q->ev->n_paths || !run(q, id))
		return NULL;
	index_save(&q->work);
	for (size_t item = 0; item < q->ev->n_paths; item++) {
		if (!index_run(q->blob, &q->facts, &q->work, id, (int32_t)item))
			continue;
		rule = first_of(q, id, item);
		if (rule && rule->prio > prio)
			return rule;
	}
	return NULL;
}

/* Which rows are the event's; false: the index has none for such an event. */
static bool find_rows(struct question *q)
{
	const struct evt_hdr *h = &q->ev->h;

	q->facts.nr = (uint32_t)h->nr;
	q->facts.abi = INDEX_ABI_NATIVE;
	if (q->list == AUDIT_FILTER_URING_EXIT)
		return h->kind == EVT_URING;
	if (h->kind != EVT_SYSCALL)
		return false;
	if (h->arch == q->index->arches[INDEX_ABI_NATIVE])
		return true;
	q->facts.abi = INDEX_ABI_COMPAT;
	return h->arch == q->index->arches[INDEX_ABI_COMPAT];
}

const struct audit_krule *rule_index_call(struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev, uint64_t prio)
{
	enum index_board_id id = list == AUDIT_FILTER_EXIT ? INDEX_BOARD_EXIT : INDEX_BOARD_URING;
	const struct audit_krule *first, *by_inode;
	struct question q;

	ask(&q, index, set, list, ev);
	if (!find_rows(&q) || is_too_large(index, id) || is_too_large(index, id + 1))
		return rule_walk_call(set, list, ev, prio);
	first = first_on(&q, id);
	if (first && first->prio <= prio)
		first = NULL;
	by_inode = first_by_inode(&q, id + 1, first ? first->prio : prio);
	return by_inode ? by_inode : first;
}

bool rule_index_facts(struct index_facts *ret, struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev)
{
	struct question q;

	memset(&q.facts, 0, sizeof(q.facts));
	ask(&q, index, set, list, ev);
	if (!find_rows(&q))
		return false;
	fill(&q, INDEX_BITS_BELOW(_INDEX_SOURCES));
	*ret = q.facts;
	return true;
}

/* ---- the other lists ---- */

const struct audit_krule *rule_index_task(
	struct rule_index *index, const struct rule_set *set, const struct event *ev)
{
	struct question q;

	if (is_too_large(index, INDEX_BOARD_TASK))
		return rule_walk_task(set, ev);
	ask(&q, index, set, AUDIT_FILTER_TASK, ev);
	return first_on(&q, INDEX_BOARD_TASK);
}

const struct audit_krule *rule_index_simple(struct rule_index *index, const struct rule_set *set,
	unsigned list, const struct event *ev, uint32_t record_type, int *ret_match)
{
	enum index_board_id id = list == AUDIT_FILTER_USER ? INDEX_BOARD_USER : INDEX_BOARD_EXCLUDE;
	const struct audit_krule *rule;
	struct question q;

	if (is_too_large(index, id))
		return rule_walk_simple(set, list, ev, record_type, ret_match);
	ask(&q, index, set, list, ev);
	q.record_type = record_type;
	q.facts.value[INDEX_MSGTYPE] = record_type;
	rule = first_on(&q, id);
	if (rule)
		*ret_match = rule_match_simple(rule, ev, record_type);
	return rule;
}

const struct audit_krule *rule_index_fs(
	struct rule_index *index, const struct rule_set *set, uint32_t fs_magic)
{
	static const struct event no_event;
	struct question q;

	if (is_too_large(index, INDEX_BOARD_FS))
		return rule_walk_fs(set, fs_magic);
	ask(&q, index, set, AUDIT_FILTER_FS, &no_event);
	q.facts.value[INDEX_FSTYPE] = fs_magic;
	return first_on(&q, INDEX_BOARD_FS);
}
