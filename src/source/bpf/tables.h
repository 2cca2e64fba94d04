/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_TABLES_H
#define UAUDIT_SOURCE_BPF_TABLES_H

/* What the programs are told of calls, written into the memory that they share. */

#include "abi/capture.h"
#include "rule/rule_interest.h"

/* What the arguments of each call are. */
void tables_set_shapes(struct cap_control *control);
/*
 * Which calls and operations are looked at, and what of them, beside want (enum cap_want): the half that is not in force is
 * filled, then it comes into force.
 */
void tables_set_interest(struct cap_control *control, const struct rule_set *rules,
	const struct rule_interest *interest, uint32_t want);

#endif
