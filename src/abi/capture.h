/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_ABI_CAPTURE_H
#define UAUDIT_ABI_CAPTURE_H

/*
 * What the BPF programs put into a ring, and what they are told. A ring record has the form of an event (abi/evt.h): a
 * header and items, of which some are raw: hooks that ran, paths as chains of names. source/bpf makes plain events of
 * them; nothing raw leaves it. Compiled by cc and by clang -target bpf alike.
 *
 * Raw times are CLOCK_MONOTONIC. Devices are encoded as in the kernel, major << 20 | minor.
 */

#include "abi/evt.h"
#include "abi/syscall_kinds.h"

/* Columns are by hand. */
/* clang-format off */

/*
 * Changes when anything here or in evt.h does, or struct call of bpf/maps.bpf.h: an engine reads only what programs of its own
 * schema have put into a ring, and gives maps only to those.
 */
#define CAP_SCHEMA 15

/* Kinds of ring records beside those of enum evt_kind. */
enum cap_kind {
	CAP_KIND_CHUNK = 0x100, /* part of what a later record of the same task and call is about: CAP_ITEM_CHUNK */
};

enum cap_item_type {
	CAP_ITEM_ORIGIN = 0x100, /* struct cap_origin: always the first item of a ring record */
	CAP_ITEM_STRING,  /* struct cap_string, bytes: a path was copied from the program (hook G, spec kernel 5.2) */
	CAP_ITEM_OBJECT,  /* struct cap_object, chain: an object was looked up (hook I) */
	CAP_ITEM_CHILD,	  /* struct cap_child, name bytes: created in or removed from a directory (hook C) */
	CAP_ITEM_CWD,	  /* chain */
	CAP_ITEM_EXE,	  /* struct evt_exe, chain; the device is in dev_major alone, encoded */
	CAP_ITEM_ARG,	  /* struct cap_arg, bytes: what an argument points to, read by whoever cannot hook G */
	CAP_ITEM_OPENED,  /* struct cap_file, chain: the file behind the descriptor that the call returned */
	CAP_ITEM_FILE,	  /* struct cap_file, chain: the file behind a descriptor that the call was given. At the entry
			   * without a chain; at the exit again, with one, where that is wanted */
	CAP_ITEM_CHUNK,	  /* struct cap_chunk, bytes */
	CAP_ITEM_ROOT,	  /* struct cap_root: where paths of the task begin */
	CAP_ITEM_TITLE,	  /* bytes: the beginning of the argument area */
	CAP_ITEM_ARGV,	  /* struct cap_argv, bytes: the arguments of a new program; CAP_F_CHUNKS: the bytes came before */
	CAP_ITEM_BPRM,	  /* struct cap_bprm: credentials before and after an exec */
	CAP_ITEM_TIMES,	  /* struct cap_times */
	CAP_ITEM_LOGIN,	  /* struct cap_login; the text is the memory of argument 1 */
	CAP_ITEM_PROGRAM, /* struct cap_file: what an exec has loaded, of a script its last interpreter */
	CAP_ITEM_KERNEL_RECORD, /* struct cap_kernel_record, text with the kernel's stamp */
	CAP_ITEM_NAMED,	  /* struct cap_named, name bytes: behind an object that has the name of a watch */
	CAP_ITEM_CLOCK,	  /* __s64: by how many ns the call has set the clock */
	CAP_ITEM_MADE_IN, /* struct cap_inode: the directory that the file of OPENED was made in */
	CAP_ITEM_NAMESPACES, /* struct cap_namespaces, beside the one of ROOT; where somebody asks for them */
	CAP_ITEM_LABEL,	  /* __u64: which label of AppArmor the task has, its address */
};

/* A chain is the names of a path from its last component to its first, each ended by a NUL: "b\0a\0" is /a/b. */

struct cap_origin {
	__u64 ktime; /* CLOCK_MONOTONIC, ns, when it was handed over: the order between rings */
	__u32 cpu;
	__u32 call;  /* number of the call within its task: what belongs to one call has the same */
	__u32 slot;  /* of the cgroup, for the account of what is in the ring (struct cap_slot) */
	__u32 bytes; /* of the whole ring record */
	__u32 matched; /* position of the rule that decided + 1; 0: the engine is to find out */
	__u32 reserved;
};

