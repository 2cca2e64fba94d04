// SPDX-License-Identifier: MIT
/*
 * The wire form into the compiled form and back: what the kernel accepts, in its order and with its errnos
 * (spec kernel 1.11, 6.3).
 */

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule.h"
#include "rule/rule_stats.h"

#define CLASS_BITS                                                                                 \
	16 /* bits 2047 (class 0) down to 2032; AUDIT_SYSCALL_CLASSES in include/linux/audit.h */
#define ID_UNSET UINT32_MAX

struct compiler {
	struct audit_krule *rule;
	const struct rule_env *env;
	struct krule_fault *fault;
	const char *strings; /* not yet taken */
	size_t n_strings;
	bool has_object, has_key, has_exe; /* one each; an object is a path, dir or inode */
};

static int refuse(struct compiler *c, int error, const char *reason)
{
	c->fault->reason = reason;
	return error;
}

/* ---- the mask ---- */

/* One row of two classes: for the native table and for the 32-bit one (spec kernel 6.8). */
static const uint32_t classes[] = { SC_DIRS, SC_ATTR, SC_READ, SC_WRITE, SC_SIGNAL };

static bool all_syscalls(const uint32_t *mask)
{
	size_t i;

	for (i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
		if (mask[i] != UINT32_MAX)
			return false;
	return (mask[i] & 0xffff) == 0xffff;
}

static void add_class(uint32_t *mask, unsigned class)
{
	uint32_t arch = class % 2 ? machine_native_compat_elf() : machine_native_elf();
	unsigned nr;

	if (class / 2 >= ARRAY_SIZE(classes) || !arch)
		return;
	for (nr = 0; nr < RULE_SYSCALLS - CLASS_BITS; nr++)
		if (syscall_in_class(arch, nr, classes[class / 2]))
			mask[nr / 32] |= 1u << (nr % 32);
}

static void compile_mask(struct audit_krule *rule, const uint32_t *mask)
{
	uint32_t bits = mask[AUDIT_BITMASK_SIZE - 1] >> 16;
	unsigned class;

	memcpy(rule->mask, mask, sizeof(rule->mask));
	rule->mask[AUDIT_BITMASK_SIZE - 1] &= 0xffff;
	if (all_syscalls(rule->mask))
		return;
	for (class = 0; class < CLASS_BITS; class ++)
		if (bits & (1u << (CLASS_BITS - 1 - class)))
			add_class(rule->mask, class);
}

/* ---- fields ---- */

static bool operator_allowed(const struct rule_field *field, uint32_t op)
{
	switch (op) {
	case AUDIT_EQUAL:
		return true;
	case AUDIT_NOT_EQUAL:
		return field->kernel_ops & FIELD_OPS_EQ;
	case AUDIT_LESS_THAN:
	case AUDIT_LESS_THAN_OR_EQUAL:
	case AUDIT_GREATER_THAN:
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return field->kernel_ops & FIELD_OPS_ORDER;
	default:
		return field->kernel_ops & FIELD_OPS_BITS;
	}
}

static const char *operator_reason(const struct rule_field *field)
{
	if (field->kernel_ops & FIELD_OPS_BITS)
		return "takes = != < <= > >= & &=";
	if (field->kernel_ops & FIELD_OPS_ORDER)
		return "takes = != < <= > >=";
	return field->kernel_ops & FIELD_OPS_EQ ? "takes = or != only" : "takes = only";
}

static const char *list_reason(const struct audit_krule *rule, const struct rule_field *field)
{
	if (rule->list == AUDIT_FILTER_FS)
		return "does not stand on the filesystem list, which takes fstype and key";
	if (field->kind == FIELD_MSGTYPE)
		return "stands on user and exclude only";
	if (field->kind == FIELD_FSTYPE)
		return "stands on filesystem only";
	return "does not stand on this list";
}

/* The next len bytes of the strings; a NUL among them ends the copy. */
static int take_string(struct compiler *c, size_t len, char **ret)
{
	char *copy;

	if (len == 0)
		return refuse(c, -EINVAL, "is empty");
	if (len > c->n_strings)
		return refuse(c, -EINVAL, "is longer than what the request holds");
	if (len > PATH_MAX)
		return refuse(c, -ENAMETOOLONG, "is longer than 4096 bytes");
	copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, c->strings, len);
	copy[len] = '\0';
	c->strings += len;
	c->n_strings -= len;
	*ret = copy;
	return 0;
}

static int lookup(struct compiler *c, const char *path)
{
	int r;

	if (strlen(path) >= PATH_MAX)
		return refuse(c, -ENAMETOOLONG, "is a path of 4096 bytes or more");
	r = c->env && c->env->lookup ? c->env->lookup(c->env->userdata, path) : 0;
	return r < 0 ? r : 0;
}

