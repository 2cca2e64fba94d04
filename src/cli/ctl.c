// SPDX-License-Identifier: MIT
/* uaudit ctl, and the program under the name auditctl (spec userspace 1.1). */

#include "cli/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/control.h"
#include "cli/commands.h"
#include "cli/ctl_stats.h"
#include "cli/rule_complaint.h"
#include "system/system_env.h"

static const char help[] =
#include "cli/help_ctl.inc"
	;

static const char auditctl_usage[] =
#include "cli/help_auditctl_usage.inc"
	;

/* An engine answers at a socket of the file system. */
static bool is_local(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}

static bool is_own(const struct ctl *ctl, int argc, char **argv)
{
	return !ctl->is_compat && ctl_is_own((const char *const *)argv + 1, (size_t)argc - 1);
}

static bool needs_no_privilege(const struct ctl *ctl, int argc, char **argv)
{
	/* what only an engine can answer, the kernel is not asked */
	if (is_own(ctl, argc, argv))
		return true;
	return argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
				    (strcmp(argv[1], "-l") == 0 && geteuid() == 0));
}

/* The other side. CTL_OK, or an exit status after a complaint. */
static int open_link(struct ctl *ctl, int argc, char **argv)
{
	int error;

	ctl->fd = audit_open();
	error = errno;
	ctl->is_engine = ctl->fd >= 0 && is_local(ctl->fd);
	/* An engine asks who is there itself: one of a user's own obeys its user. */
	if (!ctl->is_engine && !needs_no_privilege(ctl, argc, argv) && audit_can_control() == 0) {
		ctl_complain(ctl, "You must be root to run this program.");
		ctl_hint(ctl,
			"the kernel's audit wants CAP_AUDIT_CONTROL; an engine of your own is reached through $UAUDIT_SOCKET");
		return CTL_NO_PRIVILEGE;
	}
	if (ctl->fd >= 0)
		return CTL_OK;
	if (error == EINVAL || error == EPROTONOSUPPORT || error == EAFNOSUPPORT)
		ctl_complain(ctl, "Error - audit support not in kernel");
	else
		ctl_complain(ctl, "Error opening audit netlink socket (%s)", strerror(error));
	ctl_complain(ctl, "Cannot open netlink audit socket");
	if (secure_getenv(CONTROL_ENV))
		ctl_hint(ctl,
			"no engine answers at $UAUDIT_SOCKET; start one there with 'uaudit daemon', or unset it to talk to the kernel");
	return CTL_FAILED;
}

static int do_words(struct ctl *ctl, const char *const *words, size_t n_words)
{
	struct rule_place place = { .words = words, .n_words = n_words };
	struct rule_request req = { 0 };
	struct rule_error error = { 0 };
	int r, status = CTL_ERROR;

	r = rule_parse_words(&req, words, n_words, &system_env, &error);
	if (r == -ENOMEM) {
		ctl_complain(ctl, "%s", strerror(ENOMEM));
	} else {
		ctl_warn_rule(ctl, &place, &req);
		status = ctl_carry_out(ctl, &req, &place, r < 0 ? &error : NULL);
	}
	rule_request_deinit(&req);
	return status;
}

static int run_ctl(struct ctl *ctl, int argc, char **argv)
{
	bool is_file = argc == 3 && strcmp(argv[1], "-R") == 0;
	int status;

	/* Lines of several such programs at once stay lines. */
	(void)setvbuf(stderr, NULL, _IOLBF, 0);
	/* Refusals are told here, once, in our words or in auditctl's. */
	set_aumessage_mode(MSG_QUIET, DBG_NO);
	ctl->in_syslog = ctl->is_compat && is_file;
	status = open_link(ctl, argc, argv);
	if (status == CTL_OK && is_file)
		status = ctl->is_compat ? ctl_file(ctl, argv[2]) : ctl_load(ctl, argv[2]);
	else if (status == CTL_OK && is_own(ctl, argc, argv))
		status = ctl_do_own(ctl, (const char *const *)argv + 1, (size_t)argc - 1);
	else if (status == CTL_OK)
		status = do_words(ctl, (const char *const *)argv + 1, (size_t)argc - 1);
	audit_close(ctl->fd);
	return status;
}

int auditctl_main(int argc, char **argv)
{
	struct ctl ctl = { .fd = -1, .is_compat = true };

	if (argc < 2) {
		(void)fputs(auditctl_usage, stdout);
		return CTL_FAILED;
	}
	return run_ctl(&ctl, argc, argv);
}

static int run(int argc, char **argv)
{
	struct ctl ctl = { .fd = -1 };

	if (argc < 2) {
		complain(
			"what about the audit system? 'uaudit ctl -s' shows its state, 'uaudit help ctl' explains");
		return CTL_FAILED;
	}
	return run_ctl(&ctl, argc, argv);
}

const struct command command_ctl = {
	.name = "ctl",
	.summary = "control the audit system: status, settings, rules",
	.help = help,
	.run = run,
};
