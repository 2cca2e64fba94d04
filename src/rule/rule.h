/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_H
#define UAUDIT_RULE_RULE_H

/*
 * A rule in its three forms: text (rule_parse.h), the wire form struct audit_rule_data (linux/audit.h), and the
 * compiled form here, which filters evaluate. Text -> wire -> compiled -> text is loss-free.
 *
 * Nothing in this directory opens files or looks at the system: what a rule needs to know about the machine it asks
 * through struct rule_env.
 */

#include <linux/audit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evt.h"
#include "base/buf.h"

#define RULE_SYSCALLS   2048 /* bits of the mask; the top 16 are classes (spec kernel 6.3) */
#define RULE_PREPEND    AUDIT_FILTER_PREPEND
#define RULE_LISTS      8
#define RULE_PRIO_UNSET 0u

/* What a rule asks of the machine. Every pointer may be NULL: the answer is then as documented here. */
struct rule_env {
	void *userdata;
	/* 0 and *ret, or -ENOENT. NULL: no names are known. */
	int (*user_id)(void *userdata, const char *name, uint32_t *ret);
	int (*group_id)(void *userdata, const char *name, uint32_t *ret);
	/* 1 if path is a directory, symlinks followed; 0 if not or if it does not exist (-w asks). NULL: 0. */
	int (*is_directory)(void *userdata, const char *path);
	/* 0 if path exists (symlinks in the middle followed, a final one not), or the negative errno of the lookup.
	 * The kernel demands that of a tree's root, and of the parent directory of a watch or exe. NULL: 0. */
	int (*lookup)(void *userdata, const char *path);
};

/*
 * Where a rule's path is at the moment: shared by all rules of a set that name the same path in the same way, and
 * updated from outside (rule_set_mark). Spec kernel 6.10.
 */
struct rule_mark {
	enum evt_mark_kind kind;
	char *path;    /* as the rule has it */
	char *present; /* trees: the root's absolute path now; NULL while unbound */
	bool bound;
	uint64_t ino;
	uint32_t dev_major, dev_minor;
	/* The binding before the present one, which the event that changed it still matches. */
	bool was_bound;
	uint64_t was_ino;
	uint32_t was_dev_major, was_dev_minor;
	char *was_present;
};

struct audit_field {
	uint32_t type; /* AUDIT_PID ... */
	uint32_t op;   /* AUDIT_EQUAL ... */
	uint32_t val;  /* number; for strings their length */
	char *str;     /* string fields, NUL-terminated; else NULL */
	struct rule_mark
		*mark; /* AUDIT_WATCH, AUDIT_DIR, AUDIT_EXE: owned by the set; NULL outside a set */
};

struct audit_krule {
	uint32_t list;                     /* AUDIT_FILTER_USER ..., without the prepend flag */
	uint32_t action;                   /* AUDIT_NEVER, AUDIT_ALWAYS */
	bool prepend;                      /* as asked for; never listed back */
	bool legacy_auid;                  /* auid = -1, listed as field 9 (spec kernel 1.11) */
	uint32_t mask[AUDIT_BITMASK_SIZE]; /* class bits replaced by their syscalls */
	uint32_t n_fields;
	struct audit_field fields[AUDIT_MAX_FIELDS];
	const char *
		filterkey; /* borrowed from the key's field; NULL without a key. Several keys: 0x01 between them */
	uint64_t
		prio; /* position in the one order of exit, io_uring and inode rules (spec kernel 6.4) */
	bool by_inode; /* lives in the inode table: has a watch, or inode = (spec kernel 6.2) */
	struct rule_stats *stats; /* a reference (rule_stats.h); NULL outside a set */
};

/*
 * What the kernel does with AUDIT_ADD_RULE: checks data (len bytes, untrusted) and compiles it (spec kernel 6.3).
 * Negative errno exactly as the kernel answers: EINVAL, ENAMETOOLONG, ENOENT, ENOTDIR, ...; *ret is untouched then.
 */
int krule_from_data(struct audit_krule **ret, const struct audit_rule_data *data, size_t len,
	const struct rule_env *env);

/* Why the kernel refuses a rule, for people: it only says EINVAL. */
struct krule_fault {
	int field;          /* index of the offending field, -1: it is not about one field */
	const char *reason; /* a sentence without the field's name; static */
};
/* The same; *reterr_fault is written when it fails. */
int krule_from_data_fault(struct audit_krule **ret, const struct audit_rule_data *data, size_t len,
	const struct rule_env *env, struct krule_fault *reterr_fault);
void krule_free(struct audit_krule *rule);
/* The wire form that AUDIT_LIST_RULES answers; malloc'ed, *ret_len bytes. NULL: no memory. */
struct audit_rule_data *krule_to_data(const struct audit_krule *rule, size_t *ret_len);

/* Appends the canonical text (spec userspace 1.10) of a rule in wire form, without a newline. */
void rule_format(struct buf *to, const struct audit_rule_data *data, size_t len);

/* Words of somebody else's for numbers in a listing. */
struct rule_words {
	void *userdata;
	/* Appends the value of field i; false: the field has none, and nothing is appended. */
	bool (*value)(void *userdata, struct buf *to, const struct audit_rule_data *data, size_t i);
};
/* The same with words; words may be NULL. */
void rule_format_words(struct buf *to, const struct audit_rule_data *data, size_t len,
	const struct rule_words *words);

/* The rule's key, borrowed: several with 0x01 between them. The number of bytes, 0: it has none. */
size_t rule_data_key(const struct audit_rule_data *data, size_t len, const char **ret);
/* Whether a key of the rule contains the text; of several keys, all as one text (auditctl -l -k). */
bool rule_data_has_key(const struct audit_rule_data *data, size_t len, const char *part);

/* AUDIT_BITMASK_SIZE words; nr outside 0..2047 is never set. */
static inline bool rule_mask_has(const uint32_t *mask, int64_t nr)
{
	return nr >= 0 && nr < RULE_SYSCALLS && (mask[nr / 32] >> (nr % 32) & 1);
}

#endif
