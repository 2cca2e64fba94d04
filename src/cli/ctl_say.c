// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "cli/ctl.h"
#include "cli/rule_complaint.h"

static void say(const struct ctl *ctl, const char *prefix, const char *text, size_t len)
{
	char line[RULE_ERROR_MAX];

	(void)snprintf(line, sizeof(line), "%.*s", (int)len, text);
	(void)fputs(prefix, stderr);
	/* auditctl sends to a terminal whatever a file holds. */
	rule_put_shown(stderr, line);
	(void)fputc('\n', stderr);
	if (ctl->in_syslog)
		syslog(LOG_DAEMON | LOG_WARNING, "%s", line);
}

void ctl_say_lines(const struct ctl *ctl, const char *text)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		say(ctl, ctl->is_compat ? "" : "uaudit: ", text, len);
	}
}

static void say_args(const struct ctl *ctl, const char *prefix, const char *format, va_list args)
{
	char line[RULE_ERROR_MAX];

	(void)vsnprintf(line, sizeof(line), format, args);
	say(ctl, prefix, line, strlen(line));
}

void ctl_complain(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_args(ctl, ctl->is_compat ? "" : "uaudit: ", format, args);
	va_end(args);
}

void ctl_hint(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	if (ctl->is_compat)
		return;
	va_start(args, format);
	say_args(ctl, "    ", format, args);
	va_end(args);
}

void ctl_complain_request(const struct ctl *ctl, const char *what, int error)
{
	if (error == -ECONNREFUSED) {
		ctl_complain(ctl, "The audit system is disabled");
		ctl_hint(ctl,
			"nothing answers in this container; an engine of its own: uaudit daemon, uaudit run");
		return;
	}
	ctl_complain(ctl, "Error sending %s (%s)", what, strerror(-error));
	if (error == -EPERM)
		ctl_hint(ctl,
			"it takes CAP_AUDIT_CONTROL, and an audit system that is not locked (enabled 2)");
}

void ctl_complain_rule(
	const struct ctl *ctl, const struct rule_place *place, const struct rule_error *error)
{
	if (ctl->is_compat)
		ctl_say_lines(ctl, error->message);
	else
		rule_complain(stderr, place, error);
}

void ctl_warn_rule(
	const struct ctl *ctl, const struct rule_place *place, const struct rule_request *req)
{
	if (ctl->is_compat && req->warning)
		ctl_say_lines(ctl, req->warning);
	if (ctl->is_compat)
		return;
	if (req->warning)
		rule_warn(stderr, place, req->warning);
	if (req->note)
		rule_warn(stderr, place, req->note);
}
