/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_KNOWN_H
#define UAUDIT_TESTS_DIFFERENTIAL_KNOWN_H

/*
 * The table of differences that remain, with their reasons: case (a pattern), record type, field, reason, and maybe a
 * condition, with tabs between. A case may stand there with the environment before it ("container/kill"), or with the
 * kernel ("linux-6.1/open") or uaudit's source ("bpf-full/open"): the row is about that one only, and the others are about all, but only in the first
 * environment, root, must each of them explain something. The field "record" stands for a whole record, and the record
 * "event" for a whole event, that only one side has. Conditions are words that the comparer knows, or "call:" and the names of
 * calls with commas between. A reason with "!" before it: uaudit's answer is the right one, on purpose.
 */

#include <stdbool.h>
#include <stddef.h>

struct known_row {
	char *case_pattern, *record, *field, *reason;
	char *condition; /* NULL: none */
	unsigned line;
	size_t uses;
	bool is_tried; /* a case that it speaks of was compared */
	bool is_on_purpose;
};

struct known {
	struct known_row *rows;
	size_t n;
	const char *environment; /* where the cases ran */
	const char *kernel;      /* "linux-6.1"; NULL: nothing is known of one */
	const char *source;      /* "bpf-full"; NULL: likewise */
	size_t uses_on_purpose;  /* of rows with is_on_purpose */
};

int known_read(struct known *known, const char *path);
/* The case is going to be compared. */
void known_try(struct known *known, const char *case_name);
/* Whether the difference is in the table; counts the use. holds: the condition that is met, or NULL; call: the event's, or NULL. */
bool known_has(struct known *known, const char *case_name, const char *record, const char *field,
	const char *holds, const char *call);
/* Each reason that explained something, and how many differences. */
void known_print_uses(const struct known *known);
/* Differences that rows have explained. */
size_t known_uses(const struct known *known);
void known_free(struct known *known);

#endif
