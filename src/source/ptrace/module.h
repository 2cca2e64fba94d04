/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_MODULE_H
#define UAUDIT_SOURCE_PTRACE_MODULE_H

/* Loading and removing kernel modules (record KERN_MODULE). */

#include <stdbool.h>
#include <stdint.h>

#include "source/ptrace/module_image.h"

struct call;
struct event_writer;
struct task_ids;

/* Of a call in flight. */
struct module_call {
	bool is_read; /* what it names, or the image, could be read, as the kernel must */
	char name[MODULE_NAME_MAX]; /* "?": an image without one */
};

/* ids: the task's. Without CAP_SYS_MODULE the kernel looks at nothing, and neither is anything read here. */
void module_entry(struct call *call, int procfd, const struct task_ids *ids);
void module_exit(const struct call *call, int64_t ret, struct event_writer *w);

#endif
