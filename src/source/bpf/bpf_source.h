/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SOURCE_H
#define UAUDIT_SOURCE_BPF_SOURCE_H

/*
 * Audits a host, control groups or a process tree: BPF programs see every system call, gather what the rules may select
 * and put it into one ring for each CPU; this side reads the rings in the order of time and makes plain events of what is
 * there (abi/evt.h). Who is audited never waits. What found no room in a ring is counted and becomes an EVT_LOST event.
 */

#include <sys/types.h>

#include "source/source.h"

struct bpf_source;
struct control_cost_row; /* abi/control.h */

/* What the kernel lets the programs see. */
enum bpf_tier {
	BPF_TIER_FULL =
		1, /* the kernel's own functions of path lookup: each name that it comes across, with its inode */
	BPF_TIER_TRACEPOINTS, /* the entry and exit of calls: paths as arguments, files behind descriptors */
};
/* "full", "tracepoints" */
const char *bpf_tier_name(enum bpf_tier tier);

struct bpf_options {
	const struct rule_set *rules; /* borrowed until bpf_source_set_rules() gives others */
	/* Whose calls: all NULL and 0 means the whole host. */
	const char *const *cgroups; /* directories below the mount of the v2 hierarchy */
	size_t n_cgroups;
	pid_t tree; /* this process, and what it starts from now on; 0: not limited to a tree */
	size_t ring_bytes;   /* of one CPU; 0: the default */
	enum bpf_tier tier;  /* at most this one; 0: what the kernel can */
	uint32_t extra;      /* enum extra (abi/extra.h) */
	const pid_t *exempt; /* processes that are never audited: the engine's own */
	size_t n_exempt;
	const char *
		pin_dir; /* capture goes on when this process ends: what is kept below this directory of a bpffs; NULL:
				* it ends with the process */
};

/* Loads and attaches the programs, or takes over those that are pinned. Negative errno after a notice:
 * -ENOTSUP the kernel cannot, -EPERM, -ENOENT a control group is not there, -EBADMSG pinned by another version. */
int bpf_source_open(struct bpf_source **ret, const struct bpf_options *options,
	const struct source_callbacks *callbacks);
/* Ends capture unless it is pinned. */
struct bpf_source *bpf_source_close(struct bpf_source *source);

/* Readable when there is something to do; then bpf_source_dispatch(). */
int bpf_source_fd(const struct bpf_source *source);
/*
 * Hands over what is in the rings, at most about max_events, in the order of time. Positive: there is more already; 0: all
 * of it was read, sleep until the descriptor is readable or *ret_wait_ms have passed (-1: no limit); negative errno, also
 * of a callback. What is handed over stays in its ring until bpf_source_release().
 */
int bpf_source_dispatch(struct bpf_source *source, size_t max_events, int *ret_wait_ms);
/* Likewise, but all that the rings hold, however young. Positive: there may be more. */
int bpf_source_settle(struct bpf_source *source, size_t max_events);
/* What was handed over is safe: its room is free again. */
void bpf_source_release(struct bpf_source *source);

/* Other rules, or other extras, at once and as a whole. Negative errno: those of before stay in force. */
int bpf_source_set_rules(struct bpf_source *source, const struct rule_set *rules, uint32_t extra);
void bpf_source_set_enabled(struct bpf_source *source, bool is_enabled);
void bpf_source_exempt(struct bpf_source *source, const pid_t *pids, size_t n);

enum bpf_tier bpf_source_tier(const struct bpf_source *source);
const struct source_stats *bpf_source_stats(const struct bpf_source *source);
/* What the programs cost, as far as the kernel is counting (source/bpf/prog_stats.h), and what of that went into calls that
 * are looked at, as far as it is measured. The number of rows, or a negative errno. */
int bpf_source_cost(
	const struct bpf_source *source, struct control_cost_row *rows, size_t rows_max);
void bpf_source_measure(struct bpf_source *source, bool is_measured);

#endif
