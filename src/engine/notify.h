/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_NOTIFY_H
#define UAUDIT_ENGINE_NOTIFY_H

/* What a service manager and the engine tell each other: sockets handed over, readiness told (sd_listen_fds(3), sd_notify(3)). */

#include <sys/types.h>

/*
 * Text such as "READY=1" to the socket that NOTIFY_SOCKET names: a path, or @ and a name of the abstract kind. 0, also
 * for NULL; a negative errno, which is nothing to end for.
 */
int notify_send(const char *socket_path, const char *text);

struct notify_sockets {
	int control_fd, readlog_fd; /* -1: not handed over */
};

/*
 * The listening sockets among the descriptors from first_fd on, told apart by the last part of their path (abi/control.h).
 * listen_pid and listen_fds are the values of LISTEN_PID and LISTEN_FDS, NULL: not set. 0; -EINVAL: not for this process
 * means none, but what is for it is wrong, or is not a SOCK_SEQPACKET socket of that name.
 */
int notify_inherited(struct notify_sockets *ret, const char *listen_pid, const char *listen_fds,
	pid_t self, int first_fd);
#define NOTIFY_FIRST_FD 3

#endif
