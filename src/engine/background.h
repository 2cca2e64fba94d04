/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_BACKGROUND_H
#define UAUDIT_ENGINE_BACKGROUND_H

/* A process that leaves its terminal, and whose caller goes on when it is ready, not before. */

/*
 * Returns in the new process, a session of its own with / as its directory and nothing to read; its *ret_ready_fd is for
 * background_ready(). The calling process stays until that is called, or the new process has ended, and exits with the
 * status of either; a signal's end counts as failed_status. A negative errno: there is no new process.
 */
int background_start(int *ret_ready_fd, int failed_status);
/* The caller's process exits with 0. Standard output and error lead nowhere from now on. */
void background_ready(int ready_fd);

/* Writes the process id. A file that is there is replaced, never followed or written into. A negative errno. */
int pid_file_write(const char *path);

#endif
