// SPDX-License-Identifier: MIT
/* threads_fork_exec [N]: N threads at once, each of which forks and executes a few times. */
#include "run_test.h"

#include <pthread.h>
#include <spawn.h>

#define THREADS_MAX 64
#define ROUNDS      3

extern char **environ;

static void *thread(void *arg)
{
	long sum = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int status;
		pid_t pid = fork();

		if (!pid) {
			execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
			_exit(98);
		}
		MUST(pid > 0);
		MUST(waitpid(pid, &status, 0) == pid);
		MUST(WIFEXITED(status) && WEXITSTATUS(status) == 3);
		MUST(posix_spawn(&pid, "/bin/true", NULL, NULL, (char *[]){ "true", NULL },
			     environ) == 0);
		MUST(waitpid(pid, &status, 0) == pid);
		MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		sum++;
	}
	(void)arg;
	return (void *)sum;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	int n = argc > 1 ? atoi(argv[1]) : THREADS_MAX;
	long sum = 0;

	MUST(n > 0 && n <= THREADS_MAX);
	for (int i = 0; i < n; i++)
		MUST(pthread_create(&threads[i], NULL, thread, NULL) == 0);
	for (int i = 0; i < n; i++) {
		void *done;

		MUST(pthread_join(threads[i], &done) == 0);
		sum += (long)done;
	}
	MUST(waitpid(-1, NULL, 0) < 0 && errno == ECHILD);
	printf("%ld rounds\n", sum);
	return 0;
}