enum cap_flag {
	CAP_F_FAULT = 1u << 0,	  /* memory of the program could not be read */
	CAP_F_CUT = 1u << 1,	  /* not all of it is here */
	CAP_F_CHUNKS = 1u << 2,	  /* the bytes came as chunks; nr says under which number */
	CAP_F_PARENT = 1u << 3,	  /* hook I: the directory of something */
	CAP_F_HIDDEN = 1u << 4,
	CAP_F_NO_CAPS = 1u << 5,
	CAP_F_CREATED = 1u << 6,  /* OPENED: by this call */
	CAP_F_TMPFILE = 1u << 7,
	CAP_F_KERNEL = 1u << 8,	  /* hook G: the string is the kernel's own (an interpreter) */
	CAP_F_AFTER = 1u << 9,	  /* hook C: when it had succeeded */
	CAP_F_DELETED = 1u << 11, /* chain: what it leads to has no name any more */
	CAP_F_SCRIPT = 1u << 10,  /* PROGRAM: a script led there */
	CAP_F_MOUNTS = 1u << 11,  /* the chain goes on across mounts; without, it ends at the root of the file system */
};

#define CAP_MODE_BITS  0xffffu
#define CAP_MODE_NOSEC 0x80000000u /* it has no file capabilities, the kernel has found (S_NOSEC) */

struct cap_inode {
	__u64 ino;
	__u64 fs_magic;
	__u32 dev, rdev;
	__u32 mode; /* CAP_MODE_BITS of it; 0: there is none */
	__u32 uid, gid;
	__u32 ctime_nsec; /* of the last change; not known: both 0 */
	__s64 ctime_sec;
};

struct cap_string {
	__u64 name;    /* the kernel's struct filename, by which OBJECT names its string */
	__u64 pointer; /* in the program; 0: from elsewhere */
	__u32 flags;   /* enum cap_flag */
	__u32 nr;
};

struct cap_object {
	__u64 name; /* of a STRING before; 0: looked up without one */
	__u32 flags;
	__u32 root_at; /* bytes of the chain in front of the task's root directory, or CAP_ROOT_ELSEWHERE */
	struct cap_inode inode;
};

#define CAP_ROOT_ELSEWHERE 0xffffffffu

struct cap_child {
	__u32 nametype; /* EVT_NAME_CREATE, EVT_NAME_DELETE */
	__u32 flags;
	struct cap_inode dir, inode;
};

/* Its path meant that inode when it was looked up. */
struct cap_named {
	__u64 dir_ino, ino;
	__u32 dir_dev, dev;
};

struct cap_arg {
	__u32 arg; /* 0 to 5 */
	__u32 flags;
	__u32 kind; /* enum arg_kind of the argument */
	__u32 nr;
	__u64 pointer;
};

struct cap_file {
	__s32 fd;
	__u32 flags;
	struct cap_inode inode;
};

struct cap_chunk {
	__u32 nr;  /* which text of the call */
	__u32 seq; /* from 0 */
};

struct cap_argv {
	__u64 len; /* bytes of the whole area, of which some may be missing */
	__u32 nr;  /* CAP_F_CHUNKS: of the chunks; else they follow here */
	__u32 flags;
};

struct cap_root {
	__u64 ino; /* the root directory */
	__u32 dev;
	__u32 mnt_ns; /* inode number */
};

struct cap_namespaces {
	__u32 pid, net, user, ipc, uts, cgroup; /* inode numbers */
};

struct cap_login {
	__u32 old_auid, old_ses, auid, ses;
	__u32 is_own; /* the file is the writing task's, and the write begins at its start */
	__u32 reserved;
};

/* What the kernel has written by itself (abi/kernel_records.h). CAP_F_CHUNKS: the text came before. */
struct cap_kernel_record {
	__u32 type, flags;
	__u32 nr;
	__u32 reserved;
};

struct cap_times {
	__u64 entered, left; /* CLOCK_MONOTONIC; left 0: it did not */
};

struct cap_cred {
	__u64 permitted, inheritable, effective, ambient;
	__u32 uid, euid;
};

