// SPDX-License-Identifier: MIT
/*
 * An access monitor as a producer of audit records (docs/embedding.md): runs a command, refuses it and its descendants to
 * open what is below a directory, and writes an AVC record for each refusal.
 *
 *	access_monitor --deny DIRECTORY (--log FILE | --engine SOCKET) COMMAND [ARGUMENT...]
 *
 * An example of the interface, not a sandbox: the kernel reads the path again after we have let a call go on, so that a
 * program with threads can change it in between (seccomp_unotify(2)).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi/control.h"
#include "base/macros.h"
#include "core/kaudit_log.h"
#include "core/lsm_audit.h"
#include "rule/rule_set.h"

struct monitor {
	char deny[PATH_MAX]; /* canonical */
	FILE *log;
	int engine; /* connected, or -1 */
	struct kaudit *audit;
	struct rule_set *rules;
};

/* The calls that are looked at: where their arguments are; -1: none. */
static const struct open_call {
	int nr;
	int dirfd, path, flags, how;
} calls[] = {
#ifdef __NR_open
	{ __NR_open, -1, 0, 1, -1 },
	{ __NR_creat, -1, 0, -1, -1 },
#endif
	{ __NR_openat, 0, 1, 2, -1 },
	{ __NR_openat2, 0, 1, -1, 2 },
};

/* ---- the records' way out ---- */

static int send_record(int fd, const struct kaudit_record *record, const char *text, size_t len)
{
	struct {
		struct nlmsghdr nlh;
		struct control_record head;
		char text[CONTROL_TEXT_MAX];
	} m = { .head.type = record->type };
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} answer;

	if (len > sizeof(m.text))
		return -EMSGSIZE;
	memcpy(m.text, text, len);
	m.nlh = (struct nlmsghdr){
		.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + sizeof(m.head) + len),
		.nlmsg_type = CONTROL_RECORD,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	if (send(fd, &m, m.nlh.nlmsg_len, MSG_NOSIGNAL) < 0)
		return -errno;
	if (recv(fd, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer))
		return -EPROTO;
	return answer.err.error;
}

/* A kaudit_sink_fn: the core has made the record, stamp and all; an engine stamps it itself. */
static int put_record(void *userdata, const struct kaudit_record *record)
{
	struct monitor *m = userdata;
	const char *text = memchr(record->text, ')', record->len);

	if (m->log) {
		(void)fprintf(m->log, "type=AVC msg=%.*s\n", (int)record->len, record->text);
		return fflush(m->log) == 0 ? 0 : -errno;
	}
	text += strlen("): ");
	return send_record(m->engine, record, text, record->len - (size_t)(text - record->text));
}

/* ---- a refusal ---- */

struct refusal {
	const char *permissions;
};

static void say_first(struct audit_buffer *ab, void *userdata)
{
	kaudit_log_format(
		ab, "avc:  denied  { %s } for ", ((struct refusal *)userdata)->permissions);
}

static void say_last(struct audit_buffer *ab, void *userdata)
{
	(void)userdata;
	kaudit_log_format(ab, " scontext=monitored tcontext=denied tclass=file permissive=0");
}

/* Whom the record is about: time, process and name; what else the exclude filter may ask for is left unset. */
static void describe_task(struct event *who, pid_t tid)
{
	char path[64], line[128];
	struct timespec ts;
	FILE *f;

	*who = (struct event){ .h = { .tid = (uint32_t)tid,
				       .tgid = (uint32_t)tid,
				       .auid = UINT32_MAX,
				       .ses = UINT32_MAX } };
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	who->h.time_sec = ts.tv_sec;
	who->h.time_nsec = (uint32_t)ts.tv_nsec;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		(void)sscanf(line, "Tgid: %u", &who->h.tgid);
	(void)fclose(f);
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		memcpy(who->h.comm, line, strnlen(line, sizeof(who->h.comm) - 1));
	}
	(void)fclose(f);
}

static int report(struct monitor *m, pid_t tid, const char *path, const struct stat *st, int flags)
{
	static const char *const permissions[] = { "read", "write", "read write", "read write" };
	struct refusal refusal = { permissions[flags & O_ACCMODE] };
	struct common_audit_data data = { .kind = LSM_AUDIT_DATA_PATH,
		.object = { .name = { path, strlen(path) } } };
	char dev[32];
	struct event who;

	if (st) {
		data.object.has_inode = true;
		data.object.ino = st->st_ino;
		data.object.dev.p = dev;
		data.object.dev.len = (size_t)snprintf(
			dev, sizeof(dev), "%02x:%02x", major(st->st_dev), minor(st->st_dev));
	}
	describe_task(&who, tid);
	return common_lsm_audit(m->audit, &who, &data, say_first, say_last, &refusal);
}

/* ---- what a call is about ---- */

static ssize_t read_memory(pid_t tid, uint64_t address, void *to, size_t size)
{
	char path[64];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -1 : pread(fd, to, size, (off_t)address);
}

