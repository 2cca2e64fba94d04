/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_FAKE_ENV_H
#define UAUDIT_TESTS_FAKE_ENV_H

/*
 * The machine that the rows of tests/data/auditctl-rules*.tsv were made on: users root, daemon, nobody; a program
 * /tmp/t/prog, a file /tmp/t/f, a directory /tmp/t/d. Nothing of it is looked for on the real one.
 */

#include "rule/rule.h"

extern const struct rule_env fake_env;

#endif