struct cap_bprm {
	struct cap_cred before, after;
};

/* ---- what the programs are told: one struct in memory that both sides map ---- */

#define CAP_NRS 2048

/* Bits of cap_control.interest: the call is to be looked at, made through that entry. */
#define CAP_NR_64  1u
#define CAP_NR_32  2u
#define CAP_NR_X32 4u
#define CAP_NR_LOGIN 8u /* in any way, but only if it may write a login uid */
#define CAP_NR_ASIDE(entry) ((entry) << 4) /* through that entry, but only for what it may write aside */

#define CAP_SCOPES_MAX 64 /* control groups of one engine */
#define CAP_EXEMPT_MAX 8  /* processes of the engine itself */

enum cap_scope { CAP_SCOPE_HOST, CAP_SCOPE_CGROUPS, CAP_SCOPE_TREE };

struct cap_scope_cgroup {
	__u64 id;
	__u32 level; /* of the hierarchy; the root's is 0 */
	__u32 reserved;
};

/* What a call is about, beside what the kinds of its arguments say. */
enum cap_about {
	CAP_ABOUT_NOTHING = 0,
	CAP_ABOUT_END,	      /* it never returns */
	CAP_ABOUT_SOCKETCALL, /* the i386 multiplexer */
	CAP_ABOUT_CWD,	      /* changes the working directory */
	CAP_ABOUT_KILL,	      /* each of those that send a signal passes its target in another way */
	CAP_ABOUT_TKILL,
	CAP_ABOUT_TGKILL,
	CAP_ABOUT_QUEUE_SIGNAL,
	CAP_ABOUT_PTRACE,
	CAP_ABOUT_CAPSET,
	CAP_ABOUT_WRITE,      /* perhaps of a login uid */
	CAP_ABOUT_MQ_OPEN,    /* the memory that the record is made of becomes a CAP_ITEM_ARG of kind ARG_NONE */
	CAP_ABOUT_MQ_TRANSFER,
	CAP_ABOUT_MQ_NOTIFY,
	CAP_ABOUT_MQ_SETATTR,
	CAP_ABOUT_UNLOAD,     /* a module, whose name is argument 0 */
	CAP_ABOUT_BPF,	      /* may load a program */
};

/* What a call's arguments are: a row of abi/syscalls.def. */
struct cap_shape {
	__u8 effect;  /* enum path_effect */
	__u8 args[6]; /* enum arg_kind */
	__u8 about;   /* enum cap_about */
	/* a bit for each argument of these kinds: cap_shape_sort() */
	__u8 reads;   /* memory that the call is passed */
	__u8 fills;   /* memory that it fills */
	__u8 dirs;    /* descriptors of directories that paths begin at */
	__u8 files;   /* other descriptors */
} __attribute__((aligned(4))); /* copied as words */

static inline __attribute__((always_inline)) void cap_shape_sort(struct cap_shape *shape)
{
	shape->reads = shape->fills = shape->dirs = shape->files = 0;
	for (int i = 0; i < 6; i++) {
		__u8 bit = 1u << i;

		switch (shape->args[i]) {
		case ARG_FD:
			shape->files |= bit;
			shape->reads |= bit; /* its object, before the call changes it */
			break;
		case ARG_DIRFD:
		case ARG_DIRFD2:
			shape->dirs |= bit;
			break;
		case ARG_PATH:
		case ARG_PATH2:
		case ARG_TEXT:
		case ARG_SOCKADDR:
		case ARG_MSGHDR:
		case ARG_HOW:
		case ARG_MMAP_FLAGS:
			shape->reads |= bit;
			break;
		case ARG_FD_PAIR:
		case ARG_SOCKADDR_OUT:
		case ARG_MSGHDR_OUT:
		case ARG_MMSGHDR:
		case ARG_MMSGHDR_OUT:
			shape->fills |= bit;
			break;
		}
	}
}

#define CAP_SHAPES 512 /* numbers of one architecture that have a row */

/*
 * Where marks of rules are (rule_index.h numbers them): by the inode that the path meant at the last look, and by the name in
 * its directory. kind: enum evt_mark_kind | (generation & 1) << 8, as the numbers change with the rules.
 */
