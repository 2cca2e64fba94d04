/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLIENT_CONNECTION_H
#define UAUDIT_CLIENT_CONNECTION_H

/*
 * Where requests go: to uaudit's engine (AF_UNIX, abi/control.h) or to the kernel (NETLINK_AUDIT).
 *
 * Which engine: the path that was given; else $UAUDIT_SOCKET, which set-id programs do not look at; else
 * /run/uaudit/control.sock if it exists; else, for users other than root, $XDG_RUNTIME_DIR/uaudit/control.sock if it exists.
 *
 * Whoever names an engine means that engine: a path that was given, or a set $UAUDIT_SOCKET, that cannot be connected is an
 * error. A socket that is merely found in one of the two places is different: programs that log in users must not begin to
 * fail because an engine was once here. Where nobody listens behind it any more (ECONNREFUSED), or where it is not for us
 * (EACCES), the kernel is asked as if it were not there, and answers as it would have.
 */

#include <stdbool.h>

/* 0 and *ret, malloc'ed; -ENOENT: there is no engine; -ENOMEM. given may be NULL. */
int connection_engine_path(char **ret, const char *given);
/* A connected descriptor, or a negative errno. */
int connection_open_engine(const char *path);
/* To the kernel. */
int connection_open_kernel(void);
/* To the engine where there is one, otherwise to the kernel: a descriptor or a negative errno. */
int connection_open(void);

/* Whether an engine is behind the descriptor. */
bool connection_is_engine(int fd);
/* Whether the process behind the descriptor is an engine of our own user (a rootless one). */
bool connection_is_own_engine(int fd);

#endif
