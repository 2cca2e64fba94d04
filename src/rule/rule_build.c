// SPDX-License-Identifier: MIT
#include "rule/rule_build.h"

#include <errno.h>
#include <string.h>

#include "rule/rule_parser.h"

typedef int (*option_fn)(struct rule_parser *p, const char *arg);

/* The parser's form of the rule so far: numbers in data, strings apart. */
static int unpack(struct rule_parser *p, const struct audit_rule_data *rule)
{
	p->data = malloc(sizeof(*p->data));
	if (!p->data)
		return -ENOMEM;
	memcpy(p->data, rule, sizeof(*rule));
	buf_put(&p->strings, rule->buf, rule->buflen);
	return buf_error(&p->strings) ? -ENOMEM : 0;
}

static int pack(struct audit_rule_data **rule, const struct rule_parser *p)
{
	struct audit_rule_data *data = realloc(*rule, sizeof(*data) + p->strings.len);

	if (!data)
		return -ENOMEM;
	*rule = data;
	memcpy(data, p->data, sizeof(*data));
	data->buflen = (uint32_t)p->strings.len;
	if (p->strings.len)
		memcpy(data->buf, p->strings.data, p->strings.len);
	return 0;
}

static int build(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr, option_fn option)
{
	struct rule_request req = { .kind = RULE_REQUEST_NONE };
	struct rule_parser p = {
		.env = env,
		.err = reterr,
		.add = state->list,
		.del = RULE_LIST_UNSET,
		.has_syscalls = state->has_syscalls,
		.has_perm = state->has_perm,
		.has_exe = state->has_exe,
		.has_fstype = state->has_fstype,
		.elf = state->elf,
		.strings = BUF_NULL,
		.key = BUF_NULL,
		.said = BUF_NULL,
		.notes = BUF_NULL,
		.req = &req,
	};
	int r;

	r = unpack(&p, *rule);
	if (r == 0)
		r = option(&p, word);
	if (r == 0)
		r = pack(rule, &p);
	if (r == 0) {
		state->has_perm = p.has_perm;
		state->has_exe = p.has_exe;
		state->has_fstype = p.has_fstype;
		state->elf = p.elf;
	}
	free(p.data);
	buf_deinit(&p.strings);
	buf_deinit(&p.said);
	buf_deinit(&p.notes);
	return r;
}

int rule_build_field(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr)
{
	return build(rule, state, word, env, reterr, rule_option_field);
}

int rule_build_compare(struct audit_rule_data **rule, struct rule_build *state, const char *word,
	const struct rule_env *env, struct rule_error *reterr)
{
	return build(rule, state, word, env, reterr, rule_option_compare);
}

int rule_build_syscall(struct audit_rule_data *rule, uint32_t elf, bool operation, const char *name)
{
	return rule_syscall_member(rule->mask, elf, operation, name, strlen(name), NULL);
}
