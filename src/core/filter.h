/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_FILTER_H
#define UAUDIT_CORE_FILTER_H

/* The filter lists as the kernel consults them (spec kernel 6.5 and 6.6). A rule set is asked through its index, which it
 * builds when the same rules are asked often enough. The user and exclude lists are in core/kaudit.h. */

#include "core/context.h"
#include "rule/rule_set.h"

/* The task list on an event of kind EVT_TASK_NEW. *ret_rule: the rule that decided, NULL if none did. */
enum audit_state kaudit_filter_task(
	struct rule_set *rules, const struct event *ev, const struct audit_krule **ret_rule);

/* The exit list, then the inode rules by item: sets state, priority and key of the context, whose event has ended. */
void kaudit_filter_syscall(struct rule_set *rules, struct audit_context *ctx);
/* The same for an io_uring operation: its own list and the rules on inodes. ev is the operation's: nr is the opcode. */
void kaudit_filter_uring(struct rule_set *rules, struct audit_context *ctx, const struct event *ev);

/*
 * The filesystem list: paths is a copy of ev's items. Items on a file system that a "never" names are what
 * the kernel has of them then, a copied name without an object, or nothing. Returns how many are left.
 */
size_t kaudit_filter_items(
	struct rule_set *rules, const struct event *ev, struct event_path *paths);

#endif
