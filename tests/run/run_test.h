/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_RUN_RUN_TEST_H
#define UAUDIT_TESTS_RUN_RUN_TEST_H

/*
 * Each program here says on stdout what it sees of itself and its children, the same on every run; it is run with
 * nobody and with the tracer watching, and must say and return the same (same.sh).
 */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)printf(                                                              \
				"%s:%d: %s: errno %d\n", __FILE__, __LINE__, #condition, errno);   \
			(void)fflush(stdout);                                                      \
			_exit(99);                                                                 \
		}                                                                                  \
	} while (0)

static inline void say_status(const char *what, int status)
{
	if (WIFEXITED(status))
		(void)printf("%s: exited %d\n", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		(void)printf("%s: killed by %d%s\n", what, WTERMSIG(status),
			WCOREDUMP(status) ? ", core" : "");
	else if (WIFSTOPPED(status))
		(void)printf("%s: stopped by %d\n", what, WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		(void)printf("%s: continued\n", what);
	(void)fflush(stdout);
}

#endif
