/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_PRIVILEGED_H
#define UAUDIT_SOURCE_PTRACE_PRIVILEGED_H

/* What calls say that change more than their own task: capabilities, clock, modules, login uids, bpf programs, listeners, network devices.
 * Which part looks at a call is a property of its row in abi/syscalls.def (SC_CAPSET to SC_PROMISC). */

#include "source/ptrace/call.h"

/* What is remembered of earlier calls of the tree. */
struct privileged_env {
	struct ntp_kept ntp;
	size_t n_listeners, n_programs;
};

void privileged_entry(struct call *call, const struct privileged_env *env, int procfd,
	const struct task_ids *ids);
/* Whether the call may have a record written aside of it, which is written though no rule selects the call. */
bool privileged_writes_aside(const struct call *call);
/* ids, login: of the task, after the call. */
void privileged_exit(struct call *call, int64_t ret, struct privileged_env *env, int procfd,
	const struct task_ids *ids, const struct task_login *login, struct event_writer *w);

#endif
