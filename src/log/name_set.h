/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_NAME_SET_H
#define UAUDIT_LOG_NAME_SET_H

/* Distinct names in the order in which they were first seen, each with a count and bits of its owner. */

#include <stddef.h>
#include <stdint.h>

struct name_entry {
	char *name; /* len bytes and a NUL */
	size_t len;
	uint64_t count;
	uint32_t bits;
	uint32_t hash;
};

struct name_set {
	struct name_entry *entries;
	size_t n, max;
	uint32_t *slots; /* entry + 1; 0 is free. A power of two of them, at most half used */
	size_t n_slots;
	uint64_t dropped; /* names beyond NAME_SET_MAX, or that there was no memory for */
};

#define NAME_SET_MAX ((size_t)1 << 20)

/* The entry of that name, made if it is new; borrowed until the next call. NULL: the set is full (dropped counts). */
struct name_entry *name_set_get(struct name_set *set, const char *name, size_t len);
void name_set_deinit(struct name_set *set);

#endif
