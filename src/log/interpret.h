/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_INTERPRET_H
#define UAUDIT_LOG_INTERPRET_H

/* Values turned into names, as ausearch -i does (spec userspace 6). */

#include "log/log_event.h"

struct interpreter; /* holds the caches of user and group names, and the names of inodes */
struct inode_names;

int interpreter_new(struct interpreter **ret);
void interpreter_free(struct interpreter *in);

/*
 * Appends the interpreted value of a field of a record of the event. Names of files are made absolute with the event's
 * cwd. interpret_field() writes bytes below 0x20 as \ooo, as the tools do on a terminal; interpret_bytes() writes
 * what the value stands for.
 */
void interpret_field(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field);
void interpret_bytes(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field);
/* Appends the bytes that an untrusted string stands for: without quotes, hex decoded. */
void interpret_untrusted(struct buf *to, const struct log_field *field);

/* Appends the name of a user or group: "unset", "root", "unknown(1234)". */
void interpret_user(struct interpreter *in, struct buf *to, uint32_t uid);
void interpret_group(struct interpreter *in, struct buf *to, uint32_t gid);

/* Names of inodes in the events so far: describe.h keeps and asks them. */
struct inode_names *interpreter_inodes(struct interpreter *in);

/* Whether the tables of the interpreter are in the order that lookups rely on. */
bool interpret_tables_are_sorted(void);

#endif
