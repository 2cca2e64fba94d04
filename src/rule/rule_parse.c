// SPDX-License-Identifier: MIT
#include "rule/rule_parse.h"
