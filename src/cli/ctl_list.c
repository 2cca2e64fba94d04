// SPDX-License-Identifier: MIT
/* Rules as the other side lists them (spec userspace 1.4). */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "cli/ctl.h"
#include "log/interpret.h"

void ctl_rules_deinit(struct ctl_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		free(rules->rule[i]);
	free(rules->rule);
	free(rules->len);
	*rules = (struct ctl_rules)CTL_RULES_NULL;
}

static int append(struct ctl_rules *rules, const void *data, size_t len)
{
	struct audit_rule_data **rule;
	size_t *lens;

	rule = realloc(rules->rule, (rules->n + 1) * sizeof(struct audit_rule_data *));
	if (!rule)
		return -ENOMEM;
	rules->rule = rule;
	lens = realloc(rules->len, (rules->n + 1) * sizeof(*lens));
	if (!lens)
		return -ENOMEM;
	rules->len = lens;
	rule[rules->n] = malloc(len);
	if (!rule[rules->n])
		return -ENOMEM;
	memcpy(rule[rules->n], data, len);
	lens[rules->n++] = len;
	return 0;
}

int ctl_take_rule(struct ctl_rules *rules, const struct audit_reply *reply)
{
	size_t len, strings;

	if (reply->type == NLMSG_DONE)
		return 1;
	if (reply->type == NLMSG_ERROR && reply->error->error)
		return reply->error->error < 0 ? reply->error->error : -EBADMSG;
	if (reply->type != AUDIT_LIST_RULES ||
		reply->len < (int)NLMSG_LENGTH(sizeof(struct audit_rule_data)))
		return 0;
	len = (size_t)reply->len - NLMSG_HDRLEN;
	/* What arrives may be padded. */
	strings = ((const struct audit_rule_data *)NLMSG_DATA(reply->nlh))->buflen;
	if (strings < len - sizeof(struct audit_rule_data))
		len = sizeof(struct audit_rule_data) + strings;
	return append(rules, NLMSG_DATA(reply->nlh), len);
}

static int take_rule(void *userdata, const struct audit_reply *reply)
{
	return ctl_take_rule(userdata, reply);
}

int ctl_get_rules(const struct ctl *ctl, struct ctl_rules *ret)
{
	int r;

	*ret = (struct ctl_rules)CTL_RULES_NULL;
	r = audit_request_rules_list_data(ctl->fd);
	if (r <= 0)
		return r ? r : -EIO;
	r = ctl_replies(ctl, take_rule, ret);
	if (r < 0)
		ctl_rules_deinit(ret);
	return r < 0 ? r : 0;
}

/* ---- -l -i ---- */

/* The one syscall of the rule, -1 if it has none or more than one. */
static int only_syscall(const struct audit_rule_data *data)
{
	int nr, found = -1;

	for (nr = 0; nr < RULE_SYSCALLS; nr++) {
		if (!rule_mask_has(data->mask, nr))
			continue;
		if (found >= 0)
			return -1;
		found = nr;
	}
	return found;
}

/* 0: the rule has none, and then its syscalls are of no arch that auditctl would interpret arguments by. */
static uint32_t arch_of(const struct audit_rule_data *data)
{
	uint32_t i, arch = 0;

	for (i = 0; i < data->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (data->fields[i] == AUDIT_ARCH)
			arch = data->values[i];
	return arch;
}

/* An argument, as the interpreter would show it in a record of such a call. */
static bool put_argument(
	struct interpreter *in, struct buf *to, const struct audit_rule_data *data, uint32_t i)
{
	unsigned arg = data->fields[i] - AUDIT_ARG0;
	struct log_event ev = { 0 };
	char text[160], name[] = { 'a', (char)('0' + arg), '\0' };
	int nr = only_syscall(data), r;
	uint32_t arch = arch_of(data);
	const struct log_record *rec;

	if (nr < 0 || !arch || (data->flags & ~RULE_PREPEND) != AUDIT_FILTER_EXIT)
		return false;
	(void)snprintf(text, sizeof(text), "audit(0.000:0): arch=%x syscall=%d %s=%x", arch, nr,
		name, data->values[i]);
	r = log_event_add(&ev, AUDIT_SYSCALL, text, strlen(text));
	if (r == 0) {
		rec = log_event_record(&ev, AUDIT_SYSCALL, 0);
		interpret_field(in, to, &ev, rec, log_record_field(rec, name));
	}
	log_event_deinit(&ev);
	return r == 0;
}

static bool put_words(void *userdata, struct buf *to, const struct audit_rule_data *data, size_t i)
{
	const struct machine *machine;

	switch (data->fields[i]) {
	case AUDIT_ARCH:
		machine = machine_by_elf(data->values[i]);
		if (machine)
			buf_puts(to, machine->name);
		return machine != NULL;
	case AUDIT_LOGINUID:
	case AUDIT_SESSIONID:
		if (data->values[i] != UINT32_MAX)
			return false;
		buf_puts(to, "unset");
		return true;
	case AUDIT_ARG0:
	case AUDIT_ARG1:
	case AUDIT_ARG2:
	case AUDIT_ARG3:
		return put_argument(userdata, to, data, (uint32_t)i);
	}
	return false;
}

void ctl_rule_put(struct buf *to, const struct audit_rule_data *rule, size_t len,
	struct interpreter *interpreter)
{
	const struct rule_words words = { .userdata = interpreter, .value = put_words };

	rule_format_words(to, rule, len, interpreter ? &words : NULL);
}

static int print_rules(const struct ctl_rules *rules, bool interpret, const char *key)
{
	struct interpreter *in = NULL;
	struct buf text = BUF_NULL;
	size_t i;
	int r = 0;

	if (interpret) {
		r = interpreter_new(&in);
		if (r < 0)
			return r;
	}
	for (i = 0; i < rules->n; i++) {
		if (key && !rule_data_has_key(rules->rule[i], rules->len[i], key))
			continue;
		ctl_rule_put(&text, rules->rule[i], rules->len[i], in);
		buf_putc(&text, '\n');
	}
	r = buf_error(&text);
	if (r == 0 && text.len)
		(void)fwrite(text.data, 1, text.len, stdout);
	else if (r == 0 && !rules->n)
		(void)puts("No rules");
	buf_deinit(&text);
	interpreter_free(in);
	return r;
}

int ctl_list(const struct ctl *ctl, bool interpret, const char *key)
{
	struct ctl_rules rules;
	int r;

	r = ctl_get_rules(ctl, &rules);
	if (r == 0) {
		r = print_rules(&rules, interpret, key);
		ctl_rules_deinit(&rules);
	}
	if (r < 0)
		ctl_complain_request(ctl, "rule list data request", r);
	return r < 0 ? CTL_ERROR : CTL_OK;
}
