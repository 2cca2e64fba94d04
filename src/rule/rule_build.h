/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_BUILD_H
#define UAUDIT_RULE_RULE_BUILD_H

/*
 * A rule built word by word by a program of its own (libaudit's interface, spec userspace 7.5), by the same code that
 * parses whole rules. A rule is malloc'ed with its buf of buflen bytes, and may move.
 */

#include "rule/rule_parse.h"

/* What decides about later words of the same rule. */
struct rule_build {
	uint32_t list; /* AUDIT_FILTER_*; a prepend flag does not matter */
	bool has_syscalls, has_perm, has_exe, has_fstype;
	uint32_t elf; /* 0: no arch so far */
};

/* "uid=0", "uid!=euid". 0, -ENOMEM, or -EINVAL with *reterr; rule and state are as before then. */
int rule_build_field(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr);
int rule_build_compare(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr);
/* One name or number, or "all", into the mask. -ENOENT: unknown. operation: of io_uring, not a syscall. */
int rule_build_syscall(
	struct audit_rule_data *rule, uint32_t elf, bool operation, const char *name);

#endif
