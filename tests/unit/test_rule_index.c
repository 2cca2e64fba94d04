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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_first.h"
#include "rule_builder.h"
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

/* ---- what random sets seldom are ---- */

static struct audit_krule *new_rule(uint32_t list, uint32_t action)
{
	struct audit_krule *rule = calloc(1, sizeof(*rule));

	assert_non_null(rule);
	rule_init(rule, list, action);
	rule_select_all(rule);
	return rule;
}

static struct rule_set *new_set(void)
{
	struct rule_set *set;

	assert_int_equal(rule_set_new(&set), 0);
	return set;
}

/* Random events, asked on the exit list. */
static void compare_exit(struct rule_set *set, size_t n_events)
{
	struct rule_random random;
	struct random_event r;
	struct pair p = { .set = set, .r = &r };
	struct tally t = { 0 };

	rule_random_init(&random, seed);
	assert_int_equal(rule_index_build_here(&p.index, set), 0);
	for (size_t i = 0; i < n_events; i++) {
		random_event(&random, &r, set, EVT_SYSCALL, AUDIT_FILTER_EXIT);
		compare(&t, &p, AUDIT_FILTER_EXIT);
	}
	assert_true(t.decided > 0 && t.decided < t.pairs);
	rule_index_free(p.index);
}

/* A list with more rules than a board has is walked. */
static void a_list_too_long(void **state)
{
	struct rule_set *set = new_set();
	struct rule_index *index;
	size_t len;

	(void)state;
	for (uint32_t i = 0; i <= INDEX_RULES_MAX; i++) {
		struct audit_krule *rule = new_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

		rule_field(rule, AUDIT_UID, AUDIT_EQUAL, 5000 - i);
		assert_int_equal(rule_set_add(set, rule), 0);
	}
	assert_int_equal(rule_index_build(&index, set), 0);
	assert_true(((const struct index_head *)rule_index_blob(index, &len))
			    ->boards[INDEX_BOARD_EXIT]
			    .flags &
		    INDEX_BOARD_TOO_LARGE);
	rule_index_free(index);
	compare_exit(set, 100);
	rule_set_free(set);
}

/* More tests of fields with several values than there are dimensions, more bit tests than a dimension has. */
static void more_than_there_is_room_for(void **state)
{
	static const uint32_t fields[] = { AUDIT_OBJ_UID, AUDIT_OBJ_GID, AUDIT_DEVMAJOR,
		AUDIT_GID };
	struct rule_set *set = new_set();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct audit_krule *rule = new_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

		for (uint32_t n = 0; n < AUDIT_MAX_FIELDS - 1; n++)
			rule_field(
				rule, fields[i], n ? AUDIT_GREATER_THAN : AUDIT_NOT_EQUAL, n / 32);
		rule_field(rule, fields[i], AUDIT_EQUAL, 3);
		assert_int_equal(rule_set_add(set, rule), 0);
	}
	for (uint32_t i = 0; i < 2 * INDEX_BITS_MAX; i++) {
		struct audit_krule *rule = new_rule(AUDIT_FILTER_EXIT, AUDIT_NEVER);

		rule_field(rule, AUDIT_ARG0, AUDIT_BIT_TEST, 1000 + i);
		rule_field(rule, AUDIT_ARG1, AUDIT_BIT_MASK, 1u << i % 32);
		assert_int_equal(rule_set_add(set, rule), 0);
	}
	compare_exit(set, 5000);
	rule_set_free(set);
}

/* ---- what a set and a program in the kernel know of an index ---- */

static void an_index_ends_with_its_rules(void **state)
{
	struct rule_set *set = new_set();
	struct audit_krule *again = new_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	struct rule_index *index = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(rule_set_add(set, new_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS)), 0);
	assert_null(rule_set_index(set)); /* asked once, it is not worth it */
	while (!index && n++ < 1000)
		index = rule_set_index(set);
	assert_non_null(index);
	assert_ptr_equal(rule_set_index(set), index);
	assert_int_equal(rule_set_delete(set, again), 0);
	assert_null(set->index);
	assert_null(rule_set_index(set));
	krule_free(again);
	rule_set_free(set);
}

/* ---- without memory ---- */

