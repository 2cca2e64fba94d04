/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ABI_ABI_H
#define UAUDIT_ABI_ABI_H

/*
 * The audit ABI as data: every name, number and property that the parser, the formatter, the interpreter, the sources,
 * the tests and the docs share. Each fact stands once, in one row of a .def file of this directory.
 *
 * Names compare without regard to case unless a comment says otherwise. Unknown: -1 or NULL.
 */

#include <linux/audit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/syscall_kinds.h"

/* ---- record types (records.def) ---- */

enum record_class {
	RECORD_CONTROL,
	RECORD_USER,
	RECORD_DAEMON,
	RECORD_KERNEL,
	RECORD_LSM,
	RECORD_OTHER
};

struct record_type {
	uint16_t nr;
	uint8_t class; /* enum record_class */
	uint8_t name_len;
	const char *name;
	const char *line; /* what its lines begin with: type=NAME msg= */
};

const struct record_type *record_type_by_nr(uint32_t nr);
/* Also "UNKNOWN[1399]" and plain digits. */
int record_type_nr(const char *name);
/* The name, or "UNKNOWN[1399]" written into fallback. */
const char *record_type_name(uint32_t nr, char fallback[static 20]);
size_t record_type_name_len(uint32_t nr);

/* ---- machines (machines.def) ---- */

#define ABI_ARCH_X86_64  0xc000003eu
#define ABI_ARCH_I386    0x40000003u
#define ABI_ARCH_AARCH64 0xc00000b7u

struct machine {
	int nr;           /* machine_t of libaudit */
	uint32_t elf;     /* AUDIT_ARCH_* token */
	const char *name; /* as listed: x86_64, i386, aarch64 */
};

const struct machine *machine_by_name(const char *name); /* all accepted names, not b64 and b32 */
const struct machine *machine_by_elf(uint32_t elf);
const struct machine *machine_by_nr(int nr);
uint32_t machine_native_elf(void);
/* The 32-bit partner of the native machine (b32), 0 if it has none. */
uint32_t machine_native_compat_elf(void);

/* ---- rule fields (fields.def) ---- */

enum field_value_kind {
	FIELD_NUMBER, /* decimal */
	FIELD_UID,    /* number, -n, user name, "unset" */
	FIELD_GID,
	FIELD_ARCH,
	FIELD_MSGTYPE,
	FIELD_STRING,  /* subj_*, obj_* labels */
	FIELD_PATH,    /* watch, dir, exe */
	FIELD_SESSION, /* number, -n, "unset" */
	FIELD_INODE,
	FIELD_EXIT, /* number, errno name with or without - */
	FIELD_PERM,
	FIELD_FILETYPE,
	FIELD_COMPARE,
	FIELD_SADDR_FAM,
	FIELD_FSTYPE,
	FIELD_ARG, /* a0..a3, listed in hex */
	FIELD_KEY,
};

#define LIST_BIT(list)       (1u << (list))
#define FIELD_OPS_EQ         0x1u /* = != */
#define FIELD_OPS_ORDER      0x2u /* < <= > >= */
#define FIELD_OPS_BITS       0x4u /* & &= */
#define FIELD_OPS_EQUAL_ONLY 0x8u /* = */

struct rule_field {
	uint32_t nr;
	const char *name; /* canonical: "auid"; NULL: rule text has no name for it (loginuid_set) */
	enum field_value_kind kind;
	uint32_t kernel_ops;   /* FIELD_OPS_*: what the kernel accepts */
	uint32_t kernel_lists; /* LIST_BIT()s: where the kernel accepts it (spec kernel 6.7) */
	uint32_t user_lists;   /* LIST_BIT()s: where auditctl accepts it (spec userspace 1.6) */
};

const struct rule_field *rule_field_by_name(const char *name); /* also aliases: loginuid */
const struct rule_field *rule_field_by_nr(uint32_t nr);
bool rule_field_is_string(uint32_t nr); /* its value travels in buf */

/* The 25 comparisons of -C (compare.def). */
struct field_compare {
	uint32_t code;        /* AUDIT_COMPARE_* */
	uint32_t left, right; /* field numbers, canonical order */
};
const struct field_compare *field_compare_by_code(uint32_t code);
/* Either order of the two fields. */
const struct field_compare *field_compare_by_fields(uint32_t a, uint32_t b);

/* What is wrong with a rule (errmsgs.def). */
enum errmsg_code {
#define ABI_ERRMSG(code, sym, ...) ERRMSG_##sym = (code),
#include "abi/errmsgs.def"

#undef ABI_ERRMSG
	ERRMSG_REPORTED = -38, /* the message is none of the table, and was said already */
};

enum errmsg_where { ERRMSG_NOWHERE, ERRMSG_BEFORE, ERRMSG_AFTER };

struct errmsg {
	int code;                /* libaudit's, negative */
	enum errmsg_where where; /* the field's name stands */
	const char *text;
};
const struct errmsg *errmsg_by_code(int code);

