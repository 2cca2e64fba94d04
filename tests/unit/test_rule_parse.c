// SPDX-License-Identifier: MIT
/* The option grammar, the bytes of rules, lines of files, and where errors point. The answers are in test_rule_tsv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "fake_env.h"
#include "rule/rule_parse.h"
#include "rule/rule_suggest.h"

#define WORDS_MAX 160

struct outcome {
	int r;
	struct rule_request req;
	struct rule_error error;
};

/* One line of text as a file of its own. */
static void parse_text(struct outcome *ret, const char *text)
{
	size_t at = 0;
	unsigned line = 0;

	memset(ret, 0, sizeof(*ret));
	ret->r = rule_parse_line(&ret->req, text, strlen(text), &at, &line, &fake_env, &ret->error);
}

static void parse_words(struct outcome *ret, const char *const *words, size_t n)
{
	memset(ret, 0, sizeof(*ret));
	ret->r = rule_parse_words(&ret->req, words, n, &fake_env, &ret->error);
}

static const struct audit_rule_data *data_of(const struct outcome *o)
{
	if (o->r != 1)
		fail_msg("%s (%s)", o->error.message, o->error.hint);
	assert_int_equal(o->req.kind, RULE_REQUEST_ADD);
	assert_int_equal(o->req.data_len, sizeof(struct audit_rule_data) + o->req.data->buflen);
	return o->req.data;
}

static void bytes_of_a_rule(void **state)
{
	const struct audit_rule_data *data;
	struct audit_rule_data want = { 0 };
	struct outcome o;

	(void)state;
	parse_text(&o, "-A exit,always -k k1 -F arch=b64");
	assert_int_equal(o.r, -EINVAL);
	if (machine_native_elf() != ABI_ARCH_X86_64)
		skip();
	parse_text(&o,
		"-A exit,always -F arch=b64 -S openat -k k1 -F path=/tmp/t/f -k k2 -F uid=nobody -C uid!=euid");
	data = data_of(&o);
	want.flags = AUDIT_FILTER_EXIT | AUDIT_FILTER_PREPEND;
	want.action = AUDIT_ALWAYS;
	want.mask[257 / 32] = 1u << (257 % 32);
	want.field_count = 5;
	want.fields[0] = AUDIT_ARCH;
	want.values[0] = 0xc000003e;
	want.fieldflags[0] = AUDIT_EQUAL;
	want.fields[1] = AUDIT_WATCH;
	want.values[1] = 8;
	want.fieldflags[1] = AUDIT_EQUAL;
	want.fields[2] = AUDIT_UID;
	want.values[2] = 65534;
	want.fieldflags[2] = AUDIT_EQUAL;
	want.fields[3] = AUDIT_FIELD_COMPARE;
	want.values[3] = AUDIT_COMPARE_UID_TO_EUID;
	want.fieldflags[3] = AUDIT_NOT_EQUAL;
	/* the keys stand behind all fields, joined */
	want.fields[4] = AUDIT_FILTERKEY;
	want.values[4] = 5;
	want.fieldflags[4] = AUDIT_EQUAL;
	want.buflen = 13;
	assert_memory_equal(data, &want, sizeof(want));
	assert_memory_equal(data->buf, "/tmp/t/fk1\x01k2", 13);
	rule_request_deinit(&o.req);
}

static void no_syscalls_are_all_but_on_task(void **state)
{
	struct outcome o;

	(void)state;
	parse_text(&o, "-a never,task");
	assert_int_equal(data_of(&o)->mask[0] | data_of(&o)->mask[63], 0);
	rule_request_deinit(&o.req);
	parse_text(&o, "-a never,user");
	assert_int_equal(data_of(&o)->mask[0] & data_of(&o)->mask[63], UINT32_MAX);
	rule_request_deinit(&o.req);
	parse_text(&o, "-w /tmp/t/f -S 5");
	assert_int_equal(data_of(&o)->mask[0] & data_of(&o)->mask[63], UINT32_MAX);
	rule_request_deinit(&o.req);
}

