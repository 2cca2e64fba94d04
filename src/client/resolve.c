// SPDX-License-Identifier: MIT
/*
 * The address of a host by name, for programs that must not hang (a login with a dead name server): numbers are answered
 * at once; a name is looked up by a child process, which has a second.
 *
 * The child is one that the program does not notice: it sends no signal when it ends, wait() does not return it, no
 * signal handler of the program runs in it, and it does not outlive the thread that asked.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "client/client.h"

static int look_up(const char *host, int flags, char ret[static RESOLVE_ADDR_SIZE])
{
	const struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG | flags,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	const void *address;
	int r = -ENOENT;

	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return -ENOENT;
	address = list->ai_family == AF_INET
			  ? (const void *)&((const struct sockaddr_in *)(void *)list->ai_addr)
				    ->sin_addr
			  : (const void *)&((const struct sockaddr_in6 *)(void *)list->ai_addr)
				    ->sin6_addr;
	if (inet_ntop(list->ai_family, address, ret, RESOLVE_ADDR_SIZE))
		r = 0;
	freeaddrinfo(list);
	return r;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* What the child has to say before the deadline. */
static int answer(int fd, char ret[static RESOLVE_ADDR_SIZE])
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int64_t deadline = now_ms() + RESOLVE_TIMEOUT_MS, left;
	ssize_t n;

	do {
		left = deadline - now_ms();
		if (left <= 0)
			return -ETIMEDOUT;
	} while (poll(&ready, 1, (int)left) < 0 && errno == EINTR);
	if (!ready.revents)
		return -ETIMEDOUT;
	do
		n = read(fd, ret, RESOLVE_ADDR_SIZE);
	while (n < 0 && errno == EINTR);
	/* Written in one piece, shorter than PIPE_BUF. */
	return n > 0 && !ret[n - 1] ? 0 : -ENOENT;
}

static _Noreturn void child(const char *host, int out)
{
	char address[RESOLVE_ADDR_SIZE];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (look_up(host, 0, address) == 0)
		(void)!write(out, address, strlen(address) + 1);
	_exit(0);
}

static int ask_child(const char *host, char ret[static RESOLVE_ADDR_SIZE])
{
	_cleanup_close_ int in = -1, out = -1;
	sigset_t all, before;
	int fds[2], r;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	in = fds[0];
	out = fds[1];
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	/* As fork(), but without SIGCHLD. */
	pid = (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, 0UL);
	if (pid == 0)
		child(host, out);
	r = pid < 0 ? -errno : 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		return r;
	(void)close(TAKE_FD(out));
	r = answer(in, ret);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, __WCLONE) < 0 && errno == EINTR)
		continue;
	return r;
}

int resolve_address(const char *host, char ret[static RESOLVE_ADDR_SIZE])
{
	int saved = errno, r;

	r = look_up(host, AI_NUMERICHOST, ret);
	if (r < 0)
		r = ask_child(host, ret);
	if (r < 0)
		audit_msg(LOG_ERR, "resolve_addr: cannot resolve hostname %s (%s)", host,
			strerror(-r));
	errno = saved;
	return r;
}
