/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_RULE_RANDOM_H
#define UAUDIT_TESTS_UNIT_RULE_RANDOM_H

/*
 * Random rule sets, and random events that lie near the values of their rules: by the same seed the same ones. Rules go
 * through krule_from_data(), so they are rules that the kernel accepts.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "rule/rule_set.h"

#define RANDOM_PATHS_MAX  24
#define RANDOM_GROUPS_MAX 48

struct rule_random {
	uint64_t state;
	size_t n_names; /* rules name so many paths */
};

/* What an event borrows. */
struct random_event {
	struct event ev;
	struct event_path paths[RANDOM_PATHS_MAX];
	char resolved[RANDOM_PATHS_MAX][64];
	uint32_t groups[RANDOM_GROUPS_MAX];
	uint16_t family;
	uint32_t record_type, fs_magic; /* of questions to other lists */
};

void rule_random_init(struct rule_random *random, uint64_t seed);
/* Below n. */
uint32_t random_below(struct rule_random *random, uint32_t n);
/* A set of about n_rules rules on all lists. NULL: no memory. */
struct rule_set *random_set(struct rule_random *random, size_t n_rules);
/* Marks are bound, unbound and settled. */
void random_marks(struct rule_random *random, struct rule_set *set);
/* An event of that kind; of every second one some rule of the list would be content with most fields. */
void random_event(struct rule_random *random, struct random_event *ret, const struct rule_set *set,
	enum evt_kind kind, unsigned list);

#endif
