/* SPDX-License-Identifier: MIT */
/*
 * Runs one command under the kernel's own audit and writes the records of its process tree: the oracle that uaudit is
 * compared with.
 *
 *   kernel_oracle [-t SECONDS] [-E ENVIRONMENT] -o LOG -R RULES -- COMMAND [ARGUMENT]...
 *
 * ENVIRONMENT (root, user, container: environment.h) is where the command runs; the oracle itself stays outside, and what it
 * writes has the ids of the initial namespaces. Rules concern the whole machine, so they must name the programs under test (-F exe=), or the command: @PID@ in them
 * stands for its pid.
 *
 * Audit is one per machine, so the oracle takes a lock, starts only if nobody uses audit, and puts back what it
 * changed. Two processes see to that: the worker registers as audit daemon, starts the command and collects; the
 * supervisor waits for it and restores, also if the worker is killed. Should the supervisor be killed, the worker gets
 * a signal and restores by itself.
 *
 * Exit status: the command's (128 + signal if a signal ended it); 77 if the kernel's audit cannot be used here; 99 if
 * something went wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi/abi.h"
#include "audit_link.h"
#include "base/macros.h"
#include "environment.h"
#include "oracle.h"
#include "record.h"

#define STATUS_SKIP      77
#define STATUS_BROKEN    99
#define BACKLOG_LIMIT    8192
#define DEFAULT_SECONDS  60
#define MARKER           "uaudit differential: end of records"
#define MARKER_TYPE      1121 /* TRUSTED_APP; any type of the user range would do */
#define MARKER_TIMEOUT_S 10

static const char *const lock_paths[] = { "/run/lock/uaudit-kernel-audit.lock",
	"/tmp/uaudit-kernel-audit.lock" };

struct oracle {
	const char *log;
	const char *rules;
	unsigned seconds;
	const struct environment *environment;
	char *const *command;
	struct audit_status before; /* to be restored */
};

struct worker {
	const struct oracle *oracle;
	struct audit_link daemon; /* receives the records */
	struct audit_link control;
	int signals;
	pid_t child; /* the command, or who waits for it outside of its environment and ends as it does */
	int child_status;
	pid_t command; /* in our pid namespace */
	char **lines;
	size_t n_lines;
	bool marker_seen;
};

void complain(const char *format, ...)
{
	va_list args;

	fputs("kernel_oracle: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* ---- restoring ---- */

static int restore(const struct oracle *oracle, struct audit_link *control)
{
	static const uint32_t unregister[] = { AUDIT_STATUS_ENABLED, AUDIT_STATUS_PID };
	const struct audit_status *before = &oracle->before;
	int r, error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(unregister); i++) {
		r = audit_link_set(control, unregister[i], 0);
		error = error ? error : r;
	}
	r = audit_link_rules(control, 1);
	error = error ? error : r < 0 ? r : 0;
	r = audit_link_set(control, AUDIT_STATUS_BACKLOG_LIMIT, before->backlog_limit);
	error = error ? error : r;
	r = audit_link_set(control, AUDIT_STATUS_FAILURE, before->failure);
	error = error ? error : r;
	r = audit_link_set(control, AUDIT_STATUS_BACKLOG_WAIT_TIME, before->backlog_wait_time);
	return error ? error : r;
}

/* ---- the worker ---- */

static int prepare(struct worker *w)
{
	int r = audit_link_open(&w->daemon);

	if (!r)
		r = audit_link_open(&w->control);
	if (!r)
		r = audit_link_set(&w->control, AUDIT_STATUS_BACKLOG_LIMIT, BACKLOG_LIMIT);
	if (!r)
		r = audit_link_set(&w->daemon, AUDIT_STATUS_PID, (uint32_t)getpid());
	/* The command must be forked after this: tasks made while audit has never been on have no context. */
	if (!r)
		r = audit_link_set(&w->control, AUDIT_STATUS_ENABLED, 1);
	return r;
}

/* The command's pid as we see it: of the credentials of its first message. 0: it has come to nothing. */
static pid_t receive_pid(int gate)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	const struct cmsghdr *header;
	struct ucred cred;

	if (recvmsg(gate, &msg, MSG_CMSG_CLOEXEC) != 1)
		return 0;
	header = CMSG_FIRSTHDR(&msg);
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
		return 0;
	memcpy(&cred, CMSG_DATA(header), sizeof(cred));
	return cred.pid;
}

