// SPDX-License-Identifier: MIT
/*
 * Every command line of the test data through the installed auditctl twice: with its own libaudit and with ours. The same
 * request to the byte, or the same words. Nothing reaches the kernel (capture_auditctl.h). Exit status 77: skipped.
 */

#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "capture_auditctl.h"
#include "rows.h"
#include "rule_choices.h"

#define AUDITCTL "/usr/sbin/auditctl"

struct totals {
	size_t same_requests, same_words, chosen, different;
};

static bool is_choice(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		if (strcmp(choices[i].line, line) == 0)
			return true;
	return false;
}

static int capture(struct capture *ret, char *const *words, const char *library_path)
{
	if (library_path)
		(void)setenv("LD_LIBRARY_PATH", library_path, 1);
	else
		(void)unsetenv("LD_LIBRARY_PATH");
	return capture_auditctl(ret, words);
}

static bool is_same(const struct capture *a, const struct capture *b)
{
	if (a->sent != b->sent)
		return false;
	if (a->sent)
		return a->type == b->type && a->len == b->len &&
		       memcmp(a->bytes, b->bytes, a->len) == 0;
	return a->status == b->status && strcmp(a->text, b->text) == 0;
}

static void report(const char *whose, const struct capture *c)
{
	if (c->sent)
		(void)printf("  %s: request %u of %zu bytes\n", whose, c->type, c->len);
	else
		(void)printf("  %s: status %d: %s\n", whose, c->status, c->text);
}

static int check_row(void *userdata, const struct row *row)
{
	static struct capture theirs, ours;
	struct totals *totals = userdata;
	struct row copy = *row;
	int r;

	/* These act on something else than by a request that is held back. */
	if (strstr(row->line, "--signal") || strncmp(row->line, "-R ", 3) == 0)
		return 0;
	copy.words[0] = (char *)AUDITCTL;
	r = capture(&theirs, copy.words, NULL);
	if (r == 0)
		r = capture(&ours, copy.words, BUILD);
	if (r < 0)
		return r;
	if (is_same(&theirs, &ours)) {
		(*(theirs.sent ? &totals->same_requests : &totals->same_words))++;
	} else if (is_choice(row->line)) {
		totals->chosen++;
	} else {
		totals->different++;
		(void)printf("not the same: %s\n", row->line);
		report("theirs", &theirs);
		report("ours", &ours);
	}
	return 0;
}

static const char *why_not(void)
{
	static char *version[] = { (char *)AUDITCTL, (char *)"-v", NULL };
	static struct capture c;

	if (access(AUDITCTL, X_OK) < 0)
		return AUDITCTL " is not installed";
	if (geteuid() != 0)
		return "auditctl runs for root only";
	if (capture_auditctl(&c, version) < 0)
		return "auditctl cannot be traced";
	if (strstr(c.text, "You must be root"))
		return "auditctl needs CAP_AUDIT_CONTROL";
	if (strcmp(c.text, "auditctl version 3.0.9\n") != 0)
		return "the installed auditctl is not version 3.0.9";
	return NULL;
}

int main(void)
{
	static const char *const files[] = { "auditctl-rules.tsv", "auditctl-rules-unscoped.tsv" };
	struct totals totals = { 0 };
	size_t i;
	int r = 0;

	/* Both libraries are to ask the kernel what it can do. */
	(void)setenv("UAUDIT_SOCKET", "", 1);
	if (why_not()) {
		(void)printf("skipped: %s\n", why_not());
		return 77;
	}
	for (i = 0; i < ARRAY_SIZE(files) && r == 0; i++)
		r = rows_each(files[i], check_row, &totals);
	if (r < 0) {
		(void)printf("broken: %s\n", strerror(-r));
		return 1;
	}
	(void)printf("same requests %zu, same words %zu, chosen otherwise %zu, different %zu\n",
		totals.same_requests, totals.same_words, totals.chosen, totals.different);
	/* Without a single chosen difference, both runs had the same library. */
	return totals.different || !totals.chosen || totals.same_requests < 250 ||
	       totals.same_words < 100;
}
