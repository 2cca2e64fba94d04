/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_TASK_FACTS_H
#define UAUDIT_SOURCE_PTRACE_TASK_FACTS_H

/*
 * Who a task is, from /proc: read when first needed, kept until a call of the task (or the end of its parent) may have
 * changed it. Reading them anew for every event would cost more than the rest of the event.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define FACTS_GROUPS_MAX                                                                           \
	1024 /* supplementary groups that are kept inline; more are read but cut, and flagged */
#define FACTS_COMM_MAX 16
#define FACTS_TTY_MAX  32

struct task_ids {
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	uint64_t cap_inheritable, cap_permitted, cap_effective, cap_bounding, cap_ambient;
	uint32_t n_groups;
	bool groups_cut;
	uint32_t groups[FACTS_GROUPS_MAX];
};

/* Who logged in: outlives an execve. */
struct task_login {
	uint32_t auid, ses; /* (uint32_t)-1: unset */
};

struct task_stat {
	uint32_t ppid;
	pid_t pgrp;
	char tty[FACTS_TTY_MAX];     /* "" without a controlling terminal */
	char comm[FACTS_COMM_MAX];   /* "" if /proc may have escaped it */
	uint64_t start_time;         /* ticks since boot: tells two processes of one pid apart */
	uint64_t arg_start, arg_end; /* the argument area; 0 if it may not be known */
};

/* 0 or negative errno (-ESRCH, -ENOENT: the task is gone). */
int task_ids_read(struct task_ids *ret, int procfd, pid_t tid);
int task_stat_read(struct task_stat *ret, int procfd, pid_t tid);
/* The same from the text of the file: status, and stat. */
int task_ids_parse(struct task_ids *ret, const char *status);
int task_stat_parse(struct task_stat *ret, const char *stat);
/* The personality word; as it was before, if it may not be known. */
uint32_t task_personality_read(int procfd, pid_t tid, uint32_t before);
/* A kernel without audit knows of no login: then both are unset. */
/* Its session alone. */
uint32_t task_session_read(int procfd, pid_t tid);
void task_login_read(struct task_login *ret, int procfd, pid_t tid);

#endif
