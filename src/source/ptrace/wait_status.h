/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_WAIT_STATUS_H
#define UAUDIT_SOURCE_PTRACE_WAIT_STATUS_H

/* What wait(2) says of a seized task, as one word. Nothing else knows how ptrace encodes it. */

#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

enum stop_kind {
	STOP_ENDED,   /* the task is no more; status is as waitpid() gives it */
	STOP_SECCOMP, /* held before a syscall that a filter sent to the tracer: call.seccomp */
	STOP_EXIT,    /* held after a syscall: call.exit */
	STOP_CHILD,   /* held in fork, vfork or clone: other is the new task */
	STOP_EXEC, /* held in execve with the new image in place: other is the tid that the task had before */
	STOP_DYING, /* held at its end, from which nothing keeps it: end is what wait will say */
	STOP_GROUP, /* a stop signal (signal) has stopped the whole process */
	STOP_NEUTRAL, /* a new task's first stop, the end of a group-stop: nothing to do but to resume */
	STOP_SIGNAL,   /* held before a signal (signal) is delivered */
	STOP_VANISHED, /* killed while we looked: its end will be reported */
};

struct stop {
	enum stop_kind kind;
	int status;
	int signal;
	pid_t other;
	int end;
	struct __ptrace_syscall_info call;
};

/* By the status alone. */
enum stop_kind stop_classify(int status);
/* All of it, with what has to be asked of the kernel. */
void stop_read(struct stop *ret, pid_t tid, int status);

#endif
