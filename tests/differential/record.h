/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_RECORD_H
#define UAUDIT_TESTS_DIFFERENTIAL_RECORD_H

/*
 * Records as the harness reads them: its own small reader on purpose, so that a mistake in the reader that uaudit
 * ships cannot hide a mistake in the records. Running out of memory ends the program.
 */

#include <stddef.h>
#include <stdint.h>

struct rec_field {
	char *name;
	char *value; /* as written, with quotes */
};

struct rec {
	char *type;
	long long sec;
	unsigned msec;
	uint32_t serial;
	struct rec_field *fields;
	size_t n_fields;
};

struct rec_list {
	struct rec *recs;
	size_t n;
};

/* Parses "type=T msg=audit(S.MMM:N): k=v ..." and appends it. -1: not a record. */
int rec_add(struct rec_list *list, const char *line, size_t len);
/* All lines of a file. -1 with a message on stderr. */
int rec_read(struct rec_list *list, const char *path);
void rec_list_free(struct rec_list *list);

/* Value of the first field of that name; NULL if there is none. */
const char *rec_get(const struct rec *rec, const char *name);
/* The same as a number in the given base; fallback if it is missing or is no number. */
long long rec_num(const struct rec *rec, const char *name, int base, long long fallback);

void *xrealloc(void *p, size_t n, size_t size);
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
