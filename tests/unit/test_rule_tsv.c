// SPDX-License-Identifier: MIT
/*
 * Every recorded answer of auditctl (tests/data/auditctl-rules*.tsv) against ours: the same listing, or the same error.
 * Where ours differs on purpose the line stands in a table here and in docs/compatibility.md, section Rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/macros.h"
#include "fake_env.h"
#include "rule_choices.h"
#include "rule/rule_parse.h"
#include "rule/rule_set.h"

#define WORDS_MAX 256
#define TEXT_MAX  4096

/* Lines that are about reading a file, which the parser does not do; it answers every -R alike (test_rule_parse). */
static const char *const out_of_scope[] = { "-R /tmp/nosuchfile" };

/* Lines of the 4.2 file for which we give the answer of 3.0.9. */
static const char *const kept[] = {
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F uid=nosuchuser",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F gid=nosuchgroup",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F path=/tmp/t/f -F perm=r -k pr",
	"-a always,exit -F arch=b64 -F exe=/tmp/t/prog -F path=/tmp/t/f -F perm=wa -k permarch",
	"-a always,exit -F arch=b64 -F path=/tmp/t/f -F perm=x -F exe=/tmp/t/prog",
	"-a always,exit -F arch=b64 -F exe=/tmp/t/prog -F path=/tmp/t/f -F perm=rwxa",
	"-a always,exit -F arch=b64 -F exe=/tmp/t/prog -F path=/tmp/t/f -F perm=axwr",
	"-a always,exit -F arch=b64 -F exe=/tmp/t/prog -F path=/tmp/t/f -F perm=WA",
	"-a always,exit -F arch=b64 -S open,nosuchcall -F exe=/tmp/t/prog",
	"-a always,entry -F arch=b64 -S openat -F exe=/tmp/t/prog",
	"-a always,never -F exe=/tmp/t/prog",
	"-a always,exclude -F exit=0 -F exe=/tmp/t/prog",
	"-a always,exclude -F path=/tmp/t/f",
	"-a always,io_uring -S all -F exe=/tmp/t/prog",
	"-a always,io_uring -S uring_cmd,sendmsg -F exe=/tmp/t/prog -k ur",
	"-d always,bogus -F arch=b64 -S openat",
	"-a always,exit -F arch=b64 -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=unset -k privileged",
	"-a always,exit -F arch=b64 -F path=/etc/shadow -F perm=wa -k identity",
	"-a always,exit -F arch=b32 -F path=/etc/shadow -F perm=wa -k identity",
	"-a always,exit -F arch=b64 -F path=/etc/passwd -F perm=r",
	"-a never,exit -F uid=chrony",
	"-a never,user -F uid=ntp",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F auid=UNSET",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F gid=-1",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F gid=unset",
	"-a always,exit -F arch=b64 -S umount,newuname,_sysctl -F exe=/tmp/t/prog",
	"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F perm=wa",
	"-w /tmp/t/f -W /tmp/t/d",
	"--reset-lost extra",
	"--signal term",
};

static const char *our_choice(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		if (strcmp(choices[i].line, line) == 0)
			return choices[i].ours;
	return NULL;
}

static bool named(const char *const *lines, size_t n, const char *line)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(lines[i], line) == 0)
			return true;
	return false;
}

/* "ERROR:" and the message with its line breaks as \n, as the files have it. */
static void put_error(struct buf *to, const struct rule_error *error)
{
	const char *c;

	buf_puts(to, "ERROR:");
	if (!error->message[0]) {
		buf_puts(to, "(no message, exit status ");
		buf_u64(to, (uint64_t)error->status);
		buf_puts(to, ")");
	}
	for (c = error->message; *c; c++) {
		if (*c == '\n')
			buf_puts(to, "\\n");
		else
			buf_putc(to, *c);
	}
}

/* What is listed loads again, and is listed alike. */
static void check_round_trip(const char *line, const char *text)
{
	const struct rule_env *env = &fake_env;
	struct audit_krule *rule = NULL;
	struct audit_rule_data *data;
	struct buf again = BUF_NULL;
	struct rule_error error;
	struct rule_request req;
	size_t at = 0, len;
	unsigned number = 0;

	if (rule_parse_line(&req, text, strlen(text), &at, &number, env, &error) != 1)
		fail_msg("%s is listed as %s: %s", line, text, error.message);
	assert_int_equal(krule_from_data(&rule, req.data, req.data_len, env), 0);
	data = krule_to_data(rule, &len);
	assert_non_null(data);
	rule_format(&again, data, len);
	assert_string_equal(buf_cstr(&again), text);
	buf_deinit(&again);
	free(data);
	krule_free(rule);
	rule_request_deinit(&req);
}

/* What auditctl would do with a parsed request, and a kernel that has no rules yet. */
static void carry_out(
	struct buf *to, const char *line, const struct rule_request *req, bool kernel_checks)
{
	struct rule_error error;
	struct krule_fault fault;
	struct audit_krule *rule;
	struct audit_rule_data *data;
	struct rule_set *set;
	size_t len;
	int r;