static void getopt_grammar(void **state)
{
	static const struct {
		const char *line;
		int kind; /* -1: the message */
		const char *message;
	} rows[] = {
		{ "-aalways,exit -Fuid=0 -kx", -1,
			"key option needs a watch or syscall given prior to it" },
		{ "-aalways,exit -Sopen -Fuid=0 -kx", RULE_REQUEST_ADD, NULL },
		{ "-a always,exit -F uid=0 --", RULE_REQUEST_ADD, NULL },
		{ "-a always,exit -- -F uid=0", -1, "parameter passed without an option given" },
		{ "-a always,exit foo -F uid=0", -1, "parameter passed without an option given" },
		{ "foo -i", RULE_REQUEST_NONE, NULL },
		{ "--backlog_wait_t 5", RULE_REQUEST_OPTION, NULL },
		{ "--backlog_wait_time=5", RULE_REQUEST_OPTION, NULL },
		{ "--backlog_wait_time=x", -1, "Backlog_wait_time must be a numeric value was x" },
		{ "--reset", -1, "Option --reset on line 1 is invalid" },
		{ "--reset-lost=1", -1, "Option --reset-lost=1 on line 1 is invalid" },
		{ "--reset-lost", RULE_REQUEST_OPTION, NULL },
		{ "--si TERM", RULE_REQUEST_OPTION, NULL },
		{ "-b 5 -f 1 -e 0 -r 0x10", RULE_REQUEST_OPTION, NULL },
		{ "-s -i", RULE_REQUEST_OPTION, NULL },
		{ "-l -k x", RULE_REQUEST_OPTION, NULL },
		{ "-v -F", -1, "parameter passed without an option given" },
		{ "-m text", RULE_REQUEST_OPTION, NULL },
		{ "-m \x01", -1, "Illegal character in audit event" },
		{ "-D", RULE_REQUEST_DELETE_ALL, NULL },
		{ "-D -k some", RULE_REQUEST_DELETE_ALL, NULL },
		{ "-R other.rules", -1, "Error - nested rule files not supported" },
		{ "-W /tmp/t/f", RULE_REQUEST_DELETE, NULL },
		{ "-W /tmp/t/f -a always,exit", RULE_REQUEST_ADD, NULL },
		{ "-d always,task -F uid=0", RULE_REQUEST_DELETE, NULL },
		{ "-S open -d always,task -F uid=0", RULE_REQUEST_DELETE, NULL },
		{ "-S open -A always,task", -1, "Error: syscall auditing requested for task list" },
		{ "-A exit,possible", RULE_REQUEST_NONE, NULL },
		{ "-a always,exit -p wa -F uid=0", -1,
			"Permissions should be preceeded by other fields" },
		{ "-S openat -a always,io_uring", -1, "io_uring must be given before -S" },
		{ "-w /tmp/t/f -p \\ ", -1, "Permission   isn't supported" },
	};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_text(&o, rows[i].line);
		if (rows[i].kind >= 0) {
			if (o.r != 1 || (int)o.req.kind != rows[i].kind)
				fail_msg("%s: %d, kind %d, %s", rows[i].line, o.r, (int)o.req.kind,
					o.error.message);
		} else {
			if (o.r != -EINVAL || strcmp(o.error.message, rows[i].message) != 0)
				fail_msg("%s: %d, '%s'", rows[i].line, o.r, o.error.message);
			assert_int_equal(o.error.status, 1);
		}
		rule_request_deinit(&o.req);
	}
}

static void delete_all_by_key(void **state)
{
	struct outcome o;

	(void)state;
	parse_text(&o, "-D -k some");
	assert_int_equal(o.r, 1);
	assert_string_equal(o.req.key, "some");
	rule_request_deinit(&o.req);
}

/* What auditctl says is not mixed with what we add. */
static void notes_are_ours(void **state)
{
	struct outcome o;

	(void)state;
	parse_text(&o, "-w /tmp/t/* -F uid=5abc");
	assert_int_equal(o.r, 1);
	assert_string_equal(o.req.warning, "Warning - wildcard notation is not supported");
	assert_string_equal(o.req.note, "'5abc': what follows the number is ignored");
	rule_request_deinit(&o.req);
}

