// SPDX-License-Identifier: MIT
/* What rules and auditing as a whole cost (abi/control.h): counters that the kernel does not keep. */
#include <errno.h>
#include <string.h>

#include "core/control_state.h"
#include "core/kaudit_log.h"
#include "rule/rule_stats.h"

/* The clock of what happens to be told; control_handle() has read it for this request. */
static int64_t now_of(const struct control_call *call)
{
	return call->who.h.time_sec;
}

static int reply_all(struct control_call *call)
{
	struct control *control = call->control;
	const struct kaudit_stats *now = kaudit_stats(control->audit),
				  *before = &control->stats_before;
	struct control_queues queues = { 0 };
	struct control_stream streams[KAUDITD_STREAMS_MAX] = { 0 };
	struct control_stats answer = {
		.now_sec = now_of(call),
		.since_sec = control->stats_since,
		.events = now->events_seen + now->events_passed - before->events_seen -
			  before->events_passed,
		.events_matched = now->events_matched - before->events_matched,
		.events_recorded = now->events_recorded - before->events_recorded,
		.records = now->lines - before->lines,
		.bytes = now->bytes - before->bytes,
		.events_no_rule = now->events_no_rule - before->events_no_rule,
		.records_no_rule = now->lines_no_rule - before->lines_no_rule,
		.bytes_no_rule = now->bytes_no_rule - before->bytes_no_rule,
		.records_excluded = now->records_excluded - before->records_excluded,
		.n_rules = (uint32_t)rule_set_count(kaudit_rules(control->audit)),
	};

	control->ops.queues(control->ops.userdata, &queues, streams, KAUDITD_STREAMS_MAX);
	memcpy(answer.source, queues.source, sizeof(answer.source));
	return control_reply_data(call, CONTROL_RULE_STATS, NLM_F_MULTI, &answer, sizeof(answer));
}

static int reply_rule(
	struct control_call *call, const struct rule_set *rules, const struct audit_krule *rule)
{
	const struct rule_stats none = { 0 }, *stats = rule->stats ?: &none;
	const struct control_rule_stats answer = {
		.hits = stats->hits,
		.evaluations = rule_set_evaluations(rules, rule),
		.events = stats->events,
		.records = stats->records,
		.bytes = stats->bytes,
		.time_ns = stats->time_ns,
		.n_timed = stats->n_timed,
		.last_sec = stats->last_sec,
	};
	int r = control_list_rule(call, rule);

	return r < 0 ? r
		     : control_reply_data(
			       call, CONTROL_RULE_STATS, NLM_F_MULTI, &answer, sizeof(answer));
}

static void reset(struct control_call *call)
{
	struct control *control = call->control;
	struct audit_buffer *ab = control_log_start(call, AUDIT_CONFIG_CHANGE);

	if (ab) {
		kaudit_log_session(ab, &call->who);
		kaudit_log_format(ab, " op=reset_rule_stats res=1");
		control_log_end(call, ab);
	}
	control->stats_before = *kaudit_stats(control->audit);
	control->stats_since = now_of(call);
	rule_set_reset_stats(kaudit_rules(control->audit));
}

int control_rule_stats(struct control_call *call)
{
	/* those that are asked, whatever a transaction of the client's has come to */
	const struct rule_set *rules = kaudit_rules(call->control->audit);
	struct buf *replies = &call->control->replies;
	struct control_stats_request request;
	size_t begin = replies->len;
	int r;

	memcpy(&request, call->payload, sizeof(request));
	if (request.flags & ~CONTROL_STATS_RESET)
		return -EINVAL;
	if (call->control->ops.catch_up)
		call->control->ops.catch_up(call->control->ops.userdata);
	r = reply_all(call);
	for (size_t list = 0; list < RULE_LISTS && r == 0; list++)
		for (size_t i = 0; i < rules->n_rules[list] && r == 0; i++)
			r = reply_rule(call, rules, rules->lists[list][i]);
	if (r == 0)
		r = control_reply_data(call, NLMSG_DONE, NLM_F_MULTI, NULL, 0);
	if (r < 0)
		replies->len = begin; /* not half an account */
	else if (request.flags & CONTROL_STATS_RESET)
		reset(call);
	return r;
}

int control_cost(struct control_call *call)
{
	struct control *control = call->control;
	struct control_cost_request request;
	struct {
		struct control_cost cost;
		struct control_cost_row rows[CONTROL_COST_ROWS_MAX];
	} answer = { .cost = { .events = kaudit_stats(control->audit)->events_seen } };
	int r;

	memcpy(&request, call->payload, sizeof(request));
	if (request.window_ms > CONTROL_COST_WINDOW_MAX)
		return -EINVAL;
	if (!control->ops.cost)
		return -EOPNOTSUPP;
	r = control->ops.cost(control->ops.userdata, request.window_ms, &answer.cost, answer.rows,
		CONTROL_COST_ROWS_MAX);
	if (r < 0)
		return r;
	if (answer.cost.n_rows > CONTROL_COST_ROWS_MAX)
		answer.cost.n_rows = CONTROL_COST_ROWS_MAX;
	return control_reply_data(call, CONTROL_COST, 0, &answer,
		sizeof(answer.cost) + answer.cost.n_rows * sizeof(answer.rows[0]));
}
