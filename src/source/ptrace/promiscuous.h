/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_PROMISCUOUS_H
#define UAUDIT_SOURCE_PTRACE_PROMISCUOUS_H

/* Network devices that a call makes listen to everything, or no more (record ANOM_PROMISCUOUS): setsockopt() of a packet socket
 * and ioctl(SIOCSIFFLAGS). A request of rtnetlink and the end of a socket are not seen. */

#include <stdbool.h>
#include <stdint.h>

#include "abi/evt.h"

struct call;
struct event_writer;

/* Of a call in flight. */
struct promiscuous_call {
	bool is_promiscuous; /* it may change a device, and what the device was is known */
	struct evt_anom_promiscuous item; /* all but is_now */
};

void promiscuous_entry(struct call *call, int procfd);
void promiscuous_exit(struct call *call, int procfd, struct event_writer *w);

#endif