static void put_action(struct buf *to, const struct rule_action *action)
{
	if (to->len)
		buf_puts(to, "; ");
	buf_u64(to, action->kind);
	if (action->value) {
		buf_putc(to, ' ');
		buf_u64(to, action->value);
	}
	if (action->interpret)
		buf_puts(to, " -i");
	if (action->text) {
		buf_putc(to, ' ');
		buf_puts(to, action->text);
	}
}

/* Numbers are of enum rule_action_kind. */
static void actions_in_their_order(void **state)
{
	static const struct {
		const char *line;
		int kind;            /* -1: an error */
		const char *actions; /* of an error: what stands before it */
	} rows[] = {
		{ "-b 100 -f 1", RULE_REQUEST_OPTION, "3 100; 1 1" },
		{ "-e 2 -r 0x10 --backlog_wait_time=60000", RULE_REQUEST_OPTION,
			"0 2; 2 16; 4 60000" },
		{ "-b 4294967296", RULE_REQUEST_OPTION, "3" },
		{ "-b 64x -c", RULE_REQUEST_OPTION, "3 64" },
		{ "-b 100 -f 5 -r 2", -1, "3 100" },
		{ "-b 100 foo", -1, "3 100" },
		{ "-b 100 -a always,exit -S 5 -f 1", RULE_REQUEST_ADD, "3 100; 1 1" },
		{ "-b 100 -a always,exit -S 5 -t", RULE_REQUEST_OPTION, "3 100; 9" },
		{ "-b 100 -F uid=0", -1, "3 100" },
		{ "-s", RULE_REQUEST_OPTION, "5" },
		{ "-s -i", RULE_REQUEST_OPTION, "5 -i" },
		{ "-sfoo", -1, "5" },
		{ "-s -i foo", -1, "" },
		{ "-l", RULE_REQUEST_OPTION, "6" },
		{ "-l -i", RULE_REQUEST_OPTION, "6 -i" },
		{ "-l -k some", RULE_REQUEST_OPTION, "6 some" },
		{ "-lfoo", -1, "6" },
		{ "-v foo", -1, "7" },
		{ "-b 64 -h", -1, "3 64; 8" },
		{ "-t foo", RULE_REQUEST_OPTION, "9" },
		{ "-q /a,/b/c", RULE_REQUEST_OPTION, "10 /a,/b/c" },
		{ "-m hello\\ there", RULE_REQUEST_OPTION, "11 hello there" },
		{ "--signal term", RULE_REQUEST_OPTION, "12 15" },
		{ "--signal rotate", RULE_REQUEST_OPTION, "12 10" },
		{ "--signal CONT foo", -1, "12 18" },
		{ "--reset-lost", RULE_REQUEST_OPTION, "13" },
		{ "--reset_backlog_wait_time_actual", RULE_REQUEST_OPTION, "14" },
		{ "--loginuid-immutable", RULE_REQUEST_OPTION, "15" },
		{ "-D", RULE_REQUEST_DELETE_ALL, "" },
	};
	struct buf actions = BUF_NULL;
	struct outcome o;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_text(&o, rows[i].line);
		if (rows[i].kind < 0 ? o.r != -EINVAL : o.r != 1 || (int)o.req.kind != rows[i].kind)
			fail_msg("%s: %d, kind %d, %s", rows[i].line, o.r, (int)o.req.kind,
				o.error.message);
		buf_clear(&actions);
		for (k = 0; k < o.req.n_actions; k++)
			put_action(&actions, &o.req.actions[k]);
		if (strcmp(buf_cstr(&actions), rows[i].actions) != 0)
			fail_msg("%s: %s, not %s", rows[i].line, buf_cstr(&actions),
				rows[i].actions);
		rule_request_deinit(&o.req);
	}
	buf_deinit(&actions);
}

static bool value_in_words(
	void *userdata, struct buf *to, const struct audit_rule_data *data, size_t i)
{
	(void)userdata;
	if (data->fields[i] != AUDIT_UID && data->fields[i] != AUDIT_ARCH)
		return false;
	buf_puts(to, data->fields[i] == AUDIT_UID ? "somebody" : "here");
	return true;
}

