/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_CALL_H
#define UAUDIT_LOG_LOG_CALL_H

/* The system call of an event, and where its names begin: what fields of one record need to know of the others. */

#include "log/log_event.h"

/* Syscall events: the SYSCALL record's architecture and call; false if the event has none. */
bool event_syscall(const struct log_event *ev, uint32_t *ret_arch, int64_t *ret_nr);
/* Appends the event's working directory; false if it is not known. */
bool event_cwd(struct buf *to, const struct log_event *ev);
/* Whether a relative name of the call's ARG_PATH (second: ARG_PATH2) starts at the working directory: the call has no
 * directory descriptor for it, or was given AT_FDCWD. *ret_fd is the descriptor otherwise. */
bool event_path_from_cwd(const struct log_event *ev, bool second, int *ret_fd);
/* Whether the names are those of message queues, which lie in no directory. */
bool event_names_queues(const struct log_event *ev);

#endif
