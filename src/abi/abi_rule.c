// SPDX-License-Identifier: MIT
/* What rules are made of: fields, comparisons, operators, lists, actions. */

#include "abi/abi.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"

/* Columns of fields.def. */
enum {
	OPS_EQUAL = FIELD_OPS_EQUAL_ONLY,
	OPS_EQ = FIELD_OPS_EQ,
	OPS_RANGE = FIELD_OPS_EQ | FIELD_OPS_ORDER,
	OPS_ALL = FIELD_OPS_EQ | FIELD_OPS_ORDER | FIELD_OPS_BITS,
};
enum {
	LISTS_none = 0,
	LISTS_e = LIST_BIT(AUDIT_FILTER_EXIT),
	LISTS_f = LIST_BIT(AUDIT_FILTER_FS),
	LISTS_ei = LISTS_e | LIST_BIT(AUDIT_FILTER_URING_EXIT),
	LISTS_ue = LISTS_e | LIST_BIT(AUDIT_FILTER_USER),
	LISTS_ex = LISTS_e | LIST_BIT(AUDIT_FILTER_EXCLUDE),
	LISTS_ux = LIST_BIT(AUDIT_FILTER_USER) | LIST_BIT(AUDIT_FILTER_EXCLUDE),
	LISTS_utei = LISTS_ei | LIST_BIT(AUDIT_FILTER_USER) | LIST_BIT(AUDIT_FILTER_TASK),
	LISTS_utex = LISTS_ex | LIST_BIT(AUDIT_FILTER_USER) | LIST_BIT(AUDIT_FILTER_TASK),
	LISTS_utexi = LISTS_utei | LIST_BIT(AUDIT_FILTER_EXCLUDE),
	LISTS_utexfi = LISTS_utexi | LISTS_f,
};

static const struct rule_field rule_fields[] = {
#define ABI_FIELD(nr, sym, name, kind, ops, kernel_lists, user_lists)                              \
	{ nr, name, FIELD_##kind, OPS_##ops, LISTS_##kernel_lists, LISTS_##user_lists },
#define ABI_FIELD_ALIAS(...)
#include "abi/fields.def"
#undef ABI_FIELD
#undef ABI_FIELD_ALIAS
};

#define ABI_FIELD(nr, sym, ...) static_assert((nr) == (sym), #sym " moved");
#define ABI_FIELD_ALIAS(...)
#include "abi/fields.def"
#undef ABI_FIELD
#undef ABI_FIELD_ALIAS

static const struct {
	const char *name;
	uint32_t nr;
} field_aliases[] = {
#define ABI_FIELD(...)
#define ABI_FIELD_ALIAS(name, sym) { name, sym },
#include "abi/fields.def"
#undef ABI_FIELD
#undef ABI_FIELD_ALIAS
};

const struct rule_field *rule_field_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rule_fields); i++)
		if (rule_fields[i].name && strcasecmp(rule_fields[i].name, name) == 0)
			return &rule_fields[i];
	for (i = 0; i < ARRAY_SIZE(field_aliases); i++)
		if (strcasecmp(field_aliases[i].name, name) == 0)
			return rule_field_by_nr(field_aliases[i].nr);
	return NULL;
}

const struct rule_field *rule_field_by_nr(uint32_t nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rule_fields); i++)
		if (rule_fields[i].nr == nr)
			return &rule_fields[i];
	return NULL;
}

bool rule_field_is_string(uint32_t nr)
{
	const struct rule_field *field = rule_field_by_nr(nr);

	return field && (field->kind == FIELD_STRING || field->kind == FIELD_PATH ||
				field->kind == FIELD_KEY);
}

static const struct field_compare field_compares[] = {
#define ABI_COMPARE(code, sym, left, right) { code, AUDIT_##left, AUDIT_##right },
#include "abi/compare.def"
#undef ABI_COMPARE
};

#define ABI_COMPARE(code, sym, left, right)                                                        \
	static_assert((code) == AUDIT_COMPARE_##sym, #sym " moved");
#include "abi/compare.def"
#undef ABI_COMPARE

const struct field_compare *field_compare_by_code(uint32_t code)
{
	if (code == 0 || code > ARRAY_SIZE(field_compares))
		return NULL;
	return &field_compares[code - 1];
}

const struct field_compare *field_compare_by_fields(uint32_t a, uint32_t b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(field_compares); i++) {
		const struct field_compare *c = &field_compares[i];

		if ((c->left == a && c->right == b) || (c->left == b && c->right == a))
			return c;
	}
	return NULL;
}

static const struct {
	uint32_t code;
	const char *text;
} ops[] = {
#define ABI_OP(code, sym, text) { code, text },
#include "abi/ops.def"
#undef ABI_OP
};

#define ABI_OP(code, sym, text) static_assert((code) == (sym), #sym " moved");
#include "abi/ops.def"
#undef ABI_OP

const char *op_symbol(uint32_t op)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].code == op)
			return ops[i].text;
	return NULL;
}

uint32_t op_at(const char *text, size_t *ret_len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		size_t len = strlen(ops[i].text);

		if (strncmp(text, ops[i].text, len) == 0) {
			*ret_len = len;
			return ops[i].code;
		}
	}
	return 0;
}

struct word {
	uint32_t nr;
	const char *name;
};

static const struct word lists[] = {
#define ABI_LIST(nr, sym, name) { nr, name },
#include "abi/lists.def"
#undef ABI_LIST
};

static const struct word actions[] = {
#define ABI_ACTION(nr, sym, name) { nr, name },
#include "abi/lists.def"
#undef ABI_ACTION
};

#define ABI_LIST(nr, sym, name)   static_assert((nr) == (sym), #sym " moved");
#define ABI_ACTION(nr, sym, name) static_assert((nr) == (sym), #sym " moved");
#include "abi/lists.def"
#undef ABI_LIST
#undef ABI_ACTION

static int word_nr(const struct word *words, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(words[i].name, name) == 0)
			return (int)words[i].nr;
	return -1;
}

static const char *word_name(const struct word *words, size_t n, uint32_t nr)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (words[i].nr == nr)
			return words[i].name;
	return NULL;
}

int list_nr(const char *name)
{
	return word_nr(lists, ARRAY_SIZE(lists), name);
}

const char *list_name(uint32_t nr)
{
	return word_name(lists, ARRAY_SIZE(lists), nr);
}

int action_nr(const char *name)
{
	return word_nr(actions, ARRAY_SIZE(actions), name);
}

const char *action_name(uint32_t nr)
{
	return word_name(actions, ARRAY_SIZE(actions), nr);
}

static const struct errmsg errmsgs[] = {
#define ABI_ERRMSG(code, sym, where, text) { code, ERRMSG_##where, text },
#include "abi/errmsgs.def"
#undef ABI_ERRMSG
};

const struct errmsg *errmsg_by_code(int code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errmsgs); i++)
		if (errmsgs[i].code == code)
			return &errmsgs[i];
	return NULL;
}
