/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_RULES_H
#define UAUDIT_CLI_RULES_H

/*
 * Rules from the command line and from files into a set. What is wrong is said on stderr, all of it: every bad line of a
 * file, with its place and what would be right.
 *
 * The functions that add to a set leave the good part in it when something was bad: whoever wants all or nothing throws
 * the set away then, as rules_from_args does.
 */

#include <stdio.h>

#include "rule/rule_set.h"

struct rule_loader {
	struct rule_set *set;
	const struct rule_env *env;
	FILE *err;
	bool go_on;     /* -i or -c was seen: what is bad is reported and left out */
	bool fail_late; /* -c was seen: a bad line still counts for the status */
	bool is_bad;    /* something was bad, and neither -i nor -c excused it */
	bool left_out;  /* something was bad behind a -c */
};

/*
 * The words of one or more rules, as auditctl takes them: a second -a, -A, -d, -w, -W or -D begins another rule.
 * No -R here. 0; 1: bad rules were left out, as a -c asked; -EINVAL after a complaint; -ENOMEM.
 */
int rules_add_words(struct rule_loader *l, const char *const *words, size_t n_words);
/* Rule lines held in memory; name stands for the file in messages. As above. */
int rules_add_text(struct rule_loader *l, const char *name, const char *text, size_t len);
/* All that fd has to read, of rule files' size. The caller deinits it if that succeeds. */
int rules_read(struct buf *to, int fd);
/* The text of a rule file, which the caller deinits. A negative errno of reading it, after a complaint to err. */
int rules_read_file(struct buf *to, const char *path, FILE *err);
/* A rule file. As above, or another errno of reading it, after a complaint. */
int rules_add_file(struct rule_loader *l, const char *path);

/*
 * All of it at once, -R FILE among the words: a set, or nothing. 0; 1: a set, without the bad rules, as a -c in a file
 * asked; -EINVAL: nothing, after complaints on stderr; -ENOMEM. *ret_status is what auditctl would exit with: 0, 255 for
 * a bad rule among the words, 1 for a bad line of a file.
 */
int rules_from_args(struct rule_set **ret, const char *const *words, size_t n_words,
	const struct rule_env *env, int *ret_status);

/* The canonical text of all rules, one a line, in the kernel's order of listing. -ENOMEM. */
int rules_list(struct buf *to, const struct rule_set *set);

#endif
