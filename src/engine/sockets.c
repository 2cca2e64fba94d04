// SPDX-License-Identifier: MIT
#include "engine/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "abi/control.h"
#include "base/macros.h"
#include "base/parse.h"

#define LOCK_FILE  "engine.lock"
#define BACKLOG    128  /* connections that wait to be accepted */
#define MODE_ROOT  0666 /* what a message may do is decided by the sender's capabilities */
#define MODE_OWNER 0600

static pid_t read_owner(int lock_fd)
{
	char text[16];
	uint32_t pid = 0;
	ssize_t n = pread(lock_fd, text, sizeof(text), 0);

	if (n > 0)
		(void)parse_u32(text,
			strcspn(text, "\n") < (size_t)n ? strcspn(text, "\n") : (size_t)n, 10,
			&pid);
	return (pid_t)pid;
}

static int take_lock(struct run_dir *dir, pid_t *ret_owner)
{
	char text[16];
	int n;

	dir->lock_fd =
		openat(dir->dir_fd, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (dir->lock_fd < 0)
		return -errno;
	if (flock(dir->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return -errno;
		*ret_owner = read_owner(dir->lock_fd);
		return -EBUSY;
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(dir->lock_fd, 0) < 0 || pwrite(dir->lock_fd, text, (size_t)n, 0) != n)
		return errno ? -errno : -EIO;
	return 0;
}

pid_t run_dir_owner(const char *path)
{
	_cleanup_close_ int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int lock = -1;

	if (dir < 0)
		return 0;
	lock = openat(dir, LOCK_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (lock < 0 || flock(lock, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return read_owner(lock) ?: -1;
}

/* Bound by way of /proc/self/fd: sun_path is short, directories may not be. */
static int listen_on(const struct run_dir *dir, const char *name, int *ret)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mode = geteuid() == 0 ? MODE_ROOT : MODE_OWNER;

	if (fd < 0)
		return -errno;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
		dir->dir_fd, name);
	if (unlinkat(dir->dir_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	/* nobody connects before the mode is right: listen() comes last */
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
		fchmodat(dir->dir_fd, name, mode, 0) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	*ret = TAKE_FD(fd);
	return 0;
}

static int open_dir(struct run_dir *dir, const char *path)
{
	mode_t mode = geteuid() == 0 ? 0755 : 0700;
	struct stat st;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return -errno;
	dir->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir->dir_fd < 0 || fstat(dir->dir_fd, &st) < 0)
		return -errno;
	/* Whoever may write there can put his sockets in place of ours. */
	if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & S_IWOTH))
		return -EPERM;
	dir->path = strdup(path);
	return dir->path ? 0 : -ENOMEM;
}

int run_dir_open(struct run_dir *dir, const char *path, int inherited_control,
	int inherited_readlog, pid_t *ret_owner)
{
	const int on = 1;
	int r;

	*ret_owner = 0;
	r = open_dir(dir, path);
	if (r == 0)
		r = take_lock(dir, ret_owner);
	if (r == 0 && inherited_control >= 0) {
		dir->is_inherited = true;
		dir->control_fd = inherited_control;
	} else if (r == 0) {
		r = listen_on(dir, CONTROL_SOCKET, &dir->control_fd);
	}
	/*
	 * A client may connect and send before it is accepted: what it sends then carries credentials only if the
	 * listening socket, from which its own takes the option, asks for them.
	 */
	if (r == 0 && setsockopt(dir->control_fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		r = -errno;
	if (r == 0 && inherited_readlog >= 0)
		dir->readlog_fd = inherited_readlog;
	else if (r == 0)
		r = listen_on(dir, CONTROL_READLOG, &dir->readlog_fd);
	if (r < 0 && r != -EBUSY)
		run_dir_close(dir);
	return r;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void run_dir_close(struct run_dir *dir)
{
	if (dir->control_fd >= 0 && !dir->is_inherited)
		(void)unlinkat(dir->dir_fd, CONTROL_SOCKET, 0);
	if (dir->readlog_fd >= 0 && !dir->is_inherited)
		(void)unlinkat(dir->dir_fd, CONTROL_READLOG, 0);
	close_fd(dir->control_fd);
	close_fd(dir->readlog_fd);
	close_fd(dir->lock_fd);
	close_fd(dir->dir_fd);
	free(dir->path);
	*dir = (struct run_dir)RUN_DIR_NULL;
}
