// SPDX-License-Identifier: MIT
/*
 * The index against the walk over the lists: random rule sets, random events, the same rule decides.
 *
 *   test_rule_index [SEED [PAIRS]]    a pair: what a set decides of an event on one list
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_first.h"
#include "rule_random.h"

#ifdef __SANITIZE_ADDRESS__
#define PAIRS 200000
#else
#define PAIRS 2000000
#endif
#define PAIRS_OF_SET 4000

static uint64_t seed = 20251128;
static uint64_t n_pairs = PAIRS;

struct tally {
	uint64_t pairs, decided;
};

struct pair {
	struct rule_index *index;
	struct rule_set *set;
	struct random_event *r;
	uint64_t prio;
};

struct outcome {
	const struct audit_krule *rule;
	int match;
};

static struct outcome walk(const struct pair *p, unsigned list)
{
	struct outcome o = { 0 };

	switch (list) {
	case AUDIT_FILTER_TASK:
		o.rule = rule_walk_task(p->set, &p->r->ev);
		break;
	case AUDIT_FILTER_USER:
	case AUDIT_FILTER_EXCLUDE:
		o.rule = rule_walk_simple(p->set, list, &p->r->ev, p->r->record_type, &o.match);
		break;
	case AUDIT_FILTER_FS:
		o.rule = rule_walk_fs(p->set, p->r->fs_magic);
		break;
	default:
		o.rule = rule_walk_call(p->set, list, &p->r->ev, p->prio);
		break;
	}
	return o;
}

static struct outcome ask(const struct pair *p, unsigned list)
{
	struct outcome o = { 0 };

	switch (list) {
	case AUDIT_FILTER_TASK:
		o.rule = rule_index_task(p->index, p->set, &p->r->ev);
		break;
	case AUDIT_FILTER_USER:
	case AUDIT_FILTER_EXCLUDE:
		o.rule = rule_index_simple(
			p->index, p->set, list, &p->r->ev, p->r->record_type, &o.match);
		break;
	case AUDIT_FILTER_FS:
		o.rule = rule_index_fs(p->index, p->set, p->r->fs_magic);
		break;
	default:
		o.rule = rule_index_call(p->index, p->set, list, &p->r->ev, p->prio);
		break;
	}
	return o;
}

static long place_of(const struct rule_set *set, unsigned list, const struct audit_krule *rule)
{
	for (size_t i = 0; i < set->n_rules[list]; i++)
		if (set->lists[list][i] == rule)
			return (long)i;
	return -1;
}

static void print_rule(const struct audit_krule *rule)
{
	struct buf text = BUF_NULL;
	struct audit_rule_data *data;
	size_t len;

	if (!rule)
		return;
	data = krule_to_data(rule, &len);
	rule_format(&text, data, len);
	fprintf(stderr, "  %s\n", buf_cstr(&text));
	buf_deinit(&text);
	free(data);
}

static void compare(struct tally *t, const struct pair *p, unsigned list)
{
	struct outcome walked = walk(p, list), asked = ask(p, list);

	t->pairs++;
	t->decided += walked.rule != NULL;
	if (walked.rule == asked.rule && walked.match == asked.match)
		return;
	print_rule(walked.rule);
	print_rule(asked.rule);
	fail_msg(
		"seed %llu, pair %llu, list %s, call %d, %zu items: the walk finds rule %ld (%d), the index %ld (%d)",
		(unsigned long long)seed, (unsigned long long)t->pairs, list_name(list),
		p->r->ev.h.nr, p->r->ev.n_paths, place_of(p->set, list, walked.rule), walked.match,
		place_of(p->set, list, asked.rule), asked.match);
}

static const struct {
	enum evt_kind kind;
	unsigned list;
} questions[] = {
	{ EVT_SYSCALL, AUDIT_FILTER_EXIT },
	{ EVT_SYSCALL, AUDIT_FILTER_EXIT },
	{ EVT_SYSCALL, AUDIT_FILTER_EXIT },
	{ EVT_SYSCALL, AUDIT_FILTER_EXIT },
	{ EVT_URING, AUDIT_FILTER_URING_EXIT },
	{ EVT_URING, AUDIT_FILTER_EXIT },
	{ EVT_TASK_NEW, AUDIT_FILTER_TASK },
	{ EVT_SYSCALL, AUDIT_FILTER_USER },
	{ EVT_SYSCALL, AUDIT_FILTER_EXCLUDE },
	{ EVT_SYSCALL, AUDIT_FILTER_FS },
};

/* A rule's own priority as the limit: those before it count. */
static uint64_t a_prio(struct rule_random *random, const struct rule_set *set, unsigned list)
{
	uint32_t n = (uint32_t)set->n_rules[list];

	if (!n || random_below(random, 4))
		return random_below(random, 2);
	return set->lists[list][random_below(random, n)]->prio;
}

static void compare_set(
	struct tally *t, struct rule_random *random, struct rule_set *set, size_t n_events)
{
	struct random_event r;
	struct pair p = { .set = set, .r = &r };

	assert_int_equal(rule_index_build_here(&p.index, set), 0);
	for (size_t i = 0; i < n_events; i++) {
		size_t q = random_below(random, ARRAY_SIZE(questions));

		/* marks move under an index that was built before */
		if (i % 16 == 0)
			random_marks(random, set);
		random_event(random, &r, set, questions[q].kind, questions[q].list);
		p.prio = a_prio(random, set, questions[q].list);
		compare(t, &p, questions[q].list);
	}
	rule_index_free(p.index);
}

static size_t a_size(struct rule_random *random)
{
	uint32_t n = random_below(random, 100);

	return n < 30   ? 1 + random_below(random, 10)
	       : n < 75 ? 1 + random_below(random, 100)
	       : n < 99 ? 1 + random_below(random, 400)
			: 401 + random_below(random, 1500);
}

static void the_same_rule_decides(void **state)
{
	struct rule_random random;
	struct tally t = { 0 };
	size_t sizes[] = { 4096, 63, 64, 65, 128, 2 }, n = 0;

	(void)state;
	printf("seed %llu, %llu pairs\n", (unsigned long long)seed, (unsigned long long)n_pairs);
	rule_random_init(&random, seed);
	while (t.pairs < n_pairs) {
		size_t size = n < ARRAY_SIZE(sizes) ? sizes[n] : a_size(&random);
		struct rule_set *set = random_set(&random, size);

		assert_non_null(set);
		compare_set(&t, &random, set, PAIRS_OF_SET / (size > 1000 ? 4 : 1));
		rule_set_free(set);
		n++;
	}
	printf("%zu sets, %llu pairs, a rule decides in %llu\n", n, (unsigned long long)t.pairs,
		(unsigned long long)t.decided);
	/* a test of nothing but misses would be none */
	assert_true(t.decided * 5 > t.pairs);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_rule_decides),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		n_pairs = strtoull(argv[2], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
