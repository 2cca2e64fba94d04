/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_URING_OPS_H
#define UAUDIT_SOURCE_BPF_URING_OPS_H

/* Which operations of io_uring are looked at. */

#include "abi/capture.h"
#include "rule/rule_interest.h"

/* Those that the kernel's audit knows (Linux 6.18), of the rules' list and inside calls that some rule selects. */
void uring_ops_wanted(struct cap_uring *ret, const struct rule_set *rules, bool has_calls);
/* Of those, the ones that are about a file. */
uint64_t uring_ops_of_files(void);

#endif
