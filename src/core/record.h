/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_RECORD_H
#define UAUDIT_CORE_RECORD_H

/* The records of a syscall event, in the order in which they are written (spec kernel 3.4 and 8). */

#include "core/audit_buffer.h"
#include "core/context.h"

struct record_kind {
	uint16_t type;
	/* Moves *index to the next record of this kind, at it or behind it; false: there is none. Starts with 0. */
	bool (*next)(const struct audit_context *ctx, size_t *index);
	/* Appends the body behind the stamp. */
	void (*format)(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
	/* Without one of these items, EVENT_ITEM_BIT(), there is none, and next() is not asked; 0: it always is. */
	uint64_t items;
};

struct record_kinds {
	const struct record_kind *kinds;
	size_t n;
};

/* In the order of their records: SYSCALL or URINGOP, of which an event has one ... */
extern const struct record_kinds record_kinds_head;
/* ... what an exec gained ... */
extern const struct record_kinds record_kinds_exec;
/* ... what only one kind of call has, nothing for most events ... */
extern const struct record_kinds record_kinds_special;
/* ... and the others. */
extern const struct record_kinds record_kinds_tail;

/* A record written aside: its type, and its text behind the stamp (spec kernel 8.7). */
struct record_aside {
	uint16_t type; /* 0: the item says */
	void (*format)(
		struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside);
	bool always; /* also while audit is disabled */
};
/* NULL: URINGOP, which rules select. */
const struct record_aside *record_aside_of(enum evt_item_type type);
uint16_t record_aside_type(const struct record_aside *record, const struct event_aside *aside);

/* One file each: the task, what it named, what it wrote aside, and the rest. */
/* The block that records about a task share; it begins with a blank (spec kernel 7.5). */
void record_task_info(struct audit_buffer *ab, const struct event *ev);
/* " subj=", if there is one. */
void record_subj(struct audit_buffer *ab, const struct event *ev);
/* " tty=" */
void record_tty(struct audit_buffer *ab, const struct event *ev);
void record_syscall(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
/* An operation outside of any call, and one inside. */
void record_uringop(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
void record_uringop_aside(
	struct audit_buffer *ab, const struct audit_context *ctx, const struct evt_uringop *op);
void record_proctitle(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
void record_cwd(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
void record_path(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
void record_extra(struct audit_buffer *ab, struct audit_context *ctx, size_t index);
bool next_cwd(const struct audit_context *ctx, size_t *index);
bool next_path(const struct audit_context *ctx, size_t *index);
bool next_extra(const struct audit_context *ctx, size_t *index);

/* An access decision, and who it was about. */
void record_avc(struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside);

/* The text of a loss record (core/stream.h). */
struct record_loss {
	uint8_t source; /* enum record_source */
	uint64_t records, events;
	const char *reason;     /* a word */
	uint32_t after, before; /* the loss lies between these serials */
	uint64_t cgroup;        /* whose they were; 0: it is not said */
	uint32_t cpu;           /* where, + 1; 0: it is not said */
};
void record_lost(struct audit_buffer *ab, const struct record_loss *loss);
#define RECORD_LOST_TYPE AUDIT_KERNEL

#endif
