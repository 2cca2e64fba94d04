/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_TASK_MEMO_H
#define UAUDIT_CORE_TASK_MEMO_H

/*
 * Text that was made for the last record of a task. One event after the other says the same of who it was: it is copied as
 * long as all that it was made of is the same, byte for byte.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TASK_MEMO_FROM_MAX 384 /* bytes; what is longer is made anew */
#define TASK_MEMO_TEXT_MAX 640
#define TASK_MEMOS         64 /* tasks; others may have to share a place */

struct task_memo {
	size_t from_len, text_len; /* text_len 0: nothing is remembered */
	char from[TASK_MEMO_FROM_MAX], text[TASK_MEMO_TEXT_MAX];
};

/* By thread id. Zeroed memory remembers nothing. */
struct task_memos {
	struct task_memo infos[TASK_MEMOS];  /* record_task_info() */
	struct task_memo titles[TASK_MEMOS]; /* record_proctitle() */
};

/* Appends what was made of those bytes. False: it is to be made. */
bool task_memo_put(const struct task_memo *memo, const void *from, size_t from_len, struct buf *to);
/* That was made of those bytes. */
void task_memo_keep(
	struct task_memo *memo, const void *from, size_t from_len, const char *text, size_t len);

#endif
