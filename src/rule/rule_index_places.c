// SPDX-License-Identifier: MIT
#include "rule/rule_index_places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule_eval.h"

#define PLACES_OF_MARK 4

#define PATH_HASH_START 0xcbf29ce484222325u /* FNV-1a */

static uint64_t path_hash_add(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 0x100000001b3u;
}

/* Kinds of marks are told apart afterwards: they are few. */
static uint64_t inode_hash(uint64_t ino, uint32_t dev_major, uint32_t dev_minor)
{
	return (ino ^ (uint64_t)dev_major << 44 ^ (uint64_t)dev_minor << 24) * 0x9e3779b97f4a7c15u;
}

int index_places_init(struct index_places *places, const struct rule_set *set)
{
	size_t n_buckets = 1;

	*places = (struct index_places){ 0 };
	if (!set->n_marks)
		return 0;
	while (n_buckets < set->n_marks * PLACES_OF_MARK)
		n_buckets *= 2;
	places->max = set->n_marks * PLACES_OF_MARK;
	places->all = calloc(places->max, sizeof(*places->all));
	places->buckets = calloc(n_buckets, sizeof(*places->buckets));
	if (!places->all || !places->buckets)
		return -ENOMEM;
	places->n_buckets = n_buckets;
	return 0;
}

void index_places_deinit(struct index_places *places)
{
	free(places->all);
	free(places->buckets);
}

static uint32_t *bucket_of(const struct index_places *places, uint64_t hash)
{
	return &places->buckets[(hash >> 32 ^ hash) & (places->n_buckets - 1)];
}

static void add_place(struct index_places *places, uint64_t hash, size_t mark)
{
	uint32_t *bucket = bucket_of(places, hash);

	places->all[places->n++] =
		(struct index_place){ .hash = hash, .next = *bucket, .mark = (uint16_t)mark };
	*bucket = (uint32_t)places->n;
}

static void add_root(struct index_places *places, const char *root, size_t mark)
{
	size_t len = root ? strlen(root) : 0;
	uint64_t hash = PATH_HASH_START;

	if (!len)
		return;
	while (len > 0 && root[len - 1] == '/')
		len--;
	for (size_t i = 0; i < len; i++)
		hash = path_hash_add(hash, root[i]);
	add_place(places, hash, mark);
}

static void refill(struct index_places *places, const struct rule_set *set)
{
	places->n = 0;
	memset(places->buckets, 0, places->n_buckets * sizeof(*places->buckets));
	for (size_t i = 0; i < set->n_marks; i++) {
		const struct rule_mark *mark = set->marks[i];

		if (mark->bound) {
			add_place(
				places, inode_hash(mark->ino, mark->dev_major, mark->dev_minor), i);
			add_root(places, mark->present, i);
		}
		if (mark->was_bound) {
			add_place(places,
				inode_hash(mark->was_ino, mark->was_dev_major, mark->was_dev_minor),
				i);
			add_root(places, mark->was_present, i);
		}
	}
	places->version = set->marks_version;
}

/* Of no marks there is nothing to find. */
static bool is_ready(struct index_places *places, const struct rule_set *set)
{
	if (!places->n_buckets)
		return false;
	if (places->version != set->marks_version)
		refill(places, set);
	return true;
}

static size_t add_once(uint16_t *marks, size_t n, size_t max, uint16_t mark)
{
	for (size_t i = 0; i < n && i < max; i++)
		if (marks[i] == mark)
			return n;
	if (n < max)
		marks[n] = mark;
	return n < max ? n + 1 : max + 1;
}

/* The marks of one kind that are bound to an inode. */
static size_t add_inode(struct index_places *places, const struct rule_set *set,
	enum evt_mark_kind kind, uint64_t ino, uint32_t dev_major, uint32_t dev_minor, uint16_t *to,
	size_t n, size_t max)
{
	uint64_t hash = inode_hash(ino, dev_major, dev_minor);
	const struct index_place *p;

	for (uint32_t i = *bucket_of(places, hash); i; i = p->next) {
		p = &places->all[i - 1];
		if (p->hash == hash && set->marks[p->mark]->kind == kind &&
			rule_mark_is(set->marks[p->mark], ino, dev_major, dev_minor))
			n = add_once(to, n, max, p->mark);
	}
	return n;
}

size_t index_places_exe(struct index_places *places, const struct rule_set *set,
	const struct event *ev, uint16_t *ret, size_t max)
{
	if (!is_ready(places, set))
		return 0;
	return add_inode(places, set, EVT_MARK_EXE, ev->exe_inode.ino, ev->exe_inode.dev_major,
		ev->exe_inode.dev_minor, ret, 0, max);
}

size_t index_places_watch(struct index_places *places, const struct rule_set *set,
	const struct event_path *path, uint16_t *ret, size_t max)
{
	if (!(path->f.flags & EVT_PATH_INODE) || !is_ready(places, set))
		return 0;
	return add_inode(places, set, EVT_MARK_WATCH, path->f.ino, path->f.dev_major,
		path->f.dev_minor, ret, 0, max);
}

/* The trees whose root has the path that was hashed. */
static size_t add_trees(struct index_places *places, const struct rule_set *set, uint64_t hash,
	const struct event_path *path, uint16_t *marks, size_t n, size_t max)
{
	const struct index_place *p;

	for (uint32_t i = *bucket_of(places, hash); i; i = p->next) {
		p = &places->all[i - 1];
		if (p->hash == hash && set->marks[p->mark]->kind == EVT_MARK_TREE &&
			rule_mark_holds(set->marks[p->mark], path))
			n = add_once(marks, n, max, p->mark);
	}
	return n;
}

size_t index_places_dir(struct index_places *places, const struct rule_set *set,
	const struct event_path *path, uint16_t *marks, size_t n, size_t max)
{
	const struct view at = rule_tree_path(path);
	uint64_t hash = PATH_HASH_START;

	if (!(path->f.flags & EVT_PATH_INODE) || !is_ready(places, set))
		return n;
	n = add_inode(places, set, EVT_MARK_TREE, path->f.ino, path->f.dev_major, path->f.dev_minor,
		marks, n, max);
	if (!at.p)
		return n;
	for (size_t i = 0; i < at.len; i++) {
		if (at.p[i] == '/')
			n = add_trees(places, set, hash, path, marks, n, max);
		hash = path_hash_add(hash, at.p[i]);
	}
	return add_trees(places, set, hash, path, marks, n, max);
}
