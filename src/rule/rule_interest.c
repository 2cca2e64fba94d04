// SPDX-License-Identifier: MIT
#include "rule/rule_interest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_eval.h"

/*
 * Everything here may err on one side only: a call too many costs time, a call too few costs events.
 *
 * Rules that say never select nothing by themselves: they only take away from what an "always" selects. Rules of the
 * io_uring list are about operations that never pass a syscall stop.
 */

#define CASES_MAX 16 /* of one syscall, to keep the filter small; with more it is captured always */

struct nr_interest {
	bool selected;
	bool always; /* some rule selects it whatever its arguments are */
	struct rule_arg_case *cases;
	size_t n_cases;
};

/* What one rule leaves of the syscalls of one architecture. */
struct narrowing {
	bool other_arch;  /* its arch field names another one */
	bool needs_paths; /* it tests path items, so calls that have none cannot match */
	bool has_perm;
	uint32_t perm; /* PERM bits that = asks for */
	struct rule_arg_case args;
};

static bool tests_arch_away(const struct audit_field *f, uint32_t arch)
{
	return f->type == AUDIT_ARCH && !rule_compare_u32(arch, f->op, f->val);
}

/* Fields that only match where the event has a path item (spec kernel 6.7). */
static bool needs_paths(const struct audit_field *f)
{
	const struct field_compare *compare;

	switch (f->type) {
	case AUDIT_WATCH:
	case AUDIT_DIR:
	case AUDIT_INODE:
	case AUDIT_DEVMAJOR:
	case AUDIT_DEVMINOR:
	case AUDIT_OBJ_UID:
	case AUDIT_OBJ_GID:
		return true;
	case AUDIT_FILETYPE:
		return f->op == AUDIT_EQUAL;
	case AUDIT_FIELD_COMPARE:
		compare = field_compare_by_code(f->val);
		return compare &&
		       (compare->right == AUDIT_OBJ_UID || compare->right == AUDIT_OBJ_GID);
	default:
		return false;
	}
}

static void narrow(struct narrowing *to, const struct audit_krule *rule, uint32_t arch)
{
	*to = (struct narrowing){ 0 };
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];

		if (tests_arch_away(f, arch))
			to->other_arch = true;
		if (needs_paths(f))
			to->needs_paths = true;
		if (f->type == AUDIT_PERM && f->op == AUDIT_EQUAL) {
			to->perm = to->has_perm ? to->perm & f->val : f->val;
			to->has_perm = true;
		}
		if (f->type >= AUDIT_ARG0 && f->type <= AUDIT_ARG3 &&
			to->args.n_tests < RULE_ARG_TESTS_MAX)
			to->args.tests[to->args.n_tests++] = (struct rule_arg_test){
				.arg = (uint8_t)(f->type - AUDIT_ARG0),
				.op = f->op,
				.val = f->val,
			};
	}
}

enum perm_verdict { PERM_NEVER, PERM_ALWAYS, PERM_WRITE_MODE };

/*
 * Whether a call of that number can fall under the PERM bits. PERM_WRITE_MODE: only if its access mode is not
 * O_RDONLY. "Not O_WRONLY", which a test for reading alone would need, cannot be said with the operators of rules, and
 * few opens are.
 */
static enum perm_verdict perm_narrows(
	uint32_t arch, uint32_t nr, const struct syscall_info *info, uint32_t perm)
{
	struct event ev = { .h = { .kind = EVT_SYSCALL, .arch = arch, .nr = (int32_t)nr } };

	if (info->effect == EFFECT_OPEN) {
		if (perm & AUDIT_PERM_READ)
			return PERM_ALWAYS;
		if (!(perm & AUDIT_PERM_WRITE))
			return PERM_NEVER;
		return syscall_arg(info, ARG_HOW) >= 0 ? PERM_ALWAYS : PERM_WRITE_MODE;
	}
	if (syscall_arg(info, ARG_SOCKETCALL) >= 0)
		return perm & AUDIT_PERM_WRITE ? PERM_ALWAYS : PERM_NEVER;
	return rule_perm_matches(&ev, perm) ? PERM_ALWAYS : PERM_NEVER;
}

/* The multiplexer has no effect of its own, its sub-calls have. */
static bool has_paths(const struct syscall_info *info)
{
	return info->effect != EFFECT_NONE || syscall_arg(info, ARG_SOCKETCALL) >= 0;
}

