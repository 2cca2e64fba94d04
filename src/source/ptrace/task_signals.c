// SPDX-License-Identifier: MIT
#include "source/ptrace/task_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

struct task_signals {
	uint64_t ignored, caught;
	bool is_init; /* of a pid namespace */
};

static uint64_t signal_set(const char *status, const char *label)
{
	const char *at = strstr(status, label);
	uint64_t set = 0;

	if (at) {
		at += strlen(label);
		(void)parse_u64(at, strcspn(at, "\n"), 16, &set);
	}
	return set;
}

/* "NStgid: 4711 1": the last number is the one in the innermost namespace. */
static bool is_namespace_init(const char *status)
{
	const char *line = strstr(status, "\nNStgid:"), *end, *last;

	if (!line)
		return false;
	line++;
	end = line + strcspn(line, "\n");
	for (last = end; last > line && last[-1] >= '0' && last[-1] <= '9'; last--)
		;
	return end - last == 1 && *last == '1';
}

static bool read_signals(struct task_signals *ret, pid_t tid)
{
	char path[40], status[4096];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (n <= 0)
		return false;
	status[n] = '\0';
	ret->ignored = signal_set(status, "\nSigIgn:\t");
	ret->caught = signal_set(status, "\nSigCgt:\t");
	ret->is_init = is_namespace_init(status);
	return true;
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
