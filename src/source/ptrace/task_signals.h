/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_SIGNALS_H
#define UAUDIT_SOURCE_PTRACE_TASK_SIGNALS_H

/* What a signal would do to a task, by what it has asked for. A task that cannot be looked at is as one that asked for
 * nothing. */

#include <stdbool.h>
#include <sys/types.h>

/* It has no effect: ignored on request, or by default and not caught. False if the task cannot be looked at. */
bool task_ignores(pid_t tid, int signal);

/* The task, held before it gets the signal, will die of it as one that dumps core, whether a core file is wanted or
 * not. */
bool task_will_dump(pid_t tid, int signal);

#endif
