/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_FILTER_H
#define UAUDIT_SOURCE_BPF_FILTER_H

/*
 * The rules as the programs have them: the rule index (rule/rule_index.h), and where the paths of rules are. The programs
 * let through what may be selected, perhaps more; the core decides.
 */

#include "source/bpf/programs.h"

struct filter;

/* programs stay the caller's and must outlive it. */
int filter_new(struct filter **ret, struct programs *programs);
struct filter *filter_free(struct filter *filter);
/*
 * Fills the half that is not in force with these rules; tables_set_interest() then brings it into force. *ret_want: what of
 * enum cap_want goes with them. A negative errno: there is no index of them, and *ret_want says so.
 */
int filter_prepare(struct filter *filter, const struct rule_set *rules, uint32_t *ret_want);
/* Paths of rules mean other inodes now: EVT_MARK events, which are about the rules in force. -EBADMSG: they are none. */
int filter_marks_moved(struct filter *filter, const void *events, size_t len);

#endif
