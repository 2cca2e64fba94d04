// SPDX-License-Identifier: MIT
#include "source/ptrace/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/capture_state.h"
#include "source/ptrace/effects.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/sticky.h"
#include "source/ptrace/task_cgroup.h"

#define NSEC_PER_SEC UINT64_C(1000000000)

#define FIRST_USER_NAMESPACE 0xeffffffdu /* PROC_USER_INIT_INO in include/linux/proc_ns.h */

static bool in_first_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == FIRST_USER_NAMESPACE;
}

int capture_env_new(struct capture_env **ret, const struct rule_interest *interest)
{
	struct capture_env *env = calloc(1, sizeof(*env));
	int r;

	if (!env)
		return -ENOMEM;
	env->interest = interest;
	env->own_uid = geteuid();
	env->may_be_refused = env->own_uid != 0 || !in_first_user_namespace();
	env->own_gid = getegid();
	SLIST_INIT(&env->spare_calls);
	env->procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = env->procfd < 0 ? -errno : 0;
	if (capture_wants(env, EXTRA_CGROUP))
		env->cgroup_mount = cgroup_mount();
	if (!r)
		r = lookup_root_read(&env->own_root);
	if (!r)
		r = inode_caps_cache_new(&env->inode_caps);
	if (!r)
		r = exec_image_cache_new(&env->images);
	if (r < 0) {
		capture_env_free(env);
		return r;
	}
	*ret = env;
	return 0;
}

static void call_free(struct call *call)
{
	free(call->targets);
	free(call);
}

void capture_env_free(struct capture_env *env)
{
	struct call *call;

	if (!env)
		return;
	while ((call = SLIST_FIRST(&env->spare_calls))) {
		SLIST_REMOVE_HEAD(&env->spare_calls, spare);
		call_free(call);
	}
	inode_caps_cache_free(env->inode_caps);
	mount_paths_deinit(&env->mounts);
	exec_image_cache_free(env->images);
	if (env->procfd >= 0)
		(void)close(env->procfd);
	free(env);
}

static struct call *call_take(struct capture_env *env)
{
	struct call *call = SLIST_FIRST(&env->spare_calls);

	if (call)
		SLIST_REMOVE_HEAD(&env->spare_calls, spare);
	else
		call = calloc(1, sizeof(*call));
	return call;
}

void capture_call_done(struct capture_env *env, struct call *call)
{
	effect_deinit(call);
	full_path_deinit(call);
	SLIST_INSERT_HEAD(&env->spare_calls, call, spare);
}

int capture_new(struct capture **ret, struct capture_env *env, pid_t tid, pid_t tgid,
	const struct capture *parent)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->env = env;
	c->tid = tid;
	c->tgid = tgid;
	task_texts_init(&c->texts);
	/* fork copies the ids; who the parent is and what the root is depends on its flags */
	if (parent) {
		c->ids_known = parent->ids_known;
		c->ids = parent->ids;
		c->pers_known = parent->pers_known;
		c->pers = parent->pers;
		c->login = parent->login;
		c->login_tick = parent->login_tick;
		if (env->may_be_refused)
			task_texts_copy_exe(&c->texts, &parent->texts);
	} else {
		/* what it was before it changed is asked for afterwards */
		task_login_read(&c->login, env->procfd, tid);
	}
	c->login_known = true;
	*ret = c;
	return 0;
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	task_texts_deinit(&c->texts);
	if (c->call)
		capture_call_done(c->env, c->call);
	free(c);
}

bool capture_in_flight(const struct capture *c)
{
	return c->call;
}

bool capture_is_closed(const struct capture *c)
{
	return c->texts.is_closed;
}

void capture_forget(struct capture *c)
{
	c->stat_known = false;
}

/* ---- what is remembered ---- */

static void forget_all(struct capture *c)
{
	c->ids_known = c->stat_known = c->root_known = c->pers_known = c->texts.known = false;
}

const struct task_ids *capture_ids(struct capture *c)
{
	if (!c->ids_known)
		c->ids_known = task_ids_read(&c->ids, c->env->procfd, c->tid) == 0;
	return &c->ids;
}

const struct task_login *capture_login(struct capture *c)
{
	if (!c->login_known) {
		task_login_read(&c->login, c->env->procfd, c->tid);
		c->login_known = true;
	}
	return &c->login;
}

/* A write that no rule selects may have changed the login. Nothing else tells of it; but each change gives another
 * session. */
