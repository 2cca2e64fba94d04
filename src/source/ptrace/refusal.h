/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_REFUSAL_H
#define UAUDIT_SOURCE_PTRACE_REFUSAL_H

/* How far a failed call came with its path: some errors are found before the path is copied, or before it is looked
 * up, and the names list then lacks what a success would have had. */

#include "source/ptrace/call.h"

enum refusal {
	REFUSED_LATER,         /* the path was looked up, or the call succeeded */
	REFUSED_BEFORE_LOOKUP, /* the string was copied, that is all */
	REFUSED_BEFORE_COPY,   /* nothing is known of the path */
};

enum refusal refusal_of(const struct call *call, int64_t ret);

#endif
