/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_RULES_H
#define UAUDIT_CLI_RULES_H

/* Rules of a command line and of files, made a rule set on this machine: names of users, directories and paths that a
 * rule names are looked up here. */

#include "cli/run_options.h"
#include "rule/rule_set.h"

/*
 * Adds the rules of all sources to set, in their order; requests to delete rules work on what is there by then.
 * Complains about every rule that is wrong, with file and line or the words, the offending word and the remedy.
 * 0; -EINVAL after complaints (set is then not to be used); -ENOMEM.
 */
int rules_load(struct rule_set *set, const struct rule_source *sources, size_t n_sources);
/* The same for rule text in memory; name stands for the file in complaints. */
int rules_load_text(struct rule_set *set, const char *name, const char *text, size_t len);

#endif
