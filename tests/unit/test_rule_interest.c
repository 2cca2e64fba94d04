// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_eval.h"
#include "rule/rule_interest.h"
#include "rule_builder.h"

#define RULES_MAX 40

static const uint32_t arches[] = { ABI_ARCH_X86_64, ABI_ARCH_I386 };

/* A set of rules that live in the test. */
struct fixture {
	struct rule_set set;
	struct audit_krule rules[RULES_MAX];
	struct audit_krule *lists[RULE_LISTS][RULES_MAX];
	size_t n;
	struct rule_interest interest;
};

static struct audit_krule *add(struct fixture *f, uint32_t list, uint32_t action)
{
	struct audit_krule *rule = &f->rules[f->n++];

	rule_init(rule, list, action);
	f->set.lists[list] = f->lists[list];
	f->lists[list][f->set.n_rules[list]++] = rule;
	return rule;
}

static void compute(struct fixture *f)
{
	rule_interest_deinit(&f->interest);
	assert_int_equal(
		rule_interest_compute(&f->interest, &f->set, arches, ARRAY_SIZE(arches)), 0);
	for (size_t i = 1; i < f->interest.n_syscalls; i++) {
		const struct rule_syscall_interest *a = &f->interest.syscalls[i - 1], *b = a + 1;

		assert_true(a->arch < b->arch || (a->arch == b->arch && a->nr < b->nr));
	}
}

static const struct rule_syscall_interest *row(
	const struct fixture *f, uint32_t arch, const char *name)
{
	int nr = syscall_nr(arch, name);

	assert_true(nr >= 0);
	for (size_t i = 0; i < f->interest.n_syscalls; i++)
		if (f->interest.syscalls[i].arch == arch &&
			f->interest.syscalls[i].nr == (uint32_t)nr)
			return &f->interest.syscalls[i];
	return NULL;
}

static bool always(const struct fixture *f, uint32_t arch, const char *name)
{
	const struct rule_syscall_interest *r = row(f, arch, name);

	return r && r->n_cases == 0;
}

static bool never(const struct fixture *f, uint32_t arch, const char *name)
{
	return !row(f, arch, name);
}

/* As a source decides: whether the call with these arguments is of interest. */
static bool wants(const struct fixture *f, uint32_t arch, const char *name, const uint32_t args[4])
{
	const struct rule_syscall_interest *r = row(f, arch, name);

	for (size_t c = 0; r && c < r->n_cases; c++) {
		const struct rule_arg_case *rc = &r->cases[c];
		bool all = true;

		for (size_t t = 0; t < rc->n_tests; t++)
			all = all && rule_compare_u32(args[rc->tests[t].arg], rc->tests[t].op,
					     rc->tests[t].val);
		if (all)
			return true;
	}
	return r && r->n_cases == 0;
}

static void nothing_without_rules(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	compute(&f);
	assert_int_equal(f.interest.n_syscalls, 0);
	assert_false(f.interest.all_syscalls || f.interest.signal_targets || f.interest.groups ||
		     f.interest.resolved || f.interest.fs_magic || f.interest.exe_inode);

	rule_select_all(add(&f, AUDIT_FILTER_EXIT, AUDIT_NEVER));
	rule_select_all(add(&f, AUDIT_FILTER_URING_EXIT, AUDIT_ALWAYS));
	rule_select_all(add(&f, AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS));
	add(&f, AUDIT_FILTER_TASK, AUDIT_NEVER);
	compute(&f);
	assert_int_equal(f.interest.n_syscalls, 0);
	assert_false(f.interest.all_syscalls);

	add(&f, AUDIT_FILTER_TASK, AUDIT_ALWAYS);
	compute(&f);
	assert_true(f.interest.all_syscalls);
	rule_interest_deinit(&f.interest);
}

