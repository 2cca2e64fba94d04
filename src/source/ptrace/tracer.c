// SPDX-License-Identifier: MIT
#include "source/ptrace/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/fsmark.h"
#include "source/ptrace/capture.h"
#include "source/ptrace/interruption.h"
#include "source/ptrace/proc_status.h"
#include "source/ptrace/seccomp_filter.h"
#include "source/ptrace/task_regs.h"
#include "source/ptrace/task_signals.h"
#include "source/ptrace/wait_status.h"

/*
 * Every task is in one of three conditions: it runs; it is held by the stop that was reported last and is resumed before
 * the next one is waited for; or it is new and was reported before the stop in which its parent tells of it, and is held
 * until that (the two come in any order). A task can be killed in each of them, at any moment: then every request fails
 * with ESRCH, which is no error here, and its end is reported like that of others.
 *
 * A call in flight is resumed with PTRACE_SYSCALL through whatever stops come before its exit (fork, exec), all else
 * with PTRACE_CONT.
 */

#define HELD_WAIT_NS                                                                               \
	(50 * 1000)   /* how often a parent's stop is looked for while its child is held */
#define YIELDS     20 /* attempts without a pause before that */
#define HELD_WAITS 20 /* ... before the child goes on without: its parent was killed in fork */
#define LAST_NS    (2 * 1000 * 1000) /* how often a last child is looked for that nobody told of ... */
#define LAST_WAITS 100               /* ... before children that we have are somebody else's */
#define QUIET_NS                                                                                   \
	(2 * 1000 * 1000) /* the tree has come to rest when nothing happens for so long ... */
#define QUIET_WAITS 5     /* ... so many times in sequence */
#define QUIET_STOPS 1000  /* stops after which a tree that does not come to rest is left as it is */

/* ---- events ---- */

static int deliver(struct tracer *t, struct buf *events)
{
	int r = buf_error(events);

	for (size_t at = 0; !r && at < events->len;) {
		const struct evt_hdr *hdr = (const void *)(events->data + at);

		t->stats.events += hdr->kind == EVT_SYSCALL;
		r = t->callbacks.event(t->callbacks.userdata, hdr, hdr->len);
		at += hdr->len;
	}
	buf_clear(events);
	return r < 0 ? r : 0;
}

/* What changed in the bindings of marks goes before the event that changed it. */
static int report_marks(struct tracer *t, uint64_t since)
{
	return t->event.len ? fsmarks_report(t->marks, since, &t->mark_events) : 0;
}

static int deliver_all(struct tracer *t)
{
	int r;

	if (!t->event.len && !t->mark_events.len)
		return buf_error(&t->event);
	r = deliver(t, &t->mark_events);
	return r < 0 ? r : deliver(t, &t->event);
}

static int put_task_event(struct tracer *t, enum evt_kind kind, pid_t tid, pid_t tgid,
	const struct process *parent, struct capture *describe)
{
	struct evt_hdr hdr = {
		.version = EVT_VERSION,
		.kind = (uint16_t)kind,
		.source = EVT_SRC_PTRACE,
		.tid = (uint32_t)tid,
		.tgid = (uint32_t)tgid,
	};
	struct event_writer w;
	struct timespec ts;
	int r;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	hdr.time_sec = ts.tv_sec;
	hdr.time_nsec = (uint32_t)ts.tv_nsec;
	if (describe)
		capture_describe(describe, &hdr);
	hdr.ppid = parent ? (uint32_t)parent->tgid
			  : 0; /* who forks, not who forked that (abi/evt.h) */
	event_begin(&w, &t->event, &hdr);
	r = event_finish(&w);
	return r < 0 ? r : deliver(t, &t->event);
}

/* ---- resuming ---- */

static int request(enum __ptrace_request what, pid_t tid, long data)
{
	return ptrace(what, tid, NULL, data) < 0 && errno != ESRCH ? -errno : 0;
}

static int resume(struct task *task, int signal)
{
	bool in_flight = task->install || (task->capture && capture_in_flight(task->capture));

	return request(in_flight ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, signal);
}

