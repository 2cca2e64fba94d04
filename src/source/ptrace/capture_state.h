/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_CAPTURE_STATE_H
#define UAUDIT_SOURCE_PTRACE_CAPTURE_STATE_H

/* What capture.c, which follows a task through its calls, and capture_event.c, which writes down what came of one, share;
 * nobody else includes this. */

#include "abi/extra.h"
#include "source/ptrace/call.h"
#include "source/ptrace/privileged.h"
#include "source/ptrace/task_texts.h"

SLIST_HEAD(call_list, call);

struct capture_env {
	const struct rule_interest *interest;
	int procfd;
	const char *cgroup_mount; /* NULL: none, or nobody asks for control groups */
	struct inode_caps_cache *inode_caps;
	struct sb_devs devs;
	struct mount_paths mounts;
	struct exec_image_cache *images;
	struct lookup_root own_root;
	struct call_list spare_calls;
	struct privileged_env privileged;
	unsigned long changes; /* calls so far that may have changed what a program is called */
	bool may_be_refused;   /* there are tasks of the tree that this process may not look at */
	uint32_t own_uid, own_gid; /* effective ids of this process */
};

struct capture {
	struct capture_env *env;
	pid_t tid, tgid;
	struct call *call; /* in flight */

	bool ids_known, login_known, stat_known, root_known, pers_known;
	bool stat_is_fresh;         /* read for the event at work */
	bool was_compat;            /* made a 32-bit call since its last execve */
	struct timespec login_tick; /* when login was compared last */
	bool may_login; /* it has opened a file to write a login to: compared for each event */
	uint32_t pers;
	struct task_ids ids;
	struct task_login login;
	struct task_stat stat;
	bool own_root;
	struct task_texts texts;
	struct object
		next_program; /* resolved: what the execve under way may run, if we may not look at it then */
};

static inline bool capture_wants(const struct capture_env *env, enum extra extra)
{
	return env->interest->extra & extra;
}

/* What is remembered of the task, read if it is not known. */
const struct task_ids *capture_ids(struct capture *c);
const struct task_login *capture_login(struct capture *c);
const struct task_stat *capture_stat(struct capture *c);
uint32_t capture_personality(struct capture *c);
void capture_read_texts(struct capture *c, const struct timespec *now);

/* capture_event.c: appends the event of the call in flight, which is over then. 0 or negative errno. */
int capture_append_event(struct capture *c, bool returned, int64_t ret, struct buf *out);
/* The call is another task's to use. */
void capture_call_done(struct capture_env *env, struct call *call);

#endif