static void masks_and_architectures(void **state)
{
	struct fixture f = { 0 };
	struct audit_krule *rule = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

	(void)state;
	rule_select(rule, 2); /* open on x86-64, fork on i386 */
	rule_select(rule, 2031);
	compute(&f);
	assert_true(always(&f, ABI_ARCH_X86_64, "open"));
	assert_true(always(&f, ABI_ARCH_I386, "fork"));
	assert_int_equal(f.interest.n_syscalls, 4);

	rule_field(rule, AUDIT_ARCH, AUDIT_EQUAL, ABI_ARCH_X86_64);
	compute(&f);
	assert_true(always(&f, ABI_ARCH_X86_64, "open"));
	assert_true(never(&f, ABI_ARCH_I386, "fork"));
	rule->fields[0].op = AUDIT_NOT_EQUAL;
	compute(&f);
	assert_true(never(&f, ABI_ARCH_X86_64, "open"));
	assert_true(always(&f, ABI_ARCH_I386, "fork"));
	rule->fields[0].val = ABI_ARCH_AARCH64;
	compute(&f);
	assert_int_equal(f.interest.n_syscalls, 4);
	/* what only the exit knows does not narrow */
	rule_field(rule, AUDIT_SUCCESS, AUDIT_EQUAL, 0);
	rule_field(rule, AUDIT_UID, AUDIT_EQUAL, 12345);
	compute(&f);
	assert_int_equal(f.interest.n_syscalls, 4);
	rule_interest_deinit(&f.interest);
}

static void arguments(void **state)
{
	struct fixture f = { 0 };
	struct audit_krule *a, *b;

	(void)state;
	a = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	rule_select(a, 62);
	rule_field(a, AUDIT_ARCH, AUDIT_EQUAL, ABI_ARCH_X86_64);
	rule_field(a, AUDIT_ARG1, AUDIT_EQUAL, 9);
	rule_field(a, AUDIT_ARG0, AUDIT_GREATER_THAN, 1);
	compute(&f);
	assert_true(wants(&f, ABI_ARCH_X86_64, "kill", (uint32_t[]){ 2, 9, 0, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "kill", (uint32_t[]){ 1, 9, 0, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "kill", (uint32_t[]){ 2, 15, 0, 0 }));

	b = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	*b = *a;
	b->fields[1].val = 15;
	*add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS) = *b; /* the same again adds no case */
	compute(&f);
	assert_int_equal(row(&f, ABI_ARCH_X86_64, "kill")->n_cases, 2);
	assert_true(wants(&f, ABI_ARCH_X86_64, "kill", (uint32_t[]){ 2, 15, 0, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "kill", (uint32_t[]){ 2, 1, 0, 0 }));

	/* one rule without a test, and the others' tests are void */
	rule_select(add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS), 62);
	compute(&f);
	assert_true(always(&f, ABI_ARCH_X86_64, "kill"));
	rule_interest_deinit(&f.interest);
}

static void many_cases_become_always(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 30; i++) {
		struct audit_krule *rule = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

		rule_select(rule, 62);
		rule_field(rule, AUDIT_ARG1, AUDIT_EQUAL, i);
	}
	compute(&f);
	assert_true(always(&f, ABI_ARCH_X86_64, "kill"));
	rule_interest_deinit(&f.interest);
}

static struct audit_krule *perm_rule(struct fixture *f, uint32_t op, uint32_t perm)
{
	struct audit_krule *rule;