static void listings_take_words(void **state)
{
	struct rule_words words = { .value = value_in_words };
	struct buf listed = BUF_NULL;
	struct outcome o;

	(void)state;
	parse_text(&o, "-a always,exit -F arch=b64 -S 2000 -F uid=7 -F pid=7 -F subj_user=x");
	rule_format_words(&listed, data_of(&o), o.req.data_len, &words);
	assert_string_equal(buf_cstr(&listed),
		"-a always,exit -F arch=here -S 2000 -F uid=somebody -F pid=7 -F subj_user=x");
	buf_deinit(&listed);
	rule_request_deinit(&o.req);
}

static void keys_are_found_by_a_part(void **state)
{
	struct outcome o;

	(void)state;
	parse_text(&o, "-a always,exit -S 2000 -F subj_user=other -k one -k two");
	assert_true(rule_data_has_key(data_of(&o), o.req.data_len, "on"));
	assert_true(rule_data_has_key(data_of(&o), o.req.data_len, "wo"));
	assert_true(rule_data_has_key(data_of(&o), o.req.data_len, "e\x01t"));
	assert_false(rule_data_has_key(data_of(&o), o.req.data_len, "other"));
	assert_false(rule_data_has_key(data_of(&o), sizeof(struct audit_rule_data) - 1, "on"));
	rule_request_deinit(&o.req);
}

/* Where auditctl is silent, or makes something of nothing. */
static void dubious_words(void **state)
{
	static const struct {
		const char *line, *message, *warning; /* NULL: accepted; no warning or note */
	} rows[] = {
		{ "-a always,exit -F arch=b64 -S ,", "Syscall name unknown: ", NULL },
		{ "-a always,exit -F arch=b64 -S 4294967298", "Syscall name unknown: 4294967298",
			NULL },
		{ "-a always,exit -F arch=b64 -S 2031", NULL, NULL },
		{ "-a always,exit -F arch=b64 -S 2abc", NULL,
			"-S 2abc: 'abc' is ignored, the number is 2" },
		{ "-a always,exit -F uid=5abc", NULL,
			"'5abc': what follows the number is ignored" },
		{ "-a always,exit -F inode=99999999999", NULL,
			"'99999999999' is cut to 32 bits: 1215752191" },
		{ "-a always,exit -F a0=0xffffffffffffff9c", NULL, NULL },
		{ "-a always,exit -F exit=EACCES", NULL,
			"'EACCES' is 13: calls that fail return -EACCES" },
		{ "-a always,exit -F exit=-EACCES", NULL, NULL },
		{ "-a always,exit -F path=/tmp/a>=b!=c", NULL, NULL },
		{ "-a always,exit -F uid=-", "Unknown user: -", NULL },
		{ "-a always,exit -F saddr_fam=UNIX", NULL, NULL },
		{ "-a always,exit -F saddr_fam=46", "value is too large for field: saddr_fam",
			NULL },
		{ "-a always,exit -F filetype=1", "-F unknown file type -  filetype", NULL },
		{ "-a always,exit -F sessionid=-", "-F value should be number for sessionid",
			NULL },
		{ "-a always,exit -F arch=0C000003E", "arch elf mapping not found", NULL },
		{ "-a always,exit -F uid=0 -i", NULL,
			"the rule is not loaded: -i and -c stand alone, in a file on a line of their own" },
		{ "-w /tmp/t/* -p wa", NULL, "Warning - wildcard notation is not supported" },
		{ "-w /tmp/t/../t/?", NULL,
			"Warning - relative path notation is not supported\n"
			"Warning - wildcard notation is not supported" },
		{ "-a exit,possible", NULL, "Append rule - possible is deprecated" },
		{ "-w /tmp/t/f -k a\x01"
		  "b",
			NULL,
			"key a\x01"
			"b has illegal character" },
	};
	const char *said;
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_text(&o, rows[i].line);
		if (rows[i].message) {
			if (o.r != -EINVAL || strcmp(o.error.message, rows[i].message) != 0)
				fail_msg("%s: %d, '%s'", rows[i].line, o.r, o.error.message);
			continue;
		}
		if (o.r != 1)
			fail_msg("%s: '%s'", rows[i].line, o.error.message);
		said = o.req.warning ? o.req.warning : o.req.note;
		if (rows[i].warning)
			assert_string_equal(said ? said : "(nothing)", rows[i].warning);
		else
			assert_null(said);
		rule_request_deinit(&o.req);
	}
}