	if (req->kind != RULE_REQUEST_ADD && req->kind != RULE_REQUEST_DELETE) {
		buf_puts(to, "No rules");
		return;
	}
	if (!kernel_checks) {
		rule_format(to, req->data, req->data_len);
		return;
	}
	r = krule_from_data_fault(&rule, req->data, req->data_len, &fake_env, &fault);
	if (r < 0) {
		rule_error_refused(&error, req, r, &fault);
		put_error(to, &error);
		return;
	}
	assert_int_equal(rule_set_new(&set), 0);
	if (req->kind == RULE_REQUEST_ADD) {
		assert_int_equal(rule_set_add(set, rule), 0);
		data = krule_to_data(rule, &len);
		assert_non_null(data);
		rule_format(to, data, len);
		check_round_trip(line, buf_cstr(to));
		free(data);
	} else {
		r = rule_set_delete(set, rule);
		rule_error_refused(&error, req, r, NULL);
		put_error(to, &error);
		krule_free(rule);
	}
	rule_set_free(set);
}

static const char *answer(struct buf *to, const char *line, bool kernel_checks)
{
	char text[TEXT_MAX], *save = NULL, *word;
	const char *words[WORDS_MAX];
	struct rule_error error = { 0 };
	struct rule_request req;
	size_t n = 0;
	int r;

	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		assert_true(n < WORDS_MAX);
		words[n++] = word;
	}
	buf_clear(to);
	r = rule_parse_words(&req, words, n, &fake_env, &error);
	if (r < 0) {
		assert_int_equal(r, -EINVAL);
		assert_true(error.word < n || n == 0);
		put_error(to, &error);
	} else {
		carry_out(to, line, &req, kernel_checks);
		rule_request_deinit(&req);
	}
	return buf_cstr(to);
}

struct totals {
	size_t same, chosen, skipped;
};

/* Reads the rows of a file; each gets to check(line, expected). */
static void each_row(const char *file, struct totals *totals,
	void (*check)(struct totals *totals, const char *line, const char *expected))
{
	char path[512], *row = NULL, *tab;
	size_t size = 0;
	ssize_t len;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", TEST_DATA, file);
	f = fopen(path, "re");
	assert_non_null(f);
	while ((len = getline(&row, &size, f)) > 0) {
		if (row[len - 1] == '\n')
			row[len - 1] = '\0';
		if (row[0] == '#')
			continue;
		tab = strchr(row, '\t');
		assert_non_null(tab);
		*tab = '\0';
		check(totals, row, tab + 1);
	}
	free(row);
	(void)fclose(f);
}

static void check_row(
	struct totals *totals, const char *line, const char *expected, bool kernel_checks)
{
	const char *chosen = our_choice(line);
	struct buf b = BUF_NULL;
	const char *got;

	if (named(out_of_scope, ARRAY_SIZE(out_of_scope), line)) {
		totals->skipped++;
		return;
	}
	got = answer(&b, line, kernel_checks);
	if (chosen) {
		/* A choice that makes no difference is none. */
		assert_string_not_equal(chosen, expected);
		expected = chosen;
		totals->chosen++;
	} else {
		totals->same++;
	}
	if (strcmp(got, expected) != 0) {
		print_error("line: %s\nwant: %s\ngot:  %s\n", line, expected, got);
		totals->same = SIZE_MAX /
			       2; /* the row's test fails at its end, after all rows were shown */
	}
	buf_deinit(&b);
}

static void check_scoped(struct totals *totals, const char *line, const char *expected)
{
	check_row(totals, line, expected, true);
}

static void check_unscoped(struct totals *totals, const char *line, const char *expected)
{
	check_row(totals, line, expected, false);
}

static void check_new(struct totals *totals, const char *line, const char *expected)
{
	struct buf b = BUF_NULL;
	const char *got = answer(&b, line, strstr(line, "/tmp/t") || strncmp(line, "-d", 2) == 0);

	if (named(kept, ARRAY_SIZE(kept), line)) {
		assert_string_not_equal(got, expected);
		totals->chosen++;
	} else {
		totals->same++;
		if (strcmp(got, expected) != 0) {
			print_error("4.2 line: %s\nwant: %s\ngot:  %s\n", line, expected, got);
			totals->same = SIZE_MAX / 2;
		}
	}
	buf_deinit(&b);
}

static void scoped_rows(void **state)
{
	struct totals totals = { 0 };

	(void)state;
	each_row("auditctl-rules.tsv", &totals, check_scoped);
	assert_int_equal(totals.same, 345);
	assert_int_equal(totals.chosen, 11);
	assert_int_equal(totals.skipped, 1);
}

static void unscoped_rows(void **state)
{
	struct totals totals = { 0 };

	(void)state;
	each_row("auditctl-rules-unscoped.tsv", &totals, check_unscoped);
	assert_int_equal(totals.same, 103);
	assert_int_equal(totals.chosen, 10);
	assert_int_equal(totals.skipped, 0);
}

static void rows_of_4_2(void **state)
{
	struct totals totals = { 0 };

	(void)state;
	each_row("auditctl-rules-4.2.tsv", &totals, check_new);
	assert_int_equal(totals.same, 14);
	assert_int_equal(totals.chosen, ARRAY_SIZE(kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scoped_rows),
		cmocka_unit_test(unscoped_rows),
		cmocka_unit_test(rows_of_4_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
