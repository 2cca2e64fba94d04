// SPDX-License-Identifier: MIT
/* -l --stats and --cost: which words they are, answers that are bad, and what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/commands.h"
#include "cli/ctl_stats.h"

const struct command command_ctl = { .name = "ctl", .help = "" };

struct side {
	struct ctl ctl;
	int other;
};

static void side_init(struct side *s)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	*s = (struct side){ .ctl = { .fd = fds[0], .is_engine = true }, .other = fds[1] };
}

static void side_deinit(struct side *s)
{
	(void)close(s->ctl.fd);
	(void)close(s->other);
}

static void answer(struct side *s, uint16_t type, const void *payload, size_t len)
{
	char bytes[MAX_AUDIT_MESSAGE_LENGTH + NLMSG_HDRLEN] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len), .nlmsg_type = type };

	memcpy(bytes, &head, sizeof(head));
	if (len)
		memcpy(bytes + NLMSG_HDRLEN, payload, len);
	assert_int_equal(send(s->other, bytes, NLMSG_HDRLEN + len, 0), NLMSG_HDRLEN + len);
}

static void acknowledge(struct side *s, int error)
{
	struct nlmsgerr ack = { .error = error };

	answer(s, NLMSG_ERROR, &ack, sizeof(ack));
}

static size_t make_rule(void *to, uint32_t list, uint32_t action, unsigned nr, const char *key)
{
	struct audit_rule_data *rule = to;

	memset(rule, 0, sizeof(*rule));
	rule->flags = list;
	rule->action = action;
	if (list == AUDIT_FILTER_EXIT) {
		rule->mask[nr / 32] = 1u << nr % 32;
		rule->field_count = 1;
		rule->fields[0] = AUDIT_ARCH;
		rule->fieldflags[0] = AUDIT_EQUAL;
		rule->values[0] = AUDIT_ARCH_X86_64;
	} else {
		memset(rule->mask, 0xff, sizeof(rule->mask));
	}
	if (key) {
		uint32_t i = rule->field_count++;

		rule->fields[i] = AUDIT_FILTERKEY;
		rule->fieldflags[i] = AUDIT_EQUAL;
		rule->values[i] = rule->buflen = (uint32_t)strlen(key);
		memcpy(rule->buf, key, rule->buflen);
	}
	return sizeof(*rule) + rule->buflen;
}

/* ---- words ---- */

#define WORDS(...)                                                                                 \
	(const char *const[]){ __VA_ARGS__ },                                                      \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void whose_words(void **state)
{
	(void)state;
	assert_true(ctl_is_own(WORDS("-l", "--stats")));
	assert_true(ctl_is_own(WORDS("--stats", "-l")));
	assert_true(ctl_is_own(WORDS("-l", "-k", "x", "--stats", "--reset")));
	assert_true(ctl_is_own(WORDS("--cost")));
	assert_false(ctl_is_own(NULL, 0));
	assert_false(ctl_is_own(WORDS("-l", "-k", "--stats")));
	assert_false(ctl_is_own(WORDS("-w", "/x", "-k", "y", "--stats")));
	assert_false(ctl_is_own(WORDS("--reset-lost")));
}

static void words(void **state)
{
	const struct ctl ctl = { .is_compat = true }; /* says less */
	struct ctl_own own;

	(void)state;
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("-l", "--stats")), 0);
	assert_true(own.stats && !own.cost && !own.reset && !own.interpret && !own.key);
	assert_int_equal(
		ctl_own_parse(&own, &ctl, WORDS("--stats", "-i", "-k", "a", "--reset", "-l")), 0);
	assert_true(own.stats && own.reset && own.interpret);
	assert_string_equal(own.key, "a");
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost")), 0);
	assert_true(own.cost && own.seconds == 1);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost", "60")), 0);
	assert_int_equal(own.seconds, 60);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost", "61")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost", "0")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost", "1x")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--cost", "-l")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("--stats")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("-l", "--stats", "-k")), -EINVAL);
	assert_int_equal(ctl_own_parse(&own, &ctl, WORDS("-l", "--stats", "-D")), -EINVAL);
}

/* ---- answers ---- */

enum { ALL = 1, RULE, STATS, SHORT_ALL, SHORT_STATS, ERROR, DONE };

