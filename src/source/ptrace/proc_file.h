/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_PROC_FILE_H
#define UAUDIT_SOURCE_PTRACE_PROC_FILE_H

/* Files of /proc/TID, small ones, read whole. procfd is an O_PATH descriptor of /proc. */

#include <stddef.h>
#include <sys/types.h>

#define PROC_NAME_MAX 64 /* "4194304/task/4194304/fd/1048576" and the like */

/* "TID/rest" into name; the result is name. */
const char *proc_name(char name[static PROC_NAME_MAX], pid_t tid, const char *rest);
const char *proc_name_fd(char name[static PROC_NAME_MAX], pid_t tid, int fd);

/* Up to size - 1 bytes and a NUL. The number of bytes, or negative errno. */
ssize_t proc_read(int procfd, pid_t tid, const char *file, char *to, size_t size);
/* A link's target and a NUL; a target of size or more bytes is -ENAMETOOLONG. */
ssize_t proc_readlink(int procfd, pid_t tid, const char *file, char *to, size_t size);

#endif