/* The process stays stopped, for its parent too, and the task is reported again when that ends. */
static int stay_stopped(struct task *task)
{
	return request(PTRACE_LISTEN, task->tid, 0);
}

static int resume_held(struct task *task)
{
	int status = task->held_status;

	task->held_status = 0;
	if (!status)
		return 0; /* its first stop is still to come */
	return stop_classify(status) == STOP_GROUP ? stay_stopped(task) : resume(task, 0);
}

/* ---- tasks come and go ---- */

/* parent: the task that made it; process: the one it is a thread of, or NULL. */
static int task_begin(
	struct tracer *t, struct task *task, struct process *process, struct task *parent)
{
	struct process *parent_process = parent ? parent->process : NULL;
	int r;

	r = task_join(task, process, parent_process);
	if (r < 0)
		return r;
	task->filters = own_filters_ref(parent ? parent->filters : NULL);
	if (parent && parent->capture) {
		r = capture_forking(parent->capture, &t->event);
		if (r < 0)
			return r;
		r = deliver_all(t);
		if (r < 0)
			return r;
	}
	r = capture_new(&task->capture, t->env, task->tid, task->process->tgid,
		parent ? parent->capture : NULL);
	if (r < 0)
		return r;
	t->stats.tasks++;
	return put_task_event(t, EVT_TASK_NEW, task->tid, task->process->tgid, parent_process,
		t->has_task_rules && parent ? parent->capture : NULL);
}

static bool task_exists(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno != ESRCH;
}

/* The parent tells of a new task, which may have been reported already. */
static int child_made(struct tracer *t, struct task *parent, pid_t tid)
{
	struct task *child = tasks_find(&t->tasks, tid);
	/* Flags of clone() say whether it is a thread, but they would have to be read; the kernel knows. */
	bool is_leader = task_exists(tid, tid);
	int r;

	if (child && child->process)
		return 0;
	if (!child && !is_leader && !task_exists(parent->process->tgid, tid)) {
		/* killed before it ran, and reported while its parent was not */
		r = put_task_event(t, EVT_TASK_NEW, tid, tid, parent->process, NULL);
		return r < 0 ? r : put_task_event(t, EVT_TASK_FREE, tid, tid, NULL, NULL);
	}
	if (!child) {
		r = tasks_add(&t->tasks, tid, &child);
		if (r < 0)
			return r;
	}
	r = task_begin(t, child, is_leader ? NULL : parent->process, parent);
	return r < 0 ? r : resume_held(child);
}

/* A number of /proc/TID/status; 0 if it cannot be had. */
static pid_t status_number(const char *status, const char *name)
{
	uint64_t value = 0;

	(void)proc_status_numbers(status, name, 10, &value, 1);
	return (pid_t)value;
}

static void read_relations(pid_t tid, pid_t *ret_tgid, pid_t *ret_ppid)
{
	char path[40], status[1024];
	_cleanup_close_ int fd = -1;
	ssize_t len = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		len = read(fd, status, sizeof(status) - 1);
	status[len < 0 ? 0 : len] = '\0';
	*ret_tgid = status_number(status, "Tgid");
	*ret_ppid = status_number(status, "PPid");
}

/* The parent was killed before it could tell: what /proc says has to do. */
static int adopt(struct tracer *t, struct task *task)
{
	struct process *process = NULL;
	struct task *parent = NULL;
	pid_t tgid, ppid;
	int r;

	read_relations(task->tid, &tgid, &ppid);
	if (tgid && tgid != task->tid) {
		parent = tasks_find(&t->tasks, tgid);
		process = parent ? parent->process : NULL;
	} else if (ppid) {
		parent = tasks_find(&t->tasks, ppid);
	}
	if (parent && !parent->process)
		parent = NULL;
	r = task_begin(t, task, process, parent);
	return r < 0 ? r : resume_held(task);
}

static int adopt_all(struct tracer *t)
{
	struct task *task;
	int r = 0;

	while (!r && (task = LIST_FIRST(&t->tasks.held)))
		r = adopt(t, task);
	return r;
}

