/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_RECORD_POOL_H
#define UAUDIT_CORE_RECORD_POOL_H

/*
 * Memory for records. They come and go in nearly the same order, hundreds of them at a time: a block is filled from its
 * beginning, and is free again when the last of its records is gone.
 */

#include "core/kaudit.h"

struct audit_record;
struct record_pool;
struct record_block;

/* NULL: no memory. */
struct record_pool *record_pool_new(void);
/* Records of the pool may outlive it. NULL does nothing, and is returned. */
struct record_pool *record_pool_free(struct record_pool *pool);
/* As audit_record_new(). */
struct audit_record *record_pool_make(struct record_pool *pool, const struct kaudit_record *record);
/* For audit_record_unref() alone: a record is gone that lay in the block. */
void record_block_release(struct record_block *block, struct audit_record *record);

#endif
