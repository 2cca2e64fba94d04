/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_EXTRAS_H
#define UAUDIT_SOURCE_PTRACE_EXTRAS_H

/* What some calls say beside their paths: addresses, descriptor pairs, signalled tasks, arguments of a new program
 * (spec kernel 4.6). Each part is read when the kernel reads it: at the entry, or once the call has succeeded. */

#include "source/ptrace/call.h"

/* i386's socketcall becomes the call that it stands for: info and args are set to those. */
void extras_unfold_socketcall(struct call *call);

/* Reads what the call passes in. signal_targets: whether some rule wants to know who is signalled. */
void extras_entry(struct call *call, int procfd, bool signal_targets);
/* Appends what the call had and what it gave back. */
void extras_exit(struct call *call, int64_t ret, struct event_writer *w);

/* Parts of those, for who has read what the call passes in another way. */

/* What a sub-call of socketcall stands for; NULL: there is none of that number. */
const struct syscall_info *extras_socketcall(uint32_t which);
/* Whom the call signals or wants to trace, as /proc tells now: call->targets. */
void extras_find_targets(struct call *call, int procfd, bool signal_targets);
void extras_put_address(const struct call *call, int64_t ret, struct event_writer *w);
void extras_put_targets(const struct call *call, int64_t ret, struct event_writer *w);

/* Appends the arguments of the new program (EVT_ITEM_EXECVE): what the kernel has laid out in its argument area, from
 * start to end. */
void extras_put_execve(struct call *call, uint64_t start, uint64_t end, struct event_writer *w);
/* Appends EVT_ITEM_BPRM_FCAPS if the execve raised privileges in the sense of spec kernel 4.6. */
void extras_put_bprm_fcaps(const struct task_ids *before, const struct task_ids *after,
	const struct inode_caps *file, struct event_writer *w);

#endif
