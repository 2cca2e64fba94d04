// SPDX-License-Identifier: MIT
/*
 * Building rules (spec userspace 7.5): the parser of src/rule, one word at a time, in an interface that keeps its state in
 * global variables and cuts the words it is given.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "client/client.h"
#include "rule/rule_build.h"
#include "system/system_env.h"

/* State between the words of one rule; the program sets and clears it. */
_public_ int _audit_permadded;
_public_ int _audit_archadded;
_public_ int _audit_syscalladded;
_public_ int _audit_exeadded;
_public_ int _audit_filterfsadded;
_public_ unsigned int _audit_elf;

_public_ struct audit_rule_data *audit_rule_create_data(void)
{
	return calloc(1, sizeof(struct audit_rule_data));
}

_public_ void audit_rule_init_data(struct audit_rule_data *rule)
{
	memset(rule, 0, sizeof(*rule));
}

_public_ void audit_rule_free_data(struct audit_rule_data *rule)
{
	free(rule);
}

/* ---- syscalls ---- */

_public_ int audit_rule_syscall_data(struct audit_rule_data *rule, int scall)
{
	if (scall < 0 || scall >= RULE_SYSCALLS)
		return -1;
	rule->mask[scall / 32] |= 1u << (scall % 32);
	return 0;
}

_public_ int audit_rule_syscallbyname_data(struct audit_rule_data *rule, const char *scall)
{
	uint32_t elf = _audit_elf ? _audit_elf : audit_machine_to_elf(audit_detect_machine());

	if (strcmp(scall, "all") != 0 && !machine_by_elf(elf))
		return -2;
	return rule_build_syscall(rule, elf, false, scall) < 0 ? -1 : 0;
}

_public_ int audit_rule_io_uringbyname_data(struct audit_rule_data *rule, const char *scall)
{
	return rule_build_syscall(rule, 0, true, scall) < 0 ? -1 : 0;
}

_public_ int _audit_parse_syscall(const char *list, struct audit_rule_data *rule)
{
	_cleanup_free_ char *copy = strdup(list);
	char *state, *word;
	int r = copy ? 0 : -1;

	for (word = copy ? strtok_r(copy, ",", &state) : NULL; word && r == 0;
		word = strtok_r(NULL, ",", &state))
		r = audit_rule_syscallbyname_data(rule, word);
	return r;
}

/* ---- fields ---- */

/* What a kernel must be able to do for a field. */
static const struct {
	uint32_t field, feature;
	int code;
} needs[] = {
	{ AUDIT_EXE, AUDIT_FEATURE_BITMAP_EXECUTABLE_PATH, ERRMSG_NOT_IN_KERNEL },
	{ AUDIT_SESSIONID, AUDIT_FEATURE_BITMAP_SESSIONID_FILTER, ERRMSG_NOT_IN_KERNEL },
	{ AUDIT_FSTYPE, AUDIT_FEATURE_BITMAP_FILTER_FS, ERRMSG_NO_LIST_IN_KERNEL },
};

/* 0, or the code that says what is missing. */
static int check_features(uint32_t field, uint32_t list)
{
	size_t i;

	if (list == AUDIT_FILTER_EXCLUDE && field != AUDIT_MSGTYPE &&
		!(audit_get_features() & AUDIT_FEATURE_BITMAP_EXCLUDE_EXTEND))
		return ERRMSG_NOT_IN_KERNEL;
	for (i = 0; i < ARRAY_SIZE(needs); i++)
		if (needs[i].field == field && !(audit_get_features() & needs[i].feature))
			return needs[i].code;
	return 0;
}

static int code_of(int r, const struct rule_error *error)
{
	if (r == -ENOMEM) {
		audit_msg(LOG_ERR, "Cannot realloc memory!");
		return -3; /* the number has two meanings here */
	}
	if (error->code == ERRMSG_REPORTED)
		audit_msg(LOG_ERR, "%s", error->message);
	return error->code;
}

/* Ends the word behind the field's name, where programs look for it. */
static void cut(char *word, bool comparison)
{
	uint32_t op = 0;
	size_t len;

	for (; *word && !op; word++)
		op = op_at(word, &len);
	if (op && (!comparison || op == AUDIT_EQUAL || op == AUDIT_NOT_EQUAL))
		word[-1] = '\0';
}

typedef int (*build_fn)(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr);