#define CAP_MARKS_MAX 16384
#define CAP_MARK_IDS  7
#define CAP_MARK_NAME 28 /* bytes of a name that are compared */

struct cap_mark_ids {
	__u16 n; /* more than CAP_MARK_IDS: not all of them are here */
	__u16 ids[CAP_MARK_IDS];
};

struct cap_mark_inode {
	__u64 ino;
	__u32 dev;
	__u32 kind;
};

struct cap_mark_name {
	__u64 ino; /* of the directory */
	__u32 dev;
	__u32 kind;
	char name[CAP_MARK_NAME]; /* NUL-padded, the last byte is NUL */
	__u32 reserved;
};

enum cap_want {
	CAP_WANT_CHAINS = 1u << 0, /* where objects are: some rule names a tree, or full paths are asked for */
	CAP_WANT_GROUPS = 1u << 1, /* some rule tests a gid */
	CAP_WANT_NAMESPACES = 1u << 2,
	CAP_WANT_SIGNALS = 1u << 3, /* targets of signals (spec kernel 4.6) */
	CAP_WANT_FILTER = 1u << 4, /* the index of that generation decides what is handed over */
	CAP_WANT_WATCHES = 1u << 5, /* some rule has a path */
	CAP_WANT_TREES = 1u << 6, /* ... or a directory tree */
	CAP_WANT_EXES = 1u << 7, /* ... or a program */
	CAP_WANT_TASKS = 1u << 8,   /* events for tasks that begin and end: there are rules on the task list */
	CAP_WANT_TIMES = 1u << 9,
};

/* Operations of io_uring that are looked at, a bit each. */
struct cap_uring {
	__u64 in_calls; /* issued inside a call that is looked at */
	__u64 alone;
};

struct cap_control {
	__u32 schema;	  /* CAP_SCHEMA */
	__u32 ring_bytes; /* of one ring */
	__u64 build;	  /* of the programs: those of another build are replaced */
	__u32 tier;	  /* enum bpf_tier */
	__u32 reserved;
	__u32 enabled;	  /* 0: capture nothing */
	__u32 generation; /* interest[generation & 1] is in force */
	__u32 want[2];	  /* enum cap_want, likewise */
	__u32 scope;	  /* enum cap_scope */
	__u32 n_cgroups;
	/*
	 * Processes that are not audited; 0: unused. The first is the engine, set by itself; the others are those that it
	 * has forked, until they end or execute something else, set by the programs.
	 */
	__u32 exempt[CAP_EXEMPT_MAX];
	__u32 tree; /* CAP_SCOPE_TREE: the process that was marked, with what it has started */
	__u32 tree_marked; /* tasks that were found to belong to it and were not marked */
	__u32 is_reader_asleep; /* the reader waits for a wake-up; the programs clear it */
	__u32 wake_bytes; /* data in a ring that wakes the reader in any case */
	__u32 label_at;	  /* word of the modules' part of credentials that is AppArmor's label, + 1; 0: not known */
	__u32 reserved2;
	__u64 label_read; /* the label that the engine has asked /proc for last; the programs set both */
	__u32 measure;	  /* count what goes into calls that are looked at */
	__u32 n_logins;	  /* writes of login uids that are under way; the programs count them */
	__u32 marks_epoch; /* goes on with each change of the maps of marks, after it */
	__u32 tell_ends;   /* tasks that end are told, whatever the rules are now: of some the engine keeps something */
	struct cap_scope_cgroup cgroups[CAP_SCOPES_MAX];
	__u8 interest[2][CAP_NRS];
	struct cap_uring uring[2]; /* likewise */
	__u64 uring_files; /* operations that are about a file: without it they are not issued */
	struct cap_shape shapes[2][CAP_SHAPES]; /* 64-bit, 32-bit */
};

/* ---- what the programs decide by themselves, counted on each CPU ---- */

#define CAP_TALLY_RULES 4096 /* INDEX_RULES_MAX: places on the exit list */
/* Calls that were looked at and are not handed over; is_compat: through the 32-bit entry. */
#define CAP_TALLY_CALL(is_compat, nr) ((is_compat) * CAP_NRS + (nr))
/* Those of them that a "never" decided; half: generation & 1. */
#define CAP_TALLY_NEVER(half, position) (2 * CAP_NRS + (half) * CAP_TALLY_RULES + (position))
#define CAP_TALLIES CAP_TALLY_NEVER(2, 0)