/* The directory must exist, the last name in it need not. */
static int look_up_parent(struct compiler *c, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char parent[PATH_MAX + 2];
	int r;

	if (strlen(path) >= PATH_MAX)
		return refuse(c, -ENAMETOOLONG, "is a path of 4096 bytes or more");
	/* "/." makes the lookup follow a symlink, and demand a directory. */
	memcpy(parent, path, (size_t)(name - path));
	memcpy(parent + (name - path), ".", 2);
	r = lookup(c, parent);
	if (r < 0)
		return refuse(
			c, r, "needs a directory that exists, which the file may be missing from");
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return refuse(c, -EINVAL, "must end with a name, not with / or . or ..");
	if (strlen(name) > NAME_MAX)
		return refuse(c, -ENAMETOOLONG, "ends with a name of more than 255 bytes");
	return 0;
}

/* raw_len: bytes on the wire, which a NUL inside may have cut. */
static int check_absolute(struct compiler *c, const char *wire, size_t raw_len)
{
	if (wire[0] != '/')
		return refuse(c, -EINVAL, "must be an absolute path");
	if (wire[raw_len - 1] == '/')
		return refuse(c, -EINVAL, "must not end with /");
	return 0;
}

static int one_object(struct compiler *c)
{
	if (c->has_object)
		return refuse(c, -EINVAL,
			"is the second of path, dir and inode: a rule takes one of them");
	c->has_object = true;
	return 0;
}

static int compile_watch(struct compiler *c, struct audit_field *f)
{
	const char *wire = c->strings;
	size_t len = f->val;
	int r;

	r = take_string(c, len, &f->str);
	if (r < 0)
		return r;
	r = check_absolute(c, wire, len);
	if (r < 0)
		return r;
	r = one_object(c);
	return r < 0 ? r : look_up_parent(c, f->str);
}

static int compile_dir(struct compiler *c, struct audit_field *f)
{
	int r;

	r = take_string(c, f->val, &f->str);
	if (r < 0)
		return r;
	if (f->str[0] != '/')
		return refuse(c, -EINVAL, "must be an absolute path");
	r = one_object(c);
	if (r < 0)
		return r;
	r = lookup(c, f->str);
	if (r < 0 && !c->fault->reason)
		return refuse(c, r, "must exist when the rule is added");
	return r;
}

static int compile_exe(struct compiler *c, struct audit_field *f)
{
	const char *wire = c->strings;
	size_t len = f->val;
	int r;

	if (c->has_exe)
		return refuse(c, -EINVAL, "is the second exe: a rule takes one");
	if (len > PATH_MAX)
		return refuse(c, -EINVAL, "is longer than 4096 bytes");
	c->has_exe = true;
	r = take_string(c, len, &f->str);
	if (r < 0)
		return r;
	r = check_absolute(c, wire, len);
	return r < 0 ? r : look_up_parent(c, f->str);
}

static int compile_key(struct compiler *c, struct audit_field *f)
{
	int r;

	if (c->has_key)
		return refuse(c, -EINVAL, "is the second key field: several keys are one field");
	if (f->val > AUDIT_MAX_KEY_LEN)
		return refuse(c, -EINVAL, "is longer than 256 bytes");
	c->has_key = true;
	r = take_string(c, f->val, &f->str);
	if (r == 0)
		c->rule->filterkey = f->str;
	return r;
}

static int compile_value(struct compiler *c, const struct rule_field *field, struct audit_field *f)
{
	switch (field->kind) {
	case FIELD_UID:
	case FIELD_GID:
		if (f->val == ID_UNSET)
			return refuse(c, -EINVAL, "cannot be unset: only auid can");
		return 0;
	case FIELD_STRING:
		return take_string(c, f->val, &f->str);
	case FIELD_PATH:
		return f->type == AUDIT_WATCH ? compile_watch(c, f)
		       : f->type == AUDIT_DIR ? compile_dir(c, f)
					      : compile_exe(c, f);
	case FIELD_KEY:
		return compile_key(c, f);
	case FIELD_INODE:
		return one_object(c);
	default:
		return 0;
	}
}