static int got(const char *steps, struct ctl_stats *ret)
{
	_Alignas(8) char rule[sizeof(struct audit_rule_data) + 64];
	const struct control_rule_stats stats = { .hits = 1 };
	const struct control_stats all = { .events = 1 };
	struct side s;
	int r;

	side_init(&s);
	acknowledge(&s, 0);
	for (; *steps; steps++)
		switch (*steps) {
		case ALL:
			answer(&s, CONTROL_RULE_STATS, &all, sizeof(all));
			break;
		case SHORT_ALL:
			answer(&s, CONTROL_RULE_STATS, &all, sizeof(all) - 1);
			break;
		case RULE:
			answer(&s, AUDIT_LIST_RULES, rule, make_rule(rule, 4, 2, 1, "k"));
			break;
		case STATS:
			answer(&s, CONTROL_RULE_STATS, &stats, sizeof(stats));
			break;
		case SHORT_STATS:
			answer(&s, CONTROL_RULE_STATS, &stats, sizeof(stats) - 1);
			break;
		case ERROR:
			acknowledge(&s, -ENOMEM);
			break;
		case DONE:
			answer(&s, NLMSG_DONE, NULL, 0);
		}
	r = ctl_get_stats(&s.ctl, false, ret);
	side_deinit(&s);
	return r;
}