/* ---- operators, lists, actions (ops.def, lists.def) ---- */

const char *op_symbol(uint32_t op); /* "=", "!=", ... */
/* The operator that text begins with, the longer first; *ret_len its length in bytes. 0: none. */
uint32_t op_at(const char *text, size_t *ret_len);
/* Lower case only, as auditctl. entry and watch are not names of lists any more. */
int list_nr(const char *name);
const char *list_name(uint32_t nr);
int action_nr(const char *name);
const char *action_name(uint32_t nr);

/* ---- errnos, file types, file systems, address families, capabilities, signals ---- */

const char *errno_name(int nr);           /* positive; EAGAIN for 11 */
int errno_nr(const char *name);           /* "EACCES": 13, "-EACCES": -13; 0: unknown */
const char *errno_text(int nr);           /* strerror in English, independent of the locale */
int filetype_mode(const char *name);      /* "file": S_IFREG */
const char *filetype_name(uint32_t mode); /* S_IFMT bits: "file", "dir", ... */
int64_t fstype_magic(const char *name);
const char *fstype_name(uint32_t magic);
const char *address_family_name(uint32_t family); /* "local", "inet" as the tools print */
const char *capability_name(unsigned nr);         /* "chown", lower case */
const char *signal_name(int nr);                  /* "SIGKILL" */

/* ---- io_uring operations (uringops.def) ---- */

int uringop_nr(const char *name);
const char *uringop_name(uint32_t nr);

/* ---- syscalls (syscalls.def; numbers from libseccomp and syscall_numbers.def) ---- */

#define SC_DIRS   0x0001u /* AUDIT_CLASS_DIR_WRITE */
#define SC_ATTR   0x0002u /* AUDIT_CLASS_CHATTR */
#define SC_READ   0x0004u /* AUDIT_CLASS_READ */
#define SC_WRITE  0x0008u /* AUDIT_CLASS_WRITE (without SC_DIRS, which it includes) */
#define SC_SIGNAL 0x0010u /* AUDIT_CLASS_SIGNAL */
#define SC_IDS                                                                                     \
	0x0020u /* changes what a source remembers of a task: ids, groups, caps, tty, session, personality, root */
#define SC_NORETURN     0x0040u /* exit, exit_group */
#define SC_SENDS_SIGNAL 0x0080u /* its targets become OBJ_PID records */
/* What auditctl 4.x adds to the mask of a rule with arch and perm (spec userspace 1.6): for r, w, a and x. */
#define SC_ADD_READ  0x0100u
#define SC_ADD_WRITE 0x0200u
#define SC_ADD_ATTR  0x0400u
#define SC_ADD_EXEC  0x0800u

#define SC_CWD  0x1000u /* changes the working directory of its task, and of those that share it */
#define SC_SYSV 0x2000u /* is about an object of System V IPC */
#define SC_MQ   0x100000u /* passes something to a POSIX message queue that a record is made of */
/* What it may do to more than its task (source/ptrace/privileged.h). */
#define SC_CAPSET  0x4000u
#define SC_CLOCK   0x8000u   /* sets or adjusts the clock */
#define SC_MODULE  0x10000u  /* loads or removes a kernel module */
#define SC_WRITES  0x20000u  /* writes to a descriptor: perhaps a login uid */
#define SC_BPF     0x40000u  /* loads a program into the kernel, or frees it */
#define SC_LISTENS 0x80000u  /* joins or leaves the audit's multicast groups */
#define SC_PROMISC 0x200000u /* may make a network device promiscuous */

struct syscall_info {
	const char *name;
	uint32_t flags;  /* SC_* */
	uint8_t effect;  /* enum path_effect */
	uint8_t args[6]; /* enum arg_kind */
};

/* Never NULL: calls that the table does not know have no flags, no effect and no argument kinds. The returned row
 * carries the name of syscall_name(), NULL included. The first question about an arch builds its table (not safe
 * against threads); after that this is one array access. */
const struct syscall_info *syscall_info(uint32_t arch, int64_t nr);
/* As the audit tools spell it (pread, not pread64); NULL: unknown. */
const char *syscall_name(uint32_t arch, int64_t nr);
int syscall_nr(uint32_t arch, const char *name);
/* Member of a permission class on that architecture (AUDIT_CLASS_DIR_WRITE ...; the native and 32-bit class numbers
 * are chosen by arch): one of SC_DIRS to SC_SIGNAL. SC_WRITE asks for SC_DIRS too. */
bool syscall_in_class(uint32_t arch, int64_t nr, uint32_t sc_flag);
/* Argument of that kind, or -1. */
static inline int syscall_arg(const struct syscall_info *info, enum arg_kind kind)
{
	for (int i = 0; i < (int)sizeof(info->args); i++)
		if (info->args[i] == kind)
			return i;
	return -1;
}

#endif
