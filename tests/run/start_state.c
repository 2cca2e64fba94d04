// SPDX-License-Identifier: MIT
/* What a program finds at its start: signals, descriptors, limits; and that its group is its parent's. */
#include "run_test.h"

#include <fcntl.h>

int main(void)
{
	struct sigaction action;
	sigset_t mask;

	MUST(sigprocmask(SIG_SETMASK, NULL, &mask) == 0);
	for (int s = 1; s < NSIG; s++) {
		if (s == 32 || s == 33) /* the thread library's */
			continue;
		MUST(sigaction(s, NULL, &action) == 0);
		if (action.sa_handler != SIG_DFL || sigismember(&mask, s))
			printf("signal %d: %s%s\n", s,
				action.sa_handler == SIG_IGN ? "ignored" : "default",
				sigismember(&mask, s) ? ", blocked" : "");
	}
	for (int fd = 0; fd < 100; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("fd %d\n", fd);
	return 0;
}
