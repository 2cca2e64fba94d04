/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ABI_CONTROL_H
#define UAUDIT_ABI_CONTROL_H

/*
 * The control protocol (design 7): the kernel's netlink messages of linux/audit.h, datagram by datagram, over AF_UNIX
 * SOCK_SEQPACKET. What is added to it has numbers from the control block that the kernel answers with EINVAL
 * (spec kernel 1.4), so that a client can tell whom it is talking to, and do without.
 *
 * Host byte order, as all of netlink.
 */

#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdint.h>

#define CONTROL_RUN_DIR     "/run/uaudit" /* of an engine of root's; others: $XDG_RUNTIME_DIR/uaudit */
#define CONTROL_SOCKET      "control.sock"
#define CONTROL_READLOG     "readlog.sock"
#define CONTROL_ENV         "UAUDIT_SOCKET" /* path of control.sock; ignored by set-id programs */
#define CONTROL_TEXT_MAX    8560            /* characters of a user message (spec kernel 1.15) */
#define CONTROL_MESSAGE_MAX 8970            /* bytes: MAX_AUDIT_MESSAGE_LENGTH of libaudit */
#define CONTROL_PIECE_MAX                                                                          \
	65536 /* bytes of an event in one message: the longest datagram has 16 more */
#define CONTROL_HZ           250 /* jiffies a second of the two wait times on the wire */
#define CONTROL_WAIT_MAX     (10 * 60 * CONTROL_HZ)
#define CONTROL_STATUS_LEN   44   /* bytes of struct audit_status, Linux 6.18 */
#define CONTROL_FEATURE_BITS 0x7f /* feature_bitmap: all that spec kernel 1.7 lists */

enum control_message {
	/*
	 * Rules all or nothing: between BEGIN and COMMIT, ADD_RULE and DEL_RULE of this connection go to a copy, which
	 * COMMIT puts in place of the rules at once. EBUSY: somebody changed the rules meanwhile, nothing has changed.
	 * ABORT, an error of COMMIT, and the end of the connection drop the copy. No payload. LIST_RULES shows the copy.
	 */
	CONTROL_RULES_BEGIN = 1080,
	CONTROL_RULES_COMMIT,
	CONTROL_RULES_ABORT,
	/*
	 * From a registered daemon: from now on it says which records it has dealt with. No payload, before SET pid. The
	 * answer's error is positive if the first record that it will get was sent to an earlier daemon too, which ended
	 * without saying whether it had dealt with it.
	 */
	CONTROL_ACKS,
	/* struct control_ack; no answer, whatever the flags. */
	CONTROL_ACK,
	/* Request without payload; answer: struct control_queues, then its streams, then struct control_capture if the engine's
	 * own programs capture. */
	CONTROL_QUEUES,
	/* A captured call in the format of abi/evt.h, as uaudit run --attach sends it. With NLM_F_MULTI it is a piece, at most
	 * CONTROL_PIECE_MAX bytes, of an event that the next messages continue; the last piece has no NLM_F_MULTI. */
	CONTROL_EVENT,
	/* struct control_record and its text: a record of a producer of access decisions and the like (1400..1599,
	 * 1700..1999), to which the engine adds stamp and serial. */
	CONTROL_RECORD,
	/* Request without payload; answer: struct control_extra. What whoever sends events may capture beyond the original. */
	CONTROL_EXTRA,
	/*
	 * struct control_stats_request; what rules have decided, and what was written because of them. Answer: struct
	 * control_stats, then for each rule an AUDIT_LIST_RULES as LIST_RULES answers it and behind it its struct
	 * control_rule_stats, then NLMSG_DONE; all with NLM_F_MULTI.
	 */
	CONTROL_RULE_STATS,
	/*
	 * struct control_cost_request: measure what auditing costs for so many milliseconds from now on, and say what has
	 * been counted so far. Answer: struct control_cost, then its rows. Whoever wants to know asks, waits, and asks once
	 * more: the difference is what it costs. EOPNOTSUPP: nobody can tell.
	 */
	CONTROL_COST,
};

#define CONTROL_STATS_RESET 1u /* all counters begin anew, behind the answer */

struct control_stats_request {
	uint32_t flags;
	uint32_t reserved;
};

struct control_extra {
	uint32_t extra; /* enum extra (abi/extra.h) */
	uint32_t reserved;
};

struct control_ack {
	uint32_t n_records; /* more records that are written, the oldest first */
};

struct control_record {
	uint32_t type; /* AUDIT_AVC ... */
	uint32_t reserved;
};

#define CONTROL_NAME_LEN 16 /* with the NUL */

/* What the queues hold and what became of all records. For each stream:
 * offered == delivered + sent + waiting + spooled + lost_records. */
struct control_queues {
	uint64_t records;       /* finished records since the start */
	uint64_t events;        /* syscall events that sources handed over */
	uint64_t lost_events;   /* ... that sources could not hand over */
	uint64_t listener_lost; /* records that slow readers of readlog.sock missed */
	uint32_t n_listeners;
	uint32_t n_streams;
	char source[CONTROL_NAME_LEN];
};

