// SPDX-License-Identifier: MIT
/* A rule as text, the way auditctl lists it (spec userspace 1.10, 1.6); docs/compatibility.md has the exceptions. */

#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule.h"

/* A rule on the wire whose lengths have been checked. */
struct listed {
	const struct audit_rule_data *data;
	uint32_t list;
	uint32_t n_fields;
	/* The string of each field, NULL for numbers. */
	const char *string[AUDIT_MAX_FIELDS];
	size_t string_len[AUDIT_MAX_FIELDS];
	const struct rule_words *words; /* NULL: none */
};

static bool put_words(struct buf *to, const struct listed *r, uint32_t i)
{
	return r->words && r->words->value(r->words->userdata, to, r->data, i);
}

static void read_rule(struct listed *ret, const struct audit_rule_data *data, size_t len)
{
	const char *strings = data->buf;
	size_t left = len - sizeof(*data);
	uint32_t i;

	ret->data = data;
	ret->list = data->flags & ~RULE_PREPEND;
	ret->n_fields = data->field_count < AUDIT_MAX_FIELDS ? data->field_count : AUDIT_MAX_FIELDS;
	for (i = 0; i < ret->n_fields; i++) {
		ret->string[i] = NULL;
		if (!rule_field_is_string(data->fields[i]))
			continue;
		ret->string[i] = strings;
		ret->string_len[i] = data->values[i] < left ? data->values[i] : left;
		strings += ret->string_len[i];
		left -= ret->string_len[i];
	}
}

/* As rule files escape it, so that a listing loads again. */
static void put_string(struct buf *to, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == ' ' || (text[i] == '\\' && (i + 1 == len || text[i + 1] == ' ' ||
								  text[i + 1] == '\\')))
			buf_putc(to, '\\');
		buf_putc(to, text[i]);
	}
}

