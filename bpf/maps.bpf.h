/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_MAPS_H
#define UAUDIT_BPF_MAPS_H

/* What the programs keep, and what they share with the engine. All of it is pinned by name (source/bpf/pins.h). */

#include "load.bpf.h"

#include <bpf/bpf_tracing.h>

#include "abi/capture.h"
#include "rule/rule_index_blob.h"

/* Set before loading. */
const volatile __u32 ring_bytes; /* of one ring */

/* What to look at. The engine maps it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cap_control);
} control SEC(".maps");

/*
 * What is gathered of one call between its entry and its exit. Strings up to CALL_STRING bytes are kept here, longer ones
 * go to the ring at once, as chunks.
 */
#define CALL_ROOM   4096 /* a power of two: items begin below it */
#define CALL_STRING 1024

/* Objects of one call, and trees that they are in, which are told apart for the filter. */
#define CALL_FACTS 8
#define CALL_DIRS  8

/* Strings that are told apart: a call has two of its own, and those of interpreters come one by one. */
#define CALL_NAMES 4

/* The open that the call is in (names.bpf.h): pointers as numbers, to be compared and read from. */
struct open_state {
	__u64 nd; /* struct nameidata; 0: in none */
	__u64 dir, dentry; /* in which the file may be created, and as what */
	__u32 flags; /* O_... */
	__u32 parent_at, parent_end; /* its item among those of the call */
	__u8 has_parent, has_object; /* told to the reader */
	__u8 reserved[2];
};

/* A path of the task as it was told before (walk.bpf.h). */
#define KNOWN_CHAIN 256 /* bytes of names; longer ones are read each time */

struct known_chain {
	__u64 signature; /* 0: none */
	__u32 len;
	__u16 flags; /* enum cap_flag */
	__u8 names[KNOWN_CHAIN] __attribute__((aligned(8)));
};

/* The title of the task as it was read before, and when (task.bpf.h). */
#define KNOWN_TITLE 128 /* EVT_PROCTITLE_MAX */

struct known_title {
	__u64 read_ns; /* struct call.entered of the call; 0: not at all */
	__u64 start;
	__u32 len;
	__u8 bytes[KNOWN_TITLE] __attribute__((aligned(8)));
};

/* The object that the task came across last, and the item that tells which watch's name it has (names.bpf.h). */
#define KNOWN_NAME 64 /* bytes of an item; longer ones are put together each time */

struct known_name {
	__u64 dentry; /* 0: none */
	__u64 parent, inode, ino, hash_len;
	__u32 seq;
	__u32 generation, epoch; /* of the marks */
	__u32 len; /* 0: it has none */
	__u64 item[KNOWN_NAME / 8];
};

/* Calls of one number that rules have selected one after the other. */
#define CALL_STREAKS 8

struct streak {
	__u32 nr;
	__u32 n;
};

struct call {
	__u64 args[EVT_ARGS];
	__u64 passed[EVT_ARGS]; /* the same, or behind a multiplexer those of the call that it stands for */
	struct cap_cred before; /* of a call that runs a program */
	struct cap_login login;	/* of one that writes a login uid */
	__u64 entered; /* CLOCK_MONOTONIC at entry */
	__s64 clock_distance; /* of the real clock from it, of a call that may set that */
	__u32 nr;
	__u32 arch;
	__u32 number; /* of calls of this task that were looked at */
	__u32 used;   /* bytes of items */
	__u32 flags;  /* enum evt_flag */
	__u32 texts;  /* chunks' numbers that were given out */
	__u32 n_facts, n_dirs;
	__u32 has_more_facts; /* some did not fit: nothing is known for sure of what rules ask of objects */
	__u8 is_active;
	__u8 is_compat;
	__u8 is_in_tree; /* CAP_SCOPE_TREE: the task belongs to it */
	__u8 knows_objects; /* each object that the call comes across is in facts */
	__u8 is_forced; /* to be handed over whatever the rules say: something came of it that is a record of its own */
	__u8 missed;	/* bit for each argument whose memory was not there at the entry */
	__u8 is_login;
	__u8 has_ipc;
	__u8 is_expected; /* that rules select it: they are not asked here (filter.bpf.h) */
	__u8 only_aside; /* handed over only if something is written aside */
	__u8 uring; /* an operation of io_uring is being issued (uring.bpf.h) */
	__u8 operation; /* which, inside a call */
	__u8 is_operation; /* it is that, and no call */
	struct cap_shape shape;
	__u32 want; /* enum cap_want at the entry */
	__u64 renamed;	 /* struct renamedata of the rename that the call is in */
	__u64 names[CALL_NAMES]; /* struct filename of strings that were told, the last one first */
	__u64 copied; /* the last of them, until something is looked up: what is copied then may lie at the same place */
	struct open_state open;
	struct known_chain exe, cwd;
	struct known_title title;
	struct known_name name;
	struct streak streaks[CALL_STREAKS];
	__u64 slot_cgroup; /* the control group whose slot is known */
	__u32 slot;
	struct evt_ipc ipc; /* the System V object that it has come to */
	struct index_item facts[CALL_FACTS];
	__u16 dirs[CALL_DIRS]; /* trees */
	__u8 items[CALL_ROOM + CALL_STRING] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls SEC(".maps");

#define RECORD_ROOM 16384 /* a power of two: each item begins below it */
#define RECORD_ITEM 8192  /* what an item takes at most, likewise */

/*
 * Where a ring record is put together. The first place is the tracepoints', which run with preemption off. Programs of functions
 * may be preempted, and interrupted by others of their kind, so each takes one of the others.
 */
#define RECORD_PLACES 5

struct record {
	__u8 bytes[RECORD_ROOM + RECORD_ITEM];
	__u64 fs; /* struct fs_struct of the current task */
	__u32 place; /* its own number */
	__u32 is_taken;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_PLACES);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");

/* One ring for each CPU; the engine sets their number and makes them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} rings SEC(".maps");

/* CAP_SLOTS rows for each ring. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, CAP_SLOTS);
	__type(key, __u32);
	__type(value, struct cap_slot);
} slots SEC(".maps");

/* Likewise: bytes that the reader is done with, ever. Only the reader writes it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, CAP_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} done SEC(".maps");

/* Control group to its slot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CAP_SLOTS);
	__type(key, __u64);
	__type(value, __u32);
} slot_of SEC(".maps");

/* Slots that a control group had which is gone. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, CAP_SLOTS);
	__uint(key_size, 0);
	__uint(value_size, sizeof(__u32));
} free_slots SEC(".maps");

/* How many slots were given out; slot 0 is everybody else's. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} n_slots SEC(".maps");

/* One for each ring. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cap_ring_account);
} accounts SEC(".maps");

/* The reader's own, kept for the one after it (abi/capture.h). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} told SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cap_journal_entry);
} journal SEC(".maps");

/* Number of the control group of the current task, by loads that cost less than the helper. */
static __always_inline __u64 cgroup_of(struct task_struct *task)
{
	return task->cgroups->dfl_cgrp->kn->id;
}

static __always_inline struct cap_control *control_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&control, &zero);
}

static __always_inline struct cap_ring_account *account_get(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&accounts, &cpu);
}

#endif