/* The linker has the library call these (tests/unit/meson.build). */
void *__real_calloc(size_t n, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

static unsigned fail_at; /* which allocation from now on; 0: none */

static bool fails(void)
{
	return fail_at && --fail_at == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

/* Each allocation fails once: nothing is left behind, and the lists decide. */
static void no_memory(void **state)
{
	struct rule_random random;
	struct rule_index *index = NULL;
	struct rule_set *set;
	unsigned n = 0;
	int r;

	(void)state;
	rule_random_init(&random, seed);
	set = random_set(&random, 200);
	assert_non_null(set);
	do {
		fail_at = ++n;
		r = rule_index_build(&index, set);
		assert_true(r == 0 || r == -ENOMEM);
	} while (r < 0);
	assert_true(n > 20);
	rule_index_free(index);

	set->index_asked = 0;
	for (size_t i = 0; i < 1000; i++) {
		fail_at = 1;
		assert_null(rule_set_index(set));
	}
	fail_at = 0;
	assert_null(rule_set_index(set)); /* it is not tried for each event */
	rule_set_free(set);
}

static uint8_t flags_of(const uint8_t *flags, uint32_t arch, const char *call)
{
	int nr = syscall_nr(arch, call);

	assert_true(nr >= 0);
	return flags[(arch == ABI_ARCH_X86_64 ? INDEX_ABI_NATIVE : INDEX_ABI_COMPAT) * INDEX_NRS +
		     nr];
}

static void add_field_rule(
	struct rule_set *set, uint32_t action, const char *call, uint32_t field, uint32_t val)
{
	struct audit_krule *rule = new_rule(AUDIT_FILTER_EXIT, action);

	if (call) {
		memset(rule->mask, 0, sizeof(rule->mask));
		rule_select(rule, (unsigned)syscall_nr(ABI_ARCH_X86_64, call));
		rule_field(rule, AUDIT_ARCH, AUDIT_EQUAL, ABI_ARCH_X86_64);
	}
	rule_field(rule, field, AUDIT_EQUAL, val);
	if (!call)
		rule_field(rule, AUDIT_OBJ_UID, AUDIT_EQUAL, 0);
	assert_int_equal(rule_set_add(set, rule), 0);
}

static void what_rules_make_of_calls(void **state)
{
	static uint8_t flags[INDEX_ABIS * INDEX_NRS];
	const uint32_t native = ABI_ARCH_X86_64, compat = ABI_ARCH_I386;
	struct rule_set *set = new_set();
	struct rule_index *index;

	(void)state;
	if (machine_native_elf() != native) {
		rule_set_free(set);
		skip();
	}
	add_field_rule(set, AUDIT_ALWAYS, "mount", AUDIT_UID, 1);
	add_field_rule(set, AUDIT_NEVER, "umount2", AUDIT_UID, 1);
	add_field_rule(set, AUDIT_ALWAYS, "kill", AUDIT_UID, 1);
	add_field_rule(set, AUDIT_ALWAYS, NULL, AUDIT_PERM, AUDIT_PERM_ATTR);
	assert_int_equal(rule_index_build(&index, set), 0);
	rule_index_nr_flags(index, flags);
	assert_int_equal(flags_of(flags, native, "getppid"), 0);
	assert_int_equal(flags_of(flags, native, "mount"), RULE_NR_CANDIDATE | RULE_NR_ALWAYS);
	assert_int_equal(flags_of(flags, native, "umount2"), RULE_NR_CANDIDATE);
	assert_int_equal(flags_of(flags, native, "kill"),
		RULE_NR_CANDIDATE | RULE_NR_ALWAYS | RULE_NR_SIGNAL);
	assert_int_equal(flags_of(flags, native, "chmod"),
		RULE_NR_CANDIDATE | RULE_NR_ALWAYS | RULE_NR_PATHS);
	assert_int_equal(flags_of(flags, native, "openat"), 0); /* asks for no attributes */
	assert_int_equal(flags_of(flags, compat, "mount"), 0);
	assert_int_equal(flags_of(flags, compat, "chmod"),
		RULE_NR_CANDIDATE | RULE_NR_ALWAYS | RULE_NR_PATHS);
	rule_index_free(index);
	rule_set_free(set);
}

static void marks_have_numbers(void **state)
{
	struct rule_set *set = new_set();
	struct rule_mark other = { .kind = EVT_MARK_WATCH };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct audit_krule *rule = new_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
		char path[] = { '/', 'a', (char)('0' + i), 0 };

		rule_field_text(rule, AUDIT_WATCH, AUDIT_EQUAL, strdup(path));
		rule->by_inode = true;
		assert_int_equal(rule_set_add(set, rule), 0);
	}
	for (size_t i = 0; i < set->n_marks; i++)
		assert_int_equal(rule_index_mark_id(set, set->marks[i]), i);
	assert_int_equal(rule_index_mark_id(set, &other), -ENOENT);
	rule_set_free(set);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_rule_decides),
		cmocka_unit_test(a_list_too_long),
		cmocka_unit_test(more_than_there_is_room_for),
		cmocka_unit_test(an_index_ends_with_its_rules),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(what_rules_make_of_calls),
		cmocka_unit_test(marks_have_numbers),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		n_pairs = strtoull(argv[2], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
