/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_RULE_BUILDER_H
#define UAUDIT_TESTS_UNIT_RULE_BUILDER_H

/* Compiled rules written down in a test, without the parser: fields in the order of the arguments. */

#include <string.h>

#include "rule/rule.h"

#define RULE_FIELD(t, o, v)                                                                        \
	(struct audit_field)                                                                       \
	{                                                                                          \
		.type = (t), .op = (o), .val = (v)                                                 \
	}

static inline void rule_init(struct audit_krule *rule, uint32_t list, uint32_t action)
{
	*rule = (struct audit_krule){ .list = list, .action = action, .prio = 1 };
}

static inline void rule_field(struct audit_krule *rule, uint32_t type, uint32_t op, uint32_t val)
{
	rule->fields[rule->n_fields++] = RULE_FIELD(type, op, val);
}

static inline void rule_field_mark(
	struct audit_krule *rule, uint32_t type, uint32_t op, struct rule_mark *mark)
{
	rule->fields[rule->n_fields] = RULE_FIELD(type, op, 0);
	rule->fields[rule->n_fields++].mark = mark;
}

/* text is borrowed. */
static inline void rule_field_text(struct audit_krule *rule, uint32_t type, uint32_t op, char *text)
{
	rule->fields[rule->n_fields] = RULE_FIELD(type, op, (uint32_t)strlen(text));
	rule->fields[rule->n_fields++].str = text;
	if (type == AUDIT_FILTERKEY)
		rule->filterkey = text;
}

static inline void rule_select(struct audit_krule *rule, unsigned nr)
{
	rule->mask[nr / 32] |= 1u << nr % 32;
}

static inline void rule_select_all(struct audit_krule *rule)
{
	memset(rule->mask, 0xff, sizeof(rule->mask));
}

#endif