static void mismatch_is_warned_of(void **state)
{
	static const char *const words[] = { "-a", "always,exit", "-S", "open,read" };
	struct outcome o;

	(void)state;
	if (machine_native_elf() != ABI_ARCH_X86_64)
		skip();
	parse_words(&o, words, ARRAY_SIZE(words));
	assert_int_equal(o.r, 0);
	assert_string_equal(
		o.req.warning, "WARNING - 32/64 bit syscall mismatch, you should specify an arch");
	rule_request_deinit(&o.req);
	parse_text(&o, "\n\n-a always,exit -S open");
	assert_string_equal(o.req.warning,
		"WARNING - 32/64 bit syscall mismatch in line 3, you should specify an arch");
	rule_request_deinit(&o.req);
	parse_text(&o, "-a always,exit -S 5,all,6");
	assert_null(o.req.warning);
	rule_request_deinit(&o.req);
}

/* Where the error points, and what it advises. */
static void errors_point(void **state)
{
	static const struct {
		const char *line;
		size_t column;
		const char *hint; /* a part of it */
	} rows[] = {
		{ "-a always,exit -F arch=b64 -S open,opnat", 35, "did you mean openat?" },
		{ "  -a always,exit -F arch=b64 -S opnat", 32, "did you mean openat?" },
		{ "-a always,exit -F arch=b64 -Sopnat", 29, "did you mean openat?" },
		{ "-a always,exit -F oebj_uid=0", 18,
			"'oebj_uid' is no field; did you mean obj_uid?" },
		{ "-a always,exit -F pat=/x", 18, "did you mean path?" },
		{ "-a always,exit -F uid=nosuch", 22, "uid takes the name of a user" },
		{ "-a always,exit -F exit=-EACES", 23, "did you mean -EACCES?" },
		{ "-a always,exclude -F msgtype=SYSCAL", 29, "did you mean SYSCALL?" },
		{ "-a always,exit -F arch=b46", 23, "b64, b32" },
		{ "-a always,exit -F path=/tmp/t/f -F perm=rz", 41, "'z' is not one of" },
		{ "-a always,exit -F filetype=pipe", 27, "file, dir, socket" },
		{ "-a always,exit -F saddr_fam=inet5", 28, "did you mean inet" },
		{ "-a always,exit -S open -F arch=b64", 26, "before -S" },
		{ "-a alway,exit", 3, "'alway' is neither a list nor an action" },
		{ "-a always,exit\t-F uid=0", 3, "separated by spaces, not tabs" },
		{ "-a always,exit -C uid=gid", 18, "uid can be compared with " },
		{ "-a always,exit -C uid=fo", 22, "'fo' is no field" },
		{ "-a always,exit -F inode>4", 23, "'>' is not possible here" },
		{ "-a always,exit -F msgtype=CWD", 18, "msgtype stands on user, exclude only" },
		{ "-a always,user -F ppid=1", 18, "ppid stands on exit, io_uring only" },
		{ "-w /tmp/a\\ b -p rwq", 18, "the letters are r" },
		{ "-w /tmp/a\\ b/f -Z", 16, "there is no option '-Z'" },
		{ "-a always,exit -S", 16, "'-S' needs an argument" },
		{ "-a always,exit -S open # why", 23, "a comment needs a line of its own" },
	};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_text(&o, rows[i].line);
		if (o.r != -EINVAL || o.error.column != rows[i].column ||
			!strstr(o.error.hint, rows[i].hint))
			fail_msg("%s: %d at %zu: %s (%s)", rows[i].line, o.r, o.error.column,
				o.error.message, o.error.hint);
	}
}

