/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_KAUDIT_STATE_H
#define UAUDIT_CORE_KAUDIT_STATE_H

/* What kaudit.c and kaudit_log.c share; nobody else includes this. */

#include <stdbool.h>

#include "core/audit_buffer.h"
#include "core/context.h"
#include "core/kaudit.h"

struct kaudit {
	struct rule_set *rules; /* borrowed */
	kaudit_sink_fn sink;
	void *userdata;
	struct kaudit_stats stats;
	struct rule_stats *
		charged; /* borrowed: the rule that asked for the records that are being written; NULL: none */
	struct rule_stats
		*decided; /* a reference: of the event that was fed last; NULL: no rule did */
	struct task_table *tasks;
	uint32_t extra;  /* enum extra */
	uint32_t serial; /* of the event that began its records last; 0: none yet */
	bool is_enabled;
	bool marks_moved; /* previous bindings of marks are to be forgotten after the next syscall event */
	struct audit_buffer ab;   /* the one record that is being formatted; its memory is kept */
	struct event_path *paths; /* items after the filesystem list */
	size_t paths_max;
};

#endif
