/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_ORACLE_H
#define UAUDIT_TESTS_ORACLE_H

/* Parts of kernel_oracle. Errors are negative errno. */

#include <stddef.h>
#include <sys/types.h>

#include "audit_link.h"
#include "environment.h"

/* One line on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* oracle_rules.c: adds the rules of a file to the kernel's; @PID@ in them stands for pid. */
int oracle_load_rules(struct audit_link *control, const char *path, pid_t pid);

/* oracle_tree.c: writes those lines to a file that belong to the command with that pid in that environment, its descendants, or
 * a rule. */
int oracle_write_log(const char *path, char *const *lines, size_t n_lines, pid_t command,
	const struct environment *environment);

#endif