/* The children of a process that ended have a new parent. */
static void children_orphaned(struct tracer *t, struct process *process)
{
	struct process *child;
	struct task *thread;
	pid_t tgid, ppid;

	while ((child = LIST_FIRST(&process->children))) {
		struct task *parent;

		read_relations(child->tgid, &tgid, &ppid);
		parent = ppid ? tasks_find(&t->tasks, ppid) : NULL;
		process_reparent(
			child, parent && parent->process != process ? parent->process : NULL);
		child->ppid = ppid;
		LIST_FOREACH (thread, &child->threads, peer)
			capture_forget(thread->capture);
	}
}

static int capture_ended(struct tracer *t, struct task *task)
{
	int r;

	if (!task->capture || !capture_in_flight(task->capture))
		return 0;
	r = capture_died(task->capture, &t->event);
	if (!r)
		r = report_marks(t, task->entered);
	return r < 0 ? r : deliver_all(t);
}

static int task_ended(struct tracer *t, struct task *task)
{
	struct process *process = task->process;
	pid_t tid = task->tid, tgid = process ? process->tgid : 0;
	int r = capture_ended(t, task);

	if (process && LIST_FIRST(&process->threads) == task && !LIST_NEXT(task, peer))
		children_orphaned(t, process);
	tasks_remove(&t->tasks, task);
	if (r < 0 || !process)
		return r;
	return put_task_event(t, EVT_TASK_FREE, tid, tgid, NULL, NULL);
}

/* ---- stops ---- */

static void say_if_closed(struct tracer *t, const struct task *task)
{
	if (capture_is_closed(task->capture))
		interference_closed(&t->interference, task->tid, &t->callbacks);
}

/* ---- filters of the programs' own ---- */

static int report_seccomp(struct tracer *t, struct task *task, const struct evt_seccomp *record)
{
	int r = capture_aside(task->capture, EVT_ITEM_SECCOMP, record, sizeof(*record), &t->event);

	return r < 0 ? r : deliver_all(t);
}

/* A call that such a filter may have something to say about. *ret_is_skipped: it is not to be made. */
static int filters_entry(
	struct tracer *t, struct task *task, const struct stop *stop, bool *ret_is_skipped)
{
	unsigned data = stop->call.seccomp.ret_data;
	struct seccomp_verdict verdict = seccomp_verdict_at_entry(task->filters, &stop->call);
	struct evt_seccomp record;

	*ret_is_skipped = verdict.action == SECCOMP_RET_TRACE ||
			  (data != SECCOMP_FILTER_TAG && data != SECCOMP_LOG_TAG);
	if (!seccomp_log_entry(&t->seccomp_logged, &record, verdict, &stop->call))
		return 0;
	return report_seccomp(t, task, &record);
}

/* Without memory to remember it by there is no audit, but a program that cannot be read is only one we do not know. */
static int filter_is_coming(struct tracer *t, struct task *task, const struct stop *stop)
{
	uint64_t program;
	unsigned flags;
	int r;

	if (task->install ||
		!interference_is_filter(&t->interference, &stop->call, &program, &flags))
		return 0;
	r = seccomp_install_begin(
		&task->install, task->tid, program, flags, !(stop->call.arch & __AUDIT_ARCH_64BIT));
	return r == -ENOMEM ? r : 0;
}

static int filter_has_come(struct task *task, const struct stop *stop)
{
	struct seccomp_install *install = task->install;
	struct task *thread;
	bool for_all;
	int r;

	if (!install)
		return 0;
	task->install = NULL;
	r = seccomp_install_end(install, task->tid, stop->call.exit.rval, &task->filters, &for_all);
	if (r < 0 || !for_all)
		return r;
	LIST_FOREACH (thread, &task->process->threads, peer) {
		if (thread == task)
			continue;
		own_filters_unref(thread->filters);
		thread->filters = own_filters_ref(task->filters);
	}
	return 0;
}

/* Who has a filter may die of it, without another stop in which it could be looked at. All tasks to be held at their end
 * would cost each a stop. */
static int watch_end(struct task *task)
{
	if (!task->filters || task->has_end_stop)
		return 0;
	task->has_end_stop = true;
	return request(PTRACE_SETOPTIONS, task->tid, TRACER_OPTIONS | PTRACE_O_TRACEEXIT);
}

