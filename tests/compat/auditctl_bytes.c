// SPDX-License-Identifier: MIT
/*
 * Every command line of the test data, and some more, through the installed auditctl and through our parser: the same
 * request to the byte, or the same message. Nothing reaches the kernel (capture_auditctl.h). Exit status 77: skipped.
 */

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "capture_auditctl.h"
#include "system/system_env.h"
#include "rows.h"
#include "rule/rule_parse.h"
#include "rule_choices.h"

#define AUDITCTL "/usr/sbin/auditctl"

struct totals {
	size_t same_bytes, same_message, same_silence, chosen, different;
};

/* Corners that the recorded rows do not reach. Blanks separate words. */
static const char *const more_lines[] = {
	"-a always,exit -F perm=wa -k x",
	"-a always,exit -F perm=wa -F key=x",
	"-a always,exit -F perm=wa -F pid=1 -k x",
	"-a always,exit -F exe=/tmp/t/prog -p wa",
	"-a always,exit -p wa -F uid=0",
	"-W /tmp/t/f -a always,exit",
	"-d always,exit -w /tmp/t/f",
	"-w /tmp/t/f -d always,exit",
	"-w /tmp/t/f -A always,exit",
	"-W /tmp/t/f -d always,exit",
	"-S openat -a always,task",
	"-S openat -A always,task",
	"-S openat -d always,task",
	"-A exit,possible -F uid=0",
	"-A bogus",
	"-d always,exit -A always,exit",
	"-a always,task -F ppid=1",
	"-a always,user -F sessionid=1",
	"-a always,task -F sessionid=1",
	"-a always,filesystem -F pid=1",
	"-a always,filesystem -F exit=0",
	"-a always,filesystem -F key=foo",
	"-a always,user -F perm=r",
	"-a always,user -F obj_uid=0",
	"-a always,user -F field_compare=1",
	"-a always,user -C uid=euid",
	"-a always,task -F arch=b64",
	"-a always,filesystem -F fstype>5",
	"-a always,exit -S openat -zq",
	"-a always,exit -S openat -cx",
	"-S newfstatat -a always,exit",
	"-a always,exit -S newfstatat -F uid=0",
	"-a always,exit -S open -S 5",
	"-a always,exit -Sopen foo -F uid=0",
	"-a always,exit -- -S open",
	"-a always,exit -F uid!5",
	"-a always,exit -F uid=a=b",
	"-a always,exit -C uid",
	"-a always,exit -C uid&euid",
	"-w /tmp/t/f -C uid=euid",
	"-C uid=euid -a always,exit",
	"-w /",
	"-w /// -p r",
	"-w /tmp/t/f -F perm=r -p w",
	"-w /tmp/t/.. -p r",
	"-a always,exit -F arch=b64 -S open -F key!=x -F key=y",
	"-a always,exit -F arch=b64 -S open -F key=",
	"-a always,exit -F arch=b64 -S open -F key>=x",
	"-a always,exit -F arch=b64 -S open -F KEY=x -F uid=0",
	"--backlog_wait_t 5",
	"--re",
	"--s",
	"-D -i foo",
	"-i foo",
	"foo -i",
	"-a always,exit -F uid=0 -D -k x",
	"-a always,exit -F uid=0 -s",
	"-a always,exit -F uid=0 -e 5",
	"-a always,exit -S open -q a,b",
	"-a always,exit -C pid=uid",
	"-a always,exit -C obj_uid=gid",
	"-a always,exit -C LOGINUID=UID",
	"-a always,exit -F saddr_fam=45",
	"-a always,exit -F saddr_fam=46",
	"-a always,exit -F saddr_fam=-1",
	"-a always,exit -F sessionid=-5",
	"-a always,exit -F uid=-",
	"-a always,exit -F uid=-0x10",
	"-a always,exit -F uid=0xffffffffffffffffff",
	"-a always,exit -F pid=0xffffffffffffffffff",
	"-a always,exit -F exit=-",
	"-a always,exit -F perm=rr",
	"-a always,exit -F filetype>file",
	"-a always,exit -F arch=0x40000003x -S open",
	"-a always,exit -F arch=0x12345 -S openat",
	"-a always,exit -F arch=0C000003E -S openat",
	"-a always,exit -F arch=armv7l -S openat",
	"-a always,exit -F arch=b64 -S 99999999999999999999",
	"-a exit,",
	"-a ,",
	"-a always,taskx",
	"-d always,exclude -S open",
	"-a always,task -F exe=/tmp/x -F key=x",
	"-a always,exclude -F msgtype=CWD -k x",
	"-l -i foo",
	"-t foo",
	"--loginuid-immutable=3",
};

static bool is_choice(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		if (strcmp(choices[i].line, line) == 0)
			return true;
	return false;
}

/* Lines that act on something else than by a request that we hold back, or that are about files. */
static bool leave_out(const struct row *row)
{
	return strstr(row->line, "--signal") || strncmp(row->line, "-R ", 3) == 0;
}