static int compare_login(struct capture *c, const struct timespec *now, struct buf *out)
{
	struct task_login old = c->login;
	struct evt_login item;

	c->login_tick = *now;
	if (!c->login_known || task_session_read(c->env->procfd, c->tid) == old.ses)
		return 0;
	c->login_known = false;
	if (capture_login(c)->ses == old.ses)
		return 0;
	item = (struct evt_login){
		.old_auid = old.auid,
		.old_ses = old.ses,
		.auid = c->login.auid,
		.ses = c->login.ses,
		.res = 1,
	};
	return capture_aside(c, EVT_ITEM_LOGIN, &item, sizeof(item), out);
}

const struct task_stat *capture_stat(struct capture *c)
{
	if (!c->stat_known)
		c->stat_known = c->stat_is_fresh =
			task_stat_read(&c->stat, c->env->procfd, c->tid) == 0;
	return &c->stat;
}

uint32_t capture_personality(struct capture *c)
{
	if (!c->pers_known)
		c->pers = task_personality_read(c->env->procfd, c->tid, c->pers);
	c->pers_known = true;
	return c->pers;
}

static bool root_is_own(struct capture *c)
{
	if (!c->root_known) {
		c->own_root = lookup_root_is(&c->env->own_root, c->env->procfd, c->tid);
		c->root_known = true;
	}
	return c->own_root;
}

static struct effect_env effect_env_of(struct capture *c)
{
	const struct rule_interest *interest = c->env->interest;

	return (struct effect_env){
		.images = c->env->images,
		.lookup = {
			.procfd = c->env->procfd,
			.tid = c->tid,
			.tgid = c->tgid,
			.ids = capture_ids(c),
			.own_uid = c->env->own_uid,
			.own_gid = c->env->own_gid,
			.own_root = root_is_own(c),
			.want_resolved = interest->resolved,
			.want_full = capture_wants(c->env, EXTRA_PATHS),
			.want_fs_magic = interest->fs_magic,
			.caps = c->env->inode_caps,
			.devs = &c->env->devs,
			.mounts = &c->env->mounts,
		},
	};
}

/* ---- entry ---- */

static bool wanted(const struct rule_interest *interest, const struct capture_call *call)
{
	size_t low = 0, high = interest->n_syscalls;

	if (interest->all_syscalls)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct rule_syscall_interest *row = &interest->syscalls[middle];

		if (row->arch == call->arch && row->nr == call->nr)
			return true;
		if (row->arch < call->arch || (row->arch == call->arch && row->nr < call->nr))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static struct task_view view_of(struct capture *c)
{
	return (struct task_view){
		.procfd = c->env->procfd,
		.tid = c->tid,
		.own_root = root_is_own(c),
		.want_exe_inode = c->env->interest->exe_inode,
		.want_cgroup = capture_wants(c->env, EXTRA_CGROUP),
		.cgroup_mount = c->env->cgroup_mount,
		.devs = &c->env->devs,
	};
}

static ssize_t own_view(struct capture *c, const char *link, char *to, size_t size)
{
	const struct task_view view = view_of(c);

	return task_own_view(&view, link, to, size);
}

void capture_read_texts(struct capture *c, const struct timespec *now)
{
	struct task_view view;

	if (task_texts_are_of(&c->texts, now, c->env->changes))
		return;
	view = view_of(c);
	(void)capture_stat(c);
	task_texts_read(&c->texts, &view, &c->stat, c->stat_is_fresh, now, c->env->changes);
	c->stat_is_fresh = false;
}

/* Whether the call may change its task's name, program, title or directory, or what they are called. */
static bool changes_texts(const struct syscall_info *info)
{
	return (info->flags & (SC_IDS | SC_CWD)) || info->effect == EFFECT_EXEC ||
	       info->effect == EFFECT_RENAME || info->effect == EFFECT_UNLINK ||
	       info->effect == EFFECT_RMDIR;
}

/* The kernel takes the directory with the first name, before a chdir has done its work. What that directory is called
 * it asks when the call is over, which matters to a chroot. */
static void keep_cwd(struct capture *c, struct call *call)
{
	if (call->info->effect != EFFECT_NONE && (call->info->flags & SC_CWD))
		call->cwd_len = own_view(c, "cwd", call->cwd, sizeof(call->cwd));
}

/* What the call will act on, while it is as it was. */
static void look(struct capture *c, struct call *call)
{
	struct effect_env env;

	/* a task that is killed in the call cannot be asked afterwards */
	(void)capture_ids(c);
	(void)capture_login(c);
	(void)capture_stat(c);
	if (call->info->effect == EFFECT_NONE)
		return;
	env = effect_env_of(c);
	effect_look(call, &env);
	if (call->info->effect == EFFECT_EXEC && call->image.closed.resolved) {
		(void)capture_personality(c);
		call->cwd_len = own_view(c, "cwd", call->cwd, sizeof(call->cwd));
	}
}

/* A task that is about to run what may be closed to us has to be asked before. */
static bool can_wait(const struct capture *c, const struct call *call)
{
	return !c->env->may_be_refused && effect_can_wait(call);
}

void capture_running(struct capture *c)
{
	struct call *call = c->call;

	if (!call)
		return;
	if (can_wait(c, call))
		look(c, call);
	if (!changes_texts(call->info))
		capture_read_texts(c, &call->time);
}

/* The stamp of the records stays the coarse one, which the exact one is not behind. */
static void note_entry_time(struct call *call)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)clock_gettime(CLOCK_MONOTONIC, &call->entered);
	call->times = (struct evt_times){ .sec = now.tv_sec, .nsec = (uint32_t)now.tv_nsec };
}

