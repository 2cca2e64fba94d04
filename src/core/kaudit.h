/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_KAUDIT_H
#define UAUDIT_CORE_KAUDIT_H

/*
 * The kernel's side of audit as a state machine: events in, records out. It makes no system calls and reads no clock;
 * time comes with the events. One kaudit serves one rule set and one stream of events.
 */

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "rule/rule_set.h"

struct kaudit;

/* Who made a record, for the account of what is lost. */
enum record_source {
	RECORD_SOURCE_REPLAY = EVT_SRC_REPLAY,
	RECORD_SOURCE_PTRACE = EVT_SRC_PTRACE,
	RECORD_SOURCE_BPF = EVT_SRC_BPF,
	RECORD_SOURCE_KERNEL = EVT_SRC_KERNEL,
	RECORD_SOURCE_USER,   /* a message of a program */
	RECORD_SOURCE_ENGINE, /* configuration, losses */
	_RECORD_SOURCE_MAX,
};

/* One finished record, as it would go out over netlink: type and text, the text beginning with "audit(...): " and
 * without NUL or newline. All of it is borrowed for the call. */
struct kaudit_record {
	uint16_t type;  /* AUDIT_SYSCALL ... AUDIT_EOE */
	uint8_t source; /* enum record_source */
	int64_t time_sec;
	uint32_t time_msec;
	uint32_t serial;
	const char *text;
	size_t len;
};

/* Where records go. An error stops the event there and is returned from kaudit_feed(). */
typedef int (*kaudit_sink_fn)(void *userdata, const struct kaudit_record *record);

struct kaudit_stats {
	uint64_t events_seen;     /* syscall events fed */
	uint64_t events_passed;   /* that a source has decided by itself, and not handed over */
	uint64_t events_recorded; /* ... of which records were written */
	uint64_t events_matched;  /* ... that a rule decided, "never" or not */
	uint64_t records;
	uint64_t lines, bytes; /* records as lines of a log; EOE is none */
	/* of these and of events_recorded: what no rule asked for, messages, changes of rules ... */
	uint64_t events_no_rule, lines_no_rule, bytes_no_rule;
	uint64_t records_excluded; /* dropped by the exclude filter */
	uint64_t events_lost;      /* as sources reported them */
	uint64_t time_ns,
		n_timed; /* what whoever feeds the events has spent on them, on how many */
};

/* The rule set stays the caller's and may change between events. */
int kaudit_new(struct kaudit **ret, struct rule_set *rules, kaudit_sink_fn sink, void *userdata);
void kaudit_free(struct kaudit *audit);

/* Whether the task list has decided something of tasks that are there still: their ends (EVT_TASK_FREE) are to be told. */
bool kaudit_keeps_tasks(const struct kaudit *audit);
/* What the task list decided of tasks is forgotten: the sources that told of them are gone, their ids will be others'. */
void kaudit_forget_tasks(struct kaudit *audit);

/* One decoded event. 0, -ENOMEM, or what the sink answered. */
int kaudit_feed(struct kaudit *audit, const struct event *ev);
/* Whether audit is enabled; it is at first. Without, calls are not recorded, nor what is written aside but for what the
 * kernel does not ask this for, SECCOMP (spec kernel 8.7); tasks and the marks of rules are followed all the same. */
void kaudit_set_enabled(struct kaudit *audit, bool is_enabled);
/* The next serial, for records that are made elsewhere (spec kernel 3.2). */
uint32_t kaudit_next_serial(struct kaudit *audit);
/* The last one that was drawn; 0: none yet. */
uint32_t kaudit_serial(const struct kaudit *audit);
/* The next one is behind this: for who mixes his own records with those of another sequence. */
void kaudit_set_serial(struct kaudit *audit, uint32_t serial);
/* Other rules from here on; the old ones stay the caller's. */
void kaudit_set_rules(struct kaudit *audit, struct rule_set *rules);
/* What records say beyond the original from here on, as far as events have it (abi/extra.h); nothing at first. */
void kaudit_set_extra(struct kaudit *audit, uint32_t extra);
uint32_t kaudit_extra(const struct kaudit *audit);
struct rule_set *kaudit_rules(const struct kaudit *audit);
const struct kaudit_stats *kaudit_stats(const struct kaudit *audit);
/* n calls that the source has decided by itself, by the rules of now, are not recorded; of them, that many because of the
 * "never" at that place of the exit list. */
void kaudit_note_calls(struct kaudit *audit, uint32_t arch, int64_t nr, uint64_t n);
void kaudit_note_never(struct kaudit *audit, size_t position, uint64_t n);
/* The last event that was fed took so long: of it and of the rule that decided it. Who feeds has the clock. */
void kaudit_note_time(struct kaudit *audit, uint64_t ns);

/* The user list's verdict on a message of that type from the task that ev describes: false = drop it (6.6). */
bool kaudit_filter_user(struct rule_set *rules, const struct event *ev, uint32_t record_type);
/* The exclude list's: true = the record is not written. */
bool kaudit_filter_exclude(struct rule_set *rules, const struct event *ev, uint32_t record_type);

#endif