static int on_seccomp(struct tracer *t, struct task *task, const struct stop *stop)
{
	struct capture_call call = { .arch = stop->call.arch, .nr = stop->call.seccomp.nr };
	bool is_skipped;
	int r;

	r = filters_entry(t, task, stop, &is_skipped);
	if (r < 0)
		return r;
	if (is_skipped) {
		/* A filter of the program's own asks for a tracer, who is not there: as if nobody were. */
		task_regs_skip_call(task->tid);
		return resume(task, 0);
	}
	if (!t->has_execed && !interference_is_execve(&t->interference, &stop->call))
		return resume(task, 0);
	r = filter_is_coming(t, task, stop);
	if (r < 0)
		return r;
	interference_check(&t->interference, task->tid, &stop->call, &t->callbacks);
	memcpy(call.args, stop->call.seccomp.args, sizeof(call.args));
	task->entered = fsmarks_now(t->marks);
	r = capture_entry(task->capture, &call, &t->event);
	if (r < 0)
		return r;
	r = report_marks(t, task->entered);
	if (r < 0)
		return r;
	r = resume(task, 0);
	if (r < 0)
		return r;
	capture_running(task->capture);
	say_if_closed(t, task);
	return deliver_all(t);
}

static int on_syscall_exit(struct tracer *t, struct task *task, const struct stop *stop)
{
	int r;

	r = filter_has_come(task, stop);
	if (!r)
		r = watch_end(task);
	if (r < 0)
		return r;
	if (!capture_in_flight(task->capture))
		return resume(task, 0);
	r = capture_exit(task->capture, stop->call.exit.rval, &t->event);
	if (!r)
		r = report_marks(t, task->entered);
	if (!r && interruption_is(stop->call.exit.rval))
		r = interruption_hold(&task->interruption, &t->event);
	if (r < 0)
		return r;
	say_if_closed(t, task);
	/* Nothing of the task is needed any more: it runs while its event is filtered and written. */
	r = resume(task, 0);
	return r < 0 ? r : deliver_all(t);
}

/* All other threads are gone, the leader without a report, and the task has the leader's tid. */
static int on_exec(struct tracer *t, pid_t tid, pid_t former)
{
	struct task *task = tasks_find(&t->tasks, former), *leader;
	int r;

	if (former != tid && task) {
		leader = tasks_find(&t->tasks, tid);
		if (leader) {
			r = capture_ended(t, leader);
			if (r < 0)
				return r;
			tasks_remove(&t->tasks, leader);
		}
		tasks_rename(&t->tasks, task, tid);
		r = put_task_event(t, EVT_TASK_FREE, former, tid, NULL, NULL);
		if (r < 0)
			return r;
	}
	if (!task || !task->capture)
		return request(PTRACE_CONT, tid, 0);
	if (tid == t->root)
		t->has_execed = true;
	capture_exec(task->capture, tid);
	return resume(task, 0);
}

static bool is_terminal_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* ANOM_ABEND: a task that is about to die of a signal that dumps core, whatever rules say, but for a quit from the
 * keyboard (audit_core_dumps() in kernel/auditsc.c). It is in no call any more. */
static int report_abend(struct tracer *t, struct task *task, int signal)
{
	uint64_t number = (uint64_t)signal;

	return capture_aside(
		task->capture, EVT_ITEM_ANOM_ABEND, &number, sizeof(number), &t->event);
}

/* What is to be said of a signal before the task gets it. */
static int report_signal(struct tracer *t, struct task *task, int signal)
{
	struct evt_seccomp record;
	int r;

	if (!t->has_execed)
		return 0;
	if (signal == SIGSYS &&
		seccomp_log_trap(&t->seccomp_logged, &record, task->filters, task->tid)) {
		r = report_seccomp(t, task, &record);
		if (r < 0)
			return r;
	}
	if (signal == SIGQUIT || !task_will_dump(task->tid, signal))
		return 0;
	return report_abend(t, task, signal);
}

static bool is_last_thread(const struct task *task)
{
	return LIST_FIRST(&task->process->threads) == task && !LIST_NEXT(task, peer);
}

