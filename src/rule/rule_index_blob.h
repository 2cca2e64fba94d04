/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_RULE_RULE_INDEX_BLOB_H
#define UAUDIT_RULE_RULE_INDEX_BLOB_H

/*
 * A rule set as an index (docs/architecture.md, "The rule index"): what rule_index.c writes and rule_index_eval.h reads,
 * here and in BPF programs. No pointers: everything is found by offsets in words of 64 bits from the start of the blob.
 * Host byte order. Compiled by cc and by clang -target bpf alike.
 *
 * A board is a list of rules: bit i of its vectors is its rule i, in the list's order. For each system call there is a
 * row, the vector of the rules whose mask and arch select it. A dimension is one kind of test ("uid is", "uid is not",
 * "some item's owner is"): the vector of the rules that test it, and for each value, or interval of values, the vector of
 * the rules that are content with it.
 */

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#define INDEX_VERSION    1
#define INDEX_RULES_MAX  4096 /* on one board */
#define INDEX_WORDS      (INDEX_RULES_MAX / 64)
#define INDEX_BLOB_WORDS (512u * 1024) /* 4 MiB: the largest value of a BPF array */
#define INDEX_NRS        2048
#define INDEX_ABIS       2
#define INDEX_DIMS_MAX   128 /* of one board */
#define INDEX_BITS_MAX   64  /* tests with & and &= of one dimension */
#define INDEX_STEPS_MAX  14  /* of a search: 2 * INDEX_RULES_MAX + 1 cut points */

/* Bounds of what is known of one event; powers of two. What does not fit is unknown. */
#define INDEX_GROUPS_MAX  32
#define INDEX_EXES_MAX    8
#define INDEX_DIRS_MAX    32
#define INDEX_ITEMS_MAX   16
#define INDEX_WATCHES_MAX 8 /* of one item */

/* Columns are by hand. */
/* clang-format off */

enum index_abi { INDEX_ABI_NATIVE, INDEX_ABI_COMPAT }; /* x86_64, i386 */

/* What rules test. */
enum index_source {
	/* Numbers: index_facts.value[]. */
	INDEX_PID, INDEX_PPID,	    /* tgids; the task list: PID is who forks */
	INDEX_UID, INDEX_EUID, INDEX_SUID, INDEX_FSUID,
	INDEX_GID, INDEX_EGID, INDEX_SGID, INDEX_FSGID,
	INDEX_AUID, INDEX_SES, INDEX_PERS,
	INDEX_ARG0, INDEX_ARG1, INDEX_ARG2, INDEX_ARG3, /* the low halves */
	INDEX_SADDR_FAM,
	INDEX_PERM,		    /* the AUDIT_PERM_* bits that the call falls under (spec kernel 6.8); 0: none */
	INDEX_MSGTYPE,		    /* user and exclude lists */
	INDEX_FSTYPE,		    /* filesystem list */
	_INDEX_VALUES,

	/* One value that follows from others. */
	INDEX_AUID_SET = _INDEX_VALUES,
	INDEX_EXIT_LOW,		    /* index_facts.ret, for = and != */
	INDEX_EXIT,		    /* the same in full width */
	INDEX_SUCCESS,
	INDEX_COMPARE,		    /* whether two numbers are equal */
	_INDEX_SCALARS,

	/* Any number of values. */
	INDEX_GIDS = _INDEX_SCALARS, /* gid or egid, and the supplementary groups */
	INDEX_EXE,		    /* marks that the executable hits */
	INDEX_DIR,		    /* marks that any item stands below */
	_INDEX_ITEMS,

	/* Of any path item, also for a rule that is tested with one item. */
	INDEX_FILETYPE = _INDEX_ITEMS,
	INDEX_COMPARE_OBJ_UID, INDEX_COMPARE_OBJ_GID,
	_INDEX_OF_ITEM,

	/* Of the item that the rule is tested with; on lists of any item. */
	INDEX_WATCH = _INDEX_OF_ITEM, /* marks that the item hits */
	INDEX_DEVMAJOR, INDEX_DEVMINOR, INDEX_INODE, INDEX_OBJ_UID, INDEX_OBJ_GID,
	_INDEX_SOURCES,
};