static void answers(void **state)
{
	static const struct {
		char steps[8];
		int result;
	} rows[] = {
		{ { ALL, DONE }, 0 },
		{ { ALL, RULE, STATS, RULE, STATS, DONE }, 0 },
		{ { DONE }, -EBADMSG },
		{ { SHORT_ALL, DONE }, -EBADMSG },
		{ { ALL, STATS, DONE }, -EBADMSG },
		{ { ALL, RULE, DONE }, -EBADMSG },
		{ { ALL, RULE, SHORT_STATS, DONE }, -EBADMSG },
		{ { ALL, RULE, RULE, STATS, STATS, DONE }, -EBADMSG },
		{ { ALL, RULE, STATS, STATS, DONE }, -EBADMSG },
		{ { ALL, RULE, ERROR }, -ENOMEM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ctl_stats stats;

		assert_int_equal(got(rows[i].steps, &stats), rows[i].result);
		assert_int_equal(stats.rules.n, rows[i].result ? 0 : i * 2);
		ctl_stats_deinit(&stats);
	}
}

/* ---- print; a hit whose time is not known is a source's, which decides by itself ---- */

static void put_rule(struct ctl_stats *stats, uint32_t list, uint32_t action, unsigned nr,
	const char *key, const struct control_rule_stats *s)
{
	struct audit_rule_data *rule = malloc(sizeof(*rule) + 64);
	size_t i = stats->rules.n++;

	assert_non_null(rule);
	stats->rules.rule =
		reallocarray(stats->rules.rule, i + 1, sizeof(struct audit_rule_data *));
	stats->rules.len = reallocarray(stats->rules.len, i + 1, sizeof(size_t));
	stats->of_rule = reallocarray(stats->of_rule, i + 1, sizeof(*s));
	assert_true(stats->rules.rule && stats->rules.len && stats->of_rule);
	stats->rules.rule[i] = rule;
	stats->rules.len[i] = make_rule(rule, list, action, nr, key);
	stats->of_rule[i] = *s;
	stats->n_of_rule++;
	stats->all.n_rules++;
}

#define OF_RULE(...) (&(struct control_rule_stats){ __VA_ARGS__ })

static void make_stats(struct ctl_stats *ret)
{
	*ret = (struct ctl_stats){ .rules = CTL_RULES_NULL,
		.all = { .now_sec = 100000,
			.since_sec = 92000,
			.events = 50,
			.events_matched = 31,
			.events_recorded = 26,
			.records = 64,
			.bytes = 10000,
			.events_no_rule = 1,
			.records_no_rule = 5,
			.bytes_no_rule = 500,
			.source = "replay" } };
	put_rule(ret, AUDIT_FILTER_EXIT, AUDIT_NEVER, 257, NULL,
		OF_RULE(.hits = 5, .evaluations = 40));
	put_rule(ret, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, 257, "open",
		OF_RULE(.hits = 20, .evaluations = 40, .events = 20, .records = 41, .bytes = 8000,
			.time_ns = 9000, .n_timed = 20, .last_sec = 100001));
	put_rule(ret, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, 62, "kill", OF_RULE(.evaluations = 3));
	put_rule(ret, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, 2, "open\001two",
		OF_RULE(.hits = 5, .evaluations = 5, .events = 5, .records = 10, .bytes = 1000,
			.last_sec = 1));
	put_rule(ret, AUDIT_FILTER_EXIT, AUDIT_ALWAYS, 3, NULL, OF_RULE(0));
}

static void tables(void **state)
{
	struct buf text = BUF_NULL;
	struct ctl_stats stats;

	(void)state;
	make_stats(&stats);
	ctl_stats_put(&text, &stats, NULL, NULL, false);
	assert_string_equal(buf_cstr(&text),
		"source replay, counted for 2h: 50 events, 31 decided by a rule, 26 recorded\n"
		"64 records, 10000 bytes; 0 records excluded\n"
		"\n"
		"hits  evaluations  records  bytes  share  ns/hit   last  rule\n"
		"   5           40        -      -      -       -      -  -a never,exit -F arch=b64 -S openat\n"
		"  20           40       41   8000  80.0%     450     0s  -a always,exit -F arch=b64 -S openat -F key=open\n"
		"   0            3        0      0   0.0%       -  never  -a always,exit -F arch=b64 -S kill -F key=kill\n"
		"   5            5       10   1000  10.0%       -    27h  -a always,exit -F arch=b64 -S open -F key=open -F key=two\n"
		"   0            0        0      0   0.0%       -  never  -a always,exit -F arch=b64 -S close\n"
		"\n"
		"never matched: 2 of 5 rules\n"
		"  -a always,exit -F arch=b64 -S kill -F key=kill\n"
		"      3 came this far: an earlier rule had decided, or a field did not match\n"
		"  -a always,exit -F arch=b64 -S close\n"
		"      nothing that it is about has happened\n"
		"\n"
		"rules  events  records  bytes   share  key\n"
		"    1      20       41   8000   80.0%  open\n"
		"    1       5       10   1000   10.0%  open,two\n"
		"    1       0        0      0    0.0%  (rules without a key)\n"
		"    1       0        0      0    0.0%  kill\n"
		"    -       1        5    500    5.0%  (messages and other records that no rule asked for)\n"
		"    -       0        8    500    5.0%  (rules that are gone)\n"
		"    5      26       64  10000  100.0%  (all)\n"
		"\n"
		"80.0% of all bytes are written because of one rule\n"
		"  -a always,exit -F arch=b64 -S openat -F key=open\n"
		"  who it is: ausearch --raw -k open | aureport -x --summary\n"
		"  less of it:\n"
		"    -F success=0: only what failed, where that is what matters\n"
		"    -F auid>=1000 -F auid!=unset: only what people do who have logged in\n"
		"    -A never,exit -F exe=PROGRAM ...: in front of it, for a program that may do this\n");
	buf_deinit(&text);
	ctl_stats_deinit(&stats);
}

static void some_rules(void **state)
{
	struct buf text = BUF_NULL;
	struct ctl_stats stats;
	const char *shown;

	(void)state;
	make_stats(&stats);
	ctl_stats_put(&text, &stats, "kill", NULL, true);
	shown = buf_cstr(&text);
	assert_null(strstr(shown, "key=open"));
	/* what never matched is red */
	assert_non_null(strstr(shown, "\033[31m   0            3 "));
	assert_non_null(strstr(shown, "\n    5      26       64  10000  100.0%  (all)\n"));
	buf_clear(&text);
	ctl_stats_put(&text, &stats, "nothing", NULL, false);
	assert_non_null(strstr(buf_cstr(&text), "\nNo rule has such a key\n"));
	buf_deinit(&text);
	ctl_stats_deinit(&stats);
	stats = (struct ctl_stats){ .rules = CTL_RULES_NULL };
	text = (struct buf)BUF_NULL;
	ctl_stats_put(&text, &stats, NULL, NULL, false);
	assert_non_null(strstr(buf_cstr(&text), "\nNo rules\n"));
	buf_deinit(&text);
}

/* ---- cost ---- */

static struct control_cost_row cost_row(
	const char *name, enum control_cost_kind kind, uint64_t runs, uint64_t time_ns)
{
	struct control_cost_row row = { .kind = kind, .runs = runs, .time_ns = time_ns };

	strcpy(row.name, name);
	return row;
}

static void costs(void **state)
{
	struct ctl_cost before = { .cost = { .clock_ns = 1000, .events = 10, .source = "bpf" } },
			after = {
				.cost = { .clock_ns = 1000001000, .events = 110, .source = "bpf" }
			};
	struct buf text = BUF_NULL;

	(void)state;
	before.cost.n_rows = 3;
	before.rows[0] = cost_row("sys_enter", CONTROL_COST_ENTRY, 1000, 5000);
	before.rows[1] = cost_row("sys_exit", CONTROL_COST_EXIT, 1000, 5000);
	before.rows[2] = cost_row("log writer", CONTROL_COST_PROCESS, 0, 999);
	after.cost.n_rows = 6;
	after.rows[0] = cost_row("sys_enter", CONTROL_COST_ENTRY, 101000, 2005000);
	after.rows[1] = cost_row("sys_exit", CONTROL_COST_EXIT, 101000, 1105000);
	after.rows[2] = cost_row("named", CONTROL_COST_NAMED, 100, 102000);
	after.rows[3] = cost_row("\033fork", CONTROL_COST_HOOK, 10, 1000);
	after.rows[4] = cost_row("engine", CONTROL_COST_PROCESS, 100, 1000000);
	/* started again */
	after.rows[5] = cost_row("log writer", CONTROL_COST_PROCESS, 0, 9);
	ctl_cost_put(&text, &before, &after, 0);
	assert_string_equal(buf_cstr(&text),
		"source bpf, measured for 1.00 s, 100 events\n"
		"\n"
		"what runs                    runs     ns/run  of a CPU\n"
		"sys_enter                  100000       20.0    0.200%\n"
		"sys_exit                   100000       11.0    0.110%\n"
		"named                         100     1020.0    0.010%\n"
		"?fork                          10      100.0    0.000%\n"
		"engine                        100    10000.0    0.100%\n"
		"log writer                      0        0.0    0.000%\n"
		"\n"
		"system calls 100000, of which 100 are named by rules\n"
		"added to a call that no rule names: 30.0 ns\n"
		"added to a call that rules name: 1020.0 ns\n"
		"of one CPU: 0.310% in the audited tasks, 0.100% beside them\n");
	/* the counting is not what they cost otherwise */
	buf_clear(&text);
	ctl_cost_put(&text, &before, &after, 10.5);
	assert_non_null(strstr(
		buf_cstr(&text), "\nsys_enter                  100000        9.5    0.095%\n"));
	assert_non_null(strstr(buf_cstr(&text), "\nnamed                         100     1020.0 "));
	assert_non_null(strstr(buf_cstr(&text), "that no rule names: 9.0 ns\n"));
	assert_non_null(strstr(buf_cstr(&text), "\n(the counting itself takes 10.5 ns a run, "));
	/* a source that does not tell named calls apart */
	after.rows[2].kind = CONTROL_COST_HOOK;
	buf_clear(&text);
	ctl_cost_put(&text, &before, &after, 0);
	assert_non_null(strstr(buf_cstr(&text),
		"\nsystem calls 100000\nadded to a system call: 31.0 ns, named by a rule or not\n"));
	/* and one without programs, in no time */
	strcpy(after.cost.source, "kernel");
	after.cost.n_rows = 0;
	buf_clear(&text);
	ctl_cost_put(&text, &before, &before, 0);
	ctl_cost_put(&text, &after, &after, 0);
	assert_non_null(
		strstr(buf_cstr(&text), "\nadded to a system call: not known: the kernel's own "));
	buf_deinit(&text);
}

static void cost_answers(void **state)
{
	struct ctl_cost said = { .cost = { .n_rows = UINT32_MAX } };
	struct side s;

	(void)state;
	/* fewer rows than it says, and half a one; names without an end */
	memset(said.cost.source, 's', sizeof(said.cost.source));
	memset(said.rows[0].name, 'n', sizeof(said.rows[0].name));
	said.rows[0].kind = CONTROL_COST_PROCESS; /* for which the kernel need not count */
	side_init(&s);
	acknowledge(&s, 0);
	answer(&s, CONTROL_COST, &said, sizeof(said.cost) + 2 * sizeof(said.rows[0]) - 1);
	acknowledge(&s, 0);
	answer(&s, CONTROL_COST, &said, sizeof(said.cost) - 1);
	assert_int_equal(ctl_cost(&s.ctl, 0), CTL_ERROR);
	acknowledge(&s, -EOPNOTSUPP);
	assert_int_equal(ctl_cost(&s.ctl, 0), CTL_ERROR);
	side_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_words),
		cmocka_unit_test(words),
		cmocka_unit_test(answers),
		cmocka_unit_test(tables),
		cmocka_unit_test(some_rules),
		cmocka_unit_test(costs),
		cmocka_unit_test(cost_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
