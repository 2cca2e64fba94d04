// SPDX-License-Identifier: MIT
#include "log/name_set.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST ((size_t)64)

/* FNV-1a. Names chosen to collide cost the person who chose them, and the set is bounded. */
static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

static void put_slot(struct name_set *set, uint32_t hash, uint32_t value)
{
	size_t at = hash & (set->n_slots - 1);

	while (set->slots[at])
		at = (at + 1) & (set->n_slots - 1);
	set->slots[at] = value;
}

static bool grow(struct name_set *set)
{
	size_t n_slots = set->n_slots ? set->n_slots * 2 : SLOTS_FIRST, max = n_slots / 2;
	struct name_entry *entries;
	uint32_t *slots;

	entries = reallocarray(set->entries, max, sizeof(*entries));
	if (!entries)
		return false;
	set->entries = entries;
	slots = calloc(n_slots, sizeof(*slots));
	if (!slots)
		return false;
	free(set->slots);
	set->slots = slots;
	set->n_slots = n_slots;
	set->max = max;
	for (size_t i = 0; i < set->n; i++)
		put_slot(set, set->entries[i].hash, (uint32_t)i + 1);
	return true;
}

struct name_entry *name_set_get(struct name_set *set, const char *name, size_t len)
{
	uint32_t hash = hash_of(name, len);
	struct name_entry *e;
	char *copy;

	for (size_t at = hash; set->n_slots && set->slots[at & (set->n_slots - 1)]; at++) {
		e = &set->entries[set->slots[at & (set->n_slots - 1)] - 1];
		if (e->hash == hash && e->len == len && (!len || memcmp(e->name, name, len) == 0))
			return e;
	}
	copy = set->n < NAME_SET_MAX && (set->n < set->max || grow(set)) ? malloc(len + 1) : NULL;
	if (!copy) {
		set->dropped++;
		return NULL;
	}
	if (len)
		memcpy(copy, name, len);
	copy[len] = '\0';
	e = &set->entries[set->n++];
	*e = (struct name_entry){ .name = copy, .len = len, .hash = hash };
	put_slot(set, hash, (uint32_t)set->n);
	return e;
}

void name_set_deinit(struct name_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		free(set->entries[i].name);
	free(set->entries);
	free(set->slots);
	*set = (struct name_set){ 0 };
}