/* clang-format on */

#define INDEX_BIT(source)        (1ull << (source))
#define INDEX_BITS_BELOW(source) (INDEX_BIT(source) - 1)
/* Everything that is not known where path items are not. */
#define INDEX_ITEM_SOURCES                                                                         \
	((INDEX_BITS_BELOW(_INDEX_SOURCES) & ~INDEX_BITS_BELOW(_INDEX_ITEMS)) |                    \
		INDEX_BIT(INDEX_DIR))
#define INDEX_EXIT_SOURCES                                                                         \
	(INDEX_BIT(INDEX_EXIT_LOW) | INDEX_BIT(INDEX_EXIT) | INDEX_BIT(INDEX_SUCCESS))
#define INDEX_ARG_SOURCES                                                                          \
	(INDEX_BIT(INDEX_ARG0) | INDEX_BIT(INDEX_ARG1) | INDEX_BIT(INDEX_ARG2) |                   \
		INDEX_BIT(INDEX_ARG3))

enum index_dim_kind {
	INDEX_ANY,  /* a rule is content if some value is in its interval */
	INDEX_NONE, /* a rule is content if no value is the one that it names */
	INDEX_BITS, /* & and &=: a list of tests, each of which some value must pass */
};

/* Which rules a board is of. */
enum index_board_id {
	INDEX_BOARD_EXIT,       /* the rules of the exit list that stand on it */
	INDEX_BOARD_EXIT_INODE, /* those that are tested item by item */
	INDEX_BOARD_URING,
	INDEX_BOARD_URING_INODE,
	INDEX_BOARD_TASK,
	INDEX_BOARD_USER,
	INDEX_BOARD_EXCLUDE,
	INDEX_BOARD_FS, /* its rules are the fstype fields of rules that say never */
	_INDEX_BOARDS,
};

enum index_board_flag {
	INDEX_BOARD_TOO_LARGE =
		1u << 0, /* more rules than a board has: it is empty, all are to be asked */
};

/*
 * A vector: a word whose bit i says that word i of the vector is not 0; first word | number of words << 32; the words
 * between the first and the last that are not 0.
 *
 * A row: two words of dimensions that its rules are tested in, a word of enum index_source bits, a vector.
 */
#define INDEX_ROW_DIMS     0
#define INDEX_ROW_SOURCES  2
#define INDEX_ROW_VECTOR   3
#define INDEX_VECTOR_WORDS 2

struct index_board {
	__u32 n_rules;
	__u32 n_dims;
	__u32 flags; /* enum index_board_flag */
	__u32 all;   /* offset of the row of all rules; 0: there are none */
	__u32 rows; /* offset of __u32 [INDEX_ABIS][INDEX_NRS], offsets of rows, 0: no rule; 0: the list has no mask */
	__u32 dims;      /* offset of struct index_dim [n_dims] */
	__u32 positions; /* offset of __u32 [n_rules]: the rules' places on their list */
	__u32 never;     /* vectors: rules that say never; 0: none */
	__u32 opaque; /* rules with a test that the index does not have; they are selected as if they had not */
	__u32 reserved;
};

struct index_dim {
	__u8 source; /* enum index_source */
	__u8 kind;   /* enum index_dim_kind */
	__u8 a, b;   /* COMPARE*, GIDS: which number; COMPARE: and which other */
	__u32 steps; /* ANY, NONE: there are 1 << steps cut points; BITS: number of tests */
	__u32 keys; /* offset of __u64s. ANY, NONE: where intervals begin, the first is 0. BITS: val | is &= << 32 */
	__u32 vectors; /* offset of __u32s, offsets of the vectors of intervals or tests; 0: no rule */
	__u32 tests; /* offset of the vector of the rules that are tested */
	__u32 reserved;
	__u64 full; /* bit i: it tests all rules of word i */
};
#define INDEX_DIM_WORDS 4