/* The task that becomes the command: enters the environment, says so, and waits for the rules. */
static _Noreturn void become_command(
	const struct oracle *oracle, int gate, const sigset_t *signals_before)
{
	int r;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r = environment_enter(oracle->environment);
	if (r) {
		complain("%s: %s", oracle->environment->name, strerror(-r));
		_exit(STATUS_BROKEN);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (send(gate, "", 1, MSG_NOSIGNAL) != 1 || read(gate, &byte, 1) != 1)
		_exit(126);
	sigprocmask(SIG_SETMASK, signals_before, NULL);
	execv(oracle->command[0], oracle->command);
	complain("%s: %s", oracle->command[0], strerror(errno));
	_exit(127);
}

/* Forks the command's task, loads the rules, which may name it, and lets it go. */
static int start_command(struct worker *w, const sigset_t *signals_before)
{
	int gate[2], r = 0, on = 1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate) ||
		setsockopt(gate[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		return -errno;
	w->child = fork();
	if (w->child < 0)
		return -errno;
	if (!w->child) {
		close(gate[0]);
		become_command(w->oracle, gate[1], signals_before);
	}
	close(gate[1]);
	w->command = receive_pid(gate[0]);
	if (!w->command)
		r = -ECHILD;
	if (!r)
		r = oracle_load_rules(&w->control, w->oracle->rules, w->command);
	if (!r && send(gate[0], "", 1, MSG_NOSIGNAL) != 1)
		r = -EIO;
	close(gate[0]);
	return r;
}

static void keep_record(struct worker *w, uint16_t type, const char *text, size_t len)
{
	char fallback[20];

	if (type == MARKER_TYPE && memmem(text, len, MARKER, strlen(MARKER))) {
		w->marker_seen = true;
		return;
	}
	w->lines = xrealloc(w->lines, w->n_lines + 1, sizeof(*w->lines));
	w->lines[w->n_lines++] =
		xasprintf("type=%s msg=%.*s", record_type_name(type, fallback), (int)len, text);
}

static int drain(struct worker *w)
{
	char text[AUDIT_LINK_MSG_MAX];
	ssize_t len;
	uint16_t type;

	while ((len = audit_link_record(&w->daemon, &type, text, sizeof(text))) >= 0)
		keep_record(w, type, text, (size_t)len);
	return len == -EAGAIN ? 0 : (int)len;
}

/* Takes the ended children; whether none is left. Orphans of the tree have become our children. */
static bool reap(struct worker *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == w->child)
			w->child_status = status;
	return pid < 0;
}

/* Follows the command until it and its children have ended. */
static int follow(struct worker *w)
{
	struct pollfd fds[] = { { .fd = w->daemon.fd, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN } };
	struct signalfd_siginfo info;

	for (;;) {
		int r;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			return -errno;
		r = drain(w);
		if (r)
			return r;
		if (!(fds[1].revents & POLLIN))
			continue;
		if (read(w->signals, &info, sizeof(info)) != sizeof(info))
			return -EIO;
		if (info.ssi_signo != SIGCHLD)
			return -EINTR;
		if (reap(w))
			return 0;
	}
}

/* Our own message comes out behind all records of the command: they went into the same queue before it. */
static int drain_to_marker(struct worker *w)
{
	struct pollfd fd = { .fd = w->daemon.fd, .events = POLLIN };
	int r = audit_link_request(&w->control, MARKER_TYPE, MARKER, sizeof(MARKER));

	while (!r && !w->marker_seen) {
		if (poll(&fd, 1, MARKER_TIMEOUT_S * 1000) <= 0)
			return -ETIMEDOUT;
		r = drain(w);
	}
	return r;
}

/* Kills what is left of the tree: our children, and theirs when they have become ours. */
static void kill_children(void)
{
	for (;;) {
		FILE *file = fopen("/proc/thread-self/children", "re");
		int pid;
		size_t n = 0;

		while (file && fscanf(file, "%d", &pid) == 1)
			n += !kill(pid, SIGKILL);
		if (file)
			fclose(file);
		if (!n || waitpid(-1, NULL, 0) < 0)
			return;
	}
}

static int collect(struct worker *w)
{
	struct audit_status status;
	int r = follow(w), r_status;

	if (!r)
		r = drain_to_marker(w);
	r_status = audit_link_get(&w->control, &status);
	if (!r_status && (status.enabled != 1 || status.pid != (uint32_t)getpid())) {
		complain("somebody else has changed the kernel's audit meanwhile");
		r = r ? r : -EBUSY;
	}
	r = r ? r : r_status;
	if (!r && status.lost != w->oracle->before.lost) {
		complain("the kernel lost %u records", status.lost - w->oracle->before.lost);
		r = -ENOBUFS;
	}
	return r ? r
		 : oracle_write_log(w->oracle->log, w->lines, w->n_lines, w->command,
			   w->oracle->environment);
}

static int worker_status(const struct worker *w)
{
	if (WIFSIGNALED(w->child_status))
		return 128 + WTERMSIG(w->child_status);
	return WEXITSTATUS(w->child_status);
}

static int run_worker(const struct oracle *oracle, pid_t supervisor)
{
	struct worker w = {
		.oracle = oracle, .daemon = AUDIT_LINK_NULL, .control = AUDIT_LINK_NULL
	};
	struct audit_link link = AUDIT_LINK_NULL;
	sigset_t wanted, before;
	int r, restored;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGTERM);
	sigprocmask(SIG_SETMASK, &wanted, NULL);
	sigemptyset(&before);
	w.signals = signalfd(-1, &wanted, SFD_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getppid() != supervisor || w.signals < 0)
		return STATUS_BROKEN;

	r = prepare(&w);
	if (!r)
		r = start_command(&w, &before);
	if (!r)
		r = collect(&w);
	if (r)
		kill_children();

	restored = audit_link_open(&link);
	if (!restored)
		restored = restore(oracle, &link);
	audit_link_close(&link);
	audit_link_close(&w.control);
	audit_link_close(&w.daemon);
	for (size_t i = 0; i < w.n_lines; i++)
		free(w.lines[i]);
	free(w.lines);
	if (r || restored)
		complain("%s", strerror(r ? -r : -restored));
	return r || restored ? STATUS_BROKEN : worker_status(&w);
}

