// SPDX-License-Identifier: MIT
#include "source/ptrace/wait_status.h"

#include <signal.h>
#include <sys/wait.h>

#define SIGNAL_SYSCALL (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */

static int stop_event(int status)
{
	return (int)((unsigned)status >> 16);
}

enum stop_kind stop_classify(int status)
{
	if (!WIFSTOPPED(status))
		return STOP_ENDED;
	switch (stop_event(status)) {
	case 0:
		return WSTOPSIG(status) == SIGNAL_SYSCALL ? STOP_EXIT : STOP_SIGNAL;
	case PTRACE_EVENT_SECCOMP:
		return STOP_SECCOMP;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return STOP_CHILD;
	case PTRACE_EVENT_EXEC:
		return STOP_EXEC;
	case PTRACE_EVENT_EXIT:
		return STOP_DYING;
	case PTRACE_EVENT_STOP:
		switch (WSTOPSIG(status)) {
		case SIGSTOP:
		case SIGTSTP:
		case SIGTTIN:
		case SIGTTOU:
			return STOP_GROUP;
		}
		return STOP_NEUTRAL;
	}
	return STOP_NEUTRAL;
}

void stop_read(struct stop *ret, pid_t tid, int status)
{
	unsigned long message = 0;
	uint8_t op;

	ret->kind = stop_classify(status);
	ret->status = status;
	ret->signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
	ret->other = 0;
	ret->end = 0;
	switch (ret->kind) {
	case STOP_SECCOMP:
	case STOP_EXIT:
		op = ret->kind == STOP_SECCOMP ? PTRACE_SYSCALL_INFO_SECCOMP
					       : PTRACE_SYSCALL_INFO_EXIT;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(ret->call), &ret->call) < 0)
			ret->kind = STOP_VANISHED;
		else if (ret->call.op != op)
			ret->kind = STOP_NEUTRAL;
		break;
	case STOP_DYING:
		if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) < 0)
			ret->kind = STOP_VANISHED;
		else
			ret->end = (int)message;
		break;
	case STOP_CHILD:
	case STOP_EXEC:
		if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) < 0)
			ret->kind = STOP_VANISHED;
		else
			ret->other = (pid_t)message;
		break;
	default:
		break;
	}
}
