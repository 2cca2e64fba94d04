// SPDX-License-Identifier: MIT
/*
 * usage: loop_timed CALL BATCHES CALLS [FILE [PAUSE]]
 *
 * CALL is getppid, or openat (and close) of FILE. Prints the median over BATCHES of what one call of a batch of CALLS takes,
 * in ns, and the processor time of all, in s: what the machine does beside is in few of the batches. PAUSE: ms between two
 * batches.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void call_getppid(const char *file)
{
	(void)file;
	(void)syscall(SYS_getppid);
}

static void call_openat(const char *file)
{
	int fd = openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(file);
		exit(1);
	}
	(void)close(fd);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	long batches = argc >= 4 ? strtol(argv[2], NULL, 10) : 0;
	long calls = argc >= 4 ? strtol(argv[3], NULL, 10) : 0;
	long pause_ms = argc >= 6 ? strtol(argv[5], NULL, 10) : 0;
	void (*call)(const char *) = call_getppid;
	double *took, start, cpu;

	if (batches <= 0 || calls <= 0)
		return 2;
	if (strcmp(argv[1], "openat") == 0 && argc >= 5)
		call = call_openat;
	else if (strcmp(argv[1], "getppid") != 0)
		return 2;
	took = calloc((size_t)batches, sizeof(*took));
	if (!took)
		return 1;
	for (long i = 0; i < batches; i++) {
		start = now_ns(CLOCK_MONOTONIC);
		for (long n = 0; n < calls; n++)
			call(argv[4]);
		took[i] = (now_ns(CLOCK_MONOTONIC) - start) / (double)calls;
		if (pause_ms > 0)
			(void)usleep((useconds_t)pause_ms * 1000);
	}
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	qsort(took, (size_t)batches, sizeof(*took), compare);
	printf("%.2f %.3f\n", took[batches / 2], cpu / 1e9);
	free(took);
	return 0;
}
