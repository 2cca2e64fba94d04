/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_DEFAULT_RULES_H
#define UAUDIT_CLI_DEFAULT_RULES_H

#include "base/buf.h"

/*
 * Appends the built-in rules (default.rules) as they fit this machine: "~/" stands for $HOME, and a rule whose path
 * lies in a directory that is not there is a comment, as the kernel would refuse it.
 */
void default_rules(struct buf *to);

#endif
