// SPDX-License-Identifier: MIT
/*
 * Our rules through the real kernel: for each row that is scoped to a test's own program the kernel must answer our bytes
 * as it answers auditctl, list the same rule back, and do what krule_from_data and krule_to_data say that it does.
 *
 * Rules are loaded while audit is disabled (it stays so: nothing is recorded), one at a time, and removed. A supervisor
 * removes what is left when the worker ends in whatever way. Exit status 77: skipped.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_link.h"
#include "base/macros.h"
#include "system/system_env.h"
#include "rows.h"
#include "rule/rule_parse.h"
#include "rule_choices.h"

#define AUDITCTL        "/usr/sbin/auditctl"
#define RULE_SIZE_MAX   8192
#define WORKER_SECONDS  90
#define BACKLOG_DEFAULT 64

static const char *const lock_paths[] = { "/run/lock/uaudit-kernel-audit.lock",
	"/tmp/uaudit-kernel-audit.lock" };

struct listed {
	size_t n, len; /* rules, bytes of the last */
	_Alignas(8) unsigned char bytes[RULE_SIZE_MAX];
};

struct totals {
	struct audit_link link;
	size_t loaded, refused, like_auditctl, different;
};

static int keep_rule(void *userdata, const void *rule, size_t len)
{
	struct listed *l = userdata;

	if (len > sizeof(l->bytes))
		return -E2BIG;
	l->n++;
	l->len = len;
	memcpy(l->bytes, rule, len);
	return 0;
}

/* The one rule that is loaded; n 0: none. It is removed. */
static int list_and_remove(struct totals *t, struct listed *ret)
{
	int r;

	ret->n = ret->len = 0;
	r = audit_link_each_rule(&t->link, keep_rule, ret);
	if (r < 0)
		return r;
	r = audit_link_rules(&t->link, 1);
	return r < 0 ? r : 0;
}

/* auditctl itself, quiet. */
static int run_auditctl(const struct row *row)
{
	struct row copy = *row;
	int status;
	pid_t pid;

	copy.words[0] = (char *)AUDITCTL;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)dup2(null, 1);
		(void)dup2(null, 2);
		execv(AUDITCTL, copy.words);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? 0 : -EIO;
}

static void complain(struct totals *t, const struct row *row, const char *what)
{
	(void)printf("%s: %s\n", row->line, what);
	t->different++;
}

static bool is_choice(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		if (strcmp(choices[i].line, line) == 0)
			return true;
	return false;
}

static bool same_rule(const struct listed *a, const void *b, size_t len)
{
	return a->n == 1 && a->len == len && memcmp(a->bytes, b, len) == 0;
}

/* Our kernel against the real one: the same errno, and the same rule listed back. */
static int check_krule(struct totals *t, const struct row *row, const struct rule_request *req,
	int theirs, const struct listed *listed)
{
	struct audit_krule *rule = NULL;
	struct audit_rule_data *data;
	char what[256];
	size_t len;
	int r;

	r = krule_from_data(&rule, req->data, req->data_len, &system_env);
	if (r == -ENOMEM)
		return r;
	if (r != theirs) {
		(void)snprintf(
			what, sizeof(what), "the kernel answers %d, krule_from_data %d", theirs, r);
		complain(t, row, what);
	}
	if (r == 0 && theirs == 0) {
		data = krule_to_data(rule, &len);
		if (!data)
			r = -ENOMEM;
		else if (!same_rule(listed, data, len))
			complain(t, row, "the kernel lists another rule than krule_to_data");
		free(data);
	}
	krule_free(rule);
	return r == -ENOMEM ? r : 0;
}

static int check_row(void *userdata, const struct row *row)
{
	struct totals *t = userdata;
	struct rule_request req = { 0 };
	struct rule_error error;
	struct listed ours, theirs;
	int r, answer;

	if (!row_is_scoped(row))
		return 0;
	r = rule_parse_words(
		&req, (const char *const *)row->words + 1, row->n_words, &system_env, &error);
	if (r == -EINVAL || (r == 0 && req.kind != RULE_REQUEST_ADD)) {
		rule_request_deinit(&req);
		return 0;
	}
	if (r < 0)
		return r;
	answer = audit_link_request(&t->link, AUDIT_ADD_RULE, req.data, req.data_len);
	r = list_and_remove(t, &ours);
	if (r == 0)
		r = check_krule(t, row, &req, answer, &ours);
	rule_request_deinit(&req);
	if (r < 0)
		return r;
	if (answer == 0)
		t->loaded++;
	else
		t->refused++;
	if (is_choice(row->line))
		return 0;
	r = run_auditctl(row);
	if (r == 0)
		r = list_and_remove(t, &theirs);
	if (r < 0)
		return r;
	if (ours.n == theirs.n && (!ours.n || same_rule(&ours, theirs.bytes, theirs.len)))
		t->like_auditctl++;
	else
		complain(t, row, "auditctl's rule is listed otherwise");
	return 0;
}