static void refusals_point(void **state)
{
	struct krule_fault fault;
	struct audit_krule *rule;
	struct rule_error error;
	struct outcome o;
	int r;

	(void)state;
	parse_text(&o, "  -a always,exit -F pid=1 -F uid&4");
	assert_int_equal(o.r, 1);
	r = krule_from_data_fault(&rule, o.req.data, o.req.data_len, &fake_env, &fault);
	assert_int_equal(r, -EINVAL);
	rule_error_refused(&error, &o.req, r, &fault);
	assert_string_equal(
		error.message, "Error sending add rule data request (Invalid argument)");
	assert_string_equal(error.hint, "uid takes = != < <= > >=");
	assert_int_equal(error.column, 29);
	rule_error_refused(&error, &o.req, -EEXIST, NULL);
	assert_string_equal(error.message, "Error sending add rule data request (Rule exists)");
	rule_request_deinit(&o.req);
}

static void lines_of_a_file(void **state)
{
	static const char text[] = "# comment\n"
				   "   \n"
				   "\t\n"
				   "\r\n"
				   "   # another\n"
				   "-w /tmp/t/a\\ b\\\\c\\d -k  x\\\n"
				   "\t -w /tmp/t/f   -k y\r\n"
				   "-z\n"
				   "-w /tmp/t/\xff\xfe";
	struct rule_error error;
	struct rule_request req;
	unsigned line = 0;
	size_t at = 0;

	(void)state;
	assert_int_equal(
		rule_parse_line(&req, text, sizeof(text) - 1, &at, &line, &fake_env, &error), 1);
	assert_int_equal(line, 6);
	assert_int_equal(req.data->values[0], 14);
	assert_memory_equal(req.data->buf, "/tmp/t/a b\\c\\dx\\", 16);
	rule_request_deinit(&req);
}

static void lines_go_on_behind_a_bad_one(void **state)
{
	static const char text[] = "-z\n-w /tmp/t/f -k y\r\n-w relative\n\n-w /tmp/t/\xff\xfe";
	struct rule_error error;
	struct rule_request req;
	unsigned line = 0;
	size_t at = 0, len = sizeof(text) - 1;

	(void)state;
	assert_int_equal(rule_parse_line(&req, text, len, &at, &line, &fake_env, &error), -EINVAL);
	assert_int_equal(line, 1);
	assert_int_equal(rule_parse_line(&req, text, len, &at, &line, &fake_env, &error), 1);
	assert_int_equal(line, 2);
	assert_memory_equal(req.data->buf + 8, "y", 1);
	assert_int_equal(req.data->buflen, 9); /* the CR is not in the key */
	rule_request_deinit(&req);
	assert_int_equal(rule_parse_line(&req, text, len, &at, &line, &fake_env, &error), -EINVAL);
	assert_int_equal(line, 3);
	assert_string_equal(error.message, "The path must start with '/'");
	assert_int_equal(rule_parse_line(&req, text, len, &at, &line, &fake_env, &error), 1);
	assert_int_equal(line, 5);
	assert_memory_equal(req.data->buf, "/tmp/t/\xff\xfe", 9);
	rule_request_deinit(&req);
	assert_int_equal(rule_parse_line(&req, text, len, &at, &line, &fake_env, &error), 0);
}

static void lines_have_a_limit(void **state)
{
	char text[RULE_LINE_MAX + 2];
	struct outcome o;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "-w /tmp/t/f", 11);
	text[RULE_LINE_MAX - 1] = ' ';
	text[RULE_LINE_MAX] = '\0';
	parse_text(&o, text);
	assert_int_equal(o.r, 1);
	rule_request_deinit(&o.req);
	text[RULE_LINE_MAX] = ' ';
	text[RULE_LINE_MAX + 1] = '\0';
	parse_text(&o, text);
	assert_int_equal(o.r, -EINVAL);
	assert_string_equal(o.error.message, "the line is too long");
}

