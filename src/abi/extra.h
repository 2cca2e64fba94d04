/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ABI_EXTRA_H
#define UAUDIT_ABI_EXTRA_H

/*
 * Truth beyond the original's records, each part switched by its word, all of it off by default: the records are the
 * kernel's to the byte then. What is switched on stands in records of a type of its own, so that no other record changes
 * (docs/compatibility.md, "Beyond the original").
 */

#include <stddef.h>
#include <stdint.h>

/*
 * The type of those records: the last one of the block of syscall events, so that readers keep it in its event; it has no
 * name, as the audit tools take UNKNOWN[1399] for a number and refuse names that they do not know.
 */
#define EXTRA_RECORD 1399

enum extra_index {
#define EXTRA(sym, word) EXTRA_INDEX_##sym,
#include "abi/extra.def"
#undef EXTRA
	_EXTRA_MAX,
};

enum extra {
	EXTRA_NONE = 0,
#define EXTRA(sym, word) EXTRA_##sym = 1u << EXTRA_INDEX_##sym,
#include "abi/extra.def"
#undef EXTRA
	EXTRA_ALL = (1u << _EXTRA_MAX) - 1,
};

/* Words with commas between them, "all" or "none" instead, into a set of enum extra. -EINVAL: *ret_bad is the place of the
 * word that is none of them, *ret_bad_len its length. */
int extra_parse(
	const char *text, size_t len, uint32_t *ret, const char **ret_bad, size_t *ret_bad_len);

/* The words that extra_parse() takes, for messages. */
const char *extra_words(void);

#endif
