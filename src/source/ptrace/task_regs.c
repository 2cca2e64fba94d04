// SPDX-License-Identifier: MIT
#include "source/ptrace/task_regs.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

/* The same for 64-bit and 32-bit tasks: PTRACE_POKEUSER of a 64-bit tracer takes the 64-bit layout for both. */
void task_regs_skip_call(pid_t tid)
{
	/* The register of the result holds -ENOSYS from the entry on. */
	(void)ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, regs.orig_rax), -1L);
}

void task_regs_set_arg0(pid_t tid, bool is_compat, uint64_t value)
{
	(void)ptrace(PTRACE_POKEUSER, tid,
		is_compat ? offsetof(struct user, regs.rbx) : offsetof(struct user, regs.rdi),
		value);
}

bool task_regs_read_call(pid_t tid, bool is_compat, struct task_call *ret)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, tid, NULL, &regs) < 0)
		return false;
	if (is_compat)
		*ret = (struct task_call){ .args = { (uint32_t)regs.rbx, (uint32_t)regs.rcx,
						   (uint32_t)regs.rdx, (uint32_t)regs.rsi,
						   (uint32_t)regs.rdi, (uint32_t)regs.rbp } };
	else
		*ret = (struct task_call){ .args = { regs.rdi, regs.rsi, regs.rdx, regs.r10,
						   regs.r8, regs.r9 } };
	ret->nr = (int)regs.orig_rax;
	ret->is_undone = (int)regs.rax == ret->nr;
	return ret->nr != -1;
}

#elif defined(__aarch64__)

/* r0 of a 32-bit task or x0 of a 64-bit one is the first argument and the result: which of them, the size of the set
 * tells, and both stand at its beginning, in its own width. */
static void set_first(pid_t tid, uint64_t value)
{
	union {
		struct user_regs_struct wide;
		uint32_t narrow[18];
	} regs;
	struct iovec iov = { .iov_base = &regs, .iov_len = sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return;
	if (iov.iov_len == sizeof(regs.narrow))
		regs.narrow[0] = (uint32_t)value;
	else
		regs.wide.regs[0] = value;
	(void)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov);
}

void task_regs_skip_call(pid_t tid)
{
	int none = -1;
	struct iovec iov = { .iov_base = &none, .iov_len = sizeof(none) };

	set_first(tid, (uint64_t)-ENOSYS);
	(void)ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &iov);
}

void task_regs_set_arg0(pid_t tid, bool is_compat, uint64_t value)
{
	(void)is_compat;
	set_first(tid, value);
}

bool task_regs_read_call(pid_t tid, bool is_compat, struct task_call *ret)
{
	union {
		struct user_regs_struct wide;
		uint32_t narrow[18];
	} regs;
	struct iovec iov = { .iov_base = &regs, .iov_len = sizeof(regs) };
	struct iovec nr = { .iov_base = &ret->nr, .iov_len = sizeof(ret->nr) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0 ||
		ptrace(PTRACE_GETREGSET, tid, NT_ARM_SYSTEM_CALL, &nr) < 0)
		return false;
	for (size_t i = 0; i < sizeof(ret->args) / sizeof(ret->args[0]); i++)
		ret->args[i] = is_compat ? regs.narrow[i] : regs.wide.regs[i];
	ret->is_undone = -1;
	return ret->nr != -1;
}

#else
#error "task_regs.c does not know the registers of this processor"
#endif
