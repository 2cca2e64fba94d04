/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_REGS_H
#define UAUDIT_SOURCE_PTRACE_TASK_REGS_H

/* Registers of a task that is held before a call, or because of one, where each processor has its own. Whatever fails,
 * fails because the task was killed meanwhile, and nobody needs to know. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The call is not made and fails with ENOSYS. */
void task_regs_skip_call(pid_t tid);
/* is_compat: a call of the 32-bit kind. */
void task_regs_set_arg0(pid_t tid, bool is_compat, uint64_t value);

/* A call as the registers still have it. */
struct task_call {
	int nr;
	uint64_t args[6];
	int is_undone; /* it was taken back (syscall_rollback()): 1, 0, or -1 where the registers do not tell */
};

/* The call that a seccomp filter has not let the task make. False: it is in none. */
bool task_regs_read_call(pid_t tid, bool is_compat, struct task_call *ret);

#endif
