/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_CONFINE_H
#define UAUDIT_ENGINE_CONFINE_H

/*
 * For a process that needs one directory and nothing else: closes all descriptors but 0 to 2 and the two given, gives up
 * every capability and the way to any, and where the kernel has Landlock every file outside of the directory that path is
 * in. 0, or a negative errno: something is not given up, and the process should not go on.
 */
int confine_to_directory_of(const char *path, int keep_fd, int keep_fd2);

#endif