/* f is the field as it came off the wire. */
static int compile_field(struct compiler *c, struct audit_field *f)
{
	const struct rule_field *field;
	int r;

	if (!op_symbol(f->op))
		return refuse(c, -EINVAL, "has no valid operator");
	if (f->type == AUDIT_LOGINUID && f->val == ID_UNSET) {
		/* The old way to ask whether the auid is set. */
		f->type = AUDIT_LOGINUID_SET;
		f->val = 0;
		c->rule->legacy_auid = true;
	}
	field = rule_field_by_nr(f->type);
	if (!field)
		return refuse(c, -EINVAL, "is unknown");
	if (!(field->kernel_lists & LIST_BIT(c->rule->list)))
		return refuse(c, -EINVAL, list_reason(c->rule, field));
	if (!operator_allowed(field, f->op))
		return refuse(c, -EINVAL, operator_reason(field));
	r = compile_value(c, field, f);
	if (r < 0)
		return r;
	if (f->str)
		f->val = (uint32_t)strlen(f->str);
	return 0;
}

static bool by_inode(const struct audit_krule *rule)
{
	uint32_t i;

	if (rule->list != AUDIT_FILTER_EXIT && rule->list != AUDIT_FILTER_URING_EXIT)
		return false;
	for (i = 0; i < rule->n_fields; i++)
		if (rule->fields[i].type == AUDIT_WATCH ||
			(rule->fields[i].type == AUDIT_INODE && rule->fields[i].op == AUDIT_EQUAL))
			return true;
	return false;
}

static int compile(struct compiler *c, const struct audit_rule_data *data)
{
	struct audit_krule *rule = c->rule;
	int r;

	rule->list = data->flags & ~RULE_PREPEND;
	rule->prepend = data->flags & RULE_PREPEND;
	rule->action = data->action;
	rule->prio = RULE_PRIO_UNSET;
	if (!list_name(rule->list))
		return refuse(c, -EINVAL, "there is no such list");
	if (!action_name(rule->action))
		return refuse(c, -EINVAL, "there is no such action");
	if (data->field_count > AUDIT_MAX_FIELDS)
		return refuse(c, -EINVAL, "a rule has at most 64 fields");
	compile_mask(rule, data->mask);
	while (rule->n_fields < data->field_count) {
		uint32_t i = rule->n_fields;

		rule->fields[i] = (struct audit_field){
			.type = data->fields[i], .op = data->fieldflags[i], .val = data->values[i]
		};
		c->fault->field = (int)i;
		rule->n_fields++;
		r = compile_field(c, &rule->fields[i]);
		if (r < 0)
			return r;
	}
	rule->by_inode = by_inode(rule);
	return 0;
}

int krule_from_data_fault(struct audit_krule **ret, const struct audit_rule_data *data, size_t len,
	const struct rule_env *env, struct krule_fault *reterr_fault)
{
	struct krule_fault fault = { .field = -1 };
	struct compiler c = { .env = env, .fault = &fault };
	int r;

	if (len < sizeof(*data)) {
		r = refuse(&c, -EINVAL, "the request is shorter than a rule");
	} else {
		c.strings = data->buf;
		c.n_strings = len - sizeof(*data);
		c.rule = calloc(1, sizeof(*c.rule));
		r = c.rule ? compile(&c, data) : -ENOMEM;
	}
	if (r < 0) {
		krule_free(c.rule);
		*reterr_fault = fault;
		return r;
	}
	*ret = c.rule;
	return 0;
}

int krule_from_data(struct audit_krule **ret, const struct audit_rule_data *data, size_t len,
	const struct rule_env *env)
{
	struct krule_fault fault;

	return krule_from_data_fault(ret, data, len, env, &fault);
}

void krule_free(struct audit_krule *rule)
{
	uint32_t i;

	if (!rule)
		return;
	for (i = 0; i < rule->n_fields; i++)
		free(rule->fields[i].str);
	(void)rule_stats_unref(rule->stats);
	free(rule);
}

struct audit_rule_data *krule_to_data(const struct audit_krule *rule, size_t *ret_len)
{
	struct audit_rule_data *data;
	size_t strings = 0;
	uint32_t i;

	for (i = 0; i < rule->n_fields; i++)
		if (rule->fields[i].str)
			strings += strlen(rule->fields[i].str);
	data = calloc(1, sizeof(*data) + strings);
	if (!data)
		return NULL;
	data->flags = rule->list;
	data->action = rule->action;
	memcpy(data->mask, rule->mask, sizeof(data->mask));
	data->field_count = rule->n_fields;
	for (i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];

		data->fields[i] = f->type;
		data->fieldflags[i] = f->op;
		data->values[i] = f->val;
		if (f->str) {
			data->values[i] = (uint32_t)strlen(f->str);
			memcpy(data->buf + data->buflen, f->str, data->values[i]);
			data->buflen += data->values[i];
		} else if (f->type == AUDIT_LOGINUID_SET && rule->legacy_auid && !f->val) {
			data->fields[i] = AUDIT_LOGINUID;
			data->values[i] = ID_UNSET;
		}
	}
	*ret_len = sizeof(*data) + strings;
	return data;
}