/* ---- the supervisor ---- */

static int take_lock(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lock_paths); i++) {
		int fd = open(lock_paths[i], O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX))
			return fd;
		close(fd);
	}
	return -1;
}

static int supervise(const struct oracle *oracle)
{
	const struct timespec timeout = { .tv_sec = oracle->seconds };
	struct audit_link link = AUDIT_LINK_NULL;
	pid_t self = getpid(), worker;
	sigset_t set;
	int status = 0, r, sig;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	worker = fork();
	if (!worker)
		_exit(run_worker(oracle, self));
	if (worker < 0)
		return STATUS_BROKEN;

	sig = sigtimedwait(&set, NULL, &timeout);
	if (sig != SIGCHLD) {
		complain(sig < 0 ? "no end after %u seconds" : "interrupted (limit %u seconds)",
			oracle->seconds);
		kill(worker, SIGTERM);
	}
	waitpid(worker, &status, 0);
	if (sig == SIGCHLD && WIFEXITED(status) && WEXITSTATUS(status) != STATUS_BROKEN)
		return WEXITSTATUS(status);

	/* The worker may not have come to it. Asking for a second time does no harm. */
	r = audit_link_open(&link);
	if (!r)
		r = restore(oracle, &link);
	audit_link_close(&link);
	if (r)
		complain("the kernel's audit could not be restored: %s", strerror(-r));
	return STATUS_BROKEN;
}

int main(int argc, char **argv)
{
	struct oracle oracle = { .seconds = DEFAULT_SECONDS,
		.environment = environment_find("root") };
	const char *why;
	int option, lock;

	while ((option = getopt(argc, argv, "+E:o:R:t:")) != -1) {
		if (option == 'E')
			oracle.environment = environment_find(optarg);
		else if (option == 'o')
			oracle.log = optarg;
		else if (option == 'R')
			oracle.rules = optarg;
		else if (option == 't')
			oracle.seconds = (unsigned)strtoul(optarg, NULL, 10);
		else
			return STATUS_BROKEN;
	}
	oracle.command = argv + optind;
	if (!oracle.log || !oracle.rules || !oracle.environment || !oracle.command[0]) {
		complain(
			"usage: kernel_oracle [-t SECONDS] [-E root|user|container] -o LOG -R RULES -- "
			"COMMAND [ARGUMENT]...");
		return STATUS_BROKEN;
	}

	/* Who may not use audit leaves no lock file behind; who may asks again when nobody else can begin to. */
	why = audit_link_why_not(&oracle.before);
	lock = why && geteuid() ? -1 : take_lock();
	if (lock >= 0)
		why = audit_link_why_not(&oracle.before);
	else if (!why)
		why = "no lock file can be opened";
	if (why) {
		printf("%s\n", why);
		return STATUS_SKIP;
	}
	return supervise(&oracle);
}
