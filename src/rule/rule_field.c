// SPDX-License-Identifier: MIT
/* -F field OP value and -C field OP field: where a field may stand, and taking the word apart (spec userspace 1.5, 1.6). */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "rule/rule_parser.h"
#include "rule/rule_suggest.h"

#define FIELD_NAME_MAX 32 /* bytes; the longest name has 13 */
#define FIELDS_END     256

struct split {
	char name[FIELD_NAME_MAX + 1]; /* cut if longer: no field has such a name */
	size_t name_len;
	uint32_t op; /* 0: none */
	const char *value;
};

/* auditctl looks for one operator after the other; the first in the word is the same wherever it accepts the word. */
static void split_word(struct split *ret, const char *word)
{
	size_t op_len = 0, n;

	ret->name_len = strcspn(word, "=!<>&");
	for (ret->op = 0; word[ret->name_len]; ret->name_len++) {
		ret->op = op_at(word + ret->name_len, &op_len);
		if (ret->op)
			break;
	}
	n = ret->name_len < FIELD_NAME_MAX ? ret->name_len : FIELD_NAME_MAX;
	memcpy(ret->name, word, n);
	ret->name[n] = '\0';
	ret->value = word + ret->name_len + (ret->op ? op_len : 0);
}

static const struct rule_field *find_field(const struct split *split)
{
	return split->name_len <= FIELD_NAME_MAX ? rule_field_by_name(split->name) : NULL;
}

/* comparable: for -C, of the fields that can be compared. */
static void suggest_field(struct rule_parser *p, const struct split *split, bool comparable)
{
	const struct field_compare *compare;
	const struct rule_field *field;
	struct suggest suggest;
	uint32_t nr;

	suggest_init(&suggest, split->name, split->name_len);
	for (nr = 0; !comparable && nr < FIELDS_END; nr++) {
		field = rule_field_by_nr(nr);
		suggest_offer(&suggest, field ? field->name : NULL);
	}
	for (nr = 1; comparable && (compare = field_compare_by_code(nr)); nr++) {
		suggest_offer(&suggest, rule_field_by_nr(compare->left)->name);
		suggest_offer(&suggest, rule_field_by_nr(compare->right)->name);
	}
	rule_hint(p, "'%s' is no field", split->name);
	if (suggest_best(&suggest))
		rule_hint(p, "; did you mean %s?", suggest_best(&suggest));
}

/* Whether auditctl lets the field stand on a list. */
static bool stands_on(const struct rule_field *field, uint32_t list)
{
	if (list == AUDIT_FILTER_URING_EXIT)
		return field->kernel_lists & LIST_BIT(list);
	/* What it does not know to be wrong there, it leaves to the kernel to refuse. */
	if (list == AUDIT_FILTER_FS)
		return field->user_lists & (LIST_BIT(list) | LIST_BIT(AUDIT_FILTER_TASK));
	return field->user_lists & LIST_BIT(list);
}

static void hint_lists(struct rule_parser *p, const struct rule_field *field)
{
	const char *between = " stands on ";
	uint32_t list;

	rule_hint(p, "%s", field->name);
	for (list = 0; list < RULE_LISTS; list++)
		if (list_name(list) && stands_on(field, list) &&
			(field->kernel_lists & LIST_BIT(list))) {
			rule_hint(p, "%s%s", between, list_name(list));
			between = ", ";
		}
	rule_hint(p, " only");
}

static int check_list(struct rule_parser *p, const struct rule_field *field)
{
	uint32_t list = rule_list(p);
	int r;

	if (list < RULE_LISTS && stands_on(field, list))
		return 0;
	if (list == AUDIT_FILTER_EXCLUDE)
		r = rule_fail_code(p, 0, ERRMSG_NOT_ON_EXCLUDE, NULL);
	else if (field->kind == FIELD_MSGTYPE)
		r = rule_fail_code(p, 0, ERRMSG_TYPE_NEEDS_EXCLUDE, NULL);
	else if (field->kind == FIELD_FSTYPE)
		r = rule_fail_code(p, 0, ERRMSG_NOT_ON_LIST, field->name);
	else if (field->kind == FIELD_SESSION)
		r = rule_fail_code(p, 0, ERRMSG_SESSION_LISTS, field->name);
	else
		r = rule_fail_code(p, 0, ERRMSG_EXIT_ONLY, field->name);
	if (list == AUDIT_FILTER_EXCLUDE)
		rule_hint(p,
			"the exclude list takes pid, uid, gid, auid, msgtype, subj_*, exe and key, not %s",
			field->name);
	else
		hint_lists(p, field);
	return r;
}

