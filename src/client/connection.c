// SPDX-License-Identifier: MIT
#include "client/connection.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "abi/control.h"
#include "base/macros.h"

/* Seconds that connecting and sending may take when the engine reads nothing: as long as libaudit waits for an
 * acknowledgement (spec userspace 7.1). */
#define SEND_TIMEOUT 40

static bool is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int copy(char **ret, const char *path)
{
	*ret = strdup(path);
	return *ret ? 0 : -ENOMEM;
}

/* What the caller or the environment names; NULL: nothing. */
static const char *named(const char *given)
{
	const char *path = given ? given : secure_getenv(CONTROL_ENV);

	return path && *path ? path : NULL;
}

static int found(char **ret)
{
	const char *dir;
	char *path;

	if (is_socket(CONTROL_RUN_DIR "/" CONTROL_SOCKET))
		return copy(ret, CONTROL_RUN_DIR "/" CONTROL_SOCKET);
	dir = geteuid() ? secure_getenv("XDG_RUNTIME_DIR") : NULL;
	if (!dir || *dir != '/')
		return -ENOENT;
	if (asprintf(&path, "%s/uaudit/%s", dir, CONTROL_SOCKET) < 0)
		return -ENOMEM;
	if (!is_socket(path)) {
		free(path);
		return -ENOENT;
	}
	*ret = path;
	return 0;
}

int connection_engine_path(char **ret, const char *given)
{
	const char *path = named(given);

	return path ? copy(ret, path) : found(ret);
}

int connection_open_engine(const char *path)
{
	const struct timeval timeout = { .tv_sec = SEND_TIMEOUT };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	size_t len = strlen(path);

	if (!len || len >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, len);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0)
		return -errno;
	while (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		if (errno != EINTR)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return TAKE_FD(fd);
}

int connection_open_kernel(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	return fd < 0 ? -errno : fd;
}

int connection_open(void)
{
	_cleanup_free_ char *path = NULL;
	int r;

	r = connection_engine_path(&path, NULL);
	if (r == -ENOENT)
		return connection_open_kernel();
	if (r < 0)
		return r;
	r = connection_open_engine(path);
	if (!named(NULL) && (r == -ECONNREFUSED || r == -EACCES || r == -ENOENT))
		return connection_open_kernel();
	return r;
}

bool connection_is_engine(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}

bool connection_is_own_engine(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return connection_is_engine(fd) &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && len == sizeof(peer) &&
	       peer.uid == geteuid();
}
