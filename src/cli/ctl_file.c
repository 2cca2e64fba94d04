// SPDX-License-Identifier: MIT
/*
 * auditctl -R (spec userspace 1.9): line by line, each carried out when it is read. Beyond what auditctl does, all bad
 * lines are reported: those behind the first one are looked at and not carried out.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/ctl.h"
#include "cli/rule_complaint.h"
#include "cli/rules.h"
#include "system/system_env.h"

struct file {
	struct ctl *ctl;
	const char *path;
	bool go_on;     /* -i or -c was seen */
	bool fail_late; /* -c was seen */
	bool is_bad;   /* a line was bad, and nothing excused it: nothing is carried out any more */
	bool left_out; /* a line was bad behind a -c */
};

/* A file that others could have written is no source of rules. A negative errno after a complaint. */
static int open_file(const struct ctl *ctl, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		ctl_complain(ctl, "audit rules file %s doesn't exist", path);
		return -ENOENT;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		ctl_complain(ctl, "Error opening %s (%s)", path, strerror(errno));
		return -EIO;
	}
	if (st.st_uid != 0)
		ctl_complain(ctl, "Error - %s isn't owned by root", path);
	else if (st.st_mode & S_IWOTH)
		ctl_complain(ctl, "Error - %s is world writable", path);
	else if (!S_ISREG(st.st_mode))
		ctl_complain(ctl, "Error - %s is not a regular file", path);
	else
		return TAKE_FD(fd);
	return -EPERM;
}

/* Behind the first bad line: whether this one would have been accepted. */
static int look_at(const struct file *f, const struct rule_request *req,
	const struct rule_place *place, const struct rule_error *error)
{
	struct rule_error refused;
	struct krule_fault fault;
	struct audit_krule *rule;
	int r;

	if (!error && req->data) {
		r = krule_from_data_fault(&rule, req->data, req->data_len, &system_env, &fault);
		if (r == 0) {
			krule_free(rule);
		} else if (r != -ENOMEM) {
			rule_error_refused(&refused, req, r, &fault);
			error = &refused;
		}
	}
	if (!error)
		return CTL_OK;
	ctl_complain_rule(f->ctl, place, error);
	return CTL_ERROR;
}

static void do_line(struct file *f, const struct rule_request *req, const struct rule_place *place,
	const struct rule_error *error)
{
	int status;

	ctl_warn_rule(f->ctl, place, req);
	if (f->is_bad)
		status = look_at(f, req, place, error);
	else
		status = ctl_carry_out(f->ctl, req, place, error);
	/* auditctl speaks to the terminal once it has sent a rule. */
	if (!f->is_bad && req->data)
		f->ctl->in_syslog = false;
	f->go_on |= req->ignore_errors;
	f->fail_late |= req->continue_on_error;
	if (status == CTL_OK)
		return;
	ctl_complain(f->ctl, "There was an error in line %u of %s", place->line, f->path);
	if (!f->go_on)
		f->is_bad = true;
	else
		f->left_out = true;
}

static int do_lines(struct file *f, const struct buf *text)
{
	struct rule_place place = { .file = f->path };
	struct rule_request req = { 0 };
	struct rule_error error = { 0 };
	size_t at = 0;
	int r;

	while ((r = rule_parse_line(
			&req, text->data, text->len, &at, &place.line, &system_env, &error)) != 0) {
		if (r == -ENOMEM)
			return r;
		do_line(f, &req, &place, r < 0 ? &error : NULL);
		rule_request_deinit(&req);
	}
	return f->is_bad || (f->left_out && f->fail_late) ? -EINVAL : 0;
}

int ctl_file(struct ctl *ctl, const char *path)
{
	struct file f = { .ctl = ctl, .path = path };
	enum ctl_ready ready = ctl_ready(ctl);
	_cleanup_close_ int fd = -1;
	struct buf text = BUF_NULL;
	int r;

	if (ready != CTL_READY)
		return ctl_status_of(ctl, ready);
	fd = open_file(ctl, path);
	if (fd < 0)
		return CTL_FAILED;
	r = rules_read(&text, fd);
	if (r < 0)
		ctl_complain(ctl, "Error opening %s (%s)", path, strerror(-r));
	else
		r = do_lines(&f, &text);
	buf_deinit(&text);
	return r < 0 ? CTL_FAILED : CTL_OK;
}
