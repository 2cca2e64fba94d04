/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_LOAD_RULES_H
#define UAUDIT_CLI_LOAD_RULES_H

#include "cli/default_rules.h"
#include "rule/rule_set.h"

/* The rules that the command line asks for, the built-in ones if it asks for none. Negative after complaints. */
int load_rules(struct rule_set **ret, const char *const *words, size_t n_words);

#endif
