/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_PROGRAM_H
#define UAUDIT_CLI_PROGRAM_H

/* The program that a command names, as execvp(3) finds it: a name with a slash as it stands, else along $PATH. The
 * path is the caller's to free. -ENOENT: not found; -EACCES: found, but not executable; -ENOMEM. */
int program_find(char **ret, const char *name);

#endif