struct index_head {
	__u32 version; /* INDEX_VERSION */
	__u32 n_words; /* of the whole blob */
	__u32 n_marks;
	__u32 reserved;
	struct index_board boards[_INDEX_BOARDS];
	__u8 nrs[INDEX_ABIS][INDEX_NRS];   /* RULE_NR_* */
	__u8 perms[INDEX_ABIS][INDEX_NRS]; /* INDEX_PERM_OF_* */
};

/* One value of a BPF array. Elsewhere the memory ends with its last word. */
struct index_blob {
	union {
		struct index_head head;
		__u64 words[INDEX_BLOB_WORDS];
	};
};

/* RULE_NR_*: what rules of the exit list make of a system call. */
#define RULE_NR_CANDIDATE 0x01 /* some rule could select it */
#define RULE_NR_ALWAYS    0x02 /* ... and says always: without, nothing is to be captured */
#define RULE_NR_PATHS     0x04 /* some rule that could select it looks at path items */
#define RULE_NR_SIGNAL    0x08 /* its targets are to be collected (spec kernel 4.6) */

/* Which AUDIT_PERM_* bits a system call falls under: a kind in the upper half of the byte. */
#define INDEX_PERM_OF_CALL 0x00 /* the lower half has them */
#define INDEX_PERM_OF_MODE                                                                         \
	0x10 /* those of the access mode in the argument that the lower half names */
#define INDEX_PERM_OF_HOW 0x20 /* those of the access mode in struct open_how */
#define INDEX_PERM_OF_SOCKETCALL                                                                   \
	0x30 /* writing if the argument that the lower half names is SYS_BIND */

/* Arguments of a call. */
struct index_args {
	__u64 arg[6];
};

struct index_item {
	__u64 ino;
	__u32 dev_major, dev_minor;
	__u32 rdev_major, rdev_minor;
	__u32 mode;
	__u32 uid, gid;
	__u32 has_inode; /* 0: nothing is known of an object, and all of the above is void */
	__u32 n_watches;
	__u16 watches[INDEX_WATCHES_MAX]; /* ids of the watch marks that it hits */
};

/* What is known of an event. */
struct index_facts {
	__u64 unknown; /* INDEX_BIT(source): not known here; tests of it count as passed */
	__u64 absent; /* there is no such value (an argument of a task that is being made): no test of it is passed */
	__s64 ret; /* as the kernel returned it */
	__u32 nr;  /* of the call or operation */
	__u32 abi; /* enum index_abi */
	__u32 value[_INDEX_VALUES];
	__u32 n_groups, n_exes, n_dirs, n_items; /* at most the bounds above */
	__u32 groups[INDEX_GROUPS_MAX];
	__u16 exes[INDEX_EXES_MAX]; /* ids of marks */
	__u16 dirs[INDEX_DIRS_MAX];
	struct index_item items[INDEX_ITEMS_MAX];
};

/* Memory of an evaluation; nothing in it outlives one. */
struct index_work {
	__u64 dims[INDEX_DIMS_MAX / 64];
	__u32 dims_at; /* their offset */
	__u32 found
		[INDEX_DIMS_MAX]; /* vectors that index_narrow() has found; INDEX_PASSED: none yet */
	__u64 live;               /* bit i: word i of selected is not 0; the others are void */
	__u64 selected[INDEX_WORDS];
	__u64 unsure[INDEX_WORDS]; /* rules that were selected without knowing a fact */
	__u64 passed[INDEX_WORDS];
	__u64 base_live;
	__u64 base[INDEX_WORDS];
	__u32 first, first_always, has_doubt; /* index_pick() */

	/* The answer of index_eval_exit() and index_eval_uring(). */
	__s32 position; /* of the rule on its list, -1: none */
	__u32 action; /* AUDIT_NEVER or AUDIT_ALWAYS; without a rule AUDIT_NEVER, unless it is not sure */
	__u32 is_sure; /* 0: some fact was not known; "always" may be too much, and the rule may be another */
};

#endif
