// SPDX-License-Identifier: MIT
#include "cli/load_rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/rules.h"
#include "system/system_env.h"

static int load_default_rules(struct rule_set **ret)
{
	struct rule_loader loader = { .env = &system_env, .err = stderr };
	struct buf text = BUF_NULL;
	int r;

	r = rule_set_new(&loader.set);
	if (r < 0)
		return r;
	default_rules(&text);
	r = buf_error(&text);
	if (r == 0)
		r = rules_add_text(&loader, "built-in rules", text.data, text.len);
	buf_deinit(&text);
	if (r < 0)
		rule_set_free(loader.set);
	else
		*ret = loader.set;
	return r;
}

int load_rules(struct rule_set **ret, const char *const *words, size_t n_words)
{
	int r, status;

	r = n_words ? rules_from_args(ret, words, n_words, &system_env, &status)
		    : load_default_rules(ret);
	if (r == -EINVAL)
		complain("nothing was run: the rules are not right");
	else if (r < 0)
		complain("cannot load rules: %s", strerror(-r));
	/* 1: a file's -c left bad lines out, with complaints; what is good is loaded. */
	return r < 0 ? r : 0;
}
