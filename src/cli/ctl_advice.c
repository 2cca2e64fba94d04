// SPDX-License-Identifier: MIT
/* How less is written because of a rule that writes much: what its own fields leave open. */

#include <string.h>

#include "cli/ctl_stats.h"

static bool has_field(const struct audit_rule_data *rule, uint32_t type)
{
	for (uint32_t i = 0; i < rule->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (rule->fields[i] == type)
			return true;
	return false;
}

static uint32_t value_of(const struct audit_rule_data *rule, uint32_t type)
{
	for (uint32_t i = 0; i < rule->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (rule->fields[i] == type)
			return rule->values[i];
	return 0;
}

static bool has_all_calls(const struct audit_rule_data *rule)
{
	for (unsigned i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
		if (rule->mask[i] != UINT32_MAX)
			return false;
	return true;
}

static bool names_no_calls(const struct audit_rule_data *rule)
{
	return has_all_calls(rule) && !has_field(rule, AUDIT_PERM);
}

static bool has_reads(const struct audit_rule_data *rule)
{
	return value_of(rule, AUDIT_PERM) & AUDIT_PERM_READ;
}

static bool has_no_result(const struct audit_rule_data *rule)
{
	return !has_field(rule, AUDIT_SUCCESS) && !has_field(rule, AUDIT_EXIT);
}

static bool has_no_user(const struct audit_rule_data *rule)
{
	return !has_field(rule, AUDIT_LOGINUID) && !has_field(rule, AUDIT_LOGINUID_SET) &&
	       !has_field(rule, AUDIT_UID) && !has_field(rule, AUDIT_EUID);
}

static bool has_no_program(const struct audit_rule_data *rule)
{
	return !has_field(rule, AUDIT_EXE);
}

static const struct {
	bool (*applies)(const struct audit_rule_data *rule);
	const char *text;
} advice[] = {
	{ names_no_calls, "-S CALL,...: it selects all system calls; name those that matter" },
	{ has_reads, "-p wa: without reads" },
	{ has_no_result, "-F success=0: only what failed, where that is what matters" },
	{ has_no_user, "-F auid>=1000 -F auid!=unset: only what people do who have logged in" },
	{ has_no_program,
		"-A never,exit -F exe=PROGRAM ...: in front of it, for a program that may do this" },
};

void ctl_advice_put(struct buf *to, const struct audit_rule_data *rule, size_t len)
{
	const char *key;
	size_t n = rule_data_key(rule, len, &key);

	if ((rule->flags & ~RULE_PREPEND) == AUDIT_FILTER_TASK) {
		buf_puts(to,
			"  the task list has everything recorded that its tasks do; a rule of the exit list can tell calls apart\n");
		return;
	}
	if (n && !memchr(key, AUDIT_KEY_SEPARATOR, n)) {
		buf_puts(to, "  who it is: ausearch --raw -k ");
		buf_put(to, key, n);
		buf_puts(to, " | aureport -x --summary\n");
	} else if (!n) {
		buf_puts(to, "  -k KEY: so that ausearch finds its events\n");
	}
	buf_puts(to, "  less of it:\n");
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++) {
		if (!advice[i].applies(rule))
			continue;
		buf_puts(to, "    ");
		buf_puts(to, advice[i].text);
		buf_putc(to, '\n');
	}
}