static int add_word(struct audit_rule_data **rulep, const char *pair, int flags, build_fn build,
	bool comparison)
{
	struct rule_build state = {
		.list = (uint32_t)flags & ~(uint32_t)AUDIT_FILTER_PREPEND,
		.has_syscalls = _audit_syscalladded,
		.has_perm = _audit_permadded,
		.has_exe = _audit_exeadded,
		.has_fstype = _audit_filterfsadded,
		.elf = _audit_elf,
	};
	struct rule_error error = { .code = ERRMSG_REPORTED };
	const struct audit_rule_data *rule;
	uint32_t field;
	int r;

	if (flags == AUDIT_FILTER_UNSET)
		return ERRMSG_NO_FILTER;
	r = build(rulep, &state, pair, &system_env, &error);
	/* A rule that is full names the whole word. */
	if (r != -EINVAL || error.code != ERRMSG_TOO_MANY_FIELDS)
		cut((char *)(uintptr_t)pair, comparison);
	if (r < 0)
		return code_of(r, &error);
	rule = *rulep;
	field = rule->fields[rule->field_count - 1];
	r = comparison ? 0 : check_features(field, state.list);
	if (r < 0) {
		/* Only numbers and the path of exe get here: no other string can need a feature. */
		if (rule_field_is_string(field))
			(*rulep)->buflen -= rule->values[rule->field_count - 1];
		(*rulep)->field_count--;
		return r;
	}
	_audit_exeadded = state.has_exe;
	_audit_filterfsadded = state.has_fstype;
	if (field == AUDIT_ARCH) {
		_audit_archadded = 1;
		_audit_elf = state.elf;
	}
	if (field == AUDIT_WATCH || field == AUDIT_DIR)
		_audit_permadded = 1;
	return 0;
}

_public_ int audit_rule_fieldpair_data(struct audit_rule_data **rulep, const char *pair, int flags)
{
	return add_word(rulep, pair, flags, rule_build_field, false);
}

_public_ int audit_rule_interfield_comp_data(
	struct audit_rule_data **rulep, const char *pair, int flags)
{
	return add_word(rulep, pair, flags, rule_build_compare, true);
}

/* ---- watches ---- */

_public_ int audit_add_watch(struct audit_rule_data **rulep, const char *path)
{
	return audit_add_watch_dir(AUDIT_WATCH, rulep, path);
}

_public_ int audit_add_watch_dir(int type, struct audit_rule_data **rulep, const char *path)
{
	size_t len = strlen(path);
	struct audit_rule_data *rule;

	if (type != AUDIT_WATCH && type != AUDIT_DIR) {
		audit_msg(LOG_ERR, "Invalid type used");
		return -1;
	}
	if (*rulep && (*rulep)->field_count) {
		audit_msg(LOG_ERR, "Rule is not empty\n");
		return -1;
	}
	rule = realloc(*rulep, sizeof(*rule) + len);
	if (!rule) {
		audit_msg(LOG_ERR, "Cannot realloc memory!");
		return -1;
	}
	*rulep = rule;
	memset(rule, 0, sizeof(*rule));
	memset(rule->mask, 0xff, sizeof(rule->mask));
	rule->flags = AUDIT_FILTER_EXIT;
	rule->action = AUDIT_ALWAYS;
	rule->field_count = 2;
	rule->fields[0] = (uint32_t)type;
	rule->values[0] = rule->buflen = (uint32_t)len;
	rule->fields[1] = AUDIT_PERM;
	rule->values[1] = AUDIT_PERM_READ | AUDIT_PERM_WRITE | AUDIT_PERM_EXEC | AUDIT_PERM_ATTR;
	rule->fieldflags[0] = rule->fieldflags[1] = AUDIT_EQUAL;
	memcpy(rule->buf, path, len);
	_audit_permadded = 1;
	return 0;
}

_public_ int audit_update_watch_perms(struct audit_rule_data *rule, int perms)
{
	bool found = false;
	uint32_t i;

	if (!rule->field_count) {
		audit_msg(LOG_ERR, "Permissions should be preceeded by other fields");
		return -1;
	}
	for (i = 0; i < rule->field_count; i++)
		if (rule->fields[i] == AUDIT_PERM) {
			rule->values[i] = (uint32_t)perms;
			found = true;
		}
	if (found)
		return 0;
	if (rule->field_count >= AUDIT_MAX_FIELDS - 1) {
		audit_msg(LOG_ERR, "Too many fields when adding permissions");
		return -2;
	}
	rule->fields[i] = AUDIT_PERM;
	rule->fieldflags[i] = AUDIT_EQUAL;
	rule->values[i] = (uint32_t)perms;
	rule->field_count++;
	return 0;
}

/* ---- what is wrong ---- */

_public_ void audit_number_to_errmsg(int errnumber, const char *opt)
{
	const struct errmsg *row = errmsg_by_code(errnumber);

	if (!row)
		return;
	if (row->where == ERRMSG_BEFORE)
		(void)fprintf(stderr, "%s %s\n", opt, row->text);
	else if (row->where == ERRMSG_AFTER)
		(void)fprintf(stderr, "%s %s\n", row->text, opt);
	else
		(void)fprintf(stderr, "%s\n", row->text);
}
