/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PATH_MARKS_H
#define UAUDIT_SOURCE_BPF_PATH_MARKS_H

/*
 * What the paths of rules mean (source/fsmark.h) in the order of events, which are read later than they happen: the assembler and
 * the filter in the kernel hear of it as well.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "rule/rule_set.h"
#include "source/bpf/assemble.h"
#include "source/bpf/filter.h"
#include "source/bpf/rings.h"

#define LOOKED_MAX 16

/* A look at the marks: what it has changed may be younger than an event from before it. */
struct looked {
	uint64_t at_ns;
	uint64_t before; /* how far the history of the marks was */
};

struct path_marks {
	struct fsmarks *marks; /* owned; NULL: no rules yet */
	/* borrowed */
	struct rings *rings;
	struct assembler *assembler;
	struct filter *filter;
	enum bpf_tier tier;
	struct looked looked[LOOKED_MAX]; /* what looks have changed, the oldest first */
	size_t n_looked;
	bool is_stir_awaited; /* the rings' descriptor is readable when there is something to look at */
	struct buf behind; /* an event, while the marks before it are told */
};

void path_marks_init(struct path_marks *marks, struct rings *rings, struct assembler *assembler,
	struct filter *filter, enum bpf_tier tier);
void path_marks_deinit(struct path_marks *marks);
/* The rules are borrowed. 0 or negative errno, and the ones of before stay. */
int path_marks_set_rules(struct path_marks *marks, const struct rule_set *rules);

/* Looks what has changed by now: EVT_MARK events, if anything has. out is empty before. */
int path_marks_look(struct path_marks *marks, uint64_t now_ns, struct buf *out);
/* Whether the reader wants to be woken when somebody changes a directory of a path. */
void path_marks_await(struct path_marks *marks, bool is_awaited);
/* Somebody has, and nobody has looked since. */
bool path_marks_are_stirred(const struct path_marks *marks);
/* assemble_put() of the record that was taken, of that time, with the EVT_MARK events that belong before it. */
int path_marks_put_event(struct path_marks *marks, uint64_t at_ns, struct buf *out);

#endif
