/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SYSTEM_SYSTEM_ENV_H
#define UAUDIT_SYSTEM_SYSTEM_ENV_H

/* What rules ask of the machine, answered by this one: its users, groups and files. */

#include "rule/rule.h"

extern const struct rule_env system_env;

#endif
