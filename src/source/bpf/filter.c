// SPDX-License-Identifier: MIT
#include "source/bpf/filter.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "event/event.h"
#include "rule/rule_index.h"
#include "source/bpf/mark_place.h"

#define PLACE_INODES 8 /* that a path has meant lately, and by which its mark is found */

/* A path of the rules in force, or of those that are being prepared. */
struct place {
	enum evt_mark_kind kind;
	uint16_t id;
	char *path;
	struct cap_mark_inode inodes[PLACE_INODES];
	size_t n_inodes; /* ever; the last PLACE_INODES are kept */
	struct cap_mark_name name;
	bool has_name;
};

struct places {
	struct place *all;
	size_t n;
};

struct filter {
	struct programs *programs;
	struct places halves[2];
	struct event event; /* of marks that moved */
};

static void places_clear(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		free(places->all[i].path);
	free(places->all);
	*places = (struct places){ 0 };
}

int filter_new(struct filter **ret, struct programs *programs)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->programs = programs;
	*ret = f;
	return 0;
}

struct filter *filter_free(struct filter *f)
{
	if (!f)
		return NULL;
	places_clear(&f->halves[0]);
	places_clear(&f->halves[1]);
	event_deinit(&f->event);
	free(f);
	return NULL;
}

/* ---- the maps of marks ---- */

/* Removes the keys of one half. The kind is at the same place in both forms of key. */
static void forget_half(int fd, size_t key_size, uint32_t half)
{
	union {
		struct cap_mark_inode inode;
		struct cap_mark_name name;
	} key, next;
	bool has_key = false;

	while (bpf_map_get_next_key(fd, has_key ? &key : NULL, &next) == 0) {
		if (has_key && (key.inode.kind >> 8 & 1) == half)
			(void)bpf_map_delete_elem(fd, &key);
		memcpy(&key, &next, key_size);
		has_key = true;
	}
	if (has_key && (key.inode.kind >> 8 & 1) == half)
		(void)bpf_map_delete_elem(fd, &key);
}

/* One id more for a key. */
static int add_id(int fd, const void *key, uint16_t id)
{
	struct cap_mark_ids ids = { 0 };

	if (bpf_map_lookup_elem(fd, key, &ids) < 0 && errno != ENOENT)
		return -errno;
	for (size_t i = 0; i < ids.n && i < CAP_MARK_IDS; i++)
		if (ids.ids[i] == id)
			return 0;
	if (ids.n < CAP_MARK_IDS)
		ids.ids[ids.n] = id;
	if (ids.n <= CAP_MARK_IDS)
		ids.n++;
	return bpf_map_update_elem(fd, key, &ids, BPF_ANY) < 0 ? -errno : 0;
}

/* One id less for a key. */
static void drop_id(int fd, const void *key, uint16_t id)
{
	struct cap_mark_ids ids, left = { 0 };

	/* of too many ids some are not there: these stay */
	if (bpf_map_lookup_elem(fd, key, &ids) < 0 || ids.n > CAP_MARK_IDS)
		return;
	for (size_t i = 0; i < ids.n; i++)
		if (ids.ids[i] != id)
			left.ids[left.n++] = ids.ids[i];
	if (left.n)
		(void)bpf_map_update_elem(fd, key, &left, BPF_ANY);
	else
		(void)bpf_map_delete_elem(fd, key);
}

/* What the programs have found there counts no more. */
static void maps_changed(struct filter *f)
{
	__atomic_add_fetch(&f->programs->control->marks_epoch, 1, __ATOMIC_RELEASE);
}

static uint32_t kind_of(enum evt_mark_kind kind, uint32_t half)
{
	return (uint32_t)kind | half << 8;
}

static bool has_inode(const struct place *place, const struct cap_mark_inode *key)
{
	for (size_t i = 0; i < place->n_inodes && i < PLACE_INODES; i++)
		if (!memcmp(&place->inodes[i], key, sizeof(*key)))
			return true;
	return false;
}

/* The map does not grow with each file that takes the place of another. */
static int add_inode(
	struct filter *f, struct place *place, uint32_t half, uint64_t ino, uint32_t dev)
{
	const struct cap_mark_inode key = { ino, dev, kind_of(place->kind, half) };
	struct cap_mark_inode *to = &place->inodes[place->n_inodes % PLACE_INODES];
	int r;

	if (has_inode(place, &key))
		return 0;
	r = add_id(f->programs->mark_inodes_fd, &key, place->id);
	if (r < 0)
		return r;
	if (place->n_inodes >= PLACE_INODES)
		drop_id(f->programs->mark_inodes_fd, to, place->id);
	*to = key;
	place->n_inodes++;
	maps_changed(f);
	return 0;
}

