// SPDX-License-Identifier: MIT
/* The values of fields: one function a kind of value (spec userspace 1.6). */

#include <ctype.h>
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/parse.h"
#include "rule/rule_parser.h"
#include "rule/rule_suggest.h"

/* uapi has no name for it: the value of a uid, an auid or a session that is not set. */
#define VALUE_UNSET UINT32_MAX
/* AF_MAX of auditctl's build (Linux 6.1), so that files are refused alike. */
#define FAMILIES_MAX 46

/* The value at work: where it stands, for messages. */
struct value {
	const struct rule_field *field;
	uint32_t op;
	const char *text;
	size_t column; /* in the argument of -F */
};

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* n, or -n */
static bool is_number(const char *text, bool may_be_negative)
{
	return is_digit(*text) || (may_be_negative && *text == '-' && is_digit(text[1]));
}

uint32_t rule_number(struct rule_parser *p, const char *text)
{
	bool negative = *text == '-';
	size_t len = strlen(text + negative), used;
	uint64_t number;

	if (parse_u64_prefix(text + negative, len, 0, &number, &used) < 0) {
		rule_note(p, "%s is too large a number: read as the largest", text);
		return UINT32_MAX;
	}
	if (used < len)
		rule_note(p, "'%s': what follows the number is ignored", text);
	/* A 64-bit pattern of ones above the low half is the usual way to write a negative number. */
	if (number > UINT32_MAX && number >> 31 != UINT64_MAX >> 31)
		rule_note(p, "'%s' is cut to 32 bits: %u", text, (uint32_t)number);
	return negative ? (uint32_t)-number : (uint32_t)number;
}

