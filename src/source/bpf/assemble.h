/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_ASSEMBLE_H
#define UAUDIT_SOURCE_BPF_ASSEMBLE_H

/* Ring records (abi/capture.h) into plain events (abi/evt.h). */

#include <stddef.h>

#include "base/buf.h"
#include "event/event.h"
#include "source/bpf/bpf_source.h"

struct assembler;
struct cap_child; /* abi/capture.h */

struct assemble_options {
	enum bpf_tier tier;
	uint32_t extra;      /* enum extra */
	bool resolve;        /* absolute paths of objects are needed: rules name trees */
	bool fs_magic;       /* some rule of the filesystem list tests fstype */
	bool signal_targets; /* some rule wants to know who is signalled */
};

int assembler_new(struct assembler **ret);
struct assembler *assembler_free(struct assembler *a);
void assembler_configure(struct assembler *a, const struct assemble_options *options);

/* Once for a batch of records: what the clocks differ by. */
void assembler_tick(struct assembler *a);
/*
 * Appends what the ring record becomes to out: an event, or nothing (a chunk, kept for the record that it belongs to).
 * 0; -EBADMSG: the record is not one; -ENOMEM.
 */
int assemble(struct assembler *a, const void *record, size_t len, struct buf *out);

/* A hook has told of a child of a directory. has_worked: the call returned without an error. */
typedef void (*assemble_child_fn)(
	void *userdata, const struct cap_child *child, struct view name, bool has_worked);
/* Those of a ring record, in order; none of one that is not one. */
void assemble_children(
	struct assembler *a, const void *record, size_t len, assemble_child_fn fn, void *userdata);

#endif
