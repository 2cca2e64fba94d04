/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_SYSV_OBJECT_H
#define UAUDIT_SOURCE_PTRACE_SYSV_OBJECT_H

/* System V message queues, semaphore sets and segments of the IPC namespace that this thread is in: owner and mode, which
 * everybody may ask for (the STAT_ANY commands). And what IPC_SET wants them to become. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evt.h"

enum sysv_kind { SYSV_MSG, SYSV_SEM, SYSV_SHM, _SYSV_KIND_MAX };

/* Each fills uid, gid and mode of *ret. 0, or negative errno: there is none. */
int sysv_object_by_id(enum sysv_kind kind, int id, struct evt_ipc *ret);
/* index: as the STAT commands take it, who look at no more than its low bits. */
int sysv_object_by_index(enum sysv_kind kind, int index, struct evt_ipc *ret);
/* key: not IPC_PRIVATE, under which nothing is found. */
int sysv_object_by_key(enum sysv_kind kind, int key, struct evt_ipc *ret);

/* The forms in which programs pass permissions. */
enum sysv_layout {
	SYSV_LAYOUT_64,         /* of 64-bit programs */
	SYSV_LAYOUT_COMPAT,     /* of 32-bit programs */
	SYSV_LAYOUT_COMPAT_OLD, /* ... without IPC_64 in the command: ids of 16 bits */
	_SYSV_LAYOUT_MAX,
};

struct sysv_span {
	size_t at, len; /* bytes from the start of the structure */
};

/* What the kernel copies for an IPC_SET, in one go or two. The second span is empty, or where qbytes is. */
void sysv_set_spans(enum sysv_kind kind, enum sysv_layout layout, struct sysv_span ret[2]);

#define SYSV_SET_MAX 128 /* bytes: more than any structure has up to the end of its last span */

/* Fills the second half of *ret from the structure, of which bytes[] has the spans in their places. */
void sysv_set_decode(enum sysv_kind kind, enum sysv_layout layout,
	const unsigned char bytes[static SYSV_SET_MAX], struct evt_ipc *ret);

#endif
