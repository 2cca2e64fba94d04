/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_MOUNTINFO_H
#define UAUDIT_SOURCE_MOUNTINFO_H

/* /proc/PID/mountinfo (proc(5)): what is mounted where, as a task sees it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mount_line {
	uint64_t id;
	uint32_t major, minor; /* of the file system */
	char *root;            /* the directory of the file system that is mounted ... */
	char *point;           /* ... and where */
};

/* Takes a line apart, in place: root and point lie in it, with \040 and the like as characters. false: it is none. */
bool mountinfo_parse(char *line, struct mount_line *ret);

struct mount_table {
	struct mount_line *lines; /* each owns its root, and with it its point */
	size_t n;
};

/* The mounts of a task (0: this process) in procfd. 0 or negative errno. */
int mount_table_read(struct mount_table *ret, int procfd, pid_t pid);
void mount_table_deinit(struct mount_table *table);

#endif
