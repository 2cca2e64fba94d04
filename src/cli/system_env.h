/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_SYSTEM_ENV_H
#define UAUDIT_CLI_SYSTEM_ENV_H

/* What rules ask of the machine, answered by this one: its users, groups and files. */

#include "rule/rule.h"

extern const struct rule_env system_env;

#endif
