// SPDX-License-Identifier: MIT
#include "source/ptrace/task_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>

#include "base/macros.h"
#include "source/ptrace/proc_status.h"

#define NAMESPACES_MAX                                                                             \
	33 /* MAX_PID_NS_LEVEL in include/linux/pid_namespace.h, and the initial one */
#define BIT(signal) (UINT64_C(1) << ((signal)-1))

struct task_signals {
	uint64_t ignored, caught;
	bool is_init; /* of a pid namespace */
};

static uint64_t signal_set(const char *status, const char *name)
{
	uint64_t set = 0;

	(void)proc_status_numbers(status, name, 16, &set, 1);
	return set;
}

/* "NStgid: 4711 1": the last number is the one in the innermost namespace. */
static bool is_namespace_init(const char *status)
{
	uint64_t ids[NAMESPACES_MAX];
	size_t n = proc_status_numbers(status, "NStgid", 10, ids, ARRAY_SIZE(ids));

	return n > 0 && n <= ARRAY_SIZE(ids) && ids[n - 1] == 1;
}

static bool read_signals(struct task_signals *ret, pid_t tid)
{
	_cleanup_close_ int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proc_status status;
	int r = proc_status_read(&status, procfd, tid);

	if (r == 0)
		*ret = (struct task_signals){
			.ignored = signal_set(status.text, "SigIgn"),
			.caught = signal_set(status.text, "SigCgt"),
			.is_init = is_namespace_init(status.text),
		};
	proc_status_release(&status);
	return r == 0;
}

bool task_ignores(pid_t tid, int signal)
{
	const uint64_t by_default = BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT);
	struct task_signals signals;

	if (!read_signals(&signals, tid))
		return false;
	if (signals.ignored & BIT(signal))
		return true;
	return (by_default & BIT(signal)) && !(signals.caught & BIT(signal));
}

/*
 * SIG_KERNEL_COREDUMP_MASK in include/linux/signal.h. A fault that the task has blocked or ignores finds the default
 * action put back by the kernel before this. The init of a pid namespace dies of SIGKILL alone.
 */
bool task_will_dump(pid_t tid, int signal)
{
	const uint64_t dumping = BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) |
				 BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGSEGV) | BIT(SIGXCPU) |
				 BIT(SIGXFSZ) | BIT(SIGSYS);
	struct task_signals signals = { 0 };

	if (signal < 1 || signal > 64 || !(dumping & BIT(signal)))
		return false;
	if (!read_signals(&signals, tid))
		return true;
	return !((signals.ignored | signals.caught) & BIT(signal)) && !signals.is_init;
}