static int value_number(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	int r;

	if (is_number(v->text, v->field->kind == FIELD_ARG)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	r = rule_fail_code(p, v->column, ERRMSG_NOT_A_NUMBER, v->field->name);
	rule_hint(p, "'%s' is not a number", v->text);
	if (v->field->nr == AUDIT_SUCCESS)
		rule_hint(p, "; success=1 or success=0");
	return r;
}

static int value_uid(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	const struct rule_env *env = p->env;
	int r;

	if (is_number(v->text, true)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	if (strcmp(v->text, "unset") == 0) {
		*ret = VALUE_UNSET;
		return 0;
	}
	if (env->user_id && env->user_id(env->userdata, v->text, ret) == 0)
		return 0;
	r = rule_fail(p, v->column, "Unknown user: %s", v->text);
	rule_hint(p, "%s takes the name of a user of this machine, a number, or unset (lower case)",
		v->field->name);
	return r;
}

static int value_gid(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	const struct rule_env *env = p->env;
	int r;

	if (is_digit(*v->text)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	if (env->group_id && env->group_id(env->userdata, v->text, ret) == 0)
		return 0;
	r = rule_fail(p, v->column, "Unknown group: %s", v->text);
	rule_hint(p, "%s takes the name of a group of this machine or a number", v->field->name);
	return r;
}

static int value_session(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	int r;

	if (is_number(v->text, true)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	if (strcmp(v->text, "unset") == 0) {
		*ret = VALUE_UNSET;
		return 0;
	}
	/* auditctl silently makes 0 of it. */
	r = rule_fail_code(p, v->column, ERRMSG_NOT_A_NUMBER, v->field->name);
	rule_hint(p, "'%s' is neither a number nor unset", v->text);
	return r;
}

static uint32_t machine_bits(const char *name)
{
	uint32_t native = machine_native_elf(), compat = machine_native_compat_elf();

	if (strcasecmp(name, "b64") == 0)
		return native & __AUDIT_ARCH_64BIT ? native : 0;
	return native & __AUDIT_ARCH_64BIT ? compat : native;
}

static int unknown_arch(struct rule_parser *p, const struct value *v)
{
	static const uint32_t elfs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
		AUDIT_ARCH_ARM, AUDIT_ARCH_PPC64, AUDIT_ARCH_PPC64LE, AUDIT_ARCH_PPC,
		AUDIT_ARCH_S390X, AUDIT_ARCH_S390, AUDIT_ARCH_RISCV64, AUDIT_ARCH_RISCV32 };
	const char *between = "";
	size_t i;
	int r;

	r = rule_fail_code(p, v->column, ERRMSG_UNKNOWN_ELF, v->field->name);
	rule_hint(p, "'%s' is no architecture: b64, b32 (of this machine), ", v->text);
	for (i = 0; i < ARRAY_SIZE(elfs); i++)
		if (machine_by_elf(elfs[i])) {
			rule_hint(p, "%s%s", between, machine_by_elf(elfs[i])->name);
			between = ", ";
		}
	return r;
}

static int value_arch(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	const struct machine *machine;
	uint32_t elf = 0;
	int r;

	if (p->has_syscalls) {
		r = rule_fail_code(p, 0, ERRMSG_ARCH_AFTER_SYSCALLS, v->field->name);
		rule_hint(p,
			"put -F %s%s%s before -S (and before no -w): it decides what the names of -S mean",
			v->field->name, op_symbol(v->op), v->text);
		return r;
	}
	if (is_digit(*v->text)) {
		elf = rule_number(p, v->text);
	} else if (strcasecmp(v->text, "b64") == 0 || strcasecmp(v->text, "b32") == 0) {
		elf = machine_bits(v->text);
		if (!elf) {
			r = rule_fail_code(p, v->column, ERRMSG_NO_SUCH_WIDTH, v->field->name);
			rule_hint(p, "this machine has no %s programs", v->text);
			return r;
		}
	} else {
		machine = machine_by_name(v->text);
		if (machine)
			elf = machine->elf;
		else if (parse_u32(v->text, strlen(v->text), 16, &elf) < 0)
			elf = 0;
	}
	if (!machine_by_elf(elf))
		return unknown_arch(p, v);
	p->elf = elf;
	*ret = elf;
	return 0;
}

static int value_msgtype(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	const struct record_type *type;
	struct suggest suggest;
	uint32_t nr;
	int r;

	if (is_digit(*v->text)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	r = record_type_nr(v->text);
	if (r > 0) {
		*ret = (uint32_t)r;
		return 0;
	}
	r = rule_fail_code(p, v->column, ERRMSG_UNKNOWN_TYPE, v->field->name);
	rule_hint(p, "'%s' is no record type", v->text);
	suggest_init(&suggest, v->text, strlen(v->text));
	for (nr = AUDIT_GET; nr <= AUDIT_LAST_USER_MSG2; nr++) {
		type = record_type_by_nr(nr);
		suggest_offer(&suggest, type ? type->name : NULL);
	}
	if (suggest_best(&suggest))
		rule_hint(p, "; did you mean %s?", suggest_best(&suggest));
	return r;
}

static int value_exit(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	struct suggest suggest;
	bool minus = *v->text == '-';
	int nr, r;

	if (is_number(v->text, true)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	nr = errno_nr(v->text);
	if (nr) {
		*ret = (uint32_t)nr;
		if (nr > 0)
			rule_note(
				p, "'%s' is %d: calls that fail return -%s", v->text, nr, v->text);
		return 0;
	}
	r = rule_fail_code(p, v->column, ERRMSG_UNKNOWN_ERRNO, v->field->name);
	rule_hint(p, "'%s' is neither a number nor the name of an error", v->text);
	suggest_init(&suggest, v->text + minus, strlen(v->text) - minus);
	for (nr = 1; nr < 134; nr++)
		suggest_offer(&suggest, errno_name(nr));
	if (suggest_best(&suggest))
		rule_hint(p, "; did you mean %s%s?", minus ? "-" : "", suggest_best(&suggest));
	return r;
}

static const struct {
	char letter;
	uint32_t bit;
} perm_letters[] = {
	{ 'r', AUDIT_PERM_READ },
	{ 'w', AUDIT_PERM_WRITE },
	{ 'x', AUDIT_PERM_EXEC },
	{ 'a', AUDIT_PERM_ATTR },
};
static_assert(ARRAY_SIZE(perm_letters) == RULE_PERM_LETTERS, "one letter a permission");

int rule_perm_bits(const char *letters, size_t len, uint32_t *ret, size_t *reterr_at)
{
	uint32_t bits = 0;
	size_t i, k;

	for (i = 0; i < len; i++) {
		for (k = 0; k < ARRAY_SIZE(perm_letters); k++)
			if (perm_letters[k].letter == tolower((unsigned char)letters[i]))
				break;
		if (k == ARRAY_SIZE(perm_letters)) {
			*reterr_at = i;
			return -EINVAL;
		}
		bits |= perm_letters[k].bit;
	}
	*ret = bits;
	return 0;
}

static int value_perm(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	size_t bad = 0;
	int r;

	if (strlen(v->text) > 4) {
		r = rule_fail_code(p, v->column, ERRMSG_STRING_TOO_LONG, NULL);
		rule_hint(p, "at most the four letters r, w, x, a");
		return r;
	}
	if (rule_perm_bits(v->text, strlen(v->text), ret, &bad) == 0)
		return 0;
	r = rule_fail_code(p, v->column + bad, ERRMSG_BAD_PERM, NULL);
	rule_hint(p, "'%c' is not one of r (read), w (write), x (execute), a (attribute change)",
		v->text[bad]);
	return r;
}

static int value_filetype(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	static const uint32_t modes[] = { S_IFREG, S_IFDIR, S_IFSOCK, S_IFLNK, S_IFCHR, S_IFBLK,
		S_IFIFO };
	int mode = filetype_mode(v->text), r;
	const char *between = "";
	size_t i;

	/* auditctl lists numbers that it does not take back. */
	if (is_digit(*v->text)) {
		*ret = rule_number(p, v->text);
		for (i = 0; i < ARRAY_SIZE(modes); i++)
			if (modes[i] == *ret)
				return 0;
	}
	if (mode >= 0) {
		*ret = (uint32_t)mode;
		return 0;
	}
	r = rule_fail_code(p, v->column, ERRMSG_UNKNOWN_FILETYPE, v->field->name);
	rule_hint(p, "'%s' is not one of ", v->text);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		rule_hint(p, "%s%s", between, filetype_name(modes[i]));
		between = ", ";
	}
	return r;
}

static int value_fstype(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	int64_t magic;
	int r;

	if (is_digit(*v->text)) {
		*ret = rule_number(p, v->text);
		return 0;
	}
	magic = fstype_magic(v->text);
	if (magic >= 0) {
		*ret = (uint32_t)magic;
		return 0;
	}
	r = rule_fail_code(p, v->column, ERRMSG_UNKNOWN_FSTYPE, v->field->name);
	rule_hint(p,
		"'%s' is not one of debugfs, tracefs, cgroup, cgroup2; others go by their magic number",
		v->text);
	return r;
}

static int value_family(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	const char *name = v->text;
	struct suggest suggest;
	uint32_t nr;
	int r;

	if (is_number(name, true)) {
		*ret = rule_number(p, name);
		if (*ret < FAMILIES_MAX)
			return 0;
		r = rule_fail_code(p, v->column, ERRMSG_TOO_LARGE, v->field->name);
		rule_hint(p, "'%s' is not below %d", name, FAMILIES_MAX);
		return r;
	}
	/* auditctl silently makes 0 of a name. */
	if (strcasecmp(name, "unix") == 0) {
		*ret = AF_UNIX;
		return 0;
	}
	suggest_init(&suggest, name, strlen(name));
	for (nr = 0; nr < FAMILIES_MAX; nr++) {
		if (address_family_name(nr) && strcasecmp(address_family_name(nr), name) == 0) {
			*ret = nr;
			return 0;
		}
		suggest_offer(&suggest, address_family_name(nr));
	}
	r = rule_fail_code(p, v->column, ERRMSG_NOT_A_NUMBER, v->field->name);
	rule_hint(p, "'%s' is no address family", name);
	if (suggest_best(&suggest))
		rule_hint(p, "; did you mean %s?", suggest_best(&suggest));
	else
		rule_hint(p, ": local, inet, inet6, netlink, packet, ... or a number");
	return r;
}

static int value_string(struct rule_parser *p, const struct value *v, uint32_t *ret)
{
	size_t len = strlen(v->text),
	       max = v->field->kind == FIELD_KEY ? AUDIT_MAX_KEY_LEN : PATH_MAX;
	int r;

	if (v->field->kind == FIELD_KEY &&
		!(p->has_syscalls || p->has_perm || p->has_exe || p->has_fstype)) {
		r = rule_fail_code(p, 0, ERRMSG_KEY_ALONE, NULL);
		rule_hint(p, "-F key=NAME may stand anywhere");
		return r;
	}
	if (len > max) {
		r = rule_fail_code(p, v->column, ERRMSG_STRING_TOO_LONG, NULL);
		rule_hint(p, "%s takes %zu bytes at most", v->field->name, max);
		return r;
	}
	*ret = (uint32_t)len;
	return 0;
}

static int (*const values[])(struct rule_parser *p, const struct value *v, uint32_t *ret) = {
	[FIELD_NUMBER] = value_number,
	[FIELD_UID] = value_uid,
	[FIELD_GID] = value_gid,
	[FIELD_ARCH] = value_arch,
	[FIELD_MSGTYPE] = value_msgtype,
	[FIELD_STRING] = value_string,
	[FIELD_PATH] = value_string,
	[FIELD_SESSION] = value_session,
	[FIELD_INODE] = value_number,
	[FIELD_EXIT] = value_exit,
	[FIELD_PERM] = value_perm,
	[FIELD_FILETYPE] = value_filetype,
	[FIELD_COMPARE] = value_number,
	[FIELD_SADDR_FAM] = value_family,
	[FIELD_FSTYPE] = value_fstype,
	[FIELD_ARG] = value_number,
	[FIELD_KEY] = value_string,
};

int rule_value(struct rule_parser *p, const struct rule_field *field, uint32_t op,
	const char *value, size_t column, uint32_t *ret, const char **ret_string)
{
	const struct value v = { field, op, value, column };
	int r;

	r = values[field->kind](p, &v, ret);
	if (r < 0)
		return r;
	*ret_string = rule_field_is_string(field->nr) ? value : NULL;
	return 0;
}
