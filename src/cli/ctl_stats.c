// SPDX-License-Identifier: MIT
/* -l --stats: what has become of each rule, asked of an engine. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ctl_stats.h"
#include "log/interpret.h"

void ctl_stats_deinit(struct ctl_stats *stats)
{
	ctl_rules_deinit(&stats->rules);
	free(stats->of_rule);
	*stats = (struct ctl_stats){ .rules = CTL_RULES_NULL };
}

static int take_of_rule(struct ctl_stats *stats, const void *payload, size_t len)
{
	struct control_rule_stats *of_rule;

	/* behind its rule, and one each */
	if (len < sizeof(*of_rule) || stats->rules.n != stats->n_of_rule + 1)
		return -EBADMSG;
	of_rule = reallocarray(stats->of_rule, stats->n_of_rule + 1, sizeof(*of_rule));
	if (!of_rule)
		return -ENOMEM;
	stats->of_rule = of_rule;
	memcpy(&of_rule[stats->n_of_rule++], payload, sizeof(*of_rule));
	return 0;
}

static int take_all(struct ctl_stats *stats, const void *payload, size_t len)
{
	if (len < sizeof(stats->all))
		return -EBADMSG;
	memcpy(&stats->all, payload, sizeof(stats->all));
	stats->all.source[CONTROL_NAME_LEN - 1] = '\0';
	stats->has_all = true;
	return 0;
}

/* What is no part of the answer is passed over: an acknowledgement. */
static int take(void *userdata, const struct audit_reply *reply)
{
	struct ctl_stats *stats = userdata;
	const void *payload = NLMSG_DATA(reply->nlh);
	size_t len = (size_t)reply->len - NLMSG_HDRLEN;

	if (reply->type == NLMSG_DONE)
		return stats->has_all && stats->rules.n == stats->n_of_rule ? 1 : -EBADMSG;
	if (reply->type == CONTROL_RULE_STATS)
		return stats->has_all ? take_of_rule(stats, payload, len)
				      : take_all(stats, payload, len);
	return ctl_take_rule(&stats->rules, reply);
}

int ctl_get_stats(const struct ctl *ctl, bool reset, struct ctl_stats *ret)
{
	const struct control_stats_request request = { .flags = reset ? CONTROL_STATS_RESET : 0 };
	int r;

	*ret = (struct ctl_stats){ .rules = CTL_RULES_NULL };
	r = audit_send(ctl->fd, CONTROL_RULE_STATS, &request, sizeof(request));
	if (r <= 0)
		return r ? r : -EIO;
	r = ctl_replies(ctl, take, ret);
	if (r < 0)
		ctl_stats_deinit(ret);
	return r < 0 ? r : 0;
}

static int refused(const struct ctl *ctl, int error)
{
	ctl_complain_request(ctl, "rule statistics request", error);
	if (error == -EINVAL)
		ctl_hint(ctl, "the engine does not know it: it is older than this program");
	return CTL_ERROR;
}

static bool wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || (no_colour && *no_colour))
		return false;
	return term && strcmp(term, "dumb") != 0;
}

static int print(const struct ctl_stats *stats, const struct ctl_own *own)
{
	struct interpreter *in = NULL;
	struct buf text = BUF_NULL;
	int r = own->interpret ? interpreter_new(&in) : 0;

	if (r == 0) {
		ctl_stats_put(&text, stats, own->key, in, wants_colour());
		r = buf_error(&text);
	}
	if (r == 0)
		(void)fwrite(text.data, 1, text.len, stdout);
	buf_deinit(&text);
	interpreter_free(in);
	return r;
}

int ctl_stats(const struct ctl *ctl, const struct ctl_own *own)
{
	struct ctl_stats stats;
	int r;

	r = ctl_get_stats(ctl, own->reset, &stats);
	if (r < 0)
		return refused(ctl, r);
	if (strcmp(stats.all.source, "kernel") == 0) {
		ctl_complain(
			ctl, "the rules are evaluated by the kernel, which keeps no such counters");
		ctl_hint(ctl,
			"the engine's source is the kernel's audit; any other source has them");
		ctl_stats_deinit(&stats);
		return CTL_ERROR;
	}
	r = print(&stats, own);
	ctl_stats_deinit(&stats);
	return r < 0 ? refused(ctl, r) : CTL_OK;
}
