// SPDX-License-Identifier: MIT
#include "rule/rule_index_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX ((size_t)64 * 1024 * 1024) /* 512 MiB: offsets are counted in halves, too */

void index_pool_deinit(struct index_pool *pool)
{
	free(pool->words);
	free(pool->entries);
	*pool = (struct index_pool){ 0 };
}

uint32_t index_pool_take(struct index_pool *pool, size_t n)
{
	size_t max = pool->max ? pool->max : 4096;
	uint64_t *words;
	uint32_t at;

	if (n > WORDS_MAX - pool->n)
		pool->error = -E2BIG;
	if (pool->error)
		return 0;
	while (max < pool->n + n)
		max *= 2;
	if (max != pool->max) {
		words = reallocarray(pool->words, max, sizeof(*words));
		if (!words) {
			pool->error = -ENOMEM;
			return 0;
		}
		pool->words = words;
		pool->max = max;
	}
	at = (uint32_t)pool->n;
	memset(pool->words + at, 0, n * sizeof(*pool->words));
	pool->n += n;
	return at;
}

uint32_t index_pool_halves(struct index_pool *pool, const uint32_t *from, size_t n)
{
	uint32_t at = index_pool_take(pool, (n + 1) / 2);

	if (at)
		memcpy(pool->words + at, from, n * sizeof(*from));
	return at;
}

static uint32_t hash_of(const uint64_t *words, size_t n)
{
	uint64_t hash = n;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash >> 32);
}

static struct index_pool_entry *find_entry(
	const struct index_pool *pool, uint32_t hash, const uint64_t *words, size_t n)
{
	size_t i = hash & (pool->entries_max - 1);

	for (;; i = (i + 1) & (pool->entries_max - 1)) {
		struct index_pool_entry *e = &pool->entries[i];

		if (!e->len || (e->hash == hash && e->len == n &&
				       memcmp(pool->words + e->at, words, n * sizeof(*words)) == 0))
			return e;
	}
}

static int grow_entries(struct index_pool *pool)
{
	struct index_pool old = *pool;
	size_t max = pool->entries_max ? pool->entries_max * 2 : 256;

	if (pool->entries_max && pool->n_entries * 2 < pool->entries_max)
		return 0;
	pool->entries = calloc(max, sizeof(*pool->entries));
	if (!pool->entries) {
		pool->entries = old.entries;
		return -ENOMEM;
	}
	pool->entries_max = max;
	for (size_t i = 0; i < old.entries_max; i++)
		if (old.entries[i].len)
			*find_entry(pool, old.entries[i].hash, pool->words + old.entries[i].at,
				old.entries[i].len) = old.entries[i];
	free(old.entries);
	return 0;
}

/* The one copy of these words. */
static uint32_t intern(struct index_pool *pool, const uint64_t *words, size_t n)
{
	uint32_t hash = hash_of(words, n), at;
	struct index_pool_entry *e;

	if (!pool->error)
		pool->error = grow_entries(pool);
	if (pool->error)
		return 0;
	e = find_entry(pool, hash, words, n);
	if (e->len)
		return e->at;
	at = index_pool_take(pool, n);
	if (!at)
		return 0;
	memcpy(pool->words + at, words, n * sizeof(*words));
	*e = (struct index_pool_entry){ .hash = hash, .at = at, .len = (uint32_t)n };
	pool->n_entries++;
	return at;
}

/* Writes a vector's words. Their number, 0: it is empty. */
static size_t encode(uint64_t *to, const uint64_t *bits)
{
	size_t first = 0, last = 0, n;
	uint64_t summary = 0;

	for (size_t w = 0; w < INDEX_WORDS; w++) {
		if (!bits[w])
			continue;
		if (!summary)
			first = w;
		last = w;
		summary |= 1ull << w;
	}
	if (!summary)
		return 0;
	n = last - first + 1;
	to[0] = summary;
	to[1] = first | (uint64_t)n << 32;
	memcpy(to + INDEX_VECTOR_WORDS, bits + first, n * sizeof(*bits));
	return INDEX_VECTOR_WORDS + n;
}

uint32_t index_pool_vector(struct index_pool *pool, const uint64_t *bits)
{
	uint64_t words[INDEX_VECTOR_WORDS + INDEX_WORDS];
	size_t n = encode(words, bits);

	return n ? intern(pool, words, n) : 0;
}

uint32_t index_pool_row(struct index_pool *pool, const uint64_t dims[static INDEX_DIMS_MAX / 64],
	uint64_t sources, const uint64_t *bits)
{
	uint64_t words[INDEX_ROW_VECTOR + INDEX_VECTOR_WORDS + INDEX_WORDS];
	size_t n = encode(words + INDEX_ROW_VECTOR, bits);

	memcpy(words + INDEX_ROW_DIMS, dims, INDEX_DIMS_MAX / 8);
	words[INDEX_ROW_SOURCES] = sources;
	return n ? intern(pool, words, INDEX_ROW_VECTOR + n) : 0;
}