/* Of the call that its own filter killed it for, nothing else was seen. */
static int on_dying(struct tracer *t, struct task *task, const struct stop *stop)
{
	struct evt_seccomp record;
	bool abends;
	int r = 0;

	if (seccomp_log_kill(&t->seccomp_logged, &record, &abends, task->filters, task->tid,
		    is_last_thread(task)))
		r = report_seccomp(t, task, &record);
	if (!r && abends && WTERMSIG(stop->end) == SIGSYS)
		r = report_abend(t, task, SIGSYS);
	if (r < 0)
		return r;
	r = resume(task, 0);
	return r < 0 ? r : deliver_all(t);
}

static int on_signal(struct tracer *t, struct task *task, const struct stop *stop)
{
	siginfo_t info;
	int r;

	/* From the terminal, or the command's own answer to that (editors put the screen in order first). Not one from
	 * another task of the tree: it may mean to continue the command, for which it needs us. */
	if (is_terminal_stop(stop->signal) && task->process->tgid == t->root)
		t->stop_is_for_us = ptrace(PTRACE_GETSIGINFO, task->tid, NULL, &info) == 0 &&
				    (info.si_code == SI_KERNEL ||
					    (info.si_code <= 0 && info.si_pid == t->root));
	r = report_signal(t, task, stop->signal);
	if (r < 0)
		return r;
	/* The same number goes back: the kernel delivers it with the siginfo that it came with. */
	r = resume(task, stop->signal);
	return r < 0 ? r : deliver_all(t);
}

static int on_group_stop(struct tracer *t, struct task *task, const struct stop *stop)
{
	if (task->tid == t->root && is_terminal_stop(stop->signal) && t->stop_is_for_us &&
		getpgid(t->root) == getpgrp())
		t->stop_pending = stop->signal;
	return stay_stopped(task);
}

static int on_unknown(struct tracer *t, pid_t tid, const struct stop *stop)
{
	struct task *task;
	int r;

	if (stop->kind == STOP_ENDED || stop->kind == STOP_VANISHED)
		return 0;
	r = tasks_add(&t->tasks, tid, &task);
	if (r < 0)
		return r;
	task->held_status = stop->status;
	return 0;
}

static int on_ended(struct tracer *t, struct task *task, const struct stop *stop)
{
	if (task->tid == t->root) {
		t->root_has_ended = true;
		t->root_status = stop->status;
	}
	return task_ended(t, task);
}

/* Says what became of a call that was interrupted before this stop. */
static int settle_interruption(struct tracer *t, struct task *task, const struct stop *stop)
{
	if (interruption_is_idle(task->interruption))
		return 0;
	if (stop->kind == STOP_SIGNAL)
		interruption_signal(task->interruption, task->tid, stop->signal, &t->event);
	else if (stop->kind != STOP_NEUTRAL && stop->kind != STOP_VANISHED)
		interruption_settle(task->interruption, &t->event);
	return deliver_all(t);
}

static int act(struct tracer *t, pid_t tid, const struct stop *stop)
{
	struct task *task;
	int r;

	if (stop->kind == STOP_EXEC)
		return on_exec(t, tid, stop->other);
	task = tasks_find(&t->tasks, tid);
	if (!task)
		return on_unknown(t, tid, stop);
	r = settle_interruption(t, task, stop);
	if (r < 0)
		return r;
	if (stop->kind == STOP_ENDED)
		return on_ended(t, task, stop);
	if (!task->process) {
		task->held_status = stop->status;
		return 0;
	}
	r = watch_end(task);
	if (r < 0)
		return r;
	switch (stop->kind) {
	case STOP_SECCOMP:
		return on_seccomp(t, task, stop);
	case STOP_EXIT:
		return on_syscall_exit(t, task, stop);
	case STOP_DYING:
		return on_dying(t, task, stop);
	case STOP_CHILD:
		r = child_made(t, task, stop->other);
		return r < 0 ? r : resume(task, 0);
	case STOP_SIGNAL:
		return on_signal(t, task, stop);
	case STOP_GROUP:
		return on_group_stop(t, task, stop);
	case STOP_NEUTRAL:
		return resume(task, 0);
	default:
		return 0;
	}
}

/* ---- the loop ---- */

