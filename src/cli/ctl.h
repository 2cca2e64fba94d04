/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_CTL_H
#define UAUDIT_CLI_CTL_H

/*
 * uaudit ctl, and auditctl to the letter (spec userspace 1): requests to whoever does the auditing, an engine or the
 * kernel, through the client library. ctl.c takes the command line, ctl_request.c carries out what it asks for,
 * ctl_reply.c prints the answers, ctl_list.c rules, ctl_queues.c what an engine says of its queues; rule files are
 * loaded line by line as auditctl does (ctl_file.c) or all or nothing (ctl_load.c).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"
#include "client/libaudit.h"
#include "rule/rule_parse.h"

/* Exit statuses of auditctl. */
enum {
	CTL_OK = 0,
	CTL_FAILED = 1, /* a rule file, or nothing to talk to */
	CTL_NO_PRIVILEGE = 4,
	CTL_ERROR = 255,
};

struct ctl {
	int fd;         /* of audit_open() */
	bool is_compat; /* auditctl's texts and ways, not ours */
	bool is_engine; /* the other side is an engine, not the kernel */
	bool in_syslog; /* auditctl: what is said goes to syslog too */
};

/* ctl_say.c: one line on stderr. */
void ctl_complain(const struct ctl *ctl, const char *format, ...) _printf_(2, 3);
/* Below a complaint: the remedy. auditctl has none. */
void ctl_hint(const struct ctl *ctl, const char *format, ...) _printf_(2, 3);
/* What auditctl says of words, without our notes; may be several lines, or none. */
void ctl_say_lines(const struct ctl *ctl, const char *text);
/* A request was refused: "Error sending WHAT (why)". */
void ctl_complain_request(const struct ctl *ctl, const char *what, int error);
/* Where rule words come from, for messages. */
struct rule_place;
void ctl_complain_rule(
	const struct ctl *ctl, const struct rule_place *place, const struct rule_error *error);
void ctl_warn_rule(
	const struct ctl *ctl, const struct rule_place *place, const struct rule_request *req);

/* ctl_request.c */
enum ctl_ready { CTL_READY, CTL_LOCKED, CTL_DISABLED };
/* Whether rules may be changed; says why not. */
enum ctl_ready ctl_ready(const struct ctl *ctl);
/* The status that auditctl has then. */
int ctl_status_of(const struct ctl *ctl, enum ctl_ready ready);
/*
 * All that a command line or a line of a file asks for: actions, then the rule. error: what was wrong with the words
 * behind the actions, NULL if nothing was. The exit status.
 */
int ctl_carry_out(struct ctl *ctl, const struct rule_request *req, const struct rule_place *place,
	const struct rule_error *error);
/* The actions alone. CTL_OK or CTL_ERROR. */
int ctl_act(struct ctl *ctl, const struct rule_request *req);
/* The rule alone: 0, or the negative errno of the answer, nothing said. */
int ctl_send_rule(const struct ctl *ctl, const struct rule_request *req);
/* -D: removes the rules whose key contains key, NULL: all. A negative errno after a complaint. */
int ctl_delete_rules(const struct ctl *ctl, const char *key);

/* ctl_reply.c */
/*
 * Hands on the messages that come, until each() answers other than 0, which is returned; or 4 s after the last one:
 * -ETIMEDOUT.
 */
int ctl_replies(const struct ctl *ctl, int (*each)(void *userdata, const struct audit_reply *reply),
	void *userdata);
/* An AUDIT_GET that was sent: prints the answer. */
int ctl_print_status(const struct ctl *ctl, bool interpret);
/* Asks for the status, and prints it with all that belongs to -s. An exit status. */
int ctl_status(const struct ctl *ctl, bool interpret);
/* Asks for the daemon's pid; 0: there is none. -ETIMEDOUT, or another negative errno. */
int ctl_daemon_pid(const struct ctl *ctl, pid_t *ret);

/* ctl_list.c */
struct ctl_rules {
	struct audit_rule_data **rule; /* malloc'ed, each with its strings */
	size_t *len;                   /* bytes of each */
	size_t n;
};
#define CTL_RULES_NULL                                                                             \
	{                                                                                          \
		.n = 0                                                                             \
	}
void ctl_rules_deinit(struct ctl_rules *rules);
/* All rules, in the order of the other side. A negative errno. */
int ctl_get_rules(const struct ctl *ctl, struct ctl_rules *ret);
/* One message of a list of rules: 1 at its end, 0 for one that was taken or means nothing here, a negative errno. */
int ctl_take_rule(struct ctl_rules *rules, const struct audit_reply *reply);
/* Appends a rule as -l prints it; interpreter: as -l -i does, NULL: as -l. */
struct interpreter;
void ctl_rule_put(struct buf *to, const struct audit_rule_data *rule, size_t len,
	struct interpreter *interpreter);
/* -l. An exit status. */
int ctl_list(const struct ctl *ctl, bool interpret, const char *key);

/* ctl_queues.c: what an engine answers to CONTROL_QUEUES; nothing if there is no such answer. */
void ctl_print_queues(const struct ctl *ctl);

/* ctl_file.c: auditctl -R; ctl_load.c: uaudit ctl -R. An exit status. */
int ctl_file(struct ctl *ctl, const char *path);
int ctl_load(struct ctl *ctl, const char *path);

/* The program under the name auditctl. */
int auditctl_main(int argc, char **argv);

#endif
