/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_SOCKETS_H
#define UAUDIT_ENGINE_SOCKETS_H

/* Where clients find the engine: a directory with two sockets, and a lock that one engine at a time holds. */

#include <stdbool.h>
#include <sys/types.h>

struct run_dir {
	char *path;
	int dir_fd, lock_fd;
	int control_fd, readlog_fd; /* listening */
	bool is_inherited;          /* a service manager made the sockets: they stay when we end */
};
#define RUN_DIR_NULL                                                                               \
	{                                                                                          \
		.dir_fd = -1, .lock_fd = -1, .control_fd = -1, .readlog_fd = -1                    \
	}

/*
 * Makes the directory (0755; 0700 and sockets 0600 of an engine that is not root's), takes the lock, listens. Sockets that
 * an engine left are replaced. inherited_control and _readlog: descriptors of a service manager, -1: none.
 * 0; -EPERM: others may write there; -EBUSY: another engine has the lock, *ret_owner is its pid, 0 unknown; another negative errno.
 */
int run_dir_open(struct run_dir *dir, const char *path, int inherited_control,
	int inherited_readlog, pid_t *ret_owner);
/* Whether an engine serves that directory: its pid, -1 if that is unknown; 0: none. */
pid_t run_dir_owner(const char *path);
/* Removes the sockets. */
void run_dir_close(struct run_dir *dir);

#endif
