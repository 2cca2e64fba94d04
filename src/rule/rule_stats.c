// SPDX-License-Identifier: MIT
#include "rule/rule_stats.h"

#include <errno.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "base/macros.h"

/* By which calls are told apart: a rule names machines, and there are two whose calls this one runs. */
enum call_class { CALLS_NATIVE, CALLS_COMPAT, CALLS_OTHER, CALLS_URING, _CALL_CLASS_MAX };

struct rule_counts {
	uint64_t calls[_CALL_CLASS_MAX][RULE_SYSCALLS];
	uint64_t asked[RULE_LISTS];
};

int rule_counts_new(struct rule_counts **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct rule_stats *rule_stats_new(void)
{
	struct rule_stats *stats = calloc(1, sizeof(*stats));

	if (stats)
		stats->n_refs = 1;
	return stats;
}

struct rule_stats *rule_stats_ref(struct rule_stats *stats)
{
	if (stats)
		stats->n_refs++;
	return stats;
}

struct rule_stats *rule_stats_unref(struct rule_stats *stats)
{
	if (stats && --stats->n_refs == 0)
		free(stats);
	return NULL;
}

static enum call_class class_of(unsigned list, uint32_t arch)
{
	if (list == AUDIT_FILTER_URING_EXIT)
		return CALLS_URING;
	if (arch == machine_native_elf())
		return CALLS_NATIVE;
	return arch == machine_native_compat_elf() ? CALLS_COMPAT : CALLS_OTHER;
}

void rule_set_note_calls(
	const struct rule_set *set, unsigned list, uint32_t arch, int64_t nr, uint64_t n)
{
	if (set->counts && nr >= 0 && nr < RULE_SYSCALLS)
		set->counts->calls[class_of(list, arch)][nr] += n;
}

void rule_set_note_asked(const struct rule_set *set, unsigned list)
{
	if (set->counts)
		set->counts->asked[list]++;
}

/* Whether what the rule says of the machine lets calls of the class pass. Which of the other machines it is, is not known. */
static bool takes_class(const struct audit_krule *rule, enum call_class class)
{
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];
		bool is_same = class_of(rule->list, f->val) == class;

		if (f->type != AUDIT_ARCH)
			continue;
		if (f->op == AUDIT_EQUAL ? !is_same : is_same && class != CALLS_OTHER)
			return false;
	}
	return true;
}

static uint64_t sum_of_calls(const struct audit_krule *rule, const uint64_t *calls)
{
	uint64_t sum = 0;

	for (unsigned word = 0; word < AUDIT_BITMASK_SIZE; word++)
		for (uint32_t bits = rule->mask[word]; bits; bits &= bits - 1)
			sum += calls[word * 32 + (unsigned)__builtin_ctz(bits)];
	return sum;
}

static uint64_t count_all(const struct rule_counts *counts, const struct audit_krule *rule)
{
	uint64_t sum = 0;

	if (rule->list == AUDIT_FILTER_URING_EXIT)
		return sum_of_calls(rule, counts->calls[CALLS_URING]);
	if (rule->list != AUDIT_FILTER_EXIT)
		return counts->asked[rule->list];
	for (enum call_class class = CALLS_NATIVE; class <= CALLS_OTHER; class ++)
		if (takes_class(rule, class))
			sum += sum_of_calls(rule, counts->calls[class]);
	return sum;
}

uint64_t rule_set_evaluations(const struct rule_set *set, const struct audit_krule *rule)
{
	if (!set->counts || !rule->stats || !rule->stats->has_begun)
		return 0;
	return count_all(set->counts, rule) - rule->stats->evaluations_before;
}

void rule_stats_begin(const struct rule_set *set, const struct audit_krule *rule)
{
	if (!set->counts || !rule->stats || rule->stats->has_begun)
		return;
	rule->stats->has_begun = true;
	rule->stats->evaluations_before = count_all(set->counts, rule);
}

static void begin_all(const struct rule_set *set)
{
	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; i < set->n_rules[list]; i++)
			rule_stats_begin(set, set->lists[list][i]);
}

void rule_set_reset_stats(struct rule_set *set)
{
	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; i < set->n_rules[list]; i++) {
			struct rule_stats *stats = set->lists[list][i]->stats;

			if (stats)
				*stats = (struct rule_stats){ .n_refs = stats->n_refs };
		}
	begin_all(set);
}

/* Rules that stay mostly keep their order: the search begins behind the last that was found. */
static const struct audit_krule *find_same(
	const struct rule_set *old, const struct audit_krule *rule, size_t *at)
{
	size_t n = old->n_rules[rule->list];

	for (size_t i = 0; i < n; i++) {
		const struct audit_krule *found = old->lists[rule->list][(*at + i) % n];

		if (!krule_is_same(found, rule))
			continue;
		*at = (*at + i + 1) % n;
		return found;
	}
	return NULL;
}

void rule_set_keep_stats(struct rule_set *set, const struct rule_set *old)
{
	for (size_t list = 0; list < RULE_LISTS; list++) {
		size_t at = 0;

		for (size_t i = 0; i < set->n_rules[list]; i++) {
			struct audit_krule *rule = set->lists[list][i];
			const struct audit_krule *was = find_same(old, rule, &at);

			if (!was || was->stats == rule->stats)
				continue;
			(void)rule_stats_unref(rule->stats);
			rule->stats = rule_stats_ref(was->stats);
		}
	}
	begin_all(set);
}