static bool case_equals(const struct rule_arg_case *a, const struct rule_arg_case *b)
{
	if (a->n_tests != b->n_tests)
		return false;
	for (size_t i = 0; i < a->n_tests; i++)
		if (a->tests[i].arg != b->tests[i].arg || a->tests[i].op != b->tests[i].op ||
			a->tests[i].val != b->tests[i].val)
			return false;
	return true;
}

static void make_always(struct nr_interest *to)
{
	to->always = true;
	free(to->cases);
	to->cases = NULL;
	to->n_cases = 0;
}

static int add_case(struct nr_interest *to, const struct rule_arg_case *add)
{
	struct rule_arg_case *grown;

	to->selected = true;
	if (to->always)
		return 0;
	for (size_t i = 0; i < to->n_cases; i++)
		if (case_equals(&to->cases[i], add))
			return 0;
	if (add->n_tests == 0 || to->n_cases == CASES_MAX) {
		make_always(to);
		return 0;
	}
	grown = reallocarray(to->cases, to->n_cases + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[to->n_cases++] = *add;
	to->cases = grown;
	return 0;
}

bool rule_looks_at_paths(const struct audit_krule *rule)
{
	for (uint32_t i = 0; i < rule->n_fields; i++)
		if (needs_paths(&rule->fields[i]) || rule->fields[i].type == AUDIT_FILETYPE)
			return true;
	return false;
}

void rule_flag_calls(
	const struct audit_krule *rule, uint32_t arch, uint8_t flag, uint8_t flags[RULE_SYSCALLS])
{
	struct narrowing by;

	narrow(&by, rule, arch);
	if (by.other_arch)
		return;
	for (uint32_t word = 0; word < AUDIT_BITMASK_SIZE; word++)
		for (uint32_t bits = rule->mask[word]; bits; bits &= bits - 1) {
			uint32_t nr = word * 32 + (uint32_t)__builtin_ctz(bits);
			const struct syscall_info *info;

			if ((flags[nr] & flag) == flag)
				continue;
			info = syscall_info(arch, nr);
			if ((!by.needs_paths || has_paths(info)) &&
				(!by.has_perm ||
					perm_narrows(arch, nr, info, by.perm) != PERM_NEVER))
				flags[nr] |= flag;
		}
}

/* One rule, one number that its mask holds. */
static int add_nr(struct nr_interest *to, const struct narrowing *by, uint32_t arch, uint32_t nr)
{
	const struct syscall_info *info = syscall_info(arch, nr);
	struct rule_arg_case add = by->args;
	int flags_arg;

	if (by->needs_paths && !has_paths(info))
		return 0;
	if (by->has_perm) {
		switch (perm_narrows(arch, nr, info, by->perm)) {
		case PERM_NEVER:
			return 0;
		case PERM_ALWAYS:
			break;
		case PERM_WRITE_MODE:
			flags_arg = syscall_arg(info, ARG_OFLAGS);
			if (flags_arg >= 0 && add.n_tests < RULE_ARG_TESTS_MAX)
				add.tests[add.n_tests++] = (struct rule_arg_test){
					.arg = (uint8_t)flags_arg,
					.op = AUDIT_BIT_MASK,
					.val = O_ACCMODE,
				};
			break;
		}
	}
	return add_case(to, &add);
}

static int add_rule(struct nr_interest *numbers, const struct audit_krule *rule, uint32_t arch)
{
	struct narrowing by;
	int r = 0;

	narrow(&by, rule, arch);
	if (by.other_arch)
		return 0;
	for (uint32_t word = 0; word < AUDIT_BITMASK_SIZE && r == 0; word++)
		for (uint32_t bits = rule->mask[word]; bits && r == 0; bits &= bits - 1) {
			uint32_t nr = word * 32 + (uint32_t)__builtin_ctz(bits);

			if (!numbers[nr].always)
				r = add_nr(&numbers[nr], &by, arch, nr);
		}
	return r;
}

static void free_numbers(struct nr_interest *numbers)
{
	for (size_t nr = 0; numbers && nr < RULE_SYSCALLS; nr++)
		free(numbers[nr].cases);
	free(numbers);
}

DEFINE_CLEANUP(struct nr_interest *, free_numbers)

/* Appends the rows of one architecture. */
static int add_arch(struct rule_interest *to, const struct rule_set *set, uint32_t arch)
{
	_cleanup_(free_numbersp) struct nr_interest *numbers =
		calloc(RULE_SYSCALLS, sizeof(*numbers));
	struct rule_syscall_interest *rows;
	size_t n = 0;
	int r;

	if (!numbers)
		return -ENOMEM;
	for (size_t i = 0; i < set->n_rules[AUDIT_FILTER_EXIT]; i++) {
		const struct audit_krule *rule = set->lists[AUDIT_FILTER_EXIT][i];

		if (rule->action != AUDIT_ALWAYS)
			continue;
		r = add_rule(numbers, rule, arch);
		if (r < 0)
			return r;
	}
	for (size_t nr = 0; nr < RULE_SYSCALLS; nr++)
		n += numbers[nr].selected;
	if (n == 0)
		return 0;
	rows = reallocarray(to->syscalls, to->n_syscalls + n, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	to->syscalls = rows;
	for (uint32_t nr = 0; nr < RULE_SYSCALLS; nr++) {
		if (!numbers[nr].selected)
			continue;
		rows[to->n_syscalls++] = (struct rule_syscall_interest){
			.arch = arch,
			.nr = nr,
			.cases = TAKE_PTR(numbers[nr].cases),
			.n_cases = numbers[nr].n_cases,
		};
	}
	return 0;
}

/*
 * The kernel collects the targets of signals while a rule of any list has a signal call in its mask, by the numbers of
 * the architecture that the rule names, or of either (spec kernel 4.6).
 */
bool rule_has_signal_call(const struct audit_krule *rule, const uint32_t *arches, size_t n_arches)
{
	for (size_t a = 0; a < n_arches; a++) {
		bool named = true;

		for (uint32_t i = 0; i < rule->n_fields; i++)
			if (rule->fields[i].type == AUDIT_ARCH && rule->fields[i].val != arches[a])
				named = false;
		if (!named)
			continue;
		for (uint32_t word = 0; word < AUDIT_BITMASK_SIZE; word++)
			for (uint32_t bits = rule->mask[word]; bits; bits &= bits - 1)
				if (syscall_info(arches[a], word * 32 + __builtin_ctz(bits))
						->flags &
					SC_SIGNAL)
					return true;
	}
	return false;
}

/* The facts that are costly to come by, each with the field that needs it. */
static void add_facts(struct rule_interest *to, const struct audit_krule *rule)
{
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];

		to->groups |= f->type == AUDIT_GID || f->type == AUDIT_EGID;
		to->resolved |= f->type == AUDIT_DIR;
		to->fs_magic |= f->type == AUDIT_FSTYPE;
		to->exe_inode |= f->type == AUDIT_EXE;
	}
}