/* A tree belongs to its root's inode alone (spec kernel 6.10). */
static int add_place(struct filter *f, struct place *place, uint32_t half)
{
	struct cap_mark_name key = { .kind = kind_of(place->kind, half) };
	struct mark_place at;
	int r = 0;

	mark_place_find(&at, place->path);
	if (at.has_inode)
		r = add_inode(f, place, half, at.ino, at.dev);
	if (r < 0 || place->kind == EVT_MARK_TREE || !at.has_dir)
		return r;
	key.ino = at.dir_ino;
	key.dev = at.dir_dev;
	memcpy(key.name, at.name, strnlen(at.name, CAP_MARK_NAME - 1));
	if (place->has_name && !memcmp(&place->name, &key, sizeof(key)))
		return 0;
	r = add_id(f->programs->mark_names_fd, &key, place->id);
	if (r < 0)
		return r;
	/* the directory is another one */
	if (place->has_name)
		drop_id(f->programs->mark_names_fd, &place->name, place->id);
	place->name = key;
	place->has_name = true;
	maps_changed(f);
	return 0;
}

static int take_places(struct filter *f, const struct rule_set *rules, uint32_t half)
{
	struct places *places = &f->halves[half];
	int r = 0;

	places_clear(places);
	forget_half(f->programs->mark_inodes_fd, sizeof(struct cap_mark_inode), half);
	forget_half(f->programs->mark_names_fd, sizeof(struct cap_mark_name), half);
	maps_changed(f);
	places->all = calloc(rules->n_marks ?: 1, sizeof(*places->all));
	if (!places->all)
		return -ENOMEM;
	for (size_t i = 0; i < rules->n_marks && r == 0; i++) {
		struct place *place = &places->all[i];

		*place = (struct place){
			.kind = rules->marks[i]->kind,
			.id = (uint16_t)i,
			.path = strdup(rules->marks[i]->path),
		};
		if (!place->path)
			return -ENOMEM;
		places->n++;
		r = add_place(f, place, half);
	}
	return r;
}

static uint32_t want_of(const struct rule_set *rules)
{
	static const uint32_t wants[] = {
		[EVT_MARK_WATCH] = CAP_WANT_WATCHES,
		[EVT_MARK_TREE] = CAP_WANT_TREES,
		[EVT_MARK_EXE] = CAP_WANT_EXES,
	};
	uint32_t want = 0;

	for (size_t i = 0; i < rules->n_marks; i++)
		want |= wants[rules->marks[i]->kind];
	return want;
}

static int take_index(struct filter *f, const struct rule_set *rules, uint32_t half)
{
	struct rule_index *index;
	const void *blob;
	size_t len;
	int r = rule_index_build(&index, rules);

	if (r < 0)
		return r;
	blob = rule_index_blob(index, &len);
	if (len > sizeof(struct index_blob))
		r = -E2BIG;
	else
		memcpy(&f->programs->indexes[half], blob, len);
	rule_index_free(index);
	return r;
}

int filter_prepare(struct filter *f, const struct rule_set *rules, uint32_t *ret_want)
{
	uint32_t half = (f->programs->control->generation + 1) & 1;
	int r;

	*ret_want = want_of(rules);
	/* what the task list says of a task is known to the core alone */
	if (rules->n_rules[AUDIT_FILTER_TASK])
		return 0;
	r = take_places(f, rules, half);
	if (r == 0)
		r = take_index(f, rules, half);
	if (r == 0)
		*ret_want |= CAP_WANT_FILTER;
	return r;
}

/* ---- marks that moved ---- */

static int moved(struct filter *f, const struct event *ev)
{
	uint32_t half = f->programs->control->generation & 1;
	struct places *places = &f->halves[half];
	int r = 0;

	if (ev->h.kind != EVT_MARK || !ev->mark.bound)
		return 0;
	for (size_t i = 0; i < places->n && r == 0; i++) {
		struct place *place = &places->all[i];

		if (place->kind != (enum evt_mark_kind)ev->mark.kind ||
			strlen(place->path) != ev->mark_rule.len ||
			memcmp(place->path, ev->mark_rule.p, ev->mark_rule.len) != 0)
			continue;
		/* the event has the device that stat names: looked at again, for what the kernel calls it */
		r = add_place(f, place, half);
	}
	return r;
}

int filter_marks_moved(struct filter *f, const void *events, size_t len)
{
	size_t used;
	int r = 0;

	for (const char *at = events; len && r == 0; at += used, len -= used) {
		r = event_decode(&f->event, at, len, &used);
		if (r == 0)
			r = moved(f, &f->event);
	}
	return r;
}