static pid_t wait_any(int *status, int flags)
{
	pid_t tid;

	do
		tid = wait4(-1, status, __WALL | flags, NULL);
	while (tid < 0 && errno == EINTR);
	return tid < 0 ? -errno : tid;
}

/* The next report, or 0 if none comes within ns nanoseconds, n times. What is waited for is often microseconds away
 * on another processor: to sleep for that would take ten times as long. */
static pid_t wait_briefly(int *status, long ns, int n)
{
	const struct timespec pause = { .tv_nsec = ns };
	pid_t tid;

	for (int i = 0; i < YIELDS; i++) {
		tid = wait_any(status, WNOHANG);
		if (tid)
			return tid;
		(void)sched_yield();
	}
	while (!(tid = wait_any(status, WNOHANG)) && n-- > 0)
		(void)nanosleep(&pause, NULL);
	return tid;
}

/* Stops as the command did, and when somebody continues us, sees to it that the command goes on, too: whoever does may
 * know of us alone. A SIGCONT that the command has got already and this one are one. */
static void stop_along(struct tracer *t)
{
	struct sigaction ours, stop = { .sa_handler = SIG_DFL };
	int signal = t->stop_pending;

	t->stop_pending = 0;
	(void)sigaction(signal, &stop, &ours);
	(void)raise(signal);
	(void)sigaction(signal, &ours, NULL);
	(void)kill(t->root, SIGCONT);
}

static pid_t next_report(struct tracer *t, int *status)
{
	pid_t tid;
	int r;

	while (!LIST_EMPTY(&t->tasks.held)) {
		tid = wait_briefly(status, HELD_WAIT_NS, HELD_WAITS);
		if (tid && tid != -ECHILD)
			return tid;
		r = adopt_all(t);
		if (r < 0)
			return r;
	}
	if (t->stop_pending) {
		tid = wait_briefly(status, QUIET_NS, QUIET_WAITS);
		if (tid)
			return tid;
		stop_along(t);
	}
	/* whoever executed us may have had children of its own: their ends are not ours to wait for */
	if (!t->tasks.n) {
		tid = wait_briefly(status, LAST_NS, LAST_WAITS);
		return tid ? tid : -ECHILD;
	}
	return wait_any(status, 0);
}

int tracer_start(struct tracer *t, pid_t root)
{
	struct task *task;
	int r = tasks_add(&t->tasks, root, &task);

	if (r < 0)
		return r;
	t->root = root;
	r = task_join(task, NULL, NULL);
	if (r < 0)
		return r;
	task->process->ppid = getpid();
	t->stats.tasks++;
	return capture_new(&task->capture, t->env, root, root, NULL);
}

static int announce_root(struct tracer *t)
{
	const struct process self = { .tgid = getpid(), .ppid = getppid() };
	struct task *task = tasks_find(&t->tasks, t->root);

	return put_task_event(
		t, EVT_TASK_NEW, t->root, t->root, &self, t->has_task_rules ? task->capture : NULL);
}

int tracer_run(struct tracer *t)
{
	unsigned restless = 0; /* stops since a stop of our own is pending */
	struct stop stop;
	int status, r;
	pid_t tid;

	r = announce_root(t);
	while (!r) {
		tid = next_report(t, &status);
		if (tid == -ECHILD)
			return 0;
		if (tid < 0)
			return tid;
		t->stats.stops++;
		restless = t->stop_pending ? restless + 1 : 0;
		if (restless > QUIET_STOPS)
			stop_along(t);
		stop_read(&stop, tid, status);
		r = act(t, tid, &stop);
	}
	return r;
}

void tracer_kill(struct tracer *t)
{
	struct task *task;
	int status;
	pid_t tid;

	for (size_t i = 0; i < t->tasks.n_buckets; i++)
		LIST_FOREACH (task, &t->tasks.buckets[i], bucket)
			(void)kill(task->tid, SIGKILL);
	while ((tid = wait_any(&status, 0)) > 0) {
		if (WIFSTOPPED(status))
			(void)kill(tid, SIGKILL); /* it was made meanwhile */
		else if (tid == t->root)
			t->root_status = status, t->root_has_ended = true;
	}
}