/* ---- fairness, and the account of what is lost ---- */

#define CAP_SLOTS 256 /* control groups that are told apart; those beyond share slot 0 */

/* Of one ring: what a control group has put in and lost. Only the programs write it, on the ring's own CPU. */
struct cap_slot {
	__u64 cgroup; /* id */
	__u64 in;     /* bytes handed over, ever */
	__u64 events; /* handed over, ever */
	__u64 lost;   /* events that found no room, ever */
};

/* Of one ring: faults that are of no control group. */
struct cap_ring_account {
	__u64 lost_task;    /* events whose task had no memory for what is gathered between entry and exit */
	__u64 lost_big;	    /* events that could not be put together */
	__u64 lost_chunks;  /* chunks that found no room: their events are cut */
	__u64 seen;	    /* calls looked at */
	__u64 measured, measured_ns; /* calls looked at while that was measured, and what went into them */
	__u64 held; /* bytes in the ring, at most: what was put there since somebody has asked, and what it was then */
};

/* ---- what the reader keeps for its successor ---- */

/*
 * Rows of the map "told": what the log has been told of each counter of losses. First those of the slots, CAP_SLOTS for each
 * ring, then those of the faults of each ring, then one for all that the kernel did not run (cap_fault).
 */
enum cap_fault { CAP_FAULT_TASK, CAP_FAULT_BIG, CAP_FAULT_MAX };

/*
 * The map "journal": an entry for each ring record that records of the log were made of, written before they are handed on.
 * After the reader's death they tell which ring records are in the log already. Entry 0 is the head; the i-th is in place
 * 1 + i % (entries - 1).
 */
struct cap_journal_head {
	__u64 n;	/* entries, ever */
	__u32 serial;	/* drawn last */
	__u32 reserved;
	__u64 reserved2[2];
};

#define CAP_JOURNAL_OPEN (~0u) /* lines: not all of it has been handed on */

struct cap_journal_entry {
	__u32 first, last; /* serials */
	__u32 lines;	   /* of the log, or CAP_JOURNAL_OPEN */
	__u32 is_loss;
	__u64 where; /* number of the ring; of the row of "told" */
	__u64 value; /* position behind the ring record; what the row is to say */
};

/* The least that a ring record takes, so that there are entries for all that a ring may hold. */
#define CAP_RECORD_MIN 216

#ifndef __bpf__
_Static_assert(sizeof(struct cap_journal_head) == 32 && sizeof(struct cap_journal_entry) == 32, "wire layout");
_Static_assert(sizeof(struct evt_hdr) + sizeof(struct evt_item) + sizeof(struct cap_origin) >= CAP_RECORD_MIN,
	"each ring record has an origin");
_Static_assert(sizeof(struct cap_origin) == 32, "wire layout");
_Static_assert(sizeof(struct cap_inode) == 48, "wire layout");
_Static_assert(sizeof(struct cap_string) == 24, "wire layout");
_Static_assert(sizeof(struct cap_object) == 64, "wire layout");
_Static_assert(sizeof(struct cap_child) == 104, "wire layout");
_Static_assert(sizeof(struct cap_named) == 24, "wire layout");
_Static_assert(sizeof(struct cap_arg) == 24, "wire layout");
_Static_assert(sizeof(struct cap_file) == 56, "wire layout");
_Static_assert(sizeof(struct cap_argv) == 16, "wire layout");
_Static_assert(sizeof(struct cap_root) == 16, "wire layout");
_Static_assert(sizeof(struct cap_namespaces) == 24, "wire layout");
_Static_assert(sizeof(struct cap_bprm) == 80, "wire layout");
_Static_assert(sizeof(struct cap_kernel_record) == 16, "wire layout");
_Static_assert(sizeof(struct cap_mark_name) == 48, "wire layout");
_Static_assert(sizeof(struct cap_slot) == 32, "wire layout");
#endif

/* clang-format on */

#endif
