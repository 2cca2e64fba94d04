/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INDEX_PLACES_H
#define UAUDIT_RULE_RULE_INDEX_PLACES_H

/*
 * Which marks an object hits, without asking each of them: by device and inode, and for trees by the paths that their
 * roots have. Marks move while events pass, so the tables are filled again when they have. What is found is held against
 * the mark itself: a previous binding that has been forgotten meanwhile is still in the tables.
 */

#include "event/event.h"
#include "rule/rule_set.h"

struct index_place {
	uint64_t hash;
	uint32_t next; /* place of the same bucket, plus one */
	uint16_t mark;
};

struct index_places {
	struct index_place *all;  /* four for each mark: two inodes, two paths */
	uint32_t *buckets;        /* first place of each, plus one */
	size_t n, max, n_buckets; /* n_buckets: a power of two, 0 without marks */
	uint64_t version;         /* of the marks that the tables are of; 0: of none */
};

/* -ENOMEM. */
int index_places_init(struct index_places *places, const struct rule_set *set);
void index_places_deinit(struct index_places *places);

/* Numbers of the marks that are hit, in no order and each once; how many, or max + 1 if there are more. */
size_t index_places_exe(struct index_places *places, const struct rule_set *set,
	const struct event *ev, uint16_t *ret, size_t max);
size_t index_places_watch(struct index_places *places, const struct rule_set *set,
	const struct event_path *path, uint16_t *ret, size_t max);
/* Adds to n that are there already. */
size_t index_places_dir(struct index_places *places, const struct rule_set *set,
	const struct event_path *path, uint16_t *marks, size_t n, size_t max);

#endif
