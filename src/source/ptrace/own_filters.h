/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_OWN_FILTERS_H
#define UAUDIT_SOURCE_PTRACE_OWN_FILTERS_H

/*
 * The seccomp filters that the programs of the tree install themselves: remembered as the kernel keeps them, so that it
 * can be told what they answer to a call. Tasks share them; those of a child are those of its parent.
 */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The newest filter and behind it those that were there before; immutable. NULL: none. */
struct own_filters;

struct seccomp_verdict {
	uint32_t action; /* SECCOMP_RET_* without its data */
	bool wants_log;  /* the filter that decided it was installed with SECCOMP_FILTER_FLAG_LOG */
};

/* One more before those of *filters, whose place it takes. -EINVAL: the kernel would not take such a program; -ENOMEM.
 * Then *filters is as it was. */
int own_filters_add(
	struct own_filters **filters, const struct sock_filter *insns, size_t n, bool wants_log);
struct own_filters *own_filters_ref(struct own_filters *filters);
void own_filters_unref(struct own_filters *filters);

/* What all of them together answer (seccomp_run_filters() in kernel/seccomp.c). */
struct seccomp_verdict own_filters_run(
	const struct own_filters *filters, const struct seccomp_data *data);

#endif
