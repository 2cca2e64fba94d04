/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_DESCRIBE_H
#define UAUDIT_LOG_DESCRIBE_H

/*
 * What an event says in one sentence: who did what to what, and how it ended. One normaliser feeds the readable lines,
 * the summary and JSON alike; what each syscall does is a table (actions.def).
 */

#include "log/interpret.h"

enum action_kind {
	ACTION_OTHER,
	ACTION_EXEC,
	ACTION_READ,  /* a file opened for reading */
	ACTION_WRITE, /* ... for writing, truncated */
	ACTION_CREATE,
	ACTION_DELETE,
	ACTION_RENAME,
	ACTION_LINK,
	ACTION_ATTR, /* mode, owner, times, extended attributes */
	ACTION_CONNECT,
	ACTION_BIND,
	ACTION_PRIVILEGE, /* ids, capabilities */
	ACTION_SIGNAL,
	ACTION_PTRACE,
	ACTION_MOUNT,
	ACTION_MODULE,
	ACTION_SYSTEM, /* clock, host name, reboot */
	_ACTION_MAX,
};

struct description {
	enum action_kind kind;
	const char *verb;   /* "created"; of a failure "create": "failed to create" */
	struct buf subject; /* "cat[123]" */
	struct buf object;  /* path, address, pid; empty if the event has none */
	const char *joiner; /* "to": stands between object and object2; NULL without object2 */
	struct buf object2; /* rename's and link's new name, the signal, the new mode; else empty */
	struct buf argv;    /* of a program that was run: NUL-terminated arguments */
	size_t n_argv;
	const char *key; /* the rule's key(s), decoded, commas between several; "" without */
	struct buf key_text;
	int result;        /* 1 success, 0 failure, -1 the event does not say */
	int error;         /* errno of a failure, 0 if it is not known */
	int64_t exit;      /* return value; void when result is -1 */
	uint32_t pid, uid; /* of the subject; uid: the effective one. Void without has_subject */
	bool has_subject;
	bool is_file; /* object (and object2 of rename and link) is the path of something in a file system */
	bool by_inode; /* object is the name that earlier events showed for the inode of a descriptor */
	bool replaced;  /* a rename that took the place of what was there; kind is ACTION_RENAME */
	bool pending;   /* a connection that the call began and did not wait for: no failure */
	bool to_itself; /* a signal whose only target is the sender */
	struct buf scratch, scratch2;
};

void description_deinit(struct description *d);
/* Fills d anew (a zeroed or used one). 0 or -ENOMEM. */
int describe_event(struct description *d, struct interpreter *in, const struct log_event *ev);
/* "exec", "create" ...: the word for programs. */
const char *action_kind_name(enum action_kind kind);
bool actions_are_sorted(void);

#endif
