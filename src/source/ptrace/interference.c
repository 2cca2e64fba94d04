// SPDX-License-Identifier: MIT
#include "source/ptrace/interference.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "source/ptrace/task_regs.h"

void interference_init(struct interference *in, const uint32_t *arches, size_t n_arches)
{
	*in = (struct interference){ 0 };
	for (size_t i = 0; i < n_arches && i < INTERFERENCE_ARCHES; i++)
		in->arches[i] = (struct interference_arch){
			.arch = arches[i],
			.execve = syscall_nr(arches[i], "execve"),
			.ptrace = syscall_nr(arches[i], "ptrace"),
			.prctl = syscall_nr(arches[i], "prctl"),
			.seccomp = syscall_nr(arches[i], "seccomp"),
			.clone = syscall_nr(arches[i], "clone"),
			.clone3 = syscall_nr(arches[i], "clone3"),
		};
}

static const struct interference_arch *arch_of(const struct interference *in, uint32_t arch)
{
	for (size_t i = 0; i < INTERFERENCE_ARCHES; i++)
		if (in->arches[i].arch == arch)
			return &in->arches[i];
	return NULL;
}

bool interference_is_execve(const struct interference *in, const struct __ptrace_syscall_info *call)
{
	const struct interference_arch *arch = arch_of(in, call->arch);

	return arch && call->seccomp.nr == (uint64_t)arch->execve;
}

bool interference_is_filter(const struct interference *in, const struct __ptrace_syscall_info *call,
	uint64_t *ret_program, unsigned *ret_flags)
{
	const struct interference_arch *arch = arch_of(in, call->arch);
	const uint64_t *args = call->seccomp.args;
	int nr = (int)call->seccomp.nr;

	if (!arch)
		return false;
	*ret_program = args[2];
	*ret_flags = nr == arch->seccomp ? (unsigned)args[1] : 0;
	return (nr == arch->seccomp && (uint32_t)args[0] == SECCOMP_SET_MODE_FILTER) ||
	       (nr == arch->prctl && (uint32_t)args[0] == PR_SET_SECCOMP &&
		       args[1] == SECCOMP_MODE_FILTER);
}

/* The program's name as the kernel has it, printable. */
static void read_comm(pid_t tid, char comm[static 16])
{
	char path[40];
	_cleanup_close_ int fd = -1;
	ssize_t len = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		len = read(fd, comm, 15);
	len = len < 0 ? 0 : len;
	if (len && comm[len - 1] == '\n')
		len--;
	memset(comm + len, 0, 16 - (size_t)len);
	for (ssize_t i = 0; i < len; i++)
		if (comm[i] < ' ' || comm[i] > '~')
			comm[i] = '?';
}

/* Once for each program; what: one of our own texts. */
static void say(struct interference *in, pid_t tid, const struct source_callbacks *callbacks,
	const char *what)
{
	char comm[16], text[256];

	if (!callbacks->notice || in->n_programs == INTERFERENCE_PROGRAMS)
		return;
	read_comm(tid, comm);
	for (size_t i = 0; i < in->n_programs; i++)
		if (in->programs[i].what == what && !strcmp(in->programs[i].comm, comm))
			return;
	in->programs[in->n_programs].what = what;
	memcpy(in->programs[in->n_programs++].comm, comm, sizeof(comm));
	(void)snprintf(text, sizeof(text), "%s (pid %d) %s", comm, tid, what);
	callbacks->notice(callbacks->userdata, text);
}

/* A new task that is not to be traced would inherit the filter all the same, and each call that the filter sends to
 * the tracer would fail with ENOSYS. So it is traced. */
static void mend_clone(pid_t tid, uint32_t arch, uint64_t flags)
{
	if (flags & CLONE_UNTRACED)
		task_regs_set_arg0(
			tid, !(arch & __AUDIT_ARCH_64BIT), flags & ~(uint64_t)CLONE_UNTRACED);
}

static void mend_clone3(pid_t tid, uint64_t args)
{
	long flags;

	errno = 0;
	flags = ptrace(PTRACE_PEEKDATA, tid, args + offsetof(struct clone_args, flags), NULL);
	if (!errno && flags & CLONE_UNTRACED)
		(void)ptrace(PTRACE_POKEDATA, tid, args + offsetof(struct clone_args, flags),
			flags & ~(long)CLONE_UNTRACED);
}

void interference_closed(
	struct interference *in, pid_t tid, const struct source_callbacks *callbacks)
{
	say(in, tid, callbacks,
		"may not be looked at (its executable is not readable, or it asked for that itself): records of it lack "
		"paths, and rules that test paths do not match; only root sees them");
}

void interference_check(struct interference *in, pid_t tid,
	const struct __ptrace_syscall_info *call, const struct source_callbacks *callbacks)
{
	const struct interference_arch *arch = arch_of(in, call->arch);
	const uint64_t *args = call->seccomp.args;
	int nr = (int)call->seccomp.nr;

	if (!arch)
		return;
	if (nr == arch->ptrace) {
		switch ((uint32_t)args[0]) {
		case PTRACE_TRACEME:
		case PTRACE_ATTACH:
		case PTRACE_SEIZE:
			say(in, tid, callbacks,
				"wants to trace or be traced: ptrace() refuses it with EPERM, the tasks are traced "
				"for the audit already");
		}
	} else if (nr == arch->clone) {
		mend_clone(tid, call->arch, args[0]);
	} else if (nr == arch->clone3) {
		mend_clone3(tid, args[0]);
	} else if ((nr == arch->prctl && (uint32_t)args[0] == PR_SET_SECCOMP &&
			   (uint32_t)args[1] == SECCOMP_MODE_STRICT) ||
		   (nr == arch->seccomp && (uint32_t)args[0] == SECCOMP_SET_MODE_STRICT)) {
		say(in, tid, callbacks,
			"asks for strict seccomp: the kernel refuses it with EINVAL, the audit's filter is in place");
	}
}