static void note_exit_time(struct call *call)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	call->times.has_duration = 1;
	call->times.duration_nsec = (uint64_t)(now.tv_sec - call->entered.tv_sec) * NSEC_PER_SEC +
				    (uint64_t)now.tv_nsec - (uint64_t)call->entered.tv_nsec;
}

static void read_fds(struct capture *c, struct call *call)
{
	const struct effect_env env = effect_env_of(c);

	full_path_read_fds(call, &env.lookup);
}

static bool same_tick(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int capture_forking(struct capture *c, struct buf *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return compare_login(c, &now, out);
}

static bool opens_loginuid(const struct call *call)
{
	const struct path_arg *path = &call->paths[0];
	static const char name[] = "/loginuid";

	return call->info->effect == EFFECT_OPEN && path->present && !path->error &&
	       path->string.len >= strlen(name) &&
	       !memcmp(path->text + path->string.len - strlen(name), name, strlen(name));
}

/* Whether a record may be written aside of a call that no rule selects (privileged.h). */
static bool may_write_aside(const struct syscall_info *info, const struct capture_call *regs)
{
	return info->flags & (SC_BPF | SC_LISTENS | SC_PROMISC) ||
	       (regs->arch == ABI_ARCH_I386 && syscall_arg(info, ARG_SOCKETCALL) >= 0);
}

/* 1: the call goes on as any other; 0: nothing of it is wanted. Negative errno. */
static int enter_privileged(struct capture *c, struct call *call, struct buf *out)
{
	int r;

	privileged_entry(call, &c->env->privileged, c->env->procfd, capture_ids(c));
	if (!call->is_wanted && !privileged_writes_aside(call)) {
		c->call = NULL;
		capture_call_done(c->env, call);
		return 0;
	}
	if (call->login.is_login) {
		r = compare_login(c, &call->time, out);
		if (r < 0)
			return r;
		call->login.before = *capture_login(c);
	}
	return 1;
}

static struct call *begin_call(struct capture *c, const struct capture_call *regs)
{
	struct call *call = call_take(c->env);

	if (!call)
		return NULL;
	call->regs = *regs;
	call->info = syscall_info(regs->arch, (int64_t)regs->nr);
	memcpy(call->args, regs->args, sizeof(call->args));
	call->tid = c->tid;
	call->tgid = c->tgid;
	call->is_compat = !(regs->arch & __AUDIT_ARCH_64BIT);
	return call;
}

/* Of an execve that no rule selects: which program it is, should we not be able to ask the task for it. */
static int foresee_program(struct capture *c, const struct capture_call *regs)
{
	struct call *call;

	object_deinit(&c->next_program);
	if (!c->env->may_be_refused)
		return 0;
	call = begin_call(c, regs);
	if (!call)
		return -ENOMEM;
	effect_read(call);
	look(c, call);
	c->next_program = call->image.closed;
	call->image.closed = (struct object){ .error = -ENOENT };
	capture_call_done(c->env, call);
	return 0;
}

int capture_entry(struct capture *c, const struct capture_call *regs, struct buf *out)
{
	const struct syscall_info *info = syscall_info(regs->arch, (int64_t)regs->nr);
	bool is_wanted = wanted(c->env->interest, regs);
	struct call *call;
	int r;

	if (!is_wanted && !may_write_aside(info, regs)) {
		/* let through to us because it may change what is remembered: read it anew when it is needed next, and
		 * by then the call is over */
		if (info->flags & SC_IDS)
			forget_all(c);
		else
			capture_forget(c);
		c->env->changes++;
		return info->effect == EFFECT_EXEC ? foresee_program(c, regs) : 0;
	}
	call = begin_call(c, regs);
	if (!call)
		return -ENOMEM;
	c->call = call;
	call->is_wanted = is_wanted;
	if (call->is_compat && !c->was_compat) {
		c->was_compat = true;
		c->pers_known = false;
	}
	c->stat_is_fresh = false;
	call->event_flags = 0;
	call->cwd_len = -1;
	call->anomaly = 0;
	call->has_ids_before = false;
	names_clear(&call->names);
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &call->time);
	if (capture_wants(c->env, EXTRA_TIME))
		note_entry_time(call);
	if (c->may_login || !same_tick(&c->login_tick, &call->time)) {
		r = compare_login(c, &call->time, out);
		if (r < 0)
			return r;
	}

	extras_unfold_socketcall(call);
	sysv_unfold_ipc(call);
	info = call->info;
	if (info->flags & SC_NORETURN)
		return capture_append_event(c, false, 0, out);

	/* it may be the last thing that the task does */
	if (info->flags & SC_SENDS_SIGNAL)
		capture_read_texts(c, &call->time);
	extras_entry(call, c->env->procfd, c->env->interest->signal_targets);
	r = enter_privileged(c, call, out);
	if (r <= 0)
		return r;
	(void)capture_ids(c);
	effect_read(call);
	if (capture_wants(c->env, EXTRA_PATHS))
		read_fds(c, call);
	if (!can_wait(c, call))
		look(c, call);
	keep_cwd(c, call);
	if (info->effect == EFFECT_EXEC) {
		call->ids_before = c->ids;
		call->has_ids_before = c->ids_known;
	}
	return 1;
}