/* Operators that auditctl itself refuses; the kernel refuses more. */
static int check_op(
	struct rule_parser *p, const struct rule_field *field, uint32_t op, size_t column)
{
	bool equal_or_not = op == AUDIT_EQUAL || op == AUDIT_NOT_EQUAL;
	int r;

	switch (field->kind) {
	case FIELD_ARCH:
	case FIELD_INODE:
	case FIELD_FSTYPE:
		if (equal_or_not)
			return 0;
		break;
	case FIELD_PATH:
		if (field->nr != AUDIT_EXE || equal_or_not)
			return 0;
		break;
	case FIELD_PERM:
		if (op == AUDIT_EQUAL)
			return 0;
		r = rule_fail_code(p, column, ERRMSG_EQUAL_ONLY, field->name);
		rule_hint(p, "'%s' is not possible here", op_symbol(op));
		return r;
	default:
		return 0;
	}
	r = rule_fail_code(p, column, ERRMSG_EQUAL_OR_NOT, field->name);
	rule_hint(p, "'%s' is not possible here", op_symbol(op));
	return r;
}

static int fail_parts(struct rule_parser *p, const struct split *split, const char *arg)
{
	int r;

	if (!split->op) {
		r = rule_fail_code(p, 0, ERRMSG_NO_OPERATION, arg);
		rule_hint(p, "write %s=VALUE; the operators are = != < <= > >= & &=", arg);
		return r;
	}
	if (!split->name_len) {
		r = rule_fail_code(p, 0, ERRMSG_NO_FIELD, "");
		rule_hint(p, "'%s' begins with the operator", arg);
		return r;
	}
	if (!*split->value) {
		r = rule_fail_code(p, split->name_len, ERRMSG_NO_VALUE, split->name);
		rule_hint(p, "'%s' ends with the operator", arg);
		return r;
	}
	return 0;
}

int rule_option_field(struct rule_parser *p, const char *arg)
{
	const struct rule_field *field;
	const char *string = NULL;
	uint32_t value = 0;
	struct split split;
	size_t column;
	int r;

	if (p->data->field_count >= RULE_FIELDS_MAX)
		return rule_append(p, 0, 0, 0, NULL, arg);
	split_word(&split, arg);
	r = fail_parts(p, &split, arg);
	if (r < 0)
		return r;
	field = find_field(&split);
	if (!field) {
		r = rule_fail_code(p, 0, ERRMSG_UNKNOWN_FIELD, split.name);
		suggest_field(p, &split, false);
		return r;
	}
	r = check_list(p, field);
	if (r < 0)
		return r;
	column = (size_t)(split.value - arg);
	/* auditctl looks at arch's place before anything else. */
	if (field->kind != FIELD_ARCH || !p->has_syscalls) {
		r = check_op(p, field, split.op, split.name_len);
		if (r < 0)
			return r;
	}
	r = rule_value(p, field, split.op, split.value, column, &value, &string);
	if (r < 0)
		return r;
	if (field->kind == FIELD_PERM || field->nr == AUDIT_WATCH || field->nr == AUDIT_DIR)
		p->has_perm = true;
	if (field->nr == AUDIT_EXE)
		p->has_exe = true;
	if (field->kind == FIELD_FSTYPE)
		p->has_fstype = true;
	return rule_append(p, field->nr, split.op, value, string, arg);
}

