// SPDX-License-Identifier: MIT
#include "core/record_pool.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/macros.h"
#include "core/audit_record.h"

#define BLOCK_SIZE   ((size_t)64 * 1024) /* bytes, of some two hundred records */
#define RECORD_MAX   (BLOCK_SIZE / 8)    /* bytes; what is longer has memory of its own */
#define SPARES_MAX   32 /* blocks; as much as is on its way to a log writer in a flood */
#define RECORD_ALIGN _Alignof(struct audit_record)

/* What is gone must not be read, in a block as elsewhere. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

struct record_block {
	struct record_pool *pool;
	struct record_block *next; /* of the spare ones */
	size_t used;               /* bytes */
	uint32_t n_records;        /* that somebody has a reference to */
	_Alignas(RECORD_ALIGN) char data[];
};

#define DATA_SIZE (BLOCK_SIZE - sizeof(struct record_block))

struct record_pool {
	struct record_block *current; /* that is being filled; NULL: none */
	struct record_block *spares;
	size_t n_spares, n_in_use; /* blocks */
	bool is_owned;             /* if not, it goes with its last block */
};

struct record_pool *record_pool_new(void)
{
	struct record_pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pool->is_owned = true;
	return pool;
}

static void block_free(struct record_block *block)
{
	ASAN_UNPOISON_MEMORY_REGION(block->data, DATA_SIZE);
	free(block);
}

/* Nothing lies in it any more. */
static void block_done(struct record_pool *pool, struct record_block *block)
{
	pool->n_in_use--;
	if (pool->is_owned && pool->n_spares < SPARES_MAX) {
		block->next = pool->spares;
		pool->spares = block;
		pool->n_spares++;
		return;
	}
	block_free(block);
	if (!pool->is_owned && !pool->n_in_use)
		free(pool);
}

struct record_pool *record_pool_free(struct record_pool *pool)
{
	struct record_block *block;

	if (!pool)
		return NULL;
	while ((block = pool->spares)) {
		pool->spares = block->next;
		block_free(block);
	}
	block = pool->current;
	pool->current = NULL;
	if (block && !block->n_records) {
		pool->n_in_use--;
		block_free(block);
	}
	pool->is_owned = false;
	if (!pool->n_in_use)
		free(pool);
	return NULL;
}

static struct record_block *block_new(struct record_pool *pool)
{
	struct record_block *block = pool->spares;

	if (block) {
		pool->spares = block->next;
		pool->n_spares--;
	} else {
		block = malloc(BLOCK_SIZE);
		if (!block)
			return NULL;
		ASAN_POISON_MEMORY_REGION(block->data, DATA_SIZE);
	}
	block->pool = pool;
	block->used = 0;
	block->n_records = 0;
	pool->n_in_use++;
	return block;
}

/* A block with that much room. */
static struct record_block *block_with_room(struct record_pool *pool, size_t size)
{
	struct record_block *block = pool->current;

	if (!block || DATA_SIZE - block->used < size)
		pool->current = block = block_new(pool);
	return block;
}

struct audit_record *record_pool_make(struct record_pool *pool, const struct kaudit_record *record)
{
	struct record_block *block;
	struct audit_record *r;
	size_t size;

	if (record->len > RECORD_MAX)
		return audit_record_new(record);
	size = ALIGN_UP(sizeof(*r) + record->len, RECORD_ALIGN);
	block = block_with_room(pool, size);
	if (!block)
		return NULL;
	r = (struct audit_record *)(void *)(block->data + block->used);
	ASAN_UNPOISON_MEMORY_REGION(r, size);
	block->used += size;
	block->n_records++;
	audit_record_fill(r, record, block);
	return r;
}

void record_block_release(struct record_block *block, struct audit_record *record)
{
	struct record_pool *pool = block->pool;

	ASAN_POISON_MEMORY_REGION(record, sizeof(*record) + record->len);
	if (--block->n_records)
		return;
	if (block == pool->current)
		block->used = 0; /* from the beginning again: that memory is warm */
	else
		block_done(pool, block);
}