void capture_exec(struct capture *c, pid_t tid)
{
	struct task_view view;

	c->tid = tid;
	c->ids_known = c->stat_known = c->texts.known = false;
	/* an execve leaves the plain personality alone, but for ancient 32-bit programs (READ_IMPLIES_EXEC) */
	if (c->pers)
		c->pers_known = false;
	c->was_compat = false;
	c->texts.has_exe = false;
	if (c->env->may_be_refused) {
		view = view_of(c);
		task_texts_read_exe(&c->texts, &view); /* before it can hide */
		if (c->texts.is_closed)
			task_texts_set_exe(
				&c->texts, c->call ? &c->call->image.closed : &c->next_program);
		object_deinit(&c->next_program);
	}
	if (c->call)
		c->call->tid = tid;
}

/* ---- exit ---- */

/* An execve that failed when the old program was gone already: the new one has its privileges, but no arguments. The
 * task will not live to use them.*/
static bool left_half_a_program(struct capture *c, int64_t ret)
{
	bool had_arguments = c->stat_known && c->stat.arg_end;

	/* what a search along PATH answers comes before that */
	if (ret == 0 || ret == -ENOENT || ret == -EACCES || !had_arguments)
		return false;
	c->stat_known = false;
	if (capture_stat(c)->arg_end || !c->stat_known)
		return false;
	c->ids_known = false;
	return true;
}

int capture_exit(struct capture *c, int64_t ret, struct buf *out)
{
	struct call *call = c->call;
	struct effect_env env;

	if (!call)
		return 0;
	if (capture_wants(c->env, EXTRA_TIME))
		note_exit_time(call);
	if (call->info->effect != EFFECT_NONE) {
		env = effect_env_of(c);
		effect_exit(call, &env, ret);
		sticky_exit(call, &env, ret);
		if (capture_wants(c->env, EXTRA_PATHS))
			full_path_of_missing(call, &env.lookup);
	}
	if (call->info->flags & SC_IDS)
		forget_all(c);
	if (call->login.is_login)
		c->login_known = false;
	if (opens_loginuid(call) && ret >= 0)
		c->may_login = true;
	if (changes_texts(call->info))
		c->env->changes++;
	if (call->info->effect == EFFECT_EXEC)
		call->is_half_done = left_half_a_program(c, ret);
	return capture_append_event(c, true, ret, out);
}

int capture_died(struct capture *c, struct buf *out)
{
	/* Who sends itself a deadly signal has sent it. Any other call that was under way returns -ERESTARTSYS inside the
	 * kernel. */
	bool sent = c->call && (c->call->info->flags & SC_SENDS_SIGNAL);

	return capture_exit(c, sent ? 0 : -512, out);
}
