// SPDX-License-Identifier: MIT
/* The filter program, run by an interpreter of classic BPF, against the interest that it was made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "source/ptrace/seccomp_filter.h"

#define ROUNDS    300
#define CALLS     400
#define ROWS_MAX  1200
#define CASES_MAX 40

static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
static const uint32_t ops[] = { AUDIT_EQUAL, AUDIT_NOT_EQUAL, AUDIT_LESS_THAN,
	AUDIT_LESS_THAN_OR_EQUAL, AUDIT_GREATER_THAN, AUDIT_GREATER_THAN_OR_EQUAL, AUDIT_BIT_MASK,
	AUDIT_BIT_TEST };

/* What kernel/seccomp.c lets a program do; a jump out of it or a wrong word fails the test. */
static uint32_t run(const struct seccomp_filter *f, const struct seccomp_data *data)
{
	uint32_t acc = 0, word;

	for (size_t pc = 0; pc < f->n_insns; pc++) {
		const struct sock_filter *i = &f->insns[pc];
		bool yes = false;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k % 4 == 0 && i->k + 4 <= sizeof(*data));
			memcpy(&word, (const char *)data + i->k, 4);
			acc = word;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			assert_true(pc + 1 < f->n_insns);
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = acc == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = acc >= i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = acc > i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = acc & i->k;
			break;
		default:
			fail_msg("instruction %#x", i->code);
		}
		pc += yes ? i->jt : i->jf;
		assert_true(pc + 1 < f->n_insns);
	}
	fail_msg("ran off the end");
	return 0;
}

static bool test_holds(const struct rule_arg_test *t, const uint64_t *args)
{
	uint32_t a = (uint32_t)args[t->arg], v = t->val;

	switch (t->op) {
	case AUDIT_EQUAL:
		return a == v;
	case AUDIT_NOT_EQUAL:
		return a != v;
	case AUDIT_LESS_THAN:
		return a < v;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return a <= v;
	case AUDIT_GREATER_THAN:
		return a > v;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return a >= v;
	case AUDIT_BIT_MASK:
		return (a & v) != 0;
	case AUDIT_BIT_TEST:
		return (a & v) == v;
	}
	return true;
}

static bool any_case_holds(const struct rule_arg_case *cases, size_t n, const uint64_t *args)
{
	for (size_t i = 0; i < n; i++) {
		bool holds = true;

		for (size_t j = 0; j < cases[i].n_tests; j++)
			holds = holds && test_holds(&cases[i].tests[j], args);
		if (holds)
			return true;
	}
	return false;
}

static bool rules_want(const struct rule_interest *interest, const struct seccomp_data *d)
{
	for (size_t i = 0; i < interest->n_syscalls; i++) {
		const struct rule_syscall_interest *s = &interest->syscalls[i];

		if (s->arch == d->arch && s->nr == (uint32_t)d->nr)
			return !s->n_cases ||
			       any_case_holds(s->cases, s->n_cases, (const uint64_t *)d->args);
	}
	return false;
}

static bool source_wants(const struct seccomp_data *d)
{
	const struct rule_arg_case *cases;
	int n;

	if ((uint32_t)d->nr >= RULE_SYSCALLS)
		return false;
	n = seccomp_filter_own_cases(d->arch, (uint32_t)d->nr, &cases);
	return n < 0 || (n > 0 && any_case_holds(cases, (size_t)n, (const uint64_t *)d->args));
}

static uint32_t pick(uint32_t below)
{
	return (uint32_t)random() % below;
}

/* Small numbers meet often, so that equal, less and greater all happen. */
static uint32_t pick_value(void)
{
	return pick(4) ? pick(8) : (uint32_t)random() * 2 + pick(2);
}

