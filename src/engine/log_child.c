// SPDX-License-Identifier: MIT
#include "engine/log_child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macros.h"
#include "engine/confine.h"
#include "engine/log_tail.h"

#define BATCH            64 /* datagrams received at a time */
#define BATCH_BYTES      ((size_t)256 * 1024)
#define LOOK_BACK        4096 /* bytes read at a time */
#define RETRY_MS         1000
#define LOCK_PATIENCE_MS 4000 /* less than the engine waits for us */
#define LINES_PER_READ   ((size_t)64 * 1024)

/* ---- opening ---- */

static void mark_of(struct log_mark *ret, const struct stat *st)
{
	*ret = (struct log_mark){
		.dev = st->st_dev, .ino = st->st_ino, .size = (uint64_t)st->st_size, .is_set = 1
	};
}

/* Offset behind the last newline before end. */
static int last_line_end(int fd, uint64_t end, uint64_t *ret)
{
	char bytes[LOOK_BACK];

	while (end) {
		size_t n = end < LOOK_BACK ? (size_t)end : LOOK_BACK;
		const char *newline;

		if (pread(fd, bytes, n, (off_t)(end - n)) != (ssize_t)n)
			return errno ? -errno : -EIO;
		newline = memrchr(bytes, '\n', n);
		if (newline) {
			*ret = end - n + (uint64_t)(newline - bytes) + 1;
			return 0;
		}
		end -= n;
	}
	*ret = 0;
	return 0;
}

static int count_lines(int fd, uint64_t from, uint64_t to, uint32_t *ret)
{
	static char bytes[LINES_PER_READ];

	for (*ret = 0; from < to;) {
		ssize_t n = pread(fd, bytes, sizeof(bytes), (off_t)from);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		for (const char *p = bytes; (p = memchr(p, '\n', (size_t)(bytes + n - p))); p++)
			++*ret;
		from += (uint64_t)n;
	}
	return 0;
}

static int look_at(int fd, const struct log_mark *mark, struct log_hello *ret)
{
	struct stat st;
	uint64_t end;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0; /* a pipe or a terminal: there is nothing to look at */
	r = last_line_end(fd, (uint64_t)st.st_size, &end);
	if (r < 0)
		return r;
	if (end < (uint64_t)st.st_size && ftruncate(fd, (off_t)end) < 0)
		return -errno;
	st.st_size = (off_t)end;
	mark_of(&ret->mark, &st);
	if (mark->is_set && mark->dev == st.st_dev && mark->ino == st.st_ino && mark->size <= end)
		return count_lines(fd, mark->size, end, &ret->n_lines);
	return 0;
}