static void report(const struct row *row, const struct capture *theirs,
	const struct rule_request *ours, const char *message)
{
	size_t i;

	(void)printf("not the same: %s\n  auditctl: ", row->line);
	if (theirs->sent)
		(void)printf("request %u of %zu bytes\n", theirs->type, theirs->len);
	else
		(void)printf("status %d: %s\n", theirs->status, theirs->text);
	if (!ours->data) {
		(void)printf("  uaudit:   kind %d: %s\n", (int)ours->kind, message);
		return;
	}
	(void)printf("  uaudit:   kind %d, %zu bytes", (int)ours->kind, ours->data_len);
	for (i = 0; i < ours->data_len && i < theirs->len; i++)
		if (((const unsigned char *)ours->data)[i] != theirs->bytes[i]) {
			(void)printf(", the first difference at %zu", i);
			break;
		}
	(void)printf("\n");
}

/* The length that auditctl puts into the header counts the padding of netlink. */
static bool same_request(const struct capture *theirs, const struct rule_request *ours)
{
	uint16_t type = ours->kind == RULE_REQUEST_ADD ? AUDIT_ADD_RULE : AUDIT_DEL_RULE;

	return ours->data && theirs->type == type && theirs->len == NLMSG_ALIGN(ours->data_len) &&
	       memcmp(theirs->bytes, ours->data, ours->data_len) == 0;
}

/* Trailing line breaks do not count: auditctl ends some of its messages with two. */
static bool same_text(const char *theirs, const char *ours)
{
	size_t len = strlen(theirs);

	while (len && theirs[len - 1] == '\n')
		len--;
	return strlen(ours) == len && strncmp(theirs, ours, len) == 0;
}

static void compare(struct totals *totals, const struct row *row, const struct capture *theirs)
{
	bool is_rule =
		theirs->sent && (theirs->type == AUDIT_ADD_RULE || theirs->type == AUDIT_DEL_RULE);
	struct rule_request ours = { 0 };
	struct rule_error error = { 0 };
	size_t *count = &totals->different;
	int r;

	r = rule_parse_words(
		&ours, (const char *const *)row->words + 1, row->n_words, &system_env, &error);
	if (r < 0) {
		if (!theirs->sent && theirs->status != 0 && same_text(theirs->text, error.message))
			count = &totals->same_message;
	} else if (is_rule) {
		if (same_request(theirs, &ours))
			count = &totals->same_bytes;
	} else if (!ours.data && (theirs->sent || theirs->status == 0)) {
		count = &totals->same_silence;
	}
	if (count == &totals->different && is_choice(row->line))
		count = &totals->chosen;
	(*count)++;
	if (count == &totals->different)
		report(row, theirs, &ours, error.message);
	rule_request_deinit(&ours);
}

static int check_row(void *userdata, const struct row *row)
{
	struct row copy = *row;
	struct capture theirs;
	int r;

	if (leave_out(row))
		return 0;
	copy.words[0] = (char *)AUDITCTL;
	r = capture_auditctl(&theirs, copy.words);
	if (r < 0)
		return r;
	compare(userdata, row, &theirs);
	return 0;
}

static int check_line(struct totals *totals, const char *line)
{
	char text[512], *save = NULL, *word;
	struct row row = { .line = text };
	_cleanup_free_ char *copy = strdup(line);

	(void)snprintf(text, sizeof(text), "%s", line);
	if (!copy)
		return -ENOMEM;
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		row.words[++row.n_words] = word;
	return check_row(totals, &row);
}

static int skip(const char *why)
{
	(void)printf("skipped: %s\n", why);
	return 77;
}

static const char *why_not(void)
{
	static char *version[] = { (char *)AUDITCTL, (char *)"-v", NULL };
	struct capture capture;

	if (access(AUDITCTL, X_OK) < 0)
		return AUDITCTL " is not installed";
	if (geteuid() != 0)
		return "auditctl runs for root only";
	if (capture_auditctl(&capture, version) < 0)
		return "auditctl cannot be traced";
	if (strstr(capture.text, "You must be root"))
		return "auditctl needs CAP_AUDIT_CONTROL";
	if (strcmp(capture.text, "auditctl version 3.0.9\n") != 0)
		return "the installed auditctl is not version 3.0.9";
	return NULL;
}

int main(void)
{
	static const char *const files[] = { "auditctl-rules.tsv", "auditctl-rules-unscoped.tsv" };
	struct totals totals = { 0 };
	size_t i;
	int r = 0;

	if (why_not())
		return skip(why_not());
	for (i = 0; i < ARRAY_SIZE(files) && r == 0; i++)
		r = rows_each(files[i], check_row, &totals);
	for (i = 0; i < ARRAY_SIZE(more_lines) && r == 0; i++)
		r = check_line(&totals, more_lines[i]);
	if (r < 0) {
		(void)printf("broken: %s\n", strerror(-r));
		return 1;
	}
	(void)printf(
		"same bytes %zu, same message %zu, no rule either way %zu, chosen otherwise %zu, different %zu\n",
		totals.same_bytes, totals.same_message, totals.same_silence, totals.chosen,
		totals.different);
	return totals.different || totals.same_bytes < 250 || totals.same_message < 150;
}
