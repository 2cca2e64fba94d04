/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_MEM_H
#define UAUDIT_SOURCE_PTRACE_TASK_MEM_H

/* Memory of a held task. What is there may be anything: the task wrote it. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads exactly len bytes. 0, -EFAULT, or the errno of a task that cannot be looked at (-EPERM, -ESRCH). */
int task_mem_read(pid_t tid, uint64_t addr, void *to, size_t len);
/* Reads up to len bytes; the number that could be read, or as above when that is none. */
ssize_t task_mem_read_some(pid_t tid, uint64_t addr, void *to, size_t len);
/* A NUL-terminated string into to[size]. Its length; -EFAULT; -ENAMETOOLONG when no NUL is among the first size
 * bytes. */
ssize_t task_mem_read_string(pid_t tid, uint64_t addr, char *to, size_t size);

#endif
