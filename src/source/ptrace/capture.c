// SPDX-License-Identifier: MIT
#include "source/ptrace/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/call.h"
#include "source/ptrace/effects.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/privileged.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/sticky.h"
#include "source/ptrace/task_cgroup.h"
#include "source/ptrace/task_mem.h"

#define NSEC_PER_SEC UINT64_C(1000000000)

SLIST_HEAD(call_list, call);

struct capture_env {
	const struct rule_interest *interest;
	int procfd;
	const char *cgroup_mount; /* NULL: none, or nobody asks for control groups */
	struct inode_caps_cache *inode_caps;
	struct exec_image_cache *images;
	struct lookup_root own_root;
	struct call_list spare_calls;
	struct privileged_env privileged;
	unsigned long changes; /* calls so far that may have changed what a program is called */
	bool may_be_refused;   /* there are tasks of the tree that this process may not look at */
	uint32_t own_uid, own_gid; /* effective ids of this process */
};

/*
 * What records say of a task beside its ids. Read once a clock tick at most: a record's time is no finer, and reading it
 * for every event costs as much as the rest of the event. A call of the tree that may change it counts as a tick; so
 * within one, only somebody else's doing can go unseen.
 */
struct task_texts {
	struct timespec tick; /* CLOCK_REALTIME_COARSE */
	unsigned long changes;
	bool known;
	char comm[EVT_COMM_LEN];
	struct buf exe;
	bool has_exe;
	bool is_closed; /* it may not be asked for its program, which it still runs if has_exe */
	struct evt_exe exe_inode;
	struct buf cwd;             /* empty: not known */
	struct task_cgroup *cgroup; /* owned; NULL without EXTRA_CGROUP */
	char title[EVT_PROCTITLE_MAX + 1];
	ssize_t title_len; /* negative: cannot be read */
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

static bool wants(const struct capture_env *env, enum extra extra)
{
	return env->interest->extra & extra;
}

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
	if (wants(env, EXTRA_CGROUP))
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

static void call_give_back(struct capture_env *env, struct call *call)
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
	buf_init(&c->texts.exe, PATH_MAX);
	buf_init(&c->texts.cwd, PATH_MAX);
	/* fork copies the ids; who the parent is and what the root is depends on its flags */
	if (parent) {
		c->ids_known = parent->ids_known;
		c->ids = parent->ids;
		c->pers_known = parent->pers_known;
		c->pers = parent->pers;
		c->login = parent->login;
		c->login_tick = parent->login_tick;
		if (env->may_be_refused && parent->texts.has_exe) {
			c->texts.has_exe = true;
			c->texts.exe_inode = parent->texts.exe_inode;
			buf_put(&c->texts.exe, parent->texts.exe.data, parent->texts.exe.len);
		}
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
	buf_deinit(&c->texts.exe);
	buf_deinit(&c->texts.cwd);
	free(c->texts.cgroup);
	if (c->call)
		call_give_back(c->env, c->call);
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

static const struct task_ids *ids_of(struct capture *c)
{
	if (!c->ids_known)
		c->ids_known = task_ids_read(&c->ids, c->env->procfd, c->tid) == 0;
	return &c->ids;
}

static const struct task_login *login_of(struct capture *c)
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
	if (login_of(c)->ses == old.ses)
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

static const struct task_stat *stat_of(struct capture *c)
{
	if (!c->stat_known)
		c->stat_known = c->stat_is_fresh =
			task_stat_read(&c->stat, c->env->procfd, c->tid) == 0;
	return &c->stat;
}

static uint32_t personality_of(struct capture *c)
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
			.ids = ids_of(c),
			.own_uid = c->env->own_uid,
			.own_gid = c->env->own_gid,
			.own_root = root_is_own(c),
			.want_resolved = interest->resolved,
			.want_full = wants(c->env, EXTRA_PATHS),
			.want_fs_magic = interest->fs_magic,
			.caps = c->env->inode_caps,
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

/* The path of a link of the task as the task itself sees it: its root is taken off. One that is too long is called
 * what the kernel calls it (spec kernel 7.2). */
static ssize_t own_view(struct capture *c, const char *link, char *to, size_t size)
{
	char root[PATH_MAX];
	ssize_t n = proc_readlink(c->env->procfd, c->tid, link, to, size);
	ssize_t root_len;

	if (n == -ENAMETOOLONG) {
		memcpy(to, "<too_long>", sizeof("<too_long>"));
		return (ssize_t)strlen(to);
	}
	if (n < 0 || root_is_own(c))
		return n;
	root_len = proc_readlink(c->env->procfd, c->tid, "root", root, sizeof(root));
	return root_len < 0 ? n : (ssize_t)lookup_strip_root(to, (size_t)n, root, (size_t)root_len);
}

/* ---- what records say of the task ---- */

static void read_exe(struct capture *c)
{
	struct task_texts *texts = &c->texts;
	char path[PATH_MAX], name[PROC_NAME_MAX];
	struct statx stx;
	ssize_t n = own_view(c, "exe", path, sizeof(path));

	texts->is_closed = n == -EACCES || n == -EPERM;
	if (texts->is_closed && texts->has_exe)
		return;
	texts->exe_inode = (struct evt_exe){ 0 };
	texts->has_exe = n >= 0;
	buf_clear(&texts->exe);
	if (n < 0)
		return;
	buf_put(&texts->exe, path, (size_t)n);
	if (!c->env->interest->exe_inode)
		return;
	if (statx(c->env->procfd, proc_name(name, c->tid, "exe"), 0, STATX_INO, &stx) == 0) {
		texts->exe_inode.ino = stx.stx_ino;
		texts->exe_inode.dev_major = stx.stx_dev_major;
		texts->exe_inode.dev_minor = stx.stx_dev_minor;
	}
}

static void read_title(struct capture *c)
{
	const struct task_stat *stat = stat_of(c);
	uint64_t len = stat->arg_end - stat->arg_start;
	struct task_texts *texts = &c->texts;
	char last = '\1';

	texts->title_len = -1;
	if (len > EVT_PROCTITLE_MAX) {
		texts->title_len = task_mem_read_some(
			c->tid, stat->arg_start, texts->title, EVT_PROCTITLE_MAX);
		(void)task_mem_read(c->tid, stat->arg_end - 1, &last, 1);
	} else if (len) {
		texts->title_len =
			task_mem_read_some(c->tid, stat->arg_start, texts->title, (size_t)len);
		if (texts->title_len > 0)
			last = texts->title[texts->title_len - 1];
	}
	/* A title that the program wrote itself lacks the last NUL and may go on behind the area: there /proc knows
	 * what it says (spec kernel 8.6). */
	if (last != '\0')
		texts->title_len = proc_read(
			c->env->procfd, c->tid, "cmdline", texts->title, sizeof(texts->title));
}

static void read_comm(struct capture *c)
{
	char text[EVT_COMM_LEN + 2];
	ssize_t n;

	memset(c->texts.comm, 0, sizeof(c->texts.comm));
	if (c->stat_is_fresh && c->stat.comm[0]) {
		memcpy(c->texts.comm, c->stat.comm, sizeof(c->texts.comm));
		return;
	}
	n = proc_read(c->env->procfd, c->tid, "comm", text, sizeof(text));
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n > 0)
		memcpy(c->texts.comm, text,
			(size_t)n < EVT_COMM_LEN ? (size_t)n : EVT_COMM_LEN - 1);
}

static void read_cwd(struct capture *c)
{
	char path[PATH_MAX];
	ssize_t n = own_view(c, "cwd", path, sizeof(path));

	buf_clear(&c->texts.cwd);
	if (n > 0)
		buf_put(&c->texts.cwd, path, (size_t)n);
}

static void read_cgroup(struct capture *c)
{
	struct task_texts *texts = &c->texts;

	if (!texts->cgroup)
		texts->cgroup = calloc(1, sizeof(*texts->cgroup));
	if (texts->cgroup)
		task_cgroup_read(texts->cgroup, c->env->procfd, c->tid, c->env->cgroup_mount);
}

static void read_texts(struct capture *c, const struct timespec *now)
{
	struct task_texts *texts = &c->texts;

	if (texts->known && texts->changes == c->env->changes &&
		texts->tick.tv_sec == now->tv_sec && texts->tick.tv_nsec == now->tv_nsec)
		return;
	read_comm(c);
	read_exe(c);
	read_cwd(c);
	read_title(c);
	if (wants(c->env, EXTRA_CGROUP))
		read_cgroup(c);
	texts->tick = *now;
	texts->changes = c->env->changes;
	texts->known = true;
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
 * it asks when the call is over. */
static void keep_cwd(struct capture *c, struct call *call)
{
	if (call->info->effect != EFFECT_NONE && (call->info->flags & (SC_IDS | SC_CWD)))
		call->cwd_len = own_view(c, "cwd", call->cwd, sizeof(call->cwd));
}

/* What the call will act on, while it is as it was. */
static void look(struct capture *c, struct call *call)
{
	struct effect_env env;

	/* a task that is killed in the call cannot be asked afterwards */
	(void)ids_of(c);
	(void)login_of(c);
	(void)stat_of(c);
	if (call->info->effect == EFFECT_NONE)
		return;
	env = effect_env_of(c);
	effect_look(call, &env);
	if (call->info->effect == EFFECT_EXEC && call->image.closed.resolved) {
		(void)personality_of(c);
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
		read_texts(c, &call->time);
}

static int append_event(struct capture *c, bool returned, int64_t ret, struct buf *out);

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

	privileged_entry(call, &c->env->privileged, c->env->procfd);
	if (!call->is_wanted && !privileged_writes_aside(call)) {
		c->call = NULL;
		call_give_back(c->env, call);
		return 0;
	}
	if (call->login.is_login) {
		r = compare_login(c, &call->time, out);
		if (r < 0)
			return r;
		call->login.before = *login_of(c);
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
	call->image.closed.resolved = NULL;
	call_give_back(c->env, call);
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
	if (wants(c->env, EXTRA_TIME))
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
		return append_event(c, false, 0, out);

	/* it may be the last thing that the task does */
	if (info->flags & SC_SENDS_SIGNAL)
		read_texts(c, &call->time);
	extras_entry(call, c->env->procfd, c->env->interest->signal_targets);
	r = enter_privileged(c, call, out);
	if (r <= 0)
		return r;
	(void)ids_of(c);
	effect_read(call);
	if (wants(c->env, EXTRA_PATHS))
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

/* A program that this process may not read closes the task that runs it as well: then it is the one that was found at the
 * entry. */
static void set_exe(struct capture *c, const struct object *program)
{
	if (!program->resolved)
		return;
	c->texts.has_exe = true;
	buf_clear(&c->texts.exe);
	buf_puts(&c->texts.exe, program->resolved);
	c->texts.exe_inode = (struct evt_exe){ .ino = program->f.ino,
		.dev_major = program->f.dev_major,
		.dev_minor = program->f.dev_minor };
}

void capture_exec(struct capture *c, pid_t tid)
{
	c->tid = tid;
	c->ids_known = c->stat_known = c->texts.known = false;
	/* an execve leaves the plain personality alone, but for ancient 32-bit programs (READ_IMPLIES_EXEC) */
	if (c->pers)
		c->pers_known = false;
	c->was_compat = false;
	c->texts.has_exe = false;
	if (c->env->may_be_refused) {
		read_exe(c); /* before it can hide */
		if (c->texts.is_closed)
			set_exe(c, c->call ? &c->call->image.closed : &c->next_program);
		object_deinit(&c->next_program);
	}
	if (c->call)
		c->call->tid = tid;
}

/* ---- exit ---- */

static void put_new_privileges(struct capture *c, struct event_writer *w)
{
	struct call *call = c->call;
	char name[PROC_NAME_MAX];
	struct inode_caps caps = { 0 };
	struct statx stx;

	if (!call->has_ids_before)
		return;
	proc_name(name, c->tid, "exe");
	if (statx(c->env->procfd, name, 0, STATX_BASIC_STATS, &stx) == 0)
		inode_caps_get(c->env->inode_caps, &caps, c->env->procfd, name, 1, &stx);
	extras_put_bprm_fcaps(&call->ids_before, ids_of(c), &caps, w);
}

/* An execve that failed when the old program was gone already: the new one has its privileges, but no arguments. The
 * task will not live to use them.*/
static bool left_half_a_program(struct capture *c, int64_t ret)
{
	bool had_arguments = c->stat_known && c->stat.arg_end;

	/* what a search along PATH answers comes before that */
	if (ret == 0 || ret == -ENOENT || ret == -EACCES || !had_arguments)
		return false;
	c->stat_known = false;
	if (stat_of(c)->arg_end || !c->stat_known)
		return false;
	c->ids_known = false;
	return true;
}

static void put_exec(struct capture *c, int64_t ret, struct event_writer *w)
{
	if (ret == 0 || c->call->is_half_done)
		put_new_privileges(c, w);
	if (ret == 0)
		extras_put_execve(c->call, stat_of(c)->arg_start, stat_of(c)->arg_end, w);
}

void capture_describe(struct capture *c, struct evt_hdr *hdr)
{
	const struct task_ids *ids = ids_of(c);

	hdr->uid = ids->uid;
	hdr->gid = ids->gid;
	hdr->euid = ids->euid;
	hdr->suid = ids->suid;
	hdr->fsuid = ids->fsuid;
	hdr->egid = ids->egid;
	hdr->sgid = ids->sgid;
	hdr->fsgid = ids->fsgid;
	hdr->auid = login_of(c)->auid;
	hdr->ses = login_of(c)->ses;
	hdr->pers = personality_of(c);
	hdr->ppid = stat_of(c)->ppid;
}

/* Who did it, beside what the header says. */
static void put_task(struct capture *c, struct event_writer *w)
{
	const struct task_stat *stat = stat_of(c);

	if (c->texts.has_exe)
		event_put_exe(w, &c->texts.exe_inode, c->texts.exe.data, c->texts.exe.len);
	if (stat->tty[0])
		event_put(w, EVT_ITEM_TTY, stat->tty, strlen(stat->tty));
	if (c->env->interest->groups)
		event_put(w, EVT_ITEM_GROUPS, c->ids.groups,
			c->ids.n_groups * sizeof(c->ids.groups[0]));
}

int capture_aside(
	struct capture *c, enum evt_item_type type, const void *data, size_t len, struct buf *out)
{
	struct evt_hdr hdr = {
		.version = EVT_VERSION,
		.kind = EVT_ASIDE,
		.tid = (uint32_t)c->tid,
		.tgid = (uint32_t)c->tgid,
		.source = EVT_SRC_PTRACE,
	};
	struct event_writer w;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	hdr.time_sec = now.tv_sec;
	hdr.time_nsec = (uint32_t)now.tv_nsec;
	capture_describe(c, &hdr);
	read_texts(c, &now);
	memcpy(hdr.comm, c->texts.comm, sizeof(hdr.comm));
	event_begin(&w, out, &hdr);
	put_task(c, &w);
	event_put(&w, type, data, len);
	return event_finish(&w);
}

/* What records say beyond the original. */
static void put_beyond(const struct capture *c, struct event_writer *w)
{
	const struct task_cgroup *cgroup = c->texts.cgroup;

	full_path_put_fds(c->call, w);
	if (wants(c->env, EXTRA_TIME))
		event_put(w, EVT_ITEM_TIMES, &c->call->times, sizeof(c->call->times));
	if (cgroup && cgroup->len)
		event_put(w, EVT_ITEM_CGROUP, cgroup->path, cgroup->len);
}

static int append_event(struct capture *c, bool returned, int64_t ret, struct buf *out)
{
	struct call *call = c->call;
	struct evt_hdr hdr = {
		.version = EVT_VERSION,
		.kind = EVT_SYSCALL,
		.arch = call->regs.arch,
		.time_sec = call->time.tv_sec,
		.time_nsec = (uint32_t)call->time.tv_nsec,
		.nr = (int32_t)call->regs.nr,
		.ret = ret,
		.tid = (uint32_t)c->tid,
		.tgid = (uint32_t)c->tgid,
		.source = EVT_SRC_PTRACE,
	};
	struct event_writer w;
	size_t header, before;
	bool has_aside = false;
	int r;

	memcpy(hdr.args, call->regs.args, sizeof(hdr.args));
	capture_describe(c, &hdr);
	read_texts(c, &call->time);
	memcpy(hdr.comm, c->texts.comm, sizeof(hdr.comm));
	if (c->texts.cgroup)
		hdr.cgroup = c->texts.cgroup->id;

	header = out->len;
	event_begin(&w, out, &hdr);
	put_task(c, &w);
	if (call->anomaly)
		event_put(&w, call->anomaly, &call->anomaly_op, sizeof(call->anomaly_op));
	if (call->info->effect == EFFECT_EXEC && returned)
		put_exec(c, ret, &w);
	if (returned) {
		extras_exit(call, ret, &w);
		before = out->len;
		privileged_exit(
			call, ret, &c->env->privileged, c->env->procfd, ids_of(c), login_of(c), &w);
		has_aside = out->len > before;
	}
	if (call->names.n && call->cwd_len > 0)
		event_put(&w, EVT_ITEM_CWD, call->cwd, (size_t)call->cwd_len);
	else if (call->names.n && c->texts.cwd.len)
		event_put(&w, EVT_ITEM_CWD, c->texts.cwd.data, c->texts.cwd.len);
	names_put(&call->names, &w);
	put_beyond(c, &w);
	if (c->texts.title_len > 0)
		event_put(&w, EVT_ITEM_PROCTITLE, c->texts.title, (size_t)c->texts.title_len);

	/* what went wrong while the items were gathered is known only now */
	if (!buf_error(out)) {
		struct evt_hdr *written = (struct evt_hdr *)(void *)(out->data + header);

		written->flags = call->event_flags | (returned ? (uint32_t)EVT_F_RETURNED : 0);
		if (call->names.cut || c->ids.groups_cut)
			written->flags |= EVT_F_TRUNCATED;
	}
	r = event_finish(&w);
	if (!call->is_wanted && !has_aside)
		out->len = header; /* no rule asks for it, and nothing came of it */
	c->call = NULL;
	call_give_back(c->env, call);
	return r;
}

int capture_exit(struct capture *c, int64_t ret, struct buf *out)
{
	struct call *call = c->call;
	struct effect_env env;

	if (!call)
		return 0;
	if (wants(c->env, EXTRA_TIME))
		note_exit_time(call);
	if (call->info->effect != EFFECT_NONE) {
		env = effect_env_of(c);
		effect_exit(call, &env, ret);
		sticky_exit(call, &env, ret);
		if (wants(c->env, EXTRA_PATHS))
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
	return append_event(c, true, ret, out);
}

int capture_died(struct capture *c, struct buf *out)
{
	/* Who sends itself a deadly signal has sent it. Any other call that was under way returns -ERESTARTSYS inside the
	 * kernel. */
	bool sent = c->call && (c->call->info->flags & SC_SENDS_SIGNAL);

	return capture_exit(c, sent ? 0 : -512, out);
}
