/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_HANDED_H
#define UAUDIT_SOURCE_BPF_HANDED_H

/* What was handed over and is not known to be safe yet, in that order. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct handed_item {
	bool is_loss;
	size_t where;   /* ring, or row of losses */
	uint64_t value; /* position behind the ring record, or what the row is to say */
};

struct handed {
	struct handed_item *items;
	size_t room;   /* a power of two */
	uint64_t n;    /* pushed, ever */
	uint64_t done; /* popped, ever */
};

/* -ENOMEM. */
int handed_push(struct handed *handed, bool is_loss, size_t where, uint64_t value);
/* The oldest, as long as it is one of the first n_safe ever. */
bool handed_pop(struct handed *handed, uint64_t n_safe, struct handed_item *ret);
void handed_deinit(struct handed *handed);

#endif