	*f = (struct fixture){ .interest = f->interest };
	rule = add(f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	rule_select_all(rule);
	rule_field(rule, AUDIT_PERM, op, perm);
	compute(f);
	return rule;
}

static void permissions(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	(void)perm_rule(&f, AUDIT_EQUAL, AUDIT_PERM_WRITE);
	assert_true(wants(&f, ABI_ARCH_X86_64, "openat", (uint32_t[]){ 0, 0, O_WRONLY, 0 }));
	assert_true(
		wants(&f, ABI_ARCH_X86_64, "openat", (uint32_t[]){ 0, 0, O_RDWR | O_CREAT, 0 }));
	assert_true(wants(&f, ABI_ARCH_X86_64, "openat", (uint32_t[]){ 0, 0, 3, 0 }));
	assert_false(
		wants(&f, ABI_ARCH_X86_64, "openat", (uint32_t[]){ 0, 3, O_RDONLY | O_CREAT, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "open", (uint32_t[]){ 0, O_RDONLY, 3, 0 }));
	assert_true(wants(&f, ABI_ARCH_I386, "open", (uint32_t[]){ 0, O_WRONLY, 0, 0 }));
	assert_true(always(&f, ABI_ARCH_X86_64, "openat2"));
	assert_true(always(&f, ABI_ARCH_X86_64, "unlink"));
	assert_true(always(&f, ABI_ARCH_X86_64, "creat"));
	assert_true(always(&f, ABI_ARCH_I386, "socketcall"));
	assert_true(never(&f, ABI_ARCH_X86_64, "chmod"));
	assert_true(never(&f, ABI_ARCH_X86_64, "execve"));
	assert_true(never(&f, ABI_ARCH_X86_64, "read"));

	(void)perm_rule(&f, AUDIT_EQUAL, AUDIT_PERM_READ);
	assert_true(always(&f, ABI_ARCH_X86_64, "open"));
	assert_true(always(&f, ABI_ARCH_X86_64, "openat2"));
	assert_true(always(&f, ABI_ARCH_X86_64, "readlink"));
	assert_true(never(&f, ABI_ARCH_X86_64, "unlink"));
	assert_true(never(&f, ABI_ARCH_I386, "socketcall"));

	(void)perm_rule(&f, AUDIT_EQUAL, AUDIT_PERM_EXEC | AUDIT_PERM_ATTR);
	assert_true(never(&f, ABI_ARCH_X86_64, "open"));
	assert_true(never(&f, ABI_ARCH_X86_64, "openat2"));
	assert_true(always(&f, ABI_ARCH_X86_64, "execve"));
	assert_true(always(&f, ABI_ARCH_X86_64, "execveat"));
	assert_true(always(&f, ABI_ARCH_X86_64, "chmod"));
	assert_true(always(&f, ABI_ARCH_X86_64, "link"));

	(void)perm_rule(&f, AUDIT_NOT_EQUAL, AUDIT_PERM_EXEC);
	assert_true(always(&f, ABI_ARCH_X86_64, "read"));
	assert_true(always(&f, ABI_ARCH_X86_64, "execve")); /* not narrowed */
	rule_interest_deinit(&f.interest);
}

/* The rule of a watch sees only calls that have path items. */
static void watches(void **state)
{
	struct rule_mark mark = { .kind = EVT_MARK_WATCH };
	struct fixture f = { 0 };
	struct audit_krule *rule = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

	(void)state;
	rule_select_all(rule);
	rule_field_mark(rule, AUDIT_WATCH, AUDIT_EQUAL, &mark);
	rule->by_inode = true;
	compute(&f);
	assert_true(always(&f, ABI_ARCH_X86_64, "open"));
	assert_true(always(&f, ABI_ARCH_X86_64, "stat"));
	assert_true(always(&f, ABI_ARCH_X86_64, "fchmod"));
	assert_true(always(&f, ABI_ARCH_I386, "socketcall"));
	assert_true(never(&f, ABI_ARCH_X86_64, "read"));
	assert_true(never(&f, ABI_ARCH_X86_64, "getpid"));

	rule_field(rule, AUDIT_PERM, AUDIT_EQUAL, AUDIT_PERM_WRITE);
	rule_field(rule, AUDIT_ARG0, AUDIT_EQUAL, 5);
	compute(&f);
	assert_true(never(&f, ABI_ARCH_X86_64, "stat"));
	assert_true(wants(&f, ABI_ARCH_X86_64, "open", (uint32_t[]){ 5, O_RDWR, 0, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "open", (uint32_t[]){ 6, O_RDWR, 0, 0 }));
	assert_false(wants(&f, ABI_ARCH_X86_64, "open", (uint32_t[]){ 5, O_RDONLY, 0, 0 }));
	assert_true(never(&f, ABI_ARCH_X86_64, "ftruncate")); /* a write, but without a name */
	rule_interest_deinit(&f.interest);
}

/* Narrowing by items must not take away what matches without any. */
static void fields_without_items(void **state)
{
	static const struct {
		uint32_t field, op, val;
		bool needs;
	} cases[] = {
		{ AUDIT_OBJ_UID, AUDIT_NOT_EQUAL, 0, true },
		{ AUDIT_DEVMAJOR, AUDIT_EQUAL, 0, true },
		{ AUDIT_INODE, AUDIT_NOT_EQUAL, 1, true },
		{ AUDIT_FILETYPE, AUDIT_EQUAL, S_IFREG, true },
		{ AUDIT_FILETYPE, AUDIT_NOT_EQUAL, S_IFREG, false },
		{ AUDIT_FIELD_COMPARE, AUDIT_NOT_EQUAL, AUDIT_COMPARE_UID_TO_OBJ_UID, true },
		{ AUDIT_FIELD_COMPARE, AUDIT_EQUAL, AUDIT_COMPARE_UID_TO_EUID, false },
		{ AUDIT_EXE, AUDIT_NOT_EQUAL, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event ev = { .h = { .kind = EVT_SYSCALL, .arch = ABI_ARCH_X86_64 } };
		struct fixture f = { 0 };
		struct audit_krule *rule = add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);

		rule_select_all(rule);
		rule_field(rule, cases[i].field, cases[i].op, cases[i].val);
		compute(&f);
		assert_int_equal(never(&f, ABI_ARCH_X86_64, "read"), cases[i].needs);
		if (cases[i].needs)
			assert_false(rule_match(rule, &ev, RULE_ANY_ITEM));
		rule_interest_deinit(&f.interest);
	}
}

static void signals(void **state)
{
	struct fixture f = { 0 };
	struct audit_krule *rule =
		add(&f, AUDIT_FILTER_EXIT, AUDIT_NEVER); /* the action does not matter */

	(void)state;
	rule_select(rule, 62); /* kill on x86-64, ustat on i386 */
	compute(&f);
	assert_true(f.interest.signal_targets);
	rule_field(rule, AUDIT_ARCH, AUDIT_EQUAL, ABI_ARCH_I386);
	compute(&f);
	assert_false(f.interest.signal_targets);
	rule_select(rule, 37); /* kill on i386 */
	compute(&f);
	assert_true(f.interest.signal_targets);
	rule_interest_deinit(&f.interest);
}

static void costly_facts(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	rule_field(add(&f, AUDIT_FILTER_EXIT, AUDIT_ALWAYS), AUDIT_EGID, AUDIT_EQUAL, 1);
	compute(&f);
	assert_true(f.interest.groups);
	assert_false(f.interest.resolved || f.interest.fs_magic || f.interest.exe_inode);
	rule_field(add(&f, AUDIT_FILTER_EXIT, AUDIT_NEVER), AUDIT_DIR, AUDIT_EQUAL, 1);
	compute(&f);
	assert_true(f.interest.resolved);
	rule_field(add(&f, AUDIT_FILTER_FS, AUDIT_NEVER), AUDIT_FSTYPE, AUDIT_EQUAL, 1);
	compute(&f);
	assert_true(f.interest.fs_magic);
	rule_field(add(&f, AUDIT_FILTER_EXCLUDE, AUDIT_NEVER), AUDIT_EXE, AUDIT_EQUAL, 1);
	compute(&f);
	assert_true(f.interest.exe_inode);
	rule_interest_deinit(&f.interest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_without_rules),
		cmocka_unit_test(masks_and_architectures),
		cmocka_unit_test(arguments),
		cmocka_unit_test(many_cases_become_always),
		cmocka_unit_test(permissions),
		cmocka_unit_test(watches),
		cmocka_unit_test(fields_without_items),
		cmocka_unit_test(signals),
		cmocka_unit_test(costly_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