/* The object's own path and status, by a descriptor that does not open it. */
static bool find(const char *name, char path[static PATH_MAX], struct stat *st)
{
	_cleanup_close_ int fd = open(name, O_PATH | O_CLOEXEC);
	char link[64];
	ssize_t n;

	if (fd < 0 || fstat(fd, st) < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return true;
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* 0: the call may go on; negative errno: it fails. */
static int decide(struct monitor *m, const struct open_call *call, const struct seccomp_notif *req)
{
	char text[PATH_MAX + 1] = "", name[2 * PATH_MAX], path[PATH_MAX] = "", *last;
	uint64_t flags = call->flags >= 0 ? req->data.args[call->flags] : O_WRONLY;
	pid_t tid = (pid_t)req->pid;
	bool is_there = true;
	struct stat st;

	if (read_memory(tid, req->data.args[call->path], text, PATH_MAX) <= 0 || !text[0])
		return 0; /* fails by itself */
	if (call->how >= 0)
		(void)read_memory(tid, req->data.args[call->how], &flags, sizeof(flags));
	if (text[0] == '/')
		(void)snprintf(name, sizeof(name), "/proc/%d/root%s", tid, text);
	else if (call->dirfd < 0 || (int)req->data.args[call->dirfd] == AT_FDCWD)
		(void)snprintf(name, sizeof(name), "/proc/%d/cwd/%s", tid, text);
	else
		(void)snprintf(name, sizeof(name), "/proc/%d/fd/%d/%s", tid,
			(int)req->data.args[call->dirfd], text);
	if (!find(name, path, &st)) {
		/* Not there: the directory that it would be made in decides. */
		is_there = false;
		last = strrchr(name, '/');
		*last = '\0';
		if (!find(name, path, &st))
			return 0;
		if (strlen(path) + strlen(last + 1) + 2 > sizeof(path))
			return -ENAMETOOLONG;
		strcat(strcat(path, "/"), last + 1);
	}
	if (!is_below(path, m->deny))
		return 0;
	/* Refused also if the record cannot be written, which is then said. */
	if (report(m, tid, path, is_there ? &st : NULL, (int)flags) < 0)
		(void)fprintf(
			stderr, "access_monitor: %s: the record could not be written\n", path);
	return -EACCES;
}

static void answer(
	struct monitor *m, int fd, struct seccomp_notif *req, struct seccomp_notif_resp *resp)
{
	int error = 0;

	memset(req, 0, sizeof(*req));
	if (seccomp_notify_receive(fd, req) < 0)
		return; /* its task is gone */
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].nr == req->data.nr)
			error = decide(m, &calls[i], req);
	*resp = (struct seccomp_notif_resp){ .id = req->id, .error = error };
	if (!error)
		resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	(void)seccomp_notify_respond(fd, resp);
}

/* ---- the command ---- */

static int pass_fd(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(socket, &msg, 0) < 0 ? -errno : 0;
}

static int take_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&msg))
		return -ECHILD;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void run_command(int socket, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(calls) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_NOTIFY, calls[i].nr, 0);
	if (r == 0)
		r = seccomp_load(filter); /* with no_new_privs */
	if (r == 0)
		r = pass_fd(socket, seccomp_notify_fd(filter));
	if (r < 0) {
		(void)fprintf(stderr, "access_monitor: no filter: %s\n", strerror(-r));
		_exit(125);
	}
	(void)close(seccomp_notify_fd(filter));
	execvp(argv[0], argv);
	(void)fprintf(stderr, "access_monitor: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int supervise(struct monitor *m, char **argv)
{
	struct seccomp_notif_resp *resp = NULL;
	struct seccomp_notif *req = NULL;
	int pair[2], status, fd;
	struct pollfd p;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return 125;
	child = fork();
	if (child < 0)
		return 125;
	if (child == 0)
		run_command(pair[1], argv);
	(void)close(pair[1]);
	fd = take_fd(pair[0]);
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (fd >= 0 && seccomp_notify_alloc(&req, &resp) == 0) {
		while (poll(&p, 1, -1) > 0 && (p.revents & POLLIN))
			answer(m, fd, req, resp);
		seccomp_notify_free(req, resp);
	}
	if (waitpid(child, &status, 0) < 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int connect_engine(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static int complain(const char *what)
{
	(void)fprintf(stderr, "access_monitor: %s: %s\n", what, strerror(errno));
	return 125;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "deny", 1, NULL, 'd' }, { "log", 1, NULL, 'l' },
		{ "engine", 1, NULL, 'e' }, { 0 } };
	struct monitor m = { .engine = -1 };
	int option, status;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'd' && !realpath(optarg, m.deny))
			return complain(optarg);
		if (option == 'l' && !(m.log = fopen(optarg, "ae")))
			return complain(optarg);
		if (option == 'e' && (m.engine = connect_engine(optarg)) < 0)
			return complain(optarg);
	}
	if (optind == argc || !m.deny[0] || !m.log == (m.engine < 0)) {
		(void)fprintf(stderr,
			"usage: access_monitor --deny DIRECTORY (--log FILE | --engine "
			"SOCKET) COMMAND [ARGUMENT...]\n");
		return 125;
	}
	if (rule_set_new(&m.rules) < 0 || kaudit_new(&m.audit, m.rules, put_record, &m) < 0)
		return complain("memory");
	status = supervise(&m, argv + optind);
	kaudit_free(m.audit);
	rule_set_free(m.rules);
	return status;
}
