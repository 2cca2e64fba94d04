/* SPDX-License-Identifier: MIT */
/*
 * Calls that can be counted: getpriority(MARK, N) for N from 0, which fails and does nothing else.
 *
 * usage: numbered COUNT PER_SECOND [MARK]        PER_SECOND 0: as fast as it can; COUNT 0: until SIGTERM; MARK 0x7777.
 * Prints how many there were.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t is_over;

static void end(int sig)
{
	(void)sig;
	is_over = 1;
}

static void wait_one(unsigned long per_second)
{
	const struct timespec pause = { .tv_nsec = (long)(1000000000 / per_second) };

	(void)nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, i;
	unsigned long per_second = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long mark = argc > 3 ? strtoul(argv[3], NULL, 0) : 0x7777;

	(void)signal(SIGTERM, end);
	for (i = 0; (!n || i < n) && !is_over; i++) {
		(void)syscall(SYS_getpriority, mark, i);
		if (per_second)
			wait_one(per_second);
	}
	(void)printf("%lu\n", i);
	return fflush(stdout) == 0 ? 0 : 1;
}
