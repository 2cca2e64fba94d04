/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_SUGGEST_H
#define UAUDIT_RULE_RULE_SUGGEST_H

/* "Did you mean": of the words offered, the one nearest to what was typed. */

#include <stddef.h>

#define SUGGEST_WORD_MAX 40 /* bytes; longer words get no suggestion */

struct suggest {
	const char *word;
	size_t len;
	unsigned
		distance; /* of the best so far; one more than what is still near enough at first */
	char best[SUGGEST_WORD_MAX + 1];
};

void suggest_init(struct suggest *s, const char *word, size_t len);
/* NULL is ignored. */
void suggest_offer(struct suggest *s, const char *candidate);
/* Borrowed from s; NULL if nothing was near. */
const char *suggest_best(const struct suggest *s);

#endif