struct control_stream {
	char name[CONTROL_NAME_LEN]; /* "daemon", "log" */
	uint32_t is_connected;
	uint32_t sent;    /* records on their way, not acknowledged */
	uint32_t waiting; /* in the retry queue, in the hold queue while there is no connection */
	uint32_t reserved;
	uint64_t spooled, spool_bytes, spool_max; /* records, bytes, bytes */
	uint64_t offered, delivered, lost_records, lost_events;
	uint64_t declared_records; /* of lost_records: what loss records have told of so far */
};

#define CONTROL_LOSERS_MAX 16

/* What BPF programs of the engine see, and what they lost, ever. */
struct control_capture {
	char tier[CONTROL_NAME_LEN];  /* "full", "tracepoints" */
	char scope[CONTROL_NAME_LEN]; /* "host", "cgroups", "tree" */
	uint32_t n_cgroups;           /* that are audited */
	int32_t tree;                 /* process; 0: not a tree */
	uint32_t n_rings;             /* CPUs */
	uint32_t is_pinned;           /* capture goes on without the engine */
	uint32_t is_taken_over;       /* from an earlier engine */
	uint32_t n_losers;
	uint64_t ring_bytes;  /* of each ring */
	uint64_t captured;    /* events that were put into rings */
	uint64_t lost_ring;   /* events that found no room */
	uint64_t lost_task;   /* events whose task had no memory */
	uint64_t lost_size;   /* events that could not be put together */
	uint64_t lost_missed; /* runs of programs that the kernel left out */
	uint64_t cut_texts;   /* pieces of long texts that found no room */
	uint64_t left_texts;  /* long texts whose call never came, since this engine began */
	struct {
		uint64_t cgroup_id; /* 0: several that have no account of their own */
		uint64_t lost;
	} losers[CONTROL_LOSERS_MAX]; /* whose events found no room, those with most */
};

/* Of all rules together since the start, or since the counters began anew. Records and bytes are lines of a log. */
struct control_stats {
	int64_t now_sec, since_sec; /* CLOCK_REALTIME */
	uint64_t events;            /* that were filtered */
	uint64_t events_matched;    /* ... that a rule decided */
	uint64_t events_recorded;
	uint64_t records, bytes;
	/* of these, what no rule asked for: messages of programs, changes of rules, calls that failed ... */
	uint64_t events_no_rule, records_no_rule, bytes_no_rule;
	uint64_t records_excluded;
	uint32_t n_rules;
	uint32_t reserved;
	char source[CONTROL_NAME_LEN];
};

struct control_rule_stats {
	uint64_t hits; /* events (tasks, messages, records, items) that the rule decided */
	uint64_t
		evaluations; /* ... that came as far as the rule, as its system calls and machines were theirs */
	uint64_t events;         /* of hits: written down */
	uint64_t records, bytes; /* written because of it */
	uint64_t time_ns;        /* that the engine has spent on n_timed of the hits */
	uint64_t n_timed;
	int64_t last_sec; /* when it decided last, CLOCK_REALTIME, with hits; 0: that is not known */
};

#define CONTROL_COST_WINDOW_MAX 60000u /* ms */
#define CONTROL_COST_ROWS_MAX   64
#define CONTROL_COST_NAME_LEN   32 /* with the NUL */

struct control_cost_request {
	uint32_t window_ms; /* 0: only say */
	uint32_t reserved;
};

/* What a row is about. */
enum control_cost_kind {
	CONTROL_COST_ENTRY, /* a program that runs at the entry of each system call */
	CONTROL_COST_EXIT,  /* ... at its exit */
	CONTROL_COST_NAMED, /* of the time of those two: what goes into calls that some rule names; runs: such calls */
	CONTROL_COST_HOOK,    /* a program that runs at something else */
	CONTROL_COST_PROCESS, /* CPU time of a process; runs: the events that it has dealt with */
};

struct control_cost {
	uint64_t clock_ns; /* of the engine, CLOCK_MONOTONIC */
	uint64_t events;   /* that were filtered */
	uint32_t n_rows;
	uint32_t reserved;
	char source[CONTROL_NAME_LEN];
};

/* Counters: they only grow. */
struct control_cost_row {
	char name[CONTROL_COST_NAME_LEN];
	uint32_t kind;
	uint32_t reserved;
	uint64_t runs, time_ns;
};

_Static_assert(sizeof(struct audit_status) <= CONTROL_STATUS_LEN,
	"the status is sent by offsets of the present kernel");
_Static_assert(
	sizeof(struct control_queues) == 56 && sizeof(struct control_stream) == 96, "wire layout");
_Static_assert(sizeof(struct control_capture) == 376, "wire layout");
_Static_assert(sizeof(struct control_stats) == 112 && sizeof(struct control_rule_stats) == 64 &&
		       sizeof(struct control_cost) == 40 && sizeof(struct control_cost_row) == 56,
	"wire layout");

#endif