static int by_arch_and_nr(const void *a, const void *b)
{
	const struct rule_syscall_interest *l = a, *r = b;

	if (l->arch != r->arch)
		return l->arch < r->arch ? -1 : 1;
	return l->nr < r->nr ? -1 : l->nr > r->nr;
}

int rule_interest_compute(struct rule_interest *ret, const struct rule_set *set,
	const uint32_t *arches, size_t n_arches)
{
	struct rule_interest interest = { 0 };
	int r;

	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; i < set->n_rules[list]; i++) {
			const struct audit_krule *rule = set->lists[list][i];

			add_facts(&interest, rule);
			interest.signal_targets |= rule_has_signal_call(rule, arches, n_arches);
			interest.tasks |= list == AUDIT_FILTER_TASK;
			interest.all_syscalls |=
				list == AUDIT_FILTER_TASK && rule->action == AUDIT_ALWAYS;
		}
	for (size_t a = 0; a < n_arches; a++) {
		r = add_arch(&interest, set, arches[a]);
		if (r < 0) {
			rule_interest_deinit(&interest);
			return r;
		}
	}
	if (interest.n_syscalls)
		qsort(interest.syscalls, interest.n_syscalls, sizeof(*interest.syscalls),
			by_arch_and_nr);
	*ret = interest;
	return 0;
}

void rule_interest_deinit(struct rule_interest *interest)
{
	for (size_t i = 0; i < interest->n_syscalls; i++)
		free(interest->syscalls[i].cases);
	free(interest->syscalls);
	*interest = (struct rule_interest){ 0 };
}