static void a_nul_is_refused(void **state)
{
	static const char text[] = "  -w /tmp/t/f\0 -k x\n-w /tmp/t/f";
	struct rule_error error;
	struct rule_request req;
	unsigned line = 0;
	size_t at = 0;

	(void)state;
	assert_int_equal(
		rule_parse_line(&req, text, sizeof(text) - 1, &at, &line, NULL, &error), -EINVAL);
	assert_int_equal(error.column, 13);
	assert_int_equal(
		rule_parse_line(&req, text, sizeof(text) - 1, &at, &line, NULL, &error), 1);
	rule_request_deinit(&req);
}

static void limits_of_a_rule(void **state)
{
	char key[258];
	const char *words[WORDS_MAX] = { "-a", "always,exit" };
	struct outcome o;
	size_t n = 2;

	(void)state;
	while (n < 2 + 2 * 63) {
		words[n++] = "-F";
		words[n++] = "uid=0";
	}
	parse_words(&o, words, n);
	assert_int_equal(o.r, 0);
	assert_int_equal(o.req.data->field_count, 63);
	rule_request_deinit(&o.req);
	words[n] = "-F";
	words[n + 1] = "bogus";
	parse_words(&o, words, n + 2);
	assert_string_equal(o.error.message, "Too many fields in rule: bogus");
	words[n] = "-C";
	words[n + 1] = "uid=euid";
	parse_words(&o, words, n + 2);
	assert_string_equal(o.error.message, "Too many fields in rule: uid=euid");
	words[n] = "-F";
	words[n + 1] = "key=k";
	parse_words(&o, words, n + 2);
	assert_string_equal(o.error.message, "Too many fields in rule: key=k");
	words[n] = "-p";
	words[n + 1] = "wa";
	parse_words(&o, words, n + 2);
	assert_string_equal(o.error.message, "Too many fields when adding permissions");

	memset(key, 'k', 257);
	key[257] = '\0';
	words[0] = "-w";
	words[1] = "/tmp/t/f";
	words[2] = "-k";
	words[3] = key;
	parse_words(&o, words, 4);
	assert_string_equal(o.error.message, "key option exceeds size limit");
	key[256] = '\0';
	parse_words(&o, words, 4);
	assert_int_equal(o.r, 0);
	rule_request_deinit(&o.req);
	words[4] = "-k";
	words[5] = "";
	parse_words(&o, words, 6);
	assert_int_equal(o.r, 0);
	assert_int_equal(o.req.data->values[2], 256);
	rule_request_deinit(&o.req);
	words[5] = "x";
	parse_words(&o, words, 6);
	assert_string_equal(o.error.message, "key option exceeds size limit");
}

static void words_of_several_rules(void **state)
{
	static const char *const words[] = { "-S", "open", "-a", "always,exit", "-k", "-a", "-w",
		"/a", "-pwa", "-D", "-k", "x", "-Aalways,exit", "-F", "-d" };
	static const size_t want[] = { 6, 3, 3, 3 };
	size_t at = 0, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(rule_words_of_first(words + at, ARRAY_SIZE(words) - at), want[i]);
		at += want[i];
	}
	assert_int_equal(at, ARRAY_SIZE(words));
	assert_int_equal(rule_words_of_first(words, 0), 0);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-a" }, 1), 1);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-a", "x" }, 2), 2);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-ax", "x" }, 2), 1);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-D", "x" }, 2), 1);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-o", "x" }, 2), 0);
	assert_int_equal(rule_words_of_option((const char *const[]){ "x" }, 1), 0);
	assert_int_equal(rule_words_of_option((const char *const[]){ "-" }, 1), 0);
	assert_int_equal(rule_words_of_option((const char *const[]){ "--", "x" }, 2), 0);
}

static void suggestions(void **state)
{
	static const char *const words[] = { "openat", "open", "uid", "", NULL };
	static const struct {
		const char *typed, *want;
	} rows[] = {
		{ "opneat", "openat" },
		{ "OPENA", "openat" },
		{ "udi", "uid" },
		{ "zzzzzz", NULL },
		{ "", NULL },
		{ "a-word-of-more-than-forty-bytes-gets-none", NULL },
	};
	struct suggest s;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		suggest_init(&s, rows[i].typed, strlen(rows[i].typed));
		for (k = 0; k < ARRAY_SIZE(words); k++)
			suggest_offer(&s, words[k]);
		if (rows[i].want)
			assert_string_equal(suggest_best(&s), rows[i].want);
		else
			assert_null(suggest_best(&s));
	}
}

