/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_JOURNAL_H
#define UAUDIT_SOURCE_BPF_JOURNAL_H

/*
 * What a reader leaves to the one after it: which records of the log were made of which ring record (abi/capture.h). It lives
 * in memory that outlives the process. Serials are compared as distances, for they wrap.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/capture.h"

struct journal {
	struct cap_journal_head *head;
	struct cap_journal_entry *entries;
	size_t n; /* places */
};

/* n places, the head's among them. */
void journal_init(struct journal *journal, struct cap_journal_entry *memory, size_t n);

/* Before anything of it is handed on. serial: what was drawn last. */
void journal_begin(
	struct journal *journal, uint32_t serial, bool is_loss, uint64_t where, uint64_t value);
/* All of it has been handed on: serials up to that one, so many lines of the log. If no serial was drawn it leaves no entry. */
void journal_end(struct journal *journal, uint32_t serial, uint32_t lines);

/* The log as it was found. */
struct journal_log {
	void *userdata;
	/* Of the last line; false: there is none. */
	bool (*last_serial)(void *userdata, uint32_t *ret);
	/* Lines at the end, all with serials from first to last; and takes them away. A negative errno. */
	int64_t (*count)(void *userdata, uint32_t first, uint32_t last);
	int (*cut)(void *userdata, uint64_t n_lines);
};

struct journal_ops {
	void *userdata;
	/* Whether the entry matters still: the room of its ring record was not freed, its loss was not told. */
	bool (*is_pending)(void *userdata, const struct cap_journal_entry *entry);
	/* All of it is in the log. */
	void (*done)(void *userdata, const struct cap_journal_entry *entry);
};

/*
 * Calls done() for what is in the log as a whole, cuts off what is there of an entry that is not, and forgets all entries.
 * log NULL: nothing is known to have arrived. *ret_serial: the last that counts. A negative errno of the log.
 */
int journal_recover(struct journal *journal, const struct journal_log *log,
	const struct journal_ops *ops, uint32_t *ret_serial);

#endif