int log_child_open(const struct log_child *child, int *ret_fd, struct log_hello *ret_hello)
{
	_cleanup_close_ int fd = -1;
	int r;

	*ret_hello = (struct log_hello){ 0 };
	fd = open(
		child->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return -errno;
	if (child->group != UINT32_MAX &&
		(fchown(fd, (uid_t)-1, child->group) < 0 || fchmod(fd, 0640) < 0))
		return -errno;
	r = child->is_alone ? log_tail_lock(fd, LOCK_PATIENCE_MS) : 0;
	if (r == 0)
		r = look_at(fd, &child->mark, ret_hello);
	if (r < 0)
		return r;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* ---- writing ---- */

struct writing {
	const struct log_child *child;
	int fd;
	struct buf text;
	uint32_t n_records;
};

static volatile sig_atomic_t reopen;

static void on_hup(int sig)
{
	(void)sig;
	reopen = 1;
}

static void send_ack(const struct writing *w, uint32_t n_records, int error)
{
	struct log_ack ack = { .n_records = n_records, .error = error };
	struct stat st;

	if (fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode))
		mark_of(&ack.mark, &st);
	/* An engine that is gone is noticed when reading. */
	while (send(w->child->fd, &ack, sizeof(ack), MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

/* *ret_done: bytes that were written, also on failure. */
static int write_all(int fd, const char *data, size_t len, size_t *ret_done)
{
	for (*ret_done = 0; *ret_done < len;) {
		ssize_t n = write(fd, data + *ret_done, len - *ret_done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*ret_done += (size_t)n;
	}
	return 0;
}

static int flush_file(const struct writing *w)
{
	int r = w->child->flush == LOG_FLUSH_DATA   ? fdatasync(w->fd)
		: w->child->flush == LOG_FLUSH_SYNC ? fsync(w->fd)
						    : 0;

	/* A pipe cannot be flushed, and need not. */
	return r < 0 && errno != EINVAL && errno != EROFS ? -errno : 0;
}

/* All of the text, or the file as it was. */
static int write_text(const struct writing *w)
{
	struct stat st;
	size_t done;
	int r;

	r = write_all(w->fd, w->text.data, w->text.len, &done);
	if (r == 0)
		r = flush_file(w);
	/* nobody else writes there, so what we have written is at the end */
	if (r < 0 && fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= done)
		(void)ftruncate(w->fd, st.st_size - (off_t)done);
	return r;
}

/* A log that cannot be written is tried again: meanwhile nothing is read, and the engine keeps what comes. */
static void write_batch(struct writing *w)
{
	const struct timespec pause = { .tv_sec = RETRY_MS / 1000 };
	int r;

	while (w->text.len && (r = write_text(w)) < 0) {
		send_ack(w, 0, -r);
		(void)nanosleep(&pause, NULL);
		if (getppid() == 1) /* nobody is there to keep anything */
			break;
	}
	send_ack(w, w->n_records, 0);
	buf_clear(&w->text);
	w->n_records = 0;
}

/* One datagram, its lines to the end of the text: what recvmsg() says. */
static ssize_t receive(struct writing *w, int flags)
{
	struct log_batch batch;
	struct iovec iov[] = { { &batch, sizeof(batch) },
		{ buf_reserve(&w->text, LOG_DATAGRAM_MAX), LOG_DATAGRAM_MAX } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	ssize_t n;

	if (!iov[1].iov_base)
		return 0; /* no memory: another process may have more luck */
	n = recvmsg(w->child->fd, &msg, flags);
	if (n < (ssize_t)sizeof(batch))
		return n < 0 ? n : 0;
	w->n_records += batch.n_records;
	w->text.len += (size_t)n - sizeof(batch);
	return n;
}

/* Whatever is there now, waiting for the first. 0: the engine has closed its end. */
static int receive_batch(struct writing *w)
{
	for (unsigned i = 0; i < BATCH && w->text.len < BATCH_BYTES; i++) {
		ssize_t n = receive(w, i ? MSG_DONTWAIT : 0);

		if (n < 0 && errno == EINTR && i == 0)
			return 1; /* SIGHUP */
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 1;
		if (n <= 0)
			return 0;
	}
	return 1;
}

/* The log was moved away: what follows goes to a new one. */
static void reopen_log(struct writing *w)
{
	struct log_child child = *w->child;
	struct log_hello hello;
	int fd, r;

	reopen = 0;
	child.mark.is_set = 0;
	child.is_alone = false; /* it may be the file that we hold the lock of */
	r = log_child_open(&child, &fd, &hello);
	if (r < 0) {
		send_ack(w, 0, -r);
		return;
	}
	(void)close(w->fd);
	w->fd = fd;
	if (w->child->is_alone)
		(void)log_tail_lock(fd, 0);
	send_ack(w, 0, 0);
}

static void set_up_signals(void)
{
	const struct sigaction hup = { .sa_handler = on_hup };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	/* The engine ends us by closing its end, so that all is written. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGHUP, &hup, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What the engine was started from must see it end when it goes to the background; we have nothing to say there. */
static void let_go_of_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	if (null > STDERR_FILENO)
		(void)close(null);
}

/* Of a file's groups its owner may choose one of the own: so a log that is opened anew gets it without capabilities. */
static void join_group(const struct log_child *child)
{
	const gid_t group = child->group;

	if (child->group != UINT32_MAX)
		(void)setgroups(1, &group);
}

_Noreturn void log_child_main(const struct log_child *child)
{
	struct writing w = { .child = child, .fd = -1 };
	struct log_hello hello;
	int r;

	set_up_signals();
	let_go_of_terminal();
	join_group(child);
	(void)prctl(PR_SET_NAME, "uaudit-log");
	buf_init(&w.text, BATCH_BYTES + LOG_DATAGRAM_MAX);
	r = log_child_open(child, &w.fd, &hello);
	if (r == 0)
		r = confine_to_directory_of(child->path, child->fd, w.fd);
	hello.error = -r;
	if (send(child->fd, &hello, sizeof(hello), MSG_NOSIGNAL) < 0 || r < 0)
		_exit(1);
	while (receive_batch(&w)) {
		if (w.n_records)
			write_batch(&w);
		if (reopen)
			reopen_log(&w);
	}
	if (w.n_records)
		write_batch(&w);
	_exit(0);
}
