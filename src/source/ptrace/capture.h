/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_CAPTURE_H
#define UAUDIT_SOURCE_PTRACE_CAPTURE_H

/*
 * What one held task was doing, as an event: the tracer stops and resumes tasks, this looks at them while they are
 * held. It reads memory and /proc of the task and resolves paths as the task would; it never calls ptrace.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/evt.h"
#include "base/buf.h"
#include "rule/rule_interest.h"

/* What is the same for all tasks of a source. */
struct capture_env;

/* One task's syscall in flight, and what is remembered of the task between syscalls. */
struct capture;

/* The syscall that a task is about to make (PTRACE_SYSCALL_INFO_SECCOMP). */
struct capture_call {
	uint32_t arch; /* AUDIT_ARCH_* token */
	uint64_t nr;
	uint64_t args[6];
};

int capture_env_new(struct capture_env **ret, const struct rule_interest *interest);
void capture_env_free(struct capture_env *env);

/* parent: the task that made this one, NULL for the first. */
int capture_new(struct capture **ret, struct capture_env *env, pid_t tid, pid_t tgid,
	const struct capture *parent);
void capture_free(struct capture *c);

/*
 * The task is held at the entry of a call that the filter let through to us. 1: the exit is wanted, resume with
 * PTRACE_SYSCALL and call capture_exit(); 0: nothing more is wanted of this call (it was only noted that the task's
 * ids will change; or it never returns and its event has been appended to out). Negative errno.
 */
int capture_entry(struct capture *c, const struct capture_call *call, struct buf *out);

/* After capture_entry() == 1, once the task has been resumed: reads what this call cannot change while it runs, so that
 * the task is not held for it. */
void capture_running(struct capture *c);

/* PTRACE_EVENT_EXEC of a call in flight: the image has changed. A thread that was not the leader takes the leader's
 * tid: the tracer has moved its capture there by then and says so. */
void capture_exec(struct capture *c, pid_t tid);

/* The task is held at the exit of the call. Appends the event to out. 0 or negative errno. */
int capture_exit(struct capture *c, int64_t ret, struct buf *out);

/* The task is gone while a call was in flight: the kernel had it fail with EINTR (spec kernel 4.5). */
int capture_died(struct capture *c, struct buf *out);

/* Whether a call is between capture_entry() == 1 and capture_exit(). */
bool capture_in_flight(const struct capture *c);

/* Whether /proc and the memory of the task are closed to us, so that events lack its paths and perhaps its program. */
bool capture_is_closed(const struct capture *c);

/* A record of its own about the task, which is held: an EVT_ASIDE event with that item, appended to out. 0 or negative
 * errno. */
int capture_aside(
	struct capture *c, enum evt_item_type type, const void *data, size_t len, struct buf *out);

/* The task is held and is making another one, which inherits its login: if that has changed unseen, appends an event that
 * says so. 0 or negative errno. */
int capture_forking(struct capture *c, struct buf *out);

/* Ids, parent and terminal of the task into the header of an event about it that is not a syscall (EVT_TASK_NEW). */
void capture_describe(struct capture *c, struct evt_hdr *hdr);

/* Something outside the task changed what is remembered of it (its parent died: ppid). */
void capture_forget(struct capture *c);

#endif
