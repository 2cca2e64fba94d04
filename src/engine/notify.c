// SPDX-License-Identifier: MIT
#include "engine/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "abi/control.h"
#include "base/macros.h"
#include "base/parse.h"

#define FDS_MAX 16 /* there are two sockets; a manager may be configured to hand over more */

int notify_send(const char *socket_path, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	size_t len = socket_path ? strlen(socket_path) : 0;
	socklen_t address_len;

	if (!socket_path)
		return 0;
	if ((socket_path[0] != '/' && socket_path[0] != '@') || len < 2)
		return -EINVAL;
	if (len >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, socket_path, len);
	/* an abstract name is as long as it is; a path ends with a NUL */
	address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (socket_path[0] == '@')
		address.sun_path[0] = '\0';
	else
		address_len++;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	return sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
		       (const struct sockaddr *)&address, address_len) < 0
		       ? -errno
		       : 0;
}

static int socket_option(int fd, int option)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -errno : value;
}

static int take(struct notify_sockets *ret, int fd)
{
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	char path[sizeof(address.sun_path) + 1] = "";
	const char *name;
	int *to;

	if (socket_option(fd, SO_DOMAIN) != AF_UNIX ||
		socket_option(fd, SO_TYPE) != SOCK_SEQPACKET ||
		socket_option(fd, SO_ACCEPTCONN) != 1 ||
		getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return -EINVAL;
	if (len > offsetof(struct sockaddr_un, sun_path))
		memcpy(path, address.sun_path, len - offsetof(struct sockaddr_un, sun_path));
	name = strrchr(path, '/');
	if (!name)
		return -EINVAL;
	if (strcmp(name + 1, CONTROL_SOCKET) == 0)
		to = &ret->control_fd;
	else if (strcmp(name + 1, CONTROL_READLOG) == 0)
		to = &ret->readlog_fd;
	else
		return -EINVAL;
	if (*to >= 0)
		return -EINVAL;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;
	*to = fd;
	return 0;
}

int notify_inherited(struct notify_sockets *ret, const char *listen_pid, const char *listen_fds,
	pid_t self, int first_fd)
{
	uint32_t pid, n;
	int r = 0;

	*ret = (struct notify_sockets){ -1, -1 };
	if (!listen_pid || !listen_fds)
		return 0;
	if (parse_u32(listen_pid, strlen(listen_pid), 10, &pid) < 0 || pid != (uint32_t)self)
		return 0;
	if (parse_u32(listen_fds, strlen(listen_fds), 10, &n) < 0 || n > FDS_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = take(ret, first_fd + (int)i);
	return r;
}
