/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_PARSER_H
#define UAUDIT_RULE_RULE_PARSER_H

/*
 * What the files of the rule parser share; nobody else includes this. Calls go one way: rule_file.c -> rule_parse.c ->
 * rule_field.c, rule_syscall.c, rule_watch.c, rule_request.c -> rule_value.c -> rule_parser.c; rule_build.c
 * stands beside rule_parse.c.
 */

#include "base/macros.h"
#include "rule/rule_parse.h"

#define RULE_LIST_UNSET UINT32_MAX
/* auditctl leaves the last field to the key that it may have to append (spec userspace 1.5). */
#define RULE_FIELDS_MAX    (AUDIT_MAX_FIELDS - 1)
#define RULE_KEY_SEPARATOR '\x01'

struct rule_parser {
	const struct rule_env *env; /* never NULL */
	struct rule_error *err;     /* never NULL */
	unsigned line;              /* in a file, counted from 1; 0 on a command line */

	uint32_t add, del; /* list and prepend flag, or RULE_LIST_UNSET */
	uint32_t action;
	unsigned n_lists; /* -a, -A, -d so far */

	/* What makes a key acceptable. */
	bool has_syscalls, has_perm, has_exe, has_fstype;
	bool io_uring; /* -S took operations, not syscalls */
	uint32_t elf;  /* the arch that names of syscalls belong to; 0 until -F arch= or -S */

	struct audit_rule_data *data; /* without the strings */
	struct buf strings;
	struct buf key;
	size_t key_word, key_column;

	struct buf said;  /* warnings of auditctl's */
	struct buf notes; /* our own */

	size_t word; /* the word at work, and where in it the argument at work begins */
	size_t column;
	struct rule_request *req;
};

/* rule_parser.c */
/* -EINVAL, with the message; column counts from the start of the argument at work. Clears the hint. */
int rule_fail(struct rule_parser *p, size_t column, const char *format, ...) _printf_(3, 4);
/* The same with a message that libaudit has a code for (abi/errmsgs.def); name: the field's. */
int rule_fail_code(struct rule_parser *p, size_t column, int code, const char *name);
/* Adds to the hint. */
void rule_hint(struct rule_parser *p, const char *format, ...) _printf_(2, 3);
void rule_say(struct rule_parser *p, const char *format, ...) _printf_(2, 3);
void rule_note(struct rule_parser *p, const char *format, ...) _printf_(2, 3);

/* The list that the rule is for, or RULE_LIST_UNSET. */
static inline uint32_t rule_list(const struct rule_parser *p)
{
	uint32_t flags = p->add != RULE_LIST_UNSET ? p->add : p->del;

	return flags == RULE_LIST_UNSET ? flags : flags & ~RULE_PREPEND;
}

/* One more field; string: its bytes, NULL for numbers. -EINVAL when the rule is full, named by what was given. */
int rule_append(struct rule_parser *p, uint32_t type, uint32_t op, uint32_t value,
	const char *string, const char *given);

/* rule_field.c: -F, -C; also the key that ends a rule. */
int rule_option_field(struct rule_parser *p, const char *arg);
int rule_option_compare(struct rule_parser *p, const char *arg);
int rule_append_key(struct rule_parser *p);
/* rule_value.c: the value of a field; *ret_string is arg itself for string fields, else NULL. */
struct rule_field;
int rule_value(struct rule_parser *p, const struct rule_field *field, uint32_t op,
	const char *value, size_t column, uint32_t *ret, const char **ret_string);
/*
 * A number at the start of text, base by prefix, as auditctl reads it: what follows is ignored (with a note) and only
 * the low 32 bits count. text begins with a digit, or a minus and a digit.
 */
uint32_t rule_number(struct rule_parser *p, const char *text);
#define RULE_PERM_LETTERS 4
/* Letters of rwxa, any case, as AUDIT_PERM_* bits. -EINVAL with the place of the first other letter. */
int rule_perm_bits(const char *letters, size_t len, uint32_t *ret, size_t *reterr_at);
/* rule_syscall.c: -S. */
/* A name, a number or "all" as bits of mask. -ENOENT: unknown. *ret_ignored (may be NULL): bytes behind a number. */
int rule_syscall_member(uint32_t *mask, uint32_t elf, bool io_uring, const char *member, size_t len,
	size_t *ret_ignored);
int rule_option_syscalls(struct rule_parser *p, const char *arg);
/* rule_watch.c: -w, -W, -p. */
int rule_option_watch(struct rule_parser *p, const char *arg);
int rule_option_unwatch(struct rule_parser *p, const char *arg);
int rule_option_perms(struct rule_parser *p, const char *arg);

/* What an option's handler wants next. */
enum {
	SCAN_GO_ON = 0,
	SCAN_STOP,   /* no more options; a word left over is an error */
	SCAN_FINISH, /* done, unread words do not matter */
};

/* rule_request.c: the handler of an option that makes no rule; NULL if it is none. */
struct option_scan;
typedef int (*rule_option_fn)(struct rule_parser *p, struct option_scan *s);
rule_option_fn rule_request_option(int option);

/* rule_parse.c: rule_parse_words with the line's number for messages. */
int rule_parse_numbered(struct rule_request *ret, const char *const *words, size_t n_words,
	unsigned line, const struct rule_env *env, struct rule_error *reterr);

#endif