/* auditctl ignores the last word, because the kernel clears the bits of classes. */
static bool has_all_syscalls(const uint32_t *mask)
{
	size_t i;

	for (i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
		if (mask[i] != UINT32_MAX)
			return false;
	return true;
}

/*
 * Whether -w says the same: one path or dir, one perm behind it, then at most a key; always; all syscalls. auditctl
 * lists more rules as watches, which then do not load again, or load as something else.
 */
static bool is_watch(const struct listed *r)
{
	const struct audit_rule_data *data = r->data;
	uint32_t i;

	if (r->list != AUDIT_FILTER_EXIT || data->action != AUDIT_ALWAYS || r->n_fields < 2 ||
		r->n_fields > 3)
		return false;
	for (i = 0; i < r->n_fields; i++)
		if (data->fieldflags[i] != AUDIT_EQUAL)
			return false;
	return (data->fields[0] == AUDIT_WATCH || data->fields[0] == AUDIT_DIR) &&
	       data->fields[1] == AUDIT_PERM && (data->values[1] & 15) &&
	       (r->n_fields == 2 || data->fields[2] == AUDIT_FILTERKEY) &&
	       has_all_syscalls(data->mask);
}

static void put_op(struct buf *to, uint32_t op)
{
	const char *symbol = op_symbol(op);

	buf_puts(to, symbol ? symbol : "?");
}

/* Returns the arch that the syscalls are named by: that of the last arch field, or the machine's own. */
static uint32_t put_arches(struct buf *to, const struct listed *r)
{
	uint32_t arch = machine_native_elf(), i;

	for (i = 0; i < r->n_fields; i++) {
		if (r->data->fields[i] != AUDIT_ARCH)
			continue;
		arch = r->data->values[i];
		buf_puts(to, " -F arch");
		put_op(to, r->data->fieldflags[i]);
		if (!put_words(to, r, i))
			buf_puts(to, arch & __AUDIT_ARCH_64BIT ? "b64" : "b32");
	}
	return arch;
}

static void put_syscalls(struct buf *to, const struct listed *r, uint32_t arch)
{
	const char *between = " -S ", *name;
	unsigned nr;

	if (r->list != AUDIT_FILTER_EXIT && r->list != AUDIT_FILTER_URING_EXIT)
		return;
	if (has_all_syscalls(r->data->mask)) {
		buf_puts(to, " -S all");
		return;
	}
	for (nr = 0; nr < RULE_SYSCALLS; nr++) {
		if (!rule_mask_has(r->data->mask, nr))
			continue;
		buf_puts(to, between);
		between = ",";
		name = r->list == AUDIT_FILTER_URING_EXIT ? uringop_name(nr)
							  : syscall_name(arch, nr);
		if (name)
			buf_puts(to, name);
		else
			buf_u64(to, nr);
	}
}

static void put_perms(struct buf *to, uint32_t perms)
{
	static const struct {
		uint32_t bit;
		char letter;
	} letters[] = { { AUDIT_PERM_READ, 'r' }, { AUDIT_PERM_WRITE, 'w' },
		{ AUDIT_PERM_EXEC, 'x' }, { AUDIT_PERM_ATTR, 'a' } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (perms & letters[i].bit)
			buf_putc(to, letters[i].letter);
}

static void put_exit(struct buf *to, uint32_t value)
{
	int32_t number = (int32_t)value;
	const char *name = number < 0 && number != INT32_MIN ? errno_name(-number) : NULL;

	if (name) {
		buf_putc(to, '-');
		buf_puts(to, name);
	} else {
		buf_i64(to, number);
	}
}

static void put_arg(struct buf *to, uint32_t value)
{
	unsigned shift = 28;

	while (shift && !(value >> shift))
		shift -= 4;
	buf_puts(to, "0x");
	for (;; shift -= 4) {
		buf_putc(to, "0123456789ABCDEF"[value >> shift & 15]);
		if (!shift)
			break;
	}
}

/* Several keys are one field: one option each. */
static void put_keys(struct buf *to, const char *option, const char *keys, size_t len)
{
	size_t n;

	for (; len; keys += n, len -= n) {
		const char *end = memchr(keys, '\x01', len);

		n = end ? (size_t)(end - keys) : len;
		if (n) {
			buf_puts(to, option);
			put_string(to, keys, n);
		}
		n += end != NULL;
	}
}

static void put_compare(struct buf *to, uint32_t code, uint32_t op)
{
	const struct field_compare *compare = field_compare_by_code(code);

	if (compare) {
		buf_puts(to, " -C ");
		buf_puts(to, rule_field_by_nr(compare->left)->name);
		put_op(to, op);
		buf_puts(to, rule_field_by_nr(compare->right)->name);
	} else {
		buf_puts(to, " -F field_compare");
		put_op(to, op);
		buf_u64(to, code);
	}
}

static void put_value(struct buf *to, const struct rule_field *field, uint32_t value)
{
	const struct record_type *type;

	switch (field->kind) {
	case FIELD_MSGTYPE:
		type = record_type_by_nr(value);
		if (type)
			buf_puts(to, type->name);
		else
			buf_u64(to, value);
		break;
	case FIELD_FSTYPE:
		if (fstype_name(value))
			buf_puts(to, fstype_name(value));
		else
			buf_u64(to, value);
		break;
	case FIELD_PERM:
		put_perms(to, value);
		break;
	case FIELD_EXIT:
		put_exit(to, value);
		break;
	case FIELD_ARG:
		put_arg(to, value);
		break;
	case FIELD_UID:
	case FIELD_SESSION:
		buf_i64(to, (int32_t)value);
		break;
	default:
		/* Fields that take no minus sign: auditctl lists large values of most of them as negative. */
		buf_u64(to, value);
		break;
	}
}

static void put_field(struct buf *to, const struct listed *r, uint32_t i)
{
	const struct rule_field *field = rule_field_by_nr(r->data->fields[i]);
	uint32_t op = r->data->fieldflags[i], value = r->data->values[i];

	if (!field || !field->name) {
		buf_puts(to, " f");
		buf_u64(to, r->data->fields[i]);
		put_op(to, op);
		buf_i64(to, (int32_t)value);
	} else if (field->kind == FIELD_KEY) {
		put_keys(to, " -F key=", r->string[i], r->string_len[i]);
	} else if (field->kind == FIELD_COMPARE) {
		put_compare(to, value, op);
	} else if (field->kind != FIELD_ARCH) {
		buf_puts(to, " -F ");
		buf_puts(to, field->name);
		put_op(to, op);
		if (r->string[i])
			put_string(to, r->string[i], r->string_len[i]);
		else if (!put_words(to, r, i))
			put_value(to, field, value);
	}
}

static void put_watch(struct buf *to, const struct listed *r)
{
	buf_puts(to, "-w ");
	put_string(to, r->string[0], r->string_len[0]);
	buf_puts(to, " -p ");
	put_perms(to, r->data->values[1]);
	if (r->n_fields == 3)
		put_keys(to, " -k ", r->string[2], r->string_len[2]);
}

static void put_name(struct buf *to, const char *name, uint32_t nr)
{
	if (name)
		buf_puts(to, name);
	else
		buf_u64(to, nr);
}

void rule_format_words(struct buf *to, const struct audit_rule_data *data, size_t len,
	const struct rule_words *words)
{
	struct listed rule;
	uint32_t arch, i;

	if (len < sizeof(*data))
		return;
	read_rule(&rule, data, len);
	rule.words = words;
	if (is_watch(&rule)) {
		put_watch(to, &rule);
		return;
	}
	buf_puts(to, "-a ");
	put_name(to, action_name(data->action), data->action);
	buf_putc(to, ',');
	put_name(to, list_name(rule.list), rule.list);
	arch = put_arches(to, &rule);
	put_syscalls(to, &rule, arch);
	for (i = 0; i < rule.n_fields; i++)
		put_field(to, &rule, i);
}

void rule_format(struct buf *to, const struct audit_rule_data *data, size_t len)
{
	rule_format_words(to, data, len, NULL);
}

size_t rule_data_key(const struct audit_rule_data *data, size_t len, const char **ret)
{
	struct listed rule;

	if (len < sizeof(*data))
		return 0;
	read_rule(&rule, data, len);
	for (uint32_t i = 0; i < rule.n_fields; i++)
		if (data->fields[i] == AUDIT_FILTERKEY) {
			*ret = rule.string[i];
			return rule.string_len[i];
		}
	return 0;
}

bool rule_data_has_key(const struct audit_rule_data *data, size_t len, const char *part)
{
	struct listed rule;
	uint32_t i;

	if (len < sizeof(*data))
		return false;
	read_rule(&rule, data, len);
	for (i = 0; i < rule.n_fields; i++)
		if (data->fields[i] == AUDIT_FILTERKEY &&
			memmem(rule.string[i], rule.string_len[i], part, strlen(part)))
			return true;
	return false;
}
