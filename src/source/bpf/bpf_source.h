/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SOURCE_H
#define UAUDIT_SOURCE_BPF_SOURCE_H

/*
 * Audits a host, control groups or a process tree: BPF programs see every system call, gather what the rules may select
 * and put it into one ring for each CPU; this side reads the rings in the order of time and makes plain events of what is
 * there (abi/evt.h). Who is audited never waits. What found no room in a ring is counted and becomes an EVT_LOST event.
 */

#include <stdbool.h>
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

/* The log that events become records of, as far as the source must know it to go on where an earlier process ended. */
struct bpf_log_state {
	uint32_t serial; /* drawn last */
	uint64_t lines;  /* that were handed to the log, ever */
};
struct bpf_log {
	void *userdata;
	void (*state)(void *userdata, struct bpf_log_state *ret);
};

struct bpf_options {
	const struct rule_set *rules; /* borrowed until bpf_source_set_rules() gives others */
	/* Whose calls: all NULL and 0 means the whole host. */
	const char *const *cgroups; /* directories below the mount of the v2 hierarchy */
	size_t n_cgroups;
	pid_t tree;         /* this process, and what it has below it; 0: not limited to a tree */
	size_t ring_bytes;  /* of one CPU; 0: the default */
	enum bpf_tier tier; /* this one; 0: the best one that the kernel allows */
	uint32_t extra;     /* enum extra (abi/extra.h) */
	/* Capture goes on when this process ends: what is kept below this directory of a bpffs. NULL: it ends with the process. */
	const char *pin_dir;
	struct bpf_log log; /* state NULL: nobody keeps a log */
};

/*
 * Loads and attaches the programs, or takes over those that are pinned. This process, and what it forks until that executes
 * something else, is not audited. Nothing is captured until bpf_source_set_enabled(), but by programs that were at work.
 * Negative errno after a notice: -ENOTSUP the kernel cannot, -EPERM, -ENOENT a control group or process is not there.
 */
int bpf_source_open(struct bpf_source **ret, const struct bpf_options *options,
	const struct source_callbacks *callbacks);
/* What is pinned goes on without us. */
struct bpf_source *bpf_source_close(struct bpf_source *source);
/* Ends capture and removes what is pinned. What the rings hold can still be read. */
void bpf_source_end(struct bpf_source *source);
/* The same without an engine: removes what is pinned there. *ret_unread: ring records that it had. -ENOENT: there is nothing. */
int bpf_source_detach(const char *pin_dir, uint64_t *ret_unread);
/* Somebody has done that. */
bool bpf_source_is_detached(const struct bpf_source *source);
/* Whether an earlier process's programs were taken over. */
bool bpf_source_is_taken_over(const struct bpf_source *source);

struct journal_log;
/*
 * Before the first event: what an earlier process has handed over is found in the log (NULL: there is none to look at), so that
 * no event comes twice. *ret_serial: the serial to go on behind. A negative errno of the log.
 */
int bpf_source_recover(
	struct bpf_source *source, const struct journal_log *log, uint32_t *ret_serial);

/* What the one after us goes on behind at least. */
void bpf_source_note_serial(struct bpf_source *source, uint32_t serial);
uint32_t bpf_source_noted_serial(const struct bpf_source *source);

/* Readable when there is something to do; then bpf_source_dispatch(). */
int bpf_source_fd(const struct bpf_source *source);
/*
 * Hands over what is in the rings, at most about max_events, in the order of time, until the callback answers with a positive
 * number. Positive: there is more already; 0: all of it was read, sleep until the descriptor is readable or *ret_wait_ms have
 * passed (-1: no limit); negative errno, also of a callback. What is handed over stays in its ring until bpf_source_release().
 */
int bpf_source_dispatch(struct bpf_source *source, size_t max_events, int *ret_wait_ms);
/* Likewise, but all that the rings hold from before that time (CLOCK_MONOTONIC), however young, and all losses. Positive: there
 * may be more. */
int bpf_source_settle(struct bpf_source *source, size_t max_events, uint64_t before_ns);
/* How many ring records and losses were handed over so far. */
uint64_t bpf_source_handed(const struct bpf_source *source);
/* So many of them are safe: their room is free again. */
void bpf_source_release(struct bpf_source *source, uint64_t n_handed);

/* Other rules, or other extras, at once and as a whole. Negative errno: those of before stay in force. */
int bpf_source_set_rules(struct bpf_source *source, const struct rule_set *rules, uint32_t extra);
void bpf_source_set_enabled(struct bpf_source *source, bool is_enabled);
/* Tasks that end are told, also when there is no rule on the task list any more. */
void bpf_source_tell_ends(struct bpf_source *source, bool are_told);

enum bpf_tier bpf_source_tier(const struct bpf_source *source);
const struct source_stats *bpf_source_stats(const struct bpf_source *source);
/* What the programs cost, as far as the kernel is counting (source/bpf/prog_stats.h), and what of that went into calls that
 * are looked at, as far as it is measured. The number of rows, or a negative errno. */
int bpf_source_cost(
	const struct bpf_source *source, struct control_cost_row *rows, size_t rows_max);
void bpf_source_measure(struct bpf_source *source, bool is_measured);
/* What the programs have decided by themselves since the last time, without an event: calls that no rule selects, and how many
 * of them the "never" at that place of the exit list has decided. Call it before the rules change, too. */
struct bpf_tally_callbacks {
	void *userdata;
	void (*calls)(void *userdata, uint32_t arch, uint32_t nr, uint64_t n);
	void (*never)(void *userdata, uint32_t position, uint64_t n);
};
int bpf_source_tally(struct bpf_source *source, const struct bpf_tally_callbacks *callbacks);

/* Whom the losses hit. */
struct bpf_loser {
	uint64_t cgroup; /* 0: those that have no row of their own */
	uint64_t lost;
};
#define BPF_LOSERS_MAX 16
struct bpf_status {
	uint32_t scope; /* enum cap_scope */
	uint32_t n_cgroups;
	pid_t tree;
	uint32_t n_rings;
	uint64_t ring_bytes;
	uint64_t captured;    /* events that programs have put into rings */
	uint64_t lost_ring;   /* events that found no room */
	uint64_t lost_task;   /* events whose task had no memory */
	uint64_t lost_big;    /* events that could not be put together */
	uint64_t lost_missed; /* runs of programs that the kernel left out */
	uint64_t cut_chunks;  /* pieces of long texts that found no room: their events say so */
	uint64_t left_texts;  /* long texts whose call never came */
	bool is_pinned, is_taken_over;
	struct bpf_loser losers[BPF_LOSERS_MAX]; /* those who lost most */
	size_t n_losers;
};
void bpf_source_get_status(const struct bpf_source *source, struct bpf_status *ret);

#endif
