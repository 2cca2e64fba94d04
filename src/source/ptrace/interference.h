/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_INTERFERENCE_H
#define UAUDIT_SOURCE_PTRACE_INTERFERENCE_H

/*
 * Calls of the traced programs that meet the tracing itself: some fail because of it (a task has one tracer, and strict
 * seccomp cannot be had beside a filter), which somebody should be told; some would break it and are mended.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

#include "source/source.h"

#define INTERFERENCE_ARCHES   2
#define INTERFERENCE_PROGRAMS 16 /* that were spoken about; further ones go without a word */

struct interference {
	struct interference_arch {
		uint32_t arch;
		int execve, ptrace, prctl, seccomp, clone, clone3; /* numbers, -1 none */
	} arches[INTERFERENCE_ARCHES];
	struct {
		const char *what;
		char comm[16];
	} programs[INTERFERENCE_PROGRAMS];
	size_t n_programs;
};

void interference_init(struct interference *in, const uint32_t *arches, size_t n_arches);
bool interference_is_execve(
	const struct interference *in, const struct __ptrace_syscall_info *call);
/* Whether the call installs a filter of the program's own; then where it is and with which SECCOMP_FILTER_FLAG_*. */
bool interference_is_filter(const struct interference *in, const struct __ptrace_syscall_info *call,
	uint64_t *ret_program, unsigned *ret_flags);
/* The task is held before a call that our filter let through. */
void interference_check(struct interference *in, pid_t tid,
	const struct __ptrace_syscall_info *call, const struct source_callbacks *callbacks);
/* The task cannot be looked at: says so. */
void interference_closed(
	struct interference *in, pid_t tid, const struct source_callbacks *callbacks);

#endif
