/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_PTRACE_SOURCE_H
#define UAUDIT_SOURCE_PTRACE_PTRACE_SOURCE_H

/*
 * Audits one process tree without privileges: the command is started under PTRACE_SEIZE with a seccomp filter that
 * stops it only at syscalls that the rules can select (and at the few that change what the source remembers of a
 * task). Every task of the tree is followed until the last has ended; if the source dies, so does the tree.
 */

#include <sys/types.h>

#include "source/source.h"

struct ptrace_source;

struct ptrace_options {
	const char *program;                  /* path to execute, already looked up in PATH */
	char *const *argv;                    /* NULL-terminated */
	const struct rule_set *rules;         /* which marks to keep bound */
	const struct rule_interest *interest; /* both borrowed for the life of the source */
};

/* Starts the command, stopped before its execve. Negative errno; a notice says more. */
int ptrace_source_open(struct ptrace_source **ret, const struct ptrace_options *options,
	const struct source_callbacks *callbacks);
/* Follows the tree to its end. *ret_status: the wait status of the command itself. 0; negative errno if the tree could
 * not be followed any more or a callback refused (the tree has been killed then); *ret_exec_errno is the errno of
 * the command's execve if that failed, else 0. */
int ptrace_source_run(struct ptrace_source *source, int *ret_status, int *ret_exec_errno);
const struct source_stats *ptrace_source_stats(const struct ptrace_source *source);
/* The command's pid, for forwarding signals. */
pid_t ptrace_source_pid(const struct ptrace_source *source);
void ptrace_source_close(struct ptrace_source *source);

#endif
