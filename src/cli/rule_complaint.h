/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_RULE_COMPLAINT_H
#define UAUDIT_CLI_RULE_COMPLAINT_H

/* What is wrong with a rule, for people: the place, what auditctl would say, and the remedy. */

#include <stdio.h>

#include "rule/rule_parse.h"

/* Where a request stands, for messages: in a file, or in words. */
struct rule_place {
	const char *file;
	unsigned line;
	const char *const *words;
	size_t n_words;
};

/* Text that came from a file or the command line: control characters must not reach a terminal. */
void rule_put_shown(FILE *to, const char *text);
/* In a file: its name, line and column in front; of words: the rule below, with a mark under the bad place. */
void rule_complain(FILE *to, const struct rule_place *place, const struct rule_error *error);
void rule_warn(FILE *to, const struct rule_place *place, const char *text);

#endif
