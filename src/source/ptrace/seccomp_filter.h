/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_SECCOMP_FILTER_H
#define UAUDIT_SOURCE_PTRACE_SECCOMP_FILTER_H

/*
 * The classic BPF program that decides which syscalls of the tree stop for the tracer: those that some rule can select,
 * and the few that the source itself must see because they change what it remembers of a task or would break the
 * tracing. All others run at native speed.
 *
 * Not built with libseccomp: it cannot select a number of a foreign architecture that it has no name for, and rules
 * select numbers.
 */

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/rule_interest.h"

/* SECCOMP_RET_DATA of our stops ("ua"); a program's own filter that answers RET_TRACE has other data. */
#define SECCOMP_FILTER_TAG 0x7561u

struct seccomp_filter {
	struct sock_filter *insns;
	unsigned short n_insns;
	/* The program would have passed BPF_MAXINSNS: it stops at more calls than are wanted, never at fewer. */
	bool is_coarse;
};

/* arches: AUDIT_ARCH_* tokens, the native one first; calls of all others are let through. -ENOMEM. */
int seccomp_filter_build(struct seccomp_filter *ret, const struct rule_interest *interest,
	const uint32_t *arches, size_t n_arches);
void seccomp_filter_deinit(struct seccomp_filter *filter);

/*
 * The conditions under which the source itself wants a call: 0 never, -1 always, otherwise the number of cases
 * written to *ret_cases (borrowed, static), any of which suffices.
 */
int seccomp_filter_own_cases(uint32_t arch, uint32_t nr, const struct rule_arg_case **ret_cases);

#endif
