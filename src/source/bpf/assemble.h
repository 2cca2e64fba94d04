/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_ASSEMBLE_H
#define UAUDIT_SOURCE_BPF_ASSEMBLE_H

/* Ring records (abi/capture.h) into plain events (abi/evt.h). */

#include <stddef.h>

#include "base/buf.h"
#include "event/event.h"
#include "source/bpf/bpf_source.h"
#include "source/fsmark.h"

struct assembler;

struct assemble_options {
	enum bpf_tier tier;
	uint32_t extra;      /* enum extra */
	bool resolve;        /* absolute paths of objects are needed: rules name trees */
	bool fs_magic;       /* some rule of the filesystem list tests fstype */
	bool signal_targets; /* some rule wants to know who is signalled */
};

int assembler_new(struct assembler **ret);
struct assembler *assembler_free(struct assembler *a);
/* Labels are told by name. read: labels_new(). */
int assembler_name_labels(struct assembler *a, const __u64 *read);
void assembler_configure(struct assembler *a, const struct assemble_options *options);

/*
 * In the tier tracepoints: whose watches the calls tell of, and who says what a path meant that a call has removed. NULL: nobody.
 * Borrowed.
 */
void assembler_set_marks(struct assembler *a, struct fsmarks *marks);

/* Once for a batch of records: what the clocks differ by. */
void assembler_tick(struct assembler *a);
/*
 * Appends what the ring record becomes to out: an event, or nothing (a chunk, kept for the record that it belongs to).
 * 0; -EBADMSG: the record is not one; -ENOMEM.
 */
int assemble(struct assembler *a, const void *record, size_t len, struct buf *out);
/* Long texts that came in pieces and whose record did not: it was lost, or the call was not selected after all. */
uint64_t assembler_left_texts(const struct assembler *a);

/* The same in two steps. The record stays where it is until the second. */
int assemble_take(struct assembler *a, const void *record, size_t len);
int assemble_put(struct assembler *a, struct buf *out);

/* In between: when the call began (CLOCK_MONOTONIC, ns), and what the record tells of names in directories, in order. */
uint64_t assemble_began_ns(const struct assembler *a);
/* ... and the program of the task, if its path begins where ours do and leads to it still. The path is borrowed for that time. */
bool assemble_program(struct assembler *a, struct evt_exe *ret, struct view *ret_path);
/* Whether the call has just begun to run it. */
bool assemble_is_exec(const struct assembler *a);
typedef void (*assemble_change_fn)(void *userdata, const struct fsmark_change *change);
void assemble_changes(struct assembler *a, assemble_change_fn fn, void *userdata);

#endif