static int incomparable(struct rule_parser *p, const char *name, uint32_t left)
{
	const struct rule_field *field;
	const char *between = "";
	uint32_t nr;
	int r;

	r = rule_fail_code(p, 0, ERRMSG_INCOMPARABLE, name);
	rule_hint(p, "%s can be compared with ", name);
	for (nr = 0; nr < FIELDS_END; nr++) {
		field = field_compare_by_fields(left, nr) ? rule_field_by_nr(nr) : NULL;
		if (!field || !field->name)
			continue;
		rule_hint(p, "%s%s", between, field->name);
		between = ", ";
	}
	if (!*between)
		rule_hint(p, "nothing");
	return r;
}

int rule_option_compare(struct rule_parser *p, const char *arg)
{
	const struct field_compare *compare;
	const struct rule_field *left, *right;
	struct split split, right_split;
	int r;

	if (p->data->field_count >= RULE_FIELDS_MAX)
		return rule_append(p, 0, 0, 0, NULL, arg);
	split_word(&split, arg);
	if (split.op != AUDIT_EQUAL && split.op != AUDIT_NOT_EQUAL) {
		r = rule_fail_code(p, split.op ? split.name_len : 0, ERRMSG_EQUAL_OR_NOT, arg);
		rule_hint(p, "write FIELD=FIELD or FIELD!=FIELD");
		return r;
	}
	if (!split.name_len) {
		r = rule_fail_code(p, 0, ERRMSG_COMPARE_NO_FIELD, "");
		rule_hint(p, "'%s' begins with the operator", arg);
		return r;
	}
	if (!*split.value) {
		r = rule_fail_code(p, split.name_len, ERRMSG_COMPARE_NO_VALUE, split.name);
		rule_hint(p, "'%s' ends with the operator", arg);
		return r;
	}
	if (rule_list(p) != AUDIT_FILTER_EXIT && rule_list(p) != AUDIT_FILTER_URING_EXIT) {
		r = rule_fail_code(p, 0, ERRMSG_EXIT_ONLY, split.name);
		rule_hint(p, "-C stands on exit, io_uring only, behind -a");
		return r;
	}
	left = find_field(&split);
	if (!left) {
		r = rule_fail_code(p, 0, ERRMSG_COMPARE_UNKNOWN_FIELD, split.name);
		suggest_field(p, &split, true);
		return r;
	}
	right_split.name_len = strlen(split.value);
	(void)snprintf(right_split.name, sizeof(right_split.name), "%s", split.value);
	right = find_field(&right_split);
	if (!right) {
		r = rule_fail_code(
			p, (size_t)(split.value - arg), ERRMSG_COMPARE_UNKNOWN_VALUE, split.name);
		suggest_field(p, &right_split, true);
		rule_hint(p, "; values are compared with -F %s", arg);
		return r;
	}
	compare = field_compare_by_fields(left->nr, right->nr);
	if (!compare)
		return incomparable(p, split.name, left->nr);
	return rule_append(p, AUDIT_FIELD_COMPARE, split.op, compare->code, NULL, arg);
}

int rule_append_key(struct rule_parser *p)
{
	char given[5 + AUDIT_MAX_KEY_LEN];
	const struct rule_field *field = rule_field_by_nr(AUDIT_FILTERKEY);
	int r;

	if (!p->key.len || !field)
		return buf_error(&p->key);
	p->word = p->key_word;
	p->column = p->key_column;
	(void)snprintf(given, sizeof(given), "key=%s", buf_cstr(&p->key));
	if (p->data->field_count < RULE_FIELDS_MAX) {
		r = check_list(p, field);
		if (r < 0)
			return r;
		if (!(p->has_syscalls || p->has_perm || p->has_exe || p->has_fstype)) {
			r = rule_fail_code(p, 0, ERRMSG_KEY_ALONE, NULL);
			rule_hint(p,
				"a rule with a key needs -w, -S or a field perm, path, dir, exe or fstype");
			return r;
		}
	}
	return rule_append(
		p, AUDIT_FILTERKEY, AUDIT_EQUAL, (uint32_t)p->key.len, p->key.data, given);
}
