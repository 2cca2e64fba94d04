/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_SEQUENCE_H
#define UAUDIT_TESTS_DIFFERENTIAL_SEQUENCE_H

/*
 * Random sequences of file system calls, as text:
 *
 *   sequence NAME USER      its name (at most 15 bytes) and who makes it: root, nobody, or owner (of the whole tree)
 *   CALL [ARGUMENT]...      one line a call
 *
 * An argument is a number; "text" (with C escapes; "text"*N is it N times), a string at an address of its own; ^, the
 * address of the call's first string; @"text", the text behind the absolute path of the sequence's tree; bad, an
 * address that nobody can read; out, a large buffer; len, the length of the call's last text or address; sun"text", a
 * socket address; how(FLAGS,MODE,RESOLVE); times(NSEC,NSEC); argv; handle(BYTES); xargs(FLAGS), a struct
 * xattr_args.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SEQ_ARGS     6
#define SEQ_NAME_MAX 15 /* becomes the task's name */

enum seq_kind {
#define SEQ_KIND(name) SEQ_##name,
#include "kinds.def"
#undef SEQ_KIND
};

struct seq_row {
	const char *name;
	long nr; /* -1: not on this architecture */
	unsigned weight;
	enum seq_kind kinds[SEQ_ARGS];
};

extern const struct seq_row seq_rows[];
extern const size_t seq_n_rows;
/* NULL: no such call. */
const struct seq_row *seq_row_find(const char *name, size_t len);

/* Writes the sequence that the seed stands for. */
void seq_generate(FILE *to, uint64_t seed, unsigned n_calls);

/* Makes the call that the line describes. tree: absolute path of the working directory at the start. 0, or -1: the
 * line cannot be understood. */
int seq_make_call(const char *line, const char *tree);

#endif
