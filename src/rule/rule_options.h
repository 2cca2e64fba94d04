/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_OPTIONS_H
#define UAUDIT_RULE_RULE_OPTIONS_H

/*
 * The option grammar of auditctl's command line: that of GNU getopt_long with permutation, without its global state and
 * without touching the words (spec userspace 1.1).
 */

#include <stdbool.h>
#include <stddef.h>

#define OPTION_END     0
#define OPTION_INVALID '?'

/* Long options have no letter. */
enum option_long {
	OPTION_LOGINUID_IMMUTABLE = 256,
	OPTION_BACKLOG_WAIT_TIME,
	OPTION_RESET_LOST,
	OPTION_RESET_BACKLOG_WAIT_TIME_ACTUAL,
	OPTION_SIGNAL,
};

struct option_scan {
	const char *const *words;
	size_t *order; /* indices of words, as permuted so far */
	size_t n_words;
	size_t at; /* the next word to read, in order[] */
	size_t first_word,
		last_word; /* words that are no options and were passed over: order[first..last) */
	const char *next;  /* the rest of a word of several options; NULL or "" at its end */

	/* The option that was returned last. */
	const char *arg; /* NULL: takes none */
	size_t word,
		column; /* where arg stands, or the option where there is none: index in words, bytes */
	bool missing_arg; /* of OPTION_INVALID: the option exists, its argument does not */
};

/* -ENOMEM. */
int option_scan_init(struct option_scan *s, const char *const *words, size_t n_words);
void option_scan_deinit(struct option_scan *s);
/* The option's letter, enum option_long, OPTION_INVALID or OPTION_END. */
int option_next(struct option_scan *s);
/* Whether the letter is an option of auditctl, and whether it takes an argument. */
bool option_known(char letter, bool *ret_takes_arg);
/* The k-th word from the scan position on, NULL past the end. */
const char *option_peek(const struct option_scan *s, size_t k);

#endif