/* What the rows name. What is there already is used as it is, and stays. */
static struct {
	const char *path;
	bool is_directory, is_ours;
} places[] = {
	{ .path = "/tmp/t", .is_directory = true },
	{ .path = "/tmp/t/d", .is_directory = true },
	{ .path = "/tmp/t/f" },
	{ .path = "/tmp/t/prog" },
};

static int make_places(void)
{
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].is_directory) {
			places[i].is_ours = mkdir(places[i].path, 0755) == 0;
		} else {
			fd = open(places[i].path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
			places[i].is_ours = fd >= 0;
			if (fd >= 0)
				(void)close(fd);
		}
		if (!places[i].is_ours && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static void remove_places(void)
{
	size_t i;

	for (i = ARRAY_SIZE(places); i-- > 0;)
		if (places[i].is_ours)
			(void)remove(places[i].path);
}

static int work(void)
{
	static const char *const files[] = { "auditctl-rules.tsv", "auditctl-rules-4.2.tsv" };
	struct totals t = { .link = AUDIT_LINK_NULL };
	size_t i;
	int r;

	(void)alarm(WORKER_SECONDS);
	r = audit_link_open(&t.link);
	for (i = 0; i < ARRAY_SIZE(files) && r == 0; i++)
		r = rows_each(files[i], check_row, &t);
	audit_link_close(&t.link);
	if (r < 0) {
		(void)printf("broken: %s\n", strerror(-r));
		return 1;
	}
	(void)printf(
		"accepted by the kernel %zu, refused %zu, listed as auditctl's %zu, different %zu\n",
		t.loaded, t.refused, t.like_auditctl, t.different);
	return t.different || t.loaded < 120 || t.refused < 10 || t.like_auditctl < 120;
}

static int restore(void)
{
	struct audit_link link = AUDIT_LINK_NULL;
	int r = audit_link_open(&link), n;

	if (r == 0) {
		n = audit_link_rules(&link, 1);
		r = audit_link_set(&link, AUDIT_STATUS_ENABLED, 0);
		if (r == 0)
			r = audit_link_set(&link, AUDIT_STATUS_BACKLOG_LIMIT, BACKLOG_DEFAULT);
		r = n < 0 ? n : r;
	}
	audit_link_close(&link);
	return r;
}

static int take_lock(void)
{
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(lock_paths); i++) {
		fd = open(lock_paths[i], O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX) == 0)
			return fd;
		(void)close(fd);
	}
	return -1;
}

static const char *why_not(void)
{
	struct audit_status status = { 0 };
	const char *why = audit_link_why_not(&status);

	if (access(AUDITCTL, X_OK) < 0)
		return AUDITCTL " is not installed";
	if (!why && status.backlog_limit != BACKLOG_DEFAULT)
		return "the kernel's audit has been set up for something";
	return why;
}

/* Waits for the worker, ends it when told to end, and then restores the kernel's audit in every case. */
static int supervise(void)
{
	pid_t self = getpid(), worker;
	sigset_t set;
	int status = 0, sig, r;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	(void)fflush(stdout);
	if (make_places() < 0 || (worker = fork()) < 0) {
		remove_places();
		return 1;
	}
	if (worker == 0) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != self)
			_exit(1);
		r = work();
		(void)fflush(stdout);
		_exit(r);
	}
	do {
		sig = sigwaitinfo(&set, NULL);
		if (sig > 0 && sig != SIGCHLD)
			(void)kill(worker, SIGKILL);
	} while (waitpid(worker, &status, sig == SIGCHLD ? WNOHANG : 0) == 0);
	r = restore();
	remove_places();
	if (r < 0) {
		(void)printf("the kernel's audit could not be restored: %s\n", strerror(-r));
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(void)
{
	const char *why;
	int lock = take_lock();

	if (lock < 0)
		why = "the lock of the kernel's audit cannot be taken";
	else
		why = why_not();
	if (why) {
		(void)printf("skipped: %s\n", why);
		return 77;
	}
	return supervise();
}
