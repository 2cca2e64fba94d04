/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_PARSE_H
#define UAUDIT_RULE_RULE_PARSE_H

/* Rule text as auditctl takes it, on a command line and in a file (spec userspace 1.5 to 1.9). */

#include "rule/rule.h"

#define RULE_ERROR_MAX 1024

/* What is wrong with a rule, in two lines: auditctl's own message, and what would be right. */
struct rule_error {
	char message[RULE_ERROR_MAX]; /* as auditctl says it, no newline; may be two lines */
	char hint
		[RULE_ERROR_MAX]; /* the offending word and the remedy; "" if there is none to give */
	size_t word;              /* index of the offending word in words[], or in the line */
	size_t column; /* bytes from the start of that word; of a file: from the start of the line */
	int status;    /* auditctl's exit status: 255, or 1 */
	int code;      /* libaudit's (abi/errmsgs.def); ERRMSG_REPORTED: it has none of its own */
};

enum rule_request_kind {
	RULE_REQUEST_NONE,   /* nothing to do: only options of the kind of -c, or no word at all */
	RULE_REQUEST_ADD,    /* data */
	RULE_REQUEST_DELETE, /* data */
	RULE_REQUEST_DELETE_ALL, /* -D */
	RULE_REQUEST_OPTION,     /* -b -e -f -r -s -l -t ...: actions alone */
};

/* What options ask for that are not about one rule (spec userspace 1.2). */
enum rule_action_kind {
	/* Settings: value. */
	RULE_ACTION_ENABLED,
	RULE_ACTION_FAILURE,
	RULE_ACTION_RATE_LIMIT,
	RULE_ACTION_BACKLOG_LIMIT,
	RULE_ACTION_BACKLOG_WAIT_TIME,
	_RULE_ACTION_SETTINGS,
	/* The others. */
	RULE_ACTION_STATUS = _RULE_ACTION_SETTINGS, /* interpret */
	RULE_ACTION_LIST,                           /* interpret, text: the key, or NULL */
	RULE_ACTION_VERSION,
	RULE_ACTION_USAGE,
	RULE_ACTION_TRIM,
	RULE_ACTION_MAKE_EQUIV, /* text: mount point, comma, subtree */
	RULE_ACTION_MESSAGE,    /* text */
	RULE_ACTION_SIGNAL,     /* value: the signal's number */
	RULE_ACTION_RESET_LOST,
	RULE_ACTION_RESET_BACKLOG_WAIT_TIME_ACTUAL,
	RULE_ACTION_LOGINUID_IMMUTABLE,
};

struct rule_action {
	enum rule_action_kind kind;
	uint32_t value;
	bool interpret; /* -i */
	char *text;     /* malloc'ed */
};

struct rule_request {
	enum rule_request_kind kind;
	struct audit_rule_data *data; /* malloc'ed */
	size_t data_len;
	bool continue_on_error; /* -c was given */
	bool ignore_errors;     /* -i was given */
	char *warning; /* auditctl's; malloc'ed, may be several lines; NULL if there is none */
	char *note;    /* ours, likewise */
	char *key;     /* malloc'ed: -D -k KEY removes the rules whose key contains it; NULL: all */
	/*
	 * What else the options ask for, in their order; carried out before the rule is sent. auditctl carries out each
	 * when it reads it: what stands before a bad word has happened by the time of the error.
	 */
	struct rule_action *actions; /* malloc'ed */
	size_t n_actions;
	/* Where each field of data came from, as word and column of struct rule_error. */
	struct {
		uint32_t word, column;
	} origin[AUDIT_MAX_FIELDS];
};

void rule_request_deinit(struct rule_request *req);

/*
 * What auditctl says when the kernel refuses a request that parsed: fills the error from the errno of krule_from_data,
 * rule_set_add or rule_set_delete. fault may be NULL.
 */
void rule_error_refused(struct rule_error *reterr, const struct rule_request *req, int error,
	const struct krule_fault *fault);

/*
 * One rule, as the words of one auditctl command line (without argv[0]). The words are not modified.
 * 0, -EINVAL with *reterr filled, or -ENOMEM. *ret is to be released after -EINVAL too: it then has kind NONE and the
 * actions that stand before the bad word.
 */
int rule_parse_words(struct rule_request *ret, const char *const *words, size_t n_words,
	const struct rule_env *env, struct rule_error *reterr);

/*
 * The next line of a rule file held in memory: splits it into words by the rules of spec userspace 1.9 and parses it.
 * *line counts from 1 and is advanced past blank and comment lines; *at is the offset of the next unread byte.
 * 1: one request in *ret; 0: end of the text; negative as rule_parse_words, with *line naming the bad line and the
 * text already advanced past it, so that the caller may report and go on.
 */
int rule_parse_line(struct rule_request *ret, const char *text, size_t len, size_t *at,
	unsigned *line, const struct rule_env *env, struct rule_error *reterr);

/* Longer lines are refused; auditctl reads a longer one as two lines. */
#define RULE_LINE_MAX 6143 /* bytes without the newline */

/*
 * How many of the words, of which several rules may stand in a row, belong to the first rule: all up to the next
 * -a, -A, -d, -w, -W or -D that is an option of its own. auditctl takes one rule a command line; callers who take more
 * cut the words here. 0 for no words.
 */
size_t rule_words_of_first(const char *const *words, size_t n_words);
/*
 * How many words the rule option at words[0] takes: 1, or 2 with an argument of its own. 0: it is not an option that
 * makes, changes or removes a rule (-a -A -d -w -W -D -S -F -C -k -p -c -i). -D -k KEY are two options here.
 */
size_t rule_words_of_option(const char *const *words, size_t n_words);

#endif
