// SPDX-License-Identifier: MIT
/*
 * A thread shortens and lengthens a path while another one hands it to mount(), which copies it late: whoever reads the
 * string twice reads two strings. And the pid that has no negative.
 */
#include "run_test.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>

#define CALLS 3000

static char source[] = "/nonexistent/moving/string";
static atomic_bool stop;

static void *move(void *unused)
{
	volatile char *at = &source[sizeof("/nonexist") - 1];

	while (!atomic_load(&stop)) {
		*at = '\0';
		*at = 'e';
	}
	return unused;
}

int main(void)
{
	pthread_t thread;
	int refused = 0;

	MUST(pthread_create(&thread, NULL, move, NULL) == 0);
	for (int i = 0; i < CALLS; i++)
		refused += mount(source, "/", NULL, MS_BIND, NULL) < 0;
	atomic_store(&stop, true);
	MUST(pthread_join(thread, NULL) == 0);
	printf("refused: %d\n", refused);
	printf("kill: %d\n", kill(INT_MIN, 0) < 0 ? errno : 0);
	return 0;
}