static int compare_rows(const void *a, const void *b)
{
	const struct rule_syscall_interest *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static void make_interest(
	struct rule_interest *interest, size_t rows_max, uint32_t nr_max, uint32_t cases_max)
{
	size_t n = pick((uint32_t)rows_max), kept = 0;
	struct rule_syscall_interest *rows = calloc(n + 1, sizeof(*rows));

	assert_non_null(rows);
	for (size_t i = 0; i < n; i++) {
		rows[i].arch = arches[pick(2)];
		rows[i].nr = pick(nr_max);
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	for (size_t i = 0; i < n; i++)
		if (!kept || compare_rows(&rows[kept - 1], &rows[i]))
			rows[kept++] = rows[i];
	for (size_t i = 0; i < kept && cases_max; i++) {
		if (pick(3))
			continue;
		rows[i].n_cases = pick(cases_max);
		rows[i].cases = calloc(rows[i].n_cases + 1, sizeof(*rows[i].cases));
		assert_non_null(rows[i].cases);
		for (size_t c = 0; c < rows[i].n_cases; c++) {
			struct rule_arg_case *cs = &rows[i].cases[c];

			cs->n_tests = pick(RULE_ARG_TESTS_MAX + 1);
			for (size_t t = 0; t < cs->n_tests; t++)
				cs->tests[t] = (struct rule_arg_test){ (uint8_t)pick(4),
					ops[pick(8)], pick_value() };
		}
	}
	*interest = (struct rule_interest){ .syscalls = rows, .n_syscalls = kept };
}

static void free_interest(struct rule_interest *interest)
{
	for (size_t i = 0; i < interest->n_syscalls; i++)
		free(interest->syscalls[i].cases);
	free(interest->syscalls);
}

static void pick_call(struct seccomp_data *d, const struct rule_interest *interest)
{
	*d = (struct seccomp_data){ .arch = arches[pick(2)], .nr = (int)pick(600) };
	if (interest->n_syscalls && pick(2)) {
		const struct rule_syscall_interest *s =
			&interest->syscalls[pick((uint32_t)interest->n_syscalls)];

		d->arch = s->arch;
		d->nr = (int)s->nr + (pick(4) ? 0 : 1);
	}
	for (int i = 0; i < 6; i++)
		d->args[i] = pick_value() | (uint64_t)pick(3) << 32;
}

static bool is_traced(const struct seccomp_filter *f, const struct seccomp_data *d)
{
	uint32_t answer = run(f, d);

	if (answer == SECCOMP_RET_ALLOW)
		return false;
	assert_int_equal(answer, SECCOMP_RET_TRACE | SECCOMP_FILTER_TAG);
	return true;
}

static void stops_exactly_at_what_is_wanted(void **state)
{
	unsigned traced = 0, allowed = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct seccomp_filter f;
		struct rule_interest interest;
		struct seccomp_data d;

		make_interest(&interest, round % 4 ? 60 : 400, 500, 4);
		assert_int_equal(seccomp_filter_build(&f, &interest, arches, 2), 0);
		for (int i = 0; i < CALLS; i++) {
			bool want, got;

			pick_call(&d, &interest);
			want = rules_want(&interest, &d) || source_wants(&d);
			got = is_traced(&f, &d);
			if (want)
				assert_true(got);
			else if (!f.is_coarse)
				assert_false(got);
			traced += got;
			allowed += !got;
		}
		seccomp_filter_deinit(&f);
		free_interest(&interest);
	}
	assert_true(traced > 1000 && allowed > 1000);
}

static void too_long_a_program_stops_at_more_never_at_less(void **state)
{
	unsigned coarse = 0;

	(void)state;
	for (int round = 0; round < 30; round++) {
		struct seccomp_filter f;
		struct rule_interest interest;
		struct seccomp_data d;

		make_interest(&interest, ROWS_MAX, round % 2 ? RULE_SYSCALLS : 500, CASES_MAX);
		assert_int_equal(seccomp_filter_build(&f, &interest, arches, 2), 0);
		assert_in_range(f.n_insns, 4, BPF_MAXINSNS);
		coarse += f.is_coarse;
		for (int i = 0; i < CALLS; i++) {
			pick_call(&d, &interest);
			if (rules_want(&interest, &d) || source_wants(&d))
				assert_true(is_traced(&f, &d));
		}
		seccomp_filter_deinit(&f);
		free_interest(&interest);
	}
	assert_true(coarse > 0);
}

static void leaves_other_abis_alone(void **state)
{
	const struct rule_interest all = { .all_syscalls = true };
	struct seccomp_filter f;
	struct seccomp_data d = { .arch = AUDIT_ARCH_X86_64, .nr = 39 };

	(void)state;
	assert_int_equal(seccomp_filter_build(&f, &all, arches, 2), 0);
	assert_true(is_traced(&f, &d));
	d.arch = AUDIT_ARCH_I386;
	assert_true(is_traced(&f, &d));
	d.arch = AUDIT_ARCH_AARCH64;
	assert_false(is_traced(&f, &d));
	d.arch = AUDIT_ARCH_X86_64;
	d.nr = 39 | 0x40000000; /* x32 */
	assert_false(is_traced(&f, &d));
	d.nr = -1;
	assert_false(is_traced(&f, &d));
	seccomp_filter_deinit(&f);
}

static void sees_what_changes_a_task(void **state)
{
	static const struct {
		const char *name;
		uint64_t a0, a1;
		bool is_traced;
	} rows[] = {
		{ "setuid", 0, 0, true },
		{ "setsid", 0, 0, true },
		{ "read", 0, 0, false },
		{ "execve", 0, 0, true },
		{ "prctl", 15, 0, true },
		{ "prctl", 22, 1, true },
		{ "prctl", 22, 2, true },
		{ "prctl", 21, 2, false },
		{ "seccomp", 0, 0, true },
		{ "seccomp", 1, 0, true },
		{ "seccomp", 2, 0, false },
		{ "prctl", 4, 0, false },
		{ "ioctl", 1, 0x540E, true },
		{ "ioctl", 1, 0x5422, true },
		{ "ioctl", 0x540E, 0x5401, false },
		{ "ptrace", 0, 0, true },
		{ "ptrace", 16, 0, true },
		{ "ptrace", 7, 0, false },
		{ "clone", 0x1200011, 0, false },
		{ "clone", 0x1a00011, 0, true },
		{ "clone3", 0, 0, true },
	};
	const struct rule_interest none = { 0 };
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(seccomp_filter_build(&f, &none, arches, 2), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t a = 0; a < ARRAY_SIZE(arches); a++) {
			const struct seccomp_data d = { .arch = arches[a],
				.nr = syscall_nr(arches[a], rows[i].name),
				.args = { rows[i].a0, rows[i].a1 } };

			assert_true(d.nr >= 0);
			if (is_traced(&f, &d) != rows[i].is_traced)
				fail_msg("%s(%#lx, %#lx)", rows[i].name, (long)rows[i].a0,
					(long)rows[i].a1);
		}
	}
	seccomp_filter_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stops_exactly_at_what_is_wanted),
		cmocka_unit_test(too_long_a_program_stops_at_more_never_at_less),
		cmocka_unit_test(leaves_other_abis_alone),
		cmocka_unit_test(sees_what_changes_a_task),
	};
	unsigned seed = (unsigned)time(NULL);

	if (getenv("TEST_SEED"))
		seed = (unsigned)strtoul(getenv("TEST_SEED"), NULL, 10);
	print_message("TEST_SEED=%u\n", seed);
	srandom(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
