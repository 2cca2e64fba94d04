// SPDX-License-Identifier: MIT
#include "engine/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

/* In the process that was called: its status is what becomes of the new one. */
static _Noreturn void wait_for(pid_t child, int ready_fd, int failed_status)
{
	int status;
	char byte;
	ssize_t n;

	do
		n = read(ready_fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : failed_status);
}

static int leave_terminal(void)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || setsid() < 0 || chdir("/") < 0 || dup2(null, STDIN_FILENO) < 0)
		return -errno;
	return 0;
}

int background_start(int *ret_ready_fd, int failed_status)
{
	int fds[2], r;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	(void)fflush(NULL);
	child = fork();
	if (child < 0) {
		r = -errno;
		(void)close(fds[0]);
		(void)close(fds[1]);
		return r;
	}
	if (child > 0) {
		(void)close(fds[1]);
		wait_for(child, fds[0], failed_status);
	}
	(void)close(fds[0]);
	r = leave_terminal();
	if (r < 0)
		_exit(failed_status);
	*ret_ready_fd = fds[1];
	return 0;
}

void background_ready(int ready_fd)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (null >= 0) {
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
	}
	do
		n = write(ready_fd, "", 1);
	while (n < 0 && errno == EINTR);
	(void)close(ready_fd);
}

int pid_file_write(const char *path)
{
	_cleanup_close_ int fd = -1;
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	errno = EIO;
	return write(fd, text, (size_t)n) == n ? 0 : -errno;
}
