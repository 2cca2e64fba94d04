/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_SYSV_IPC_H
#define UAUDIT_SOURCE_PTRACE_SYSV_IPC_H

/*
 * Calls of System V IPC (SC_SYSV): which object a call is about, as it was when the call found it, and what an IPC_SET asks
 * for (spec kernel 4.6, 8.6). The kernel notes an object each time it is about to decide on a permission; a call that is
 * refused before that says nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "source/ptrace/sysv_object.h"

struct call;

struct sysv_call {
	bool is_unfolded; /* came through i386's ipc(), whose commands say which structures they mean */
	bool may_sleep;
	bool has_object;
	uint64_t earlier; /* errors with which the call did not come to its object: bits by errno */
	int procfd;       /* borrowed */
	struct evt_ipc object;
};

/* i386's ipc() becomes the call that it stands for: info and args are set to those. One that is refused by the multiplexer
 * itself stays as it is. */
void sysv_unfold_ipc(struct call *call);

void sysv_entry(struct call *call, int procfd);
/* Appends EVT_ITEM_IPC if the call came as far as its object. */
void sysv_exit(struct call *call, int64_t ret, struct event_writer *w);

#endif
