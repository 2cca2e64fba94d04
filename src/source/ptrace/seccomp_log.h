/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_SECCOMP_LOG_H
#define UAUDIT_SOURCE_PTRACE_SECCOMP_LOG_H

/*
 * SECCOMP records: what filters of the programs' own answer to calls, as far as the kernel would log it (spec kernel 8.7).
 *
 * The filters are read when they are installed and asked again at each stop that one of them may have a part in. Where
 * the tracer is before or after a call they decided:
 *
 *   log            A call that our own filter stops as well: at that stop. Others would never stop, so a RET_LOG that is
 *                  being installed is made a RET_TRACE with a tag, which the kernel treats alike but for the stop.
 *   trace          At the stop: it was the program's own wish, and without a tracer the call fails with ENOSYS.
 *   trap           At the delivery of SIGSYS; the call is undone by then and its registers are as they were.
 *   kill_thread, kill_process  At the end of the task (PTRACE_EVENT_EXIT).
 *   errno, user_notif  Never: the call is over without a stop.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <time.h>

#include "abi/evt.h"
#include "source/ptrace/own_filters.h"

/* SECCOMP_RET_DATA of what was RET_LOG ("ul"). */
#define SECCOMP_LOG_TAG 0x756cu

/* What the administrator has the kernel log: fs/proc's kernel/seccomp/actions_logged, read once a clock tick. */
struct seccomp_logged {
	struct timespec tick;
	uint32_t actions; /* bits, in the order of the table in seccomp_log.c */
};

/* A filter that is being installed, between entry and exit of the call. */
struct seccomp_install;

/*
 * The task is held before a call that installs the filter at that address (struct sock_fprog of the task). 0 and *ret;
 * negative errno: it cannot be read or will be refused, and there is nothing to wait for.
 */
int seccomp_install_begin(
	struct seccomp_install **ret, pid_t tid, uint64_t program, unsigned flags, bool is_compat);
/* The task is held after it. Puts the program's memory back; if the filter was installed, adds it to *filters, and says in
 * *ret_all whether for all threads. Frees install. 0 or negative errno. */
int seccomp_install_end(struct seccomp_install *install, pid_t tid, int64_t result,
	struct own_filters **filters, bool *ret_all);
void seccomp_install_free(struct seccomp_install *install);

/* The verdict on the call that a task is about to make, for PTRACE_SYSCALL_INFO_SECCOMP. */
struct seccomp_verdict seccomp_verdict_at_entry(
	const struct own_filters *filters, const struct __ptrace_syscall_info *call);

/* Each tells whether a record is due and fills it. ... of a call about which the task is held: */
bool seccomp_log_entry(struct seccomp_logged *logged, struct evt_seccomp *ret,
	struct seccomp_verdict verdict, const struct __ptrace_syscall_info *call);
/* ... of the call that brought SIGSYS upon the task, which is held before it gets it: */
bool seccomp_log_trap(struct seccomp_logged *logged, struct evt_seccomp *ret,
	const struct own_filters *filters, pid_t tid);
/* ... of the call of which the task dies, held at its end. Also says whether the whole process does, as of a signal: then
 * ANOM_ABEND follows. is_alone: it is the last thread. */
bool seccomp_log_kill(struct seccomp_logged *logged, struct evt_seccomp *ret, bool *ret_abends,
	const struct own_filters *filters, pid_t tid, bool is_alone);

#endif
