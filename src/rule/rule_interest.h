/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_INTEREST_H
#define UAUDIT_RULE_RULE_INTEREST_H

/*
 * What a source must capture so that a rule set can decide: the syscalls that some rule can select, with conditions on
 * their arguments where every rule that selects them has one, and which costly facts the rules look at. Syscalls
 * outside this are left alone by the source and run at native speed.
 */

#include "rule/rule_set.h"

/* A test of one argument's low 32 bits: (arg op value), with the operators of spec kernel 6.9. */
struct rule_arg_test {
	uint8_t arg; /* 0..3 */
	uint32_t op; /* AUDIT_EQUAL ... AUDIT_BIT_TEST */
	uint32_t val;
};

#define RULE_ARG_TESTS_MAX 8

/* All tests hold (an empty one always holds). */
struct rule_arg_case {
	size_t n_tests;
	struct rule_arg_test tests[RULE_ARG_TESTS_MAX];
};

struct rule_syscall_interest {
	uint32_t arch; /* AUDIT_ARCH_X86_64 or AUDIT_ARCH_I386 */
	uint32_t nr;
	/* The call is of interest if any case holds; n_cases 0: it always is. */
	struct rule_arg_case *cases;
	size_t n_cases;
};

struct rule_interest {
	struct rule_syscall_interest *syscalls; /* sorted by arch, then nr; one row each */
	size_t n_syscalls;
	bool all_syscalls;   /* a task rule puts tasks into RECORD: every syscall of every task */
	bool tasks;          /* there are rules on the task list */
	bool signal_targets; /* spec kernel 4.6: OBJ_PID of signals is collected */
	bool groups;         /* some rule tests gid or egid */
	bool resolved;       /* some rule names a tree: absolute paths of objects are needed */
	bool fs_magic;       /* some rule of the filesystem list tests fstype */
	bool exe_inode;      /* some rule tests exe */
	uint32_t
		extra; /* enum extra (abi/extra.h): no rule asks for it, who reads the records does; 0 after computing */
};

/* arches: the architectures whose calls the machine can make (native first). -ENOMEM. */
int rule_interest_compute(struct rule_interest *ret, const struct rule_set *set,
	const uint32_t *arches, size_t n_arches);
void rule_interest_deinit(struct rule_interest *interest);

/* Sets flag for each call that the rule can select with some arguments: by its mask, its arch, its perm fields, and by
 * what it asks of path items, which many calls have none of. */
void rule_flag_calls(
	const struct audit_krule *rule, uint32_t arch, uint8_t flag, uint8_t flags[RULE_SYSCALLS]);
/* Whether its mask holds a call that sends signals, on an architecture that it names or on any. */
bool rule_has_signal_call(const struct audit_krule *rule, const uint32_t *arches, size_t n_arches);
/* Whether it tests path items at all. */
bool rule_looks_at_paths(const struct audit_krule *rule);

#endif