/* Listings that auditctl gets wrong: they load again as the same rule. */
static void listings_load_again(void **state)
{
	static const char *const lines[] = {
		"-a never,exit -S all -F path=/tmp/t/f -F perm=wa",
		"-a always,exit -S all -F perm=wa",
		"-a always,exit -S all -F perm=wa -F path=/tmp/t/f",
		"-a always,exit -S all -F exe!=/tmp/t/prog",
		"-w /tmp/t/a\\ b\\\\\\ c\\d -p r -k k\\ k",
		"-a always,exit -S all -F filetype=32768 -F gid=4294967294 -F devmajor=4294967295",
		"-a always,exit -S all -F field_compare=26",
		"-a always,exclude -F msgtype=4294967295",
		"-a never,filesystem -F fstype=4294967295",
		"-a always,exit -S all -F uid=-2 -F sessionid=-1 -F exit=-EACCES -F exit=-1000",
		"-a always,io_uring -S all",
	};
	struct buf listed = BUF_NULL;
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		parse_text(&o, lines[i]);
		buf_clear(&listed);
		rule_format(&listed, data_of(&o), o.req.data_len);
		assert_string_equal(buf_cstr(&listed), lines[i]);
		rule_request_deinit(&o.req);
	}
	buf_deinit(&listed);
}

/* Any bytes: no crash, no leak, and what is accepted can be listed. */
static void noise(void **state)
{
	static const char *const pieces[] = { "-a", "always,exit", "-S", "open", "-F", "uid", "=",
		"!=", "-k", "-w", "/tmp/t/f", "-C", "uid=euid", "-p", "wa", "-D", " ", " ", " ",
		"\n", "\t", "\\", "\x01", "\xff", "-", "#", "key=", "arch=b64", "0x",
		"99999999999999999999", "exit=-E", "perm=", "-A", "user,never", "--", "exe=/", ",",
		"msgtype=" };
	unsigned seed = 20240607, round, n;
	struct buf text = BUF_NULL, listed = BUF_NULL;
	struct rule_error error;
	struct rule_request req;

	(void)state;
	for (round = 0; round < 4000; round++) {
		unsigned line = 0;
		size_t at = 0;
		int r;

		buf_clear(&text);
		for (n = 0; n < 24; n++) {
			seed = seed * 1103515245u + 12345u;
			buf_puts(&text, pieces[seed / 65536 % ARRAY_SIZE(pieces)]);
			if (seed / 64 % 4)
				buf_putc(&text, ' ');
		}
		while ((r = rule_parse_line(
				&req, text.data, text.len, &at, &line, &fake_env, &error)) != 0) {
			if (r < 0)
				assert_int_equal(r, -EINVAL);
			buf_clear(&listed);
			if (req.data) {
				rule_format(&listed, req.data, req.data_len);
				assert_true(listed.len > 0);
			}
			rule_request_deinit(&req);
		}
		assert_int_equal(at, text.len);
	}
	buf_deinit(&text);
	buf_deinit(&listed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_a_rule),
		cmocka_unit_test(no_syscalls_are_all_but_on_task),
		cmocka_unit_test(getopt_grammar),
		cmocka_unit_test(delete_all_by_key),
		cmocka_unit_test(listings_take_words),
		cmocka_unit_test(keys_are_found_by_a_part),
		cmocka_unit_test(notes_are_ours),
		cmocka_unit_test(actions_in_their_order),
		cmocka_unit_test(dubious_words),
		cmocka_unit_test(mismatch_is_warned_of),
		cmocka_unit_test(errors_point),
		cmocka_unit_test(refusals_point),
		cmocka_unit_test(lines_of_a_file),
		cmocka_unit_test(lines_go_on_behind_a_bad_one),
		cmocka_unit_test(lines_have_a_limit),
		cmocka_unit_test(a_nul_is_refused),
		cmocka_unit_test(limits_of_a_rule),
		cmocka_unit_test(words_of_several_rules),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(listings_load_again),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
