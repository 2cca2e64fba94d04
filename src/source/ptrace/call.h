/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_CALL_H
#define UAUDIT_SOURCE_PTRACE_CALL_H

/* One syscall of one held task, between its entry and its exit: what was read at the entry, before the call changed
 * anything, and what the exit adds. */

#include <limits.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <time.h>

#include "abi/abi.h"
#include "source/ptrace/bpf_program.h"
#include "source/ptrace/capture.h"
#include "source/ptrace/clock.h"
#include "source/ptrace/exec_image.h"
#include "source/ptrace/listener.h"
#include "source/ptrace/login.h"
#include "source/ptrace/module.h"
#include "source/ptrace/mqueue.h"
#include "source/names.h"
#include "source/ptrace/promiscuous.h"
#include "source/ptrace/sysv_ipc.h"

/* A path argument: the string, and what it meant when the call began. */
struct path_arg {
	bool present; /* the call has this argument */
	int error; /* 0: the string was copied; else why the kernel could not (spec kernel 5.2, G) */
	int dirfd;
	struct name_string string;
	char text[PATH_MAX];
	struct object object; /* what the path means */
	struct object parent; /* the directory of its last component */
	const char *last;     /* that component */
	size_t last_len;
	char *base; /* what a path without an object begins at (full_path.h); NULL: nobody asked */
};

/* What a descriptor among the arguments stood for at the entry. */
struct call_fd {
	int fd;
	char *path;
};

/* Memory of the task that was read when the call began. */
struct call_memory {
	uint64_t at;
	const char *data; /* borrowed */
	size_t len;
};

struct call {
	SLIST_ENTRY(call) spare; /* in the list of unused ones */
	struct capture_call regs;
	/* What the call is, and its arguments by that: those of the registers, except behind i386's socketcall. */
	const struct syscall_info *info;
	uint64_t args[EVT_ARGS];
	uint32_t socketcall[EVT_ARGS];
	size_t n_socketcall;     /* words behind it; 0 for all other calls */
	struct timespec time;    /* CLOCK_REALTIME_COARSE at the entry */
	struct evt_times times;  /* the exact ones, only with EXTRA_TIME */
	struct timespec entered; /* CLOCK_MONOTONIC, likewise */
	pid_t tid, tgid;
	bool is_wanted; /* a rule may select it; if not, only a record written aside makes it an event */
	bool is_compat; /* 32-bit words in the task's memory */

	struct path_arg paths[2]; /* ARG_PATH and ARG_PATH2 */
	bool has_text;            /* the text of ARG_TEXT is in paths[0] already */
	uint64_t oflags;          /* of the open family */
	struct names names;
	char cwd[PATH_MAX];
	ssize_t cwd_len; /* of the one before a call that changes it; negative: as it is afterwards */

	struct exec_image image;    /* EFFECT_EXEC */
	struct task_ids ids_before; /* EFFECT_EXEC: who called */
	bool has_ids_before;
	bool is_half_done; /* EFFECT_EXEC: it failed too late for the old program to go on */

	bool has_how;
	uint64_t how_flags, how_mode, how_resolve;

	unsigned char sockaddr[EVT_SOCKADDR_MAX];
	size_t sockaddr_len; /* 0: none */

	struct sysv_call sysv;
	struct mq_call mq;

	struct evt_obj_pid *targets;
	size_t n_targets, targets_max;

	struct call_fd fds[EVT_ARGS];
	size_t n_fds;

	/* Valid where the call's row has the property (privileged.h). */
	struct clock_call clock;
	struct module_call module;
	struct login_call login;
	struct bpf_call bpf;
	struct listener_call listener;
	struct promiscuous_call promiscuous;
	enum evt_item_type anomaly; /* a record of how it was refused; 0: none */
	uint64_t anomaly_op;
	struct object lure; /* the link that was not followed */

	struct call_memory memory[EVT_ARGS]; /* used before the task is asked, which may be gone */
	size_t n_memory;

	unsigned event_flags; /* EVT_F_FAULT, EVT_F_TRUNCATED */
};

#endif
