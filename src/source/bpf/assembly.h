/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_ASSEMBLY_H
#define UAUDIT_SOURCE_BPF_ASSEMBLY_H

/*
 * One ring record on its way to an event: its items by what they are (assemble_items.c), then the call that they are of,
 * in the terms of the ptrace source (source/ptrace/call.h), which knows what a call does to paths. Only for assemble*.c.
 */

#include <string.h>

#include "abi/capture.h"
#include "source/bpf/assemble.h"
#include "source/bpf/cgroups.h"
#include "source/bpf/chain.h"
#include "source/bpf/chunks.h"
#include "source/bpf/labels.h"
#include "source/bpf/root_holders.h"
#include "source/ptrace/effects.h"

/* p NULL: it was not there. Bytes of the ring, of nobody's making but ours, and checked all the same. */
struct raw_item {
	const char *data;
	size_t len;
	uint16_t type, flags;
};

#define RAW_FILES_MAX  12
#define RAW_PASS_MAX   64
#define RAW_HOOKS_MAX  128
#define RAW_KERNEL_MAX 16

/* The items of a ring record by what they are. */
struct raw {
	struct evt_hdr h;
	struct cap_origin origin;
	struct raw_item exe, tty, cwd, title, groups, root, namespaces, times, opened, made_in,
		bprm, argv, sockaddr, fd_pair, program, login, module, clock, label;
	struct raw_item strings[EVT_ARGS], memory[EVT_ARGS]; /* by argument */
	size_t n_files, n_hooks, n_kernel_records, n_pass;
	bool is_cut; /* there were more */

	/* Void beyond what the numbers say: all of it is more than a record's worth of memory to be cleared. */
	struct raw_item files[RAW_FILES_MAX];
	struct raw_item hooks[RAW_HOOKS_MAX]; /* of path lookup, in order: assemble_names.c */
	struct raw_item kernel_records[RAW_KERNEL_MAX];
	struct raw_item pass[RAW_PASS_MAX]; /* what becomes an item as it is, in order */
};

struct assembler {
	struct assemble_options options;
	int64_t real_minus_mono_ns;
	uint64_t now_ns; /* CLOCK_MONOTONIC at the last tick */
	struct chunks *chunks;
	struct cgroups *cgroups;
	struct labels *labels; /* NULL: there are none */
	const char *record;    /* that raw is of */
	struct raw raw;
	struct chain_paths cwds, exes;
	struct view cwd; /* assemble_cwd() of this record, if has_cwd */
	bool has_cwd;
	struct buf room;       /* for any path that is put together */
	struct fsmarks *marks; /* NULL: nobody's */
	/* what effects.h wants */
	struct name_hooks *name_hooks;
	struct call call;
	struct effect_env env;
	struct task_ids ids;
	struct sb_devs devs;
	struct mount_paths mounts;
	struct root_holders root_holders;
	struct cap_root own_root; /* of this process */
	struct lookup_known known;
	struct lookup_known_fd known_fds[RAW_FILES_MAX + 1];
	struct object known_objects[RAW_FILES_MAX + 1];
	char *known_paths[RAW_FILES_MAX + 1];
	int procfd;
};

/* A call, or an operation that is none but names things alike. */
static inline bool assemble_is_call(const struct evt_hdr *h)
{
	return h->kind == EVT_SYSCALL || h->kind == EVT_URING;
}

/* Takes the record apart. -EBADMSG: lengths do not fit. */
int raw_take(struct raw *raw, const void *record, size_t len);
/* The bytes of an item as that struct; false: there are too few. */
static inline bool raw_read(const struct raw_item *item, void *to, size_t len)
{
	if (!item->data || item->len < len)
		return false;
	memcpy(to, item->data, len);
	return true;
}

/* The inode block of a PATH item, without file capabilities. */
void object_of_inode(struct object *ret, const struct cap_inode *inode);

/* assemble_args.c: a->call from what was captured, and call->names as far as they can be known. */
void assemble_args(struct assembler *a);
/* The working directory, NUL-terminated; p NULL: not known. */
struct view assemble_cwd(struct assembler *a);
/* The text of an item, its own bytes or those that came as chunks; p NULL: not there. */
struct view assemble_text(
	const struct assembler *a, uint32_t flags, uint32_t nr, struct view bytes);

/* assemble_known.c: a->env and a->known, of what the programs have seen. */
void assemble_know(struct assembler *a);
/* Where rules about trees find the object that has that path in the mount namespace of the task, beside object->resolved. Takes
 * path; NULL: nobody knows. */
void assemble_tree_path(struct assembler *a, struct object *object, char *path);
/* The object, which was found, stands at that path in the sight of the task: what rules about trees and full paths ask for. */
void assemble_place(struct assembler *a, struct object *object, const char *path);
/*
 * File capabilities of an object whose inode the kernel has shown: remembered ones, or those of what is found at an absolute path
 * (NULL: not known), under the call's own paths or behind a descriptor (-1: none), if that is the same file.
 */
void assemble_caps(struct assembler *a, struct object *object, const struct cap_inode *inode,
	const char *path, int fd);

/* assemble_look.c: what the paths of the call lead to; before effect_exit(). */
void assemble_look(struct assembler *a);

/* assemble_names.c: call->names in the full tier, of the hooks that ran. */
struct name_hooks *name_hooks_new(void);
struct name_hooks *name_hooks_free(struct name_hooks *hooks);
void assemble_names(struct assembler *a);
/* What the names point to is needed no longer. */
void assemble_names_done(struct assembler *a);

/* assemble_aside.c: what is written aside while the call runs; all of an event that is of no call. */
void assemble_call_asides(struct assembler *a, struct event_writer *w);
void assemble_asides(struct assembler *a, struct event_writer *w);
/* The header's time as the record says it, in the real clock, if it does. */
void assemble_aside_time(struct assembler *a);

/* assemble_privileged.c: KERN_MODULE, TIME_INJOFFSET, TIME_ADJNTPVAL, of a call that has returned. */
void assemble_privileged(struct assembler *a, struct event_writer *w);

/* assemble_watched.c: before the names are made of a call's paths, and after. */
void assemble_watched_before(struct assembler *a);
void assemble_watched_after(struct assembler *a);

/* assemble_exec.c: EXECVE and BPRM_FCAPS. */
void assemble_exec(struct assembler *a, struct event_writer *w);

#endif
